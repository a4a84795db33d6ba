"""Honour or ignore: worlds small enough to count by hand, and the laws of what is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.agents import Agent, Purpose, Roll
from crawler.groups import Amount, Group
from crawler.questions import Question
from crawler.refusals import Refusals, Stance
from crawler.restriction import Restriction
from crawler.weighing import Scales

AGENTS = tuple(
    Agent(name, operator, purpose)
    for name, operator, purpose in (
        ("Alpha", "One", Purpose.TRAIN), ("Beta", "Two", Purpose.TRAIN), ("Crawl", "Two", Purpose.DATASET),
        ("Seek", "One", Purpose.SEARCH),
    )
)  # fmt: skip
ROLL = Roll.of(AGENTS)
FORBIDS = Stance("not_mentioned", "prohibited")
TDM = Refusals(frozenset({("tdmrep", "ai-train")}))


def group(tokens: int, letters: str, said: str = "ok", **more: Any) -> Group:
    """Letters in the order Alpha, Beta, Crawl, Seek."""
    return Group(said, ROLL.levels(letters), Amount(tokens, 1, 1), **more)


WORLD = Restriction(
    datetime(2026, 1, 1, tzinfo=UTC),
    (
        group(10, "annn"), group(20, "aann"), group(30, "nnnn", signals=TDM), group(40, "nann", stance=FORBIDS),
        group(50, "nnna"), group(60, "ssss"), group(70, "nnnn", said="unreachable"),
    ),
    AGENTS,
)  # fmt: skip


def test_all_channels_are_honoured_unless_told() -> None:
    found = Scales(WORLD).weigh()
    assert (found.lost.tokens, found.kept.tokens, found.lost.domains) == (100, 180, 4)
    assert found.share == pytest.approx(100 / 280)


def test_each_channel_says_what_it_takes_alone_and_what_ignoring_it_spares() -> None:
    told = {part.name: (part.alone.tokens, part.spared.tokens) for part in Scales(WORLD).weigh().channels}
    assert told == {"robots": (70, 30), "terms": (40, 0), "tdmrep": (30, 30)}


def test_each_agent_says_what_ignoring_it_spares() -> None:
    told = {part.name: (part.alone.tokens, part.spared.tokens) for part in Scales(WORLD).weigh().agents}
    assert told == {"Alpha": (100, 10), "Beta": (90, 0), "Crawl": (70, 0)}


def test_ignoring_an_agent_keeps_what_was_refused_to_it_alone() -> None:
    assert Scales(WORLD).weigh(ignore=["Alpha"]).lost.tokens == 90
    assert Scales(WORLD).weigh(["robots"], ignore=["Alpha", "Beta"]).lost.tokens == 0


def test_signals_and_terms_stay_as_long_as_somebody_trains() -> None:
    assert Scales(WORLD).weigh(["tdmrep", "terms"], ignore=["Alpha", "Beta"]).lost.tokens == 70
    assert Scales(WORLD).weigh(["tdmrep", "terms"], ignore=["Alpha", "Beta", "Crawl"]).lost.tokens == 0


def test_another_purpose_or_company_is_asked_about_alone() -> None:
    assert Scales(WORLD, Question(purpose="search")).weigh().lost.tokens == 50
    assert Scales(WORLD, Question(company="One")).weigh(["robots"]).lost.tokens == 80


def test_what_could_not_be_reached_can_be_left_out_as_well() -> None:
    found = Scales(WORLD, unreachable=True).weigh(["robots"])
    assert (found.lost.tokens, found.channels[0].alone.tokens) == (140, 70)


groups = st.lists(
    st.builds(
        group, st.integers(1, 99), st.text("nsa", min_size=4, max_size=4), st.sampled_from(["ok", "unreachable"]),
        signals=st.sampled_from([TDM, Refusals()]), stance=st.sampled_from([None, FORBIDS]),
    ),
    max_size=6,
)  # fmt: skip
channels = st.sets(st.sampled_from(["robots", "tdmrep", "terms"]))
names = st.sets(st.sampled_from([agent.name for agent in AGENTS]))


@given(groups, channels, channels, names, names)
def test_more_honour_or_less_ignoring_never_loses_less(
    made: list[Group], fewer: set[str], more: set[str], some: set[str], others: set[str]
) -> None:
    scales = Scales(Restriction(WORLD.as_of, tuple(made), AGENTS))
    low, high = scales.weigh(fewer, some | others), scales.weigh(fewer | more, some)
    assert low.lost.tokens <= high.lost.tokens
    assert high.lost.tokens + high.kept.tokens == sum(each.amount.tokens for each in made)


@given(groups, channels, names)
def test_what_ignoring_one_agent_spares_is_the_difference(made: list[Group], honour: set[str], some: set[str]) -> None:
    scales = Scales(Restriction(WORLD.as_of, tuple(made), AGENTS))
    found = scales.weigh(honour, some)
    for part in found.agents:
        assert part.spared.tokens == found.lost.tokens - scales.weigh(honour, {*some, part.name}).lost.tokens


@given(groups)
def test_arrays_say_what_each_group_says(made: list[Group]) -> None:
    found = Restriction(WORLD.as_of, tuple(made), AGENTS)
    alone = [each.channels(AGENTS[:3], ["ai-train"]) for each in made]
    told = found.readings.refusing(AGENTS[:3], ["ai-train"])
    assert [frozenset(name for name, mask in told.items() if mask[place]) for place in range(len(made))] == alone
    strictest = [each.strictest(AGENTS) for each in made]
    assert [("unknown", "none", "some", "unreachable", "all")[code] for code in found.readings.strictest(AGENTS)] == (
        strictest
    )
