"""Changes that last and changes that are taken back."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from crawler import settling
from crawler.models import ConsentChange, Snapshot
from crawler.returns import RETURNED, SETTLED, SETTLING, Move, standings
from datacards.models import Domain

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LATE = START + 1000 * DAY


def moves(*said: str, every: timedelta = timedelta(hours=1)) -> list[Move]:
    """The changes of a document that said these things one after the other, each with a day to settle."""
    return [
        Move(n, START + n * every, START + n * every + DAY, before, after)
        for n, (before, after) in enumerate(pairwise(said))
    ]


def told(*said: str, now: datetime = LATE, every: timedelta = timedelta(hours=1)) -> list[str]:
    found = standings(moves(*said, every=every), now)
    return [found[n] for n in range(len(said) - 1)]


def test_what_lasts_is_settled() -> None:
    assert told("A", "B") == [SETTLED]


def test_what_may_still_be_taken_back_is_settling() -> None:
    assert told("A", "B", now=START + DAY / 2) == [SETTLING]


def test_a_change_and_the_one_that_takes_it_back_are_both_returned() -> None:
    assert told("A", "B", "A") == [RETURNED, RETURNED]


def test_of_going_there_and_back_and_there_the_last_is_left() -> None:
    assert told("A", "B", "A", "B") == [RETURNED, RETURNED, SETTLED]


def test_a_detour_is_returned_as_a_whole() -> None:
    assert told("A", "B", "C", "B", "A") == [RETURNED] * 4


def test_what_is_taken_back_after_it_lasted_is_two_changes() -> None:
    assert told("A", "B", "A", every=2 * DAY) == [SETTLED, SETTLED]


def test_the_opposite_events_take_a_change_back_also_in_other_bytes() -> None:
    there = {"kind": "agent-newly-blocked", "agent": "GPTBot", "before": "none", "after": "all"}
    back = {"kind": "agent-freed", "agent": "GPTBot", "before": "all", "after": "none"}
    first = Move(0, START, START + DAY, "a", "b", (there,))
    assert standings([first, Move(1, START + DAY / 2, START + 2 * DAY, "b", "c", (back,))], LATE)[0] == RETURNED


def test_an_event_of_another_agent_takes_nothing_back() -> None:
    there = {"agent": "GPTBot", "before": "none", "after": "all"}
    back = {"agent": "CCBot", "before": "all", "after": "none"}
    first = Move(0, START, START + DAY, "a", "b", (there,))
    assert standings([first, Move(1, START + DAY / 2, START + 2 * DAY, "b", "c", (back,))], LATE)[0] == SETTLED


@given(st.lists(st.sampled_from("ABC"), min_size=2, max_size=12))
def test_what_is_left_leads_from_the_first_to_the_last_saying(said: list[str]) -> None:
    steps = [a for a, b in pairwise([*said, ""]) if a != b]
    found = standings(moves(*steps), LATE)
    left = [move for move in moves(*steps) if found[move.key] == SETTLED]
    assert [move.before for move in left[1:]] == [move.after for move in left[:-1]]
    assert (left[0].before, left[-1].after) == (steps[0], steps[-1]) if left else steps[0] == steps[-1]


@given(st.lists(st.sampled_from("ABC"), min_size=2, max_size=12), st.randoms())
def test_the_order_in_which_moves_are_given_is_no_matter(said: list[str], random: Any) -> None:
    given_ = moves(*said)
    shuffled = random.sample(given_, len(given_))
    assert standings(shuffled, LATE) == standings(given_, LATE)


# --- as rows -----------------------------------------------------------------------------------------------


def changed(*states: str, channel: str = "robots", at: datetime | None = None) -> list[ConsentChange]:
    """The changes of a site whose document ended in these states, hour by hour, each settling for a day."""
    site, _ = Domain.objects.get_or_create(name="a.test", defaults={"registrable": "a.test", "shard": 1})
    begin = at or timezone.now() - 2 * DAY
    fetched = [
        Snapshot.objects.create(domain=site, channel=channel, state=state, fetched_at=begin + n * timedelta(hours=1))
        for n, state in enumerate(states)
    ]
    return [
        ConsentChange.objects.create(
            domain=site, channel=channel, before=before, after=after, at=after.fetched_at, changes=[],
            direction="neutral", standing="settling", settles_at=after.fetched_at + DAY,
        )
        for before, after in pairwise(fetched)
    ]  # fmt: skip


def standing(*changes: ConsentChange) -> list[str]:
    rows = dict(ConsentChange.objects.values_list("pk", "standing"))
    return [rows[change.pk] for change in changes]


@pytest.mark.django_db
def test_a_change_whose_time_has_come_is_settled_and_one_whose_time_has_not_is_not() -> None:
    old = changed("unavailable", "unreachable")
    young = changed("unavailable", "unreachable", channel="home", at=timezone.now() - DAY / 4)
    assert settling.settle() == 1
    assert standing(*old, *young) == ["settled", "settling"]


@pytest.mark.django_db
def test_a_change_that_was_taken_back_is_returned() -> None:
    found = changed("unavailable", "unreachable", "unavailable")
    assert settling.settle() == 2
    assert standing(*found) == ["returned", "returned"]


@pytest.mark.django_db
def test_a_return_that_is_young_itself_takes_back_at_once_what_is_due() -> None:
    found = changed("unavailable", "unreachable", "unavailable", at=timezone.now() - DAY - timedelta(hours=1.5))
    settling.settle()
    assert standing(*found) == ["returned", "returned"]


@pytest.mark.django_db
def test_settling_twice_moves_nothing_twice() -> None:
    changed("unavailable", "unreachable")
    assert [settling.settle(), settling.settle()] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_that_settle_at_the_same_time_move_each_change_once() -> None:
    for channel in ("robots", "home", "terms", "rsl"):
        changed("unavailable", "unreachable", "unavailable", "unreachable", channel=channel)
    ready, moved = threading.Barrier(2), []

    def settle() -> None:
        try:
            ready.wait()
            moved.append(settling.settle())
        finally:
            connections.close_all()

    both = [threading.Thread(target=settle) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sum(moved) == 12
    assert ConsentChange.objects.filter(standing="settled").count() == 4


def test_terms_have_days_and_files_have_hours(settings: Settings) -> None:
    settings.CONSENTRY_SETTLE_TERMS_DAYS, settings.CONSENTRY_SETTLE_HOURS = 9, 5
    assert [settling.window(channel) for channel in ("terms", "robots")] == [timedelta(days=9), timedelta(hours=5)]
