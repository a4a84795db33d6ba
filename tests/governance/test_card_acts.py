"""Writing, confirming and reviewing a Data Card: who may, and what becomes of its versions."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from datacards.errors import BadInput, Refused
from datacards.models import CardNote, CardVersion
from governance import acts, card_acts
from tests.factories import World, card, person

pytestmark = pytest.mark.django_db
TYPED = {"overview.summary": "Pages of news."}


def typed(world: World, text: str, **more: Any) -> CardVersion:
    """The steward pauses while typing."""
    return card_acts.save_card(world.steward, world.undecided, {"overview.summary": text}, sitting=True, **more)


# --- versions while somebody types -------------------------------------------------------------------------


def test_typing_makes_one_version_not_one_per_pause(world: World) -> None:
    numbers = [typed(world, text).number for text in ("P", "Pages", "Pages of news.")]
    assert numbers == [1, 1, 1]
    assert world.undecided.cards.get().values["overview.summary"]["value"] == "Pages of news."


def test_after_ten_minutes_a_new_version_begins(world: World) -> None:
    typed(world, "P")
    past = timezone.now() - card_acts.SITTING - timedelta(seconds=1)
    world.undecided.cards.update(made_at=past)
    assert typed(world, "Pages").number == 2


def test_nobody_amends_anothers_version(world: World) -> None:
    typed(world, "P")
    saved = card_acts.save_card(world.people["admin"], world.undecided, {"overview.title": "T"}, sitting=True)
    assert saved.number == 2


def test_a_version_that_was_decided_on_is_left_alone(world: World) -> None:
    typed(world, "P")
    acts.decide(world.steward, world.undecided)
    assert typed(world, "Pages").number == 2


def test_a_version_that_a_reviewer_asked_about_is_left_alone(world: World) -> None:
    typed(world, "P")
    card_acts.ask(world.approver, world.undecided, text="Which news?")
    assert typed(world, "Pages").number == 2


def test_an_amended_version_was_not_known_before_its_last_change(world: World) -> None:
    first = typed(world, "P").made_at
    assert typed(world, "Pages").made_at > first


def test_a_save_that_is_no_typing_is_a_version_of_its_own(world: World) -> None:
    typed(world, "P")
    assert card_acts.save_card(world.steward, world.undecided, TYPED).number == 2


def test_an_emptied_field_leaves_the_card(world: World) -> None:
    typed(world, "P")
    assert typed(world, "").values == {}


def test_zero_is_a_value(world: World) -> None:
    saved = card_acts.save_card(world.steward, world.undecided, {"privacy.delta": "0"})
    assert saved.values["privacy.delta"]["value"] == 0


@pytest.mark.parametrize("path", ["measured.consent", "licence.expression"])
def test_nobody_types_what_is_computed(world: World, path: str) -> None:
    with pytest.raises(BadInput, match="computed from evidence"):
        card_acts.save_card(world.steward, world.undecided, {path: "All of them agree."})


def test_only_who_manages_a_corpus_writes_its_card(world: World) -> None:
    with pytest.raises(Refused, match="stella"):
        card_acts.save_card(world.approver, world.undecided, TYPED)


# --- confirming --------------------------------------------------------------------------------------------


def test_a_confirmation_says_who_and_when_and_keeps_the_words(world: World) -> None:
    before = typed(world, "Pages.").values["overview.summary"]
    entry = card_acts.confirm(world.approver, world.undecided, "overview.summary").values["overview.summary"]
    assert entry["confirmed_by"] == world.approver.username
    assert entry["confirmed_at"] > before["at"]
    assert {name: entry[name] for name in before} == before


def test_evidence_that_is_named_becomes_the_values(world: World) -> None:
    typed(world, "Pages.")
    saved = card_acts.confirm(world.steward, world.undecided, "overview.summary", evidence="https://x.example/about")
    assert saved.values["overview.summary"]["evidence"] == "https://x.example/about"


def test_what_is_written_anew_is_no_longer_confirmed(world: World) -> None:
    typed(world, "Pages.")
    card_acts.confirm(world.approver, world.undecided, "overview.summary")
    assert "confirmed_by" not in typed(world, "Other pages.").values["overview.summary"]


@pytest.mark.parametrize("path", ["overview.title", "no.such"])
def test_nothing_that_is_not_said_can_be_confirmed(world: World, path: str) -> None:
    with pytest.raises(BadInput):
        card_acts.confirm(world.steward, world.undecided, path)


def test_a_computed_value_needs_nobodys_confirmation(world: World) -> None:
    made = card(world.derived, world.steward)
    made.values["overview.title"]["source"] = "computed"
    made.save()
    with pytest.raises(BadInput, match="nobody needs to"):
        card_acts.confirm(world.steward, world.derived, "overview.title")


def test_a_mere_reader_confirms_nothing(world: World) -> None:
    typed(world, "Pages.")
    with pytest.raises(Refused, match="approver"):
        card_acts.confirm(world.people["reader"], world.undecided, "overview.summary")


# --- reviewing ---------------------------------------------------------------------------------------------


def test_an_approver_asks_and_the_steward_settles(world: World) -> None:
    note = card_acts.ask(world.approver, world.undecided, path="overview.summary", text=" Which news?\r\nSince when? ")
    assert note.text == "Which news?\nSince when?"
    settled = card_acts.settle(world.steward, note)
    assert (settled.settled_by, settled.settled_at is not None) == (world.steward, True)


def test_who_settled_first_stays_on_record(world: World) -> None:
    note = card_acts.ask(world.approver, world.undecided, text="Why?")
    again = CardNote.objects.get(pk=note.pk)
    card_acts.settle(world.steward, note)
    card_acts.settle(world.approver, again)
    assert CardNote.objects.get(pk=note.pk).settled_by == world.steward


def test_a_steward_asks_nothing_of_a_card(world: World) -> None:
    with pytest.raises(Refused, match="approver"):
        card_acts.ask(world.steward, world.undecided, text="Why?")


@pytest.mark.parametrize(("path", "text"), [("no.such", "Why?"), ("", "  "), ("", "x" * 2001), ("", "\x00")])
def test_a_question_that_cannot_be_used_is_refused(world: World, path: str, text: str) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        card_acts.ask(world.approver, world.undecided, path=path, text=text)


def test_a_stranger_settles_nothing(world: World) -> None:
    note = card_acts.ask(world.approver, world.undecided, text="Why?")
    with pytest.raises(Refused):
        card_acts.settle(person("otto", "steward"), note)
