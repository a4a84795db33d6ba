"""When to ask again: occurrences that anybody can compute again, and rests that grow and end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.pacing import DOUBLINGS, FIRST, LONGEST, Rhythm, chance, rest

START = datetime(2026, 1, 1, tzinfo=UTC)
names = st.text(max_size=20)
numbers = st.integers(0, 5000)
hours = st.integers(1, 400)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """Any rhythm that a schedule may have: a jitter of at most half of the time between two runs."""
    every = draw(hours)
    jitter = timedelta(minutes=draw(st.integers(0, every * 30)))
    return Rhythm(draw(names), START, timedelta(hours=every), jitter)


@given(names, numbers)
def test_chance_is_the_same_for_the_same_names_and_below_one(name: str, number: int) -> None:
    assert 0 <= chance(name, number) < 1
    assert chance(name, number) == chance(name, number)


def test_chance_is_spread_evenly() -> None:
    drawn = [chance("schedule", number) for number in range(4000)]
    tenths = [sum(tenth <= 10 * x < tenth + 1 for x in drawn) for tenth in range(10)]
    assert min(tenths) > 300
    assert max(tenths) < 500


@given(rhythms(), numbers)
def test_an_occurrence_is_late_by_no_more_than_the_jitter(rhythm: Rhythm, number: int) -> None:
    late = rhythm.at(number) - (START + rhythm.every * number)
    assert timedelta() <= late <= rhythm.jitter


@given(rhythms(), numbers)
def test_occurrences_follow_each_other(rhythm: Rhythm, number: int) -> None:
    assert rhythm.at(number) < rhythm.at(number + 1)


def test_two_schedules_of_one_rhythm_do_not_begin_together() -> None:
    begun = {Rhythm(name, START, timedelta(days=1), timedelta(hours=1)).at(1) for name in range(50)}
    assert len(begun) == 50


@given(rhythms(), st.integers(0, 10**8))
def test_the_next_occurrence_is_the_first_that_is_not_over(rhythm: Rhythm, seconds: int) -> None:
    moment = START + timedelta(seconds=seconds)
    number = rhythm.after(moment)
    assert rhythm.at(number) > moment
    assert number == 0 or rhythm.at(number - 1) <= moment


def test_what_was_missed_is_not_made_up_for() -> None:
    daily = Rhythm("a", START, timedelta(days=1))
    assert daily.after(START + timedelta(days=30, hours=5)) == 31


@given(names, st.integers(1, 400))
def test_a_rest_lies_within_a_quarter_of_its_doubling(host: str, failures: int) -> None:
    doubled = min(FIRST * 2 ** min(failures - 1, DOUBLINGS), LONGEST)
    assert doubled * 0.75 <= rest(failures, host) <= doubled * 1.25


@given(names, st.integers(1, 7))
def test_a_rest_grows_with_every_second_failure(host: str, failures: int) -> None:
    assert rest(failures, host) < rest(failures + 2, host)


@given(names, st.integers(10, 10**6))
def test_a_rest_is_never_longer_than_a_week_and_a_quarter(host: str, failures: int) -> None:
    assert rest(failures, host) <= LONGEST * 1.25


def test_hosts_that_failed_together_are_not_asked_again_together() -> None:
    assert len({rest(3, host) for host in range(100)}) == 100
