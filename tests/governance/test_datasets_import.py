"""Importing a register's records: all or nothing of a line, none twice, claims only added."""

from pathlib import Path
from typing import Any

import pytest

from datacards import runs
from datacards.errors import Refused
from datacards.models import Dataset, Domain, LicenceClaim, MentionState, ParentMention, Run, RunState, SourceMention
from governance import board_acts
from tests.datacards.record_cases import record, written
from tests.factories import person

MODELS = (Dataset, LicenceClaim, SourceMention, ParentMention)
pytestmark = pytest.mark.django_db


def imported(path: Path, *records: dict[str, Any], register: str = "Acme", by: str = "vera") -> Run:
    """Import records and drive the run to its end here."""
    from datacards.models import User

    who = User.objects.filter(username=by).first() or person(by, "steward")
    run = board_acts.import_records(who, path=str(written(path / "r.jsonl.xz", *records)), register=register)
    return runs.work_until_done(run)


def test_a_record_becomes_a_dataset_with_its_claims_and_sources(tmp_path: Path) -> None:
    run = imported(tmp_path, record("quotes"))
    dataset = Dataset.objects.get()
    assert (run.state, dataset.identifier, dataset.hub_id) == (RunState.COMPLETED, "quotes", "acme/quotes")
    assert [claim.source for claim in dataset.licence_claims.order_by("pk")] == ["register", "hub"]
    assert {source.text for source in dataset.sources.all()} == {"wiki.example.org", "people"}


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes", **{"Derived from Datasets": ["x"]}))
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    run = imported(tmp_path, record("quotes", **{"Derived from Datasets": ["x"]}))
    after = [list(model.objects.order_by("pk").values()) for model in MODELS]
    assert (run.outcome["same"], after) == (1, before)


def test_new_content_updates_the_record_and_adds_claims(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes"))
    imported(tmp_path, record("quotes", Licenses=[{"License": "CC BY 4.0"}], **{"Dataset Name": "Quotations"}))
    claims = LicenceClaim.objects.order_by("pk").values_list("source", "expression")
    assert Dataset.objects.get().title == "Quotations"
    assert list(claims) == [("register", "MIT License"), ("hub", "CC BY-NC 4.0"), ("register", "CC BY 4.0")]


def test_a_licence_that_the_record_no_longer_states_is_told_as_unspecified(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes"))
    imported(tmp_path, record("quotes", Licenses=[]))
    newest = LicenceClaim.objects.filter(source="register").latest("claimed_at")
    assert (newest.expression, newest.quote) == ("Unspecified", "The record states none any more.")


def test_one_broken_line_stores_nothing(tmp_path: Path) -> None:
    run = imported(tmp_path, record("a"), record("b", Licenses="MIT"))
    assert (run.state, Dataset.objects.count()) == (RunState.FAILED, 0)
    assert run.sentence == "r.jsonl.xz, line 2, member “Licenses”: a list of objects was expected."


def test_an_identifier_that_a_register_uses_twice_is_kept_twice(tmp_path: Path) -> None:
    for _ in range(2):
        run = imported(tmp_path, record("pii"), record("pii", Collection="Other"))
    assert sorted(Dataset.objects.values_list("identifier", flat=True)) == ["pii", "pii (2)"]
    assert run.outcome["repeated"] == 1


def test_two_registers_keep_records_of_their_own(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes"), register="Acme")
    imported(tmp_path, record("quotes"), register="Zenith")
    assert Dataset.objects.count() == 2


def test_a_source_that_is_a_host_is_tied_to_its_domain(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes", **{"Text Sources": ["https://News.example.com/a", "crowdsourced"]}))
    found = dict(SourceMention.objects.values_list("text", "domain__name"))
    assert found == {"https://News.example.com/a": "news.example.com", "crowdsourced": None}
    assert Domain.objects.get().registrable == "example.com"


def test_a_source_that_a_record_no_longer_names_is_forgotten(tmp_path: Path) -> None:
    imported(tmp_path, record("quotes"))
    imported(tmp_path, record("quotes", **{"Text Sources": ["people"]}))
    assert list(SourceMention.objects.values_list("text", flat=True)) == ["people"]


def test_only_a_steward_may_import(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Only a steward or an admin"):
        board_acts.import_records(person("rita"), path=str(written(tmp_path / "r.jsonl", record())))


def test_asking_twice_while_it_lives_is_one_run(tmp_path: Path) -> None:
    vera, path = person("vera", "steward"), str(written(tmp_path / "r.jsonl", record()))
    assert board_acts.import_records(vera, path=path) == board_acts.import_records(vera, path=path)


# --- parents by exact rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "how"),
    [("https://huggingface.co/datasets/ACME/quotes", "Same id on the Hub: ACME/quotes"),
     ("github.com/acme/quotes", "Same address: github.com/acme/quotes"), ("quotes", "Same identifier: quotes")],
)  # fmt: skip
def test_a_parent_that_is_named_exactly_is_resolved_and_says_how(tmp_path: Path, text: str, how: str) -> None:
    parent = record("quotes", **{"GitHub URL": "https://github.com/acme/quotes.git"})
    imported(tmp_path, parent, record("child", **{"Derived from Datasets": [text]}))
    mention = ParentMention.objects.get()
    assert (mention.state, mention.parent.identifier, mention.how) == (MentionState.RESOLVED, "quotes", how)


def test_what_two_records_could_mean_stays_open(tmp_path: Path) -> None:
    twins = [record(name, **{"Hugging Face URL": "https://huggingface.co/datasets/acme/both"}) for name in ("a", "b")]
    imported(tmp_path, *twins, record("c", **{"Derived from Datasets": ["huggingface.co/datasets/acme/both"]}))
    assert ParentMention.objects.get().state == MentionState.OPEN


def test_rules_make_no_circle(tmp_path: Path) -> None:
    pairs = {"a": "b", "b": "a", "c": "a"}
    imported(tmp_path, *[record(child, **{"Derived from Datasets": [parent]}) for child, parent in pairs.items()])
    resolved = ParentMention.objects.filter(state=MentionState.RESOLVED).values_list("dataset__identifier", flat=True)
    assert list(resolved) == ["c"]


def test_no_dataset_is_its_own_parent(tmp_path: Path) -> None:
    imported(tmp_path, record("a", **{"Derived from Datasets": ["a"]}))
    assert ParentMention.objects.get().state == MentionState.OPEN
