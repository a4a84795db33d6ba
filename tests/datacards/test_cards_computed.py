"""Computed entries of a card: what replaces what, what stays, and when one is stale. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from datacards.cards.computed import Told, replaced, states

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "measured.consent"
PERSON = {"value": "I think it is fine.", "source": "person", "evidence": "", "by": "stella", "at": "2026-01-01"}


def told(value="4 % refuse.", evidence="consent:a", revision=1, days_ago=0, life=30):
    measured = NOW - timedelta(days=days_ago)
    return {PATH: Told(value, (evidence,), revision, measured, timedelta(days=life) if life else None)}


def card(**more):
    return replaced({}, told(**more), NOW)


def state(values, revision=1, later=0):
    return states(values, revision, NOW + timedelta(days=later))[PATH]


def test_the_same_value_by_the_same_evidence_changes_nothing():
    before = card()
    assert replaced(before, told(), NOW + timedelta(hours=1)) == before


@pytest.mark.parametrize("newer", [{"value": "5 % refuse."}, {"evidence": "consent:b"}, {"revision": 2}])
def test_another_value_other_evidence_or_another_revision_is_a_new_entry(newer):
    after = replaced(card(), told(**newer), NOW + timedelta(hours=1))
    assert after[PATH]["at"] == (NOW + timedelta(hours=1)).isoformat()


def test_what_is_not_told_of_now_stays():
    assert replaced(card(), {}, NOW) == card()


@pytest.mark.parametrize("source", ["person", "card", "import"])
def test_what_somebody_said_stays_and_the_computed_value_is_kept_beside_it(source):
    said = PERSON | {"source": source}
    after = replaced({PATH: said}, told(), NOW)
    assert {name: after[PATH][name] for name in said} == said
    assert state(after).differs == "4 % refuse."


def test_what_is_kept_beside_is_left_alone_until_it_changes():
    before = replaced({PATH: PERSON}, told(), NOW)
    assert replaced(before, told(), NOW + timedelta(days=1)) == before
    assert replaced(before, told(value="5 %"), NOW)[PATH]["computed"]["value"] == "5 %"


def test_a_person_who_says_what_evidence_says_does_not_differ():
    assert state(replaced({PATH: PERSON | {"value": "4 % refuse."}}, told(), NOW)).differs is None


def test_a_fresh_entry_names_its_evidence():
    found = state(card())
    assert (found.fresh, found.why, found.evidence) == (True, "", ("consent:a",))


def test_an_entry_of_an_older_revision_is_stale_and_says_so():
    assert state(card(), revision=3).why == "of revision 1; this is revision 3"


@pytest.mark.parametrize(("days", "fresh"), [(30, True), (31, False)])
def test_an_entry_is_stale_when_its_evidence_has_outlived_its_life(days, fresh):
    assert state(card(), later=days).fresh is fresh


def test_the_reason_names_what_is_old_and_how_old():
    assert state(card(days_ago=4), later=30).why == "the consent is 34 days old"
    assert state(card(evidence="audit:b", life=180), later=200).why == "the audit is 200 days old"


def test_what_has_no_end_of_life_does_not_age():
    assert state(card(life=None), later=10_000).fresh


def test_only_computed_entries_have_a_state():
    assert states({"overview.title": PERSON}, 1, NOW) == {}


def test_an_entry_of_an_earlier_release_without_a_revision_is_taken_as_it_is():
    entry = {"value": "x", "source": "computed", "evidence": "revision 2", "by": "", "at": NOW.isoformat()}
    assert state({PATH: entry}, revision=5).fresh
