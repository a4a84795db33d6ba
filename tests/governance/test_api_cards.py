"""The API of Data Cards beyond writing them: profiles, scores, versions, confirmations and reviewers' notes."""

import pytest

from datacards import cards
from governance import card_acts
from tests.factories import World
from tests.governance.asking import Ask, asker

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewing(world: World, db: None) -> Ask:
    """Asks the API as the approver."""
    return asker(world.approver)


def test_the_fields_tell_scope_columns_and_what_they_cover(ask: Ask) -> None:
    told = {row["path"]: row for row in ask("GET", "card-fields").json()}
    assert len(told) == len(cards.fields())
    assert told["sensitive.attributes"]["columns"] == ["Attribute", "Purpose", "Legal basis"]
    assert told["measured.consent"]["computed"]


def test_the_profiles_are_listed_with_what_they_ask(ask: Ask) -> None:
    told = ask("GET", "card-profiles").json()
    assert [row["id"] for row in told] == [profile.id for profile in cards.profiles()]
    assert {"term": "license", "any": ["licence.expression"]} in told[1]["asks"]


def test_the_four_scores_stand_side_by_side(ask: Ask, web: str) -> None:
    told = ask("GET", f"{web}/card/scores", profile="rai").json()
    assert list(told) == ["profile", "completeness", "evidence", "freshness", "fair"]
    assert told["completeness"]["required"] == 8
    assert len(told["completeness"]["missing"]) == 8 - told["completeness"]["filled"]
    assert told["fair"]["total"] == 17.5


def test_an_unknown_profile_is_refused_at_its_place(ask: Ask, web: str) -> None:
    answer = ask("GET", f"{web}/card/scores", profile="nobody")
    assert answer.status_code == 422
    assert "huggingface" in answer.json()["detail"]


def test_typing_changes_the_etag_though_it_makes_no_version(world: World, ask: Ask, web: str) -> None:
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "P"})
    before = ask("GET", f"{web}/card")
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "Pages"}, sitting=True)
    after = ask("GET", f"{web}/card")
    assert before.json()["number"] == after.json()["number"]
    assert before["ETag"] != after["ETag"]


def test_numbers_and_rows_are_saved_as_such(ask: Ask, web: str) -> None:
    rows = [{"Attribute": "Health", "Purpose": "Stories", "Legal basis": "GDPR Art. 9(2)(e)"}]
    body = {"values": {"privacy.epsilon": 0.5, "sensitive.attributes": rows, "publication.keywords": ["news"]}}
    told = ask("PATCH", f"{web}/card", body, {"If-Match": "*"}).json()["values"]
    assert told["privacy.epsilon"]["value"] == 0.5
    assert told["sensitive.attributes"]["value"] == rows
    assert told["publication.keywords"]["value"] == ["news"]


def test_versions_are_listed_and_read_one_by_one(world: World, ask: Ask, web: str) -> None:
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "Pages."})
    listed = ask("GET", f"{web}/card/versions").json()["items"]
    assert [row["number"] for row in listed] == [2, 1]
    assert "overview.summary" not in ask("GET", f"{web}/card/versions/1").json()["values"]
    assert ask("GET", f"{web}/card/versions/2").json()["values"]["overview.summary"]["value"] == "Pages."


@pytest.mark.parametrize("number", [0, 77, 2**40])
def test_a_version_that_nobody_saved_is_not_found(ask: Ask, web: str, number: int) -> None:
    assert ask("GET", f"{web}/card/versions/{number}").status_code == 404


def test_two_versions_are_told_apart_field_by_field(world: World, ask: Ask, web: str) -> None:
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "Pages.", "overview.title": ""})
    told = ask("GET", f"{web}/card/diff").json()
    assert (told["first"], told["to"]) == (1, 2)
    assert [(row["path"], row["kind"]) for row in told["changes"]] == [
        ("overview.title", "removed"), ("overview.summary", "added"),
    ]  # fmt: skip
    assert told["changes"][1]["before"] is None


def test_a_diff_from_nothing_tells_the_whole_card(ask: Ask, web: str) -> None:
    told = ask("GET", f"{web}/card/diff", **{"from": 0, "to": 1}).json()
    assert {row["kind"] for row in told["changes"]} == {"added"}


def test_a_confirmation_is_told_with_the_value(reviewing: Ask, web: str) -> None:
    body = {"path": "overview.title", "evidence": "https://x.example/about"}
    entry = reviewing("POST", f"{web}/card/confirmations", body).json()["values"]["overview.title"]
    assert (entry["confirmed_by"], entry["evidence"]) == ("abel", "https://x.example/about")


def test_a_reader_may_not_confirm(reading: Ask, web: str) -> None:
    assert reading("POST", f"{web}/card/confirmations", {"path": "overview.title"}).status_code == 403


def test_a_note_is_asked_listed_and_settled(reviewing: Ask, ask: Ask, web: str) -> None:
    made = reviewing("POST", f"{web}/card/notes", {"text": "For whom?", "path": "use.intended"})
    assert made.status_code == 201
    settled = ask("POST", f"{web}/card/notes/{made.json()['id']}/settle").json()
    assert settled["settled_by"] == "stella"
    assert ask("GET", f"{web}/card/notes").json()["items"] == [settled]


def test_a_note_on_a_field_that_the_card_lacks_is_refused(reviewing: Ask, web: str) -> None:
    assert reviewing("POST", f"{web}/card/notes", {"text": "Why?", "path": "no.such"}).status_code == 422


def test_a_steward_may_not_ask_of_a_card(ask: Ask, web: str) -> None:
    assert ask("POST", f"{web}/card/notes", {"text": "Why?"}).status_code == 403


def test_an_outsider_may_read_the_card_but_not_the_notes(world: World, web: str) -> None:
    outsider = asker(world.outsider)  # who was given leave to read the corpus
    assert outsider("GET", f"{web}/card/scores").status_code == 200
    assert outsider("GET", f"{web}/card/notes").status_code == 403


@pytest.mark.parametrize("what", ["card/scores", "card/versions", "card/diff", "card/notes"])
def test_what_one_may_not_read_is_not_found(world: World, reading: Ask, what: str) -> None:
    assert reading("GET", f"corpora/{world.hidden.pk}/{what}").status_code == 404
