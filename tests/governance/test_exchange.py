"""Cards of others, in and out: nobody's words are overwritten, nothing is half-stored, readers export."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from huggingface_hub import DatasetCard

from datacards.errors import BadInput, Refused
from datacards.exchange.formats import FORMATS
from datacards.models import CardOriginal, CardVersion, LicenceClaim
from governance import card_acts, exchange_acts
from governance.exchange import diff
from governance.views.exchange import packed, unpacked
from tests.factories import World
from tests.governance.asking import Ask, asker
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
CARD = b"""---
# kept
license: cc-by-nc-4.0
pretty_name: Forum dump
language: [en, de]
my_key: 7
---
# Forum dump

## Uses

### Out-of-Scope Use

Credit scoring.

## Their own part

Kept.
"""


def bring(world: World, body: bytes = CARD, **more: Any) -> tuple[CardVersion | None, exchange_acts.Plan]:
    return exchange_acts.import_card(
        world.steward, world.undecided, format="huggingface", body=body, name="README.md", **more
    )


# --- the act -------------------------------------------------------------------------------------------------


def test_an_import_makes_a_version_with_its_source_and_line(world: World) -> None:
    version, _ = bring(world)
    assert version is not None
    entry = version.values["use.unsuitable"]
    assert (entry["value"], entry["source"]) == ("Credit scoring.", "import")
    assert entry["evidence"] == "README.md: README.md line 14"


def test_what_a_person_wrote_stays_and_is_told_as_a_conflict(world: World) -> None:
    card_acts.save_card(world.steward, world.undecided, {"use.unsuitable": "Nothing medical."})
    version, plan = bring(world)
    assert version is not None
    assert version.values["use.unsuitable"]["value"] == "Nothing medical."
    assert [(one.path, one.after) for one in plan.conflicts] == [("use.unsuitable", "Credit scoring.")]


def test_an_imported_value_that_somebody_confirmed_stays_too(world: World) -> None:
    bring(world)
    card_acts.confirm(world.steward, world.undecided, "use.unsuitable")
    _, plan = bring(world, CARD.replace(b"Credit", b"Social"))
    assert [one.path for one in plan.conflicts] == ["use.unsuitable"]


def test_the_licence_becomes_a_claim_once(world: World) -> None:
    bring(world)
    bring(world)
    claims = LicenceClaim.objects.filter(corpus=world.undecided, source="import")
    assert [claim.expression for claim in claims] == ["cc-by-nc-4.0"]


def test_the_same_file_again_changes_nothing(world: World) -> None:
    bring(world)
    assert bring(world)[0] is None
    assert CardOriginal.objects.filter(corpus=world.undecided).count() == 1


@pytest.mark.parametrize("body", [b"---\n- a\n---\n", b"\xff", b"---\na: &a b\nc: *a\n---\n", b"x" * (2 << 20), b"\0"])
def test_a_bad_file_leaves_nothing(world: World, body: bytes) -> None:
    before = (CardVersion.objects.count(), LicenceClaim.objects.count())
    with pytest.raises(BadInput, match=r"\.$"):
        bring(world, body)
    assert (CardVersion.objects.count(), LicenceClaim.objects.count(), CardOriginal.objects.count()) == (*before, 0)


def test_a_preview_stores_nothing_and_only_who_manages_it_may_import(world: World) -> None:
    plan = exchange_acts.preview(world.steward, world.undecided, format="huggingface", body=CARD)
    assert "use.unsuitable" in {one.path for one in plan.taken}
    assert not CardOriginal.objects.exists()
    with pytest.raises(Refused):
        exchange_acts.preview(world.other, world.undecided, format="huggingface", body=CARD)


def test_what_was_imported_goes_out_with_its_comments_and_unknown_keys(world: World) -> None:
    bring(world)
    card_acts.save_card(world.steward, world.undecided, {"use.unsuitable": "Nothing medical."})
    changed = diff(world.undecided, world.steward, "huggingface")
    assert "-Credit scoring.\n+Nothing medical.\n" in changed
    assert not [line for line in changed.splitlines() if line.startswith("-") and "my_key" in line]


# --- pages ---------------------------------------------------------------------------------------------------


def test_the_page_previews_a_file_and_stores_it_when_confirmed(world: World, steward: Pages) -> None:
    shown = steward.post("corpus-import", world.undecided.pk, file=SimpleUploadedFile("README.md", CARD))
    assert "Credit scoring." in shown.content.decode()
    assert not CardOriginal.objects.exists()
    kept = {"packed": packed(CARD), "name": "README.md", "confirm": "1"}
    assert steward.post("corpus-import", world.undecided.pk, **kept).status_code == 302
    assert CardOriginal.objects.get().body.encode() == CARD


def test_a_bad_upload_is_told_at_the_form(world: World, steward: Pages) -> None:
    shown = steward.post("corpus-import", world.undecided.pk, file=SimpleUploadedFile("README.md", b"---\n- a\n---\n"))
    assert shown.status_code == 422
    assert "is no list of names with values" in shown.content.decode()


def test_a_packed_file_that_unpacks_without_end_is_cut(world: World) -> None:
    assert len(unpacked(packed(b"x" * (30 << 20)))) == 10 << 20
    assert unpacked("no such text ~") == b""


@pytest.mark.parametrize("name", ["huggingface", "datasheet", "pdf", "dcat", "schema_org"])
def test_a_reader_takes_every_format_of_what_they_may_read(world: World, reader: Pages, name: str) -> None:
    answer = reader.get("corpus-export", world.approved.pk, name)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert reader.get("corpus-export", world.hidden.pk, name).status_code == 404


def test_the_page_tells_what_is_lost_in_at_most_15_queries(world: World, steward: Pages) -> None:
    assert "What a round trip loses" in steward.text("corpus-exchange", world.blocked.pk)
    assert steward.queries(f"/corpora/{world.blocked.pk}/exchange/") <= 15
    assert steward.get("corpus-export-diff", world.blocked.pk, "huggingface").status_code == 200


def test_the_page_offers_to_compare_the_formats_that_also_come_in(world: World, reader: Pages) -> None:
    body = reader.get("corpus-exchange", world.approved.pk).content.decode()
    offered = [name for name in FORMATS if reverse("corpus-export-diff", args=[world.approved.pk, name]) in body]
    assert offered == ["huggingface", "croissant"]


def test_the_registry_as_a_table_names_only_what_one_may_read(world: World, reader: Pages) -> None:
    told = b"".join(reader.get("registry-csv").streaming_content).decode()
    assert "harbour/web-2026" in told
    assert "bruno/unreleased" not in told


# --- API -----------------------------------------------------------------------------------------------------


def test_the_api_previews_imports_and_exports(world: World, ask: Ask) -> None:
    at, body = f"corpora/{world.undecided.pk}/card", {"format": "huggingface", "text": CARD.decode(), "name": "x"}
    assert ask("POST", f"{at}/import", body | {"preview": True}).json()["version"] is None
    assert ask("POST", f"{at}/import", body).json()["version"] == 1
    answer = ask("GET", f"{at}/export", format="huggingface")
    assert DatasetCard(answer.content.decode()).data.to_dict()["my_key"] == 7
    assert ask("GET", f"{at}/export", format="huggingface", diff="true").status_code == 200


def test_the_api_refuses_a_bad_card_and_a_stranger(world: World, ask: Ask) -> None:
    at, body = f"corpora/{world.undecided.pk}/card/import", {"format": "huggingface", "text": "---\n- a\n---\n"}
    assert ask("POST", at, body).status_code == 422
    assert asker(world.reader)("POST", at, body).status_code == 403
