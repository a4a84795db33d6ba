"""What channels beside robots.txt refuse, as facts that a policy may ask for; the shipped policy does not."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from crawler.channels.signals import Signal
from crawler.spells import rebuild_all
from datacards.models import Corpus
from governance.evidence import gather
from governance.facts import VOCABULARY
from governance.policy import Result, decide, load
from tests.factories import REFUSES_ALL, corpus, domain, home, person, snapshot, terms

ROOT = Path(__file__).parents[2]
RESERVED = Signal("tdmrep", "ai-train", "*", "disallowed", "tdm-reservation", path="/", scope="site")
RULE = {
    "title": "P", "rules": [{
        "id": "signals", "title": "T", "why": "W", "level": "block", "role": "steward",
        "check": {"fact": "consent.signals_refused_share", "at_most": 0.1},
        "examples": {
            "pass": [{"consent.signals_refused_share": 0.1}], "fail": [{"consent.signals_refused_share": 0.2}],
        },
    }],
}  # fmt: skip


@pytest.fixture
def web() -> Corpus:
    """Half a corpus refuses by robots.txt; nobody has read anything else."""
    made = corpus(person("stella", "steward"), "harbour/web", {"a.example": 500, "b.example": 300, "c.example": 200})
    snapshot(domain("a.example"), REFUSES_ALL)
    for name in ("b.example", "c.example"):
        snapshot(domain(name))
    return made


def share(of: Corpus, name: str, at: datetime | None = None) -> object:
    """The value of a fact."""
    list(rebuild_all())
    return gather(of.revision, at)[f"consent.{name}"].value


@pytest.mark.django_db
def test_what_nobody_read_is_unknown_and_not_nothing(web: Corpus) -> None:
    assert share(web, "refused_share") == 0.5
    assert (share(web, "signals_refused_share"), share(web, "terms_refused_share")) == (None, None)


@pytest.mark.django_db
def test_a_home_page_that_says_nothing_makes_it_nothing(web: Corpus) -> None:
    home(domain("c.example"))
    assert share(web, "signals_refused_share") == 0


@pytest.mark.django_db
def test_signals_count_whatever_robots_says(web: Corpus) -> None:
    for name in ("a.example", "b.example"):
        home(domain(name), RESERVED)
    assert share(web, "signals_refused_share") == pytest.approx(0.8)
    assert share(web, "refused_share") == pytest.approx(0.8)


@pytest.mark.django_db
def test_terms_count_by_themselves(web: Corpus) -> None:
    terms(domain("c.example"))
    assert share(web, "terms_refused_share") == pytest.approx(0.2)
    assert share(web, "refused_share") == 0.5


@pytest.mark.django_db
def test_before_the_signal_was_read_it_is_not_known(web: Corpus) -> None:
    home(domain("b.example"), RESERVED)
    assert share(web, "signals_refused_share", timezone.now() - timedelta(days=1)) is None


@pytest.mark.django_db
def test_a_policy_can_ask_for_it_and_names_its_evidence(web: Corpus) -> None:
    home(domain("b.example"), RESERVED)
    list(rebuild_all())
    (finding,) = decide(gather(web.revision), load(RULE)).findings
    assert finding.result == Result.FAIL
    assert gather(web.revision)["consent.signals_refused_share"].sources[0].startswith("consent:")


def test_the_shipped_policy_asks_for_neither() -> None:
    rules = (ROOT / "governance/policies/open_release.json").read_text()
    assert "refused_share" in rules
    assert not {"signals_refused_share", "terms_refused_share"} & set(re.findall(r"[a-z_]+", rules))


def test_the_docs_list_every_fact_and_their_example_is_a_policy() -> None:
    text = (ROOT / "docs/policies.md").read_text()
    assert [name for name in VOCABULARY if f"| `{name}` |" not in text] == []
    for found in re.findall(r"(?ms)^    \{.*?\}\}$", text):
        assert load({"title": "P", "rules": [json.loads(found)]})
