"""What counts as a change between two readings."""

import pytest

from crawler.drift import LevelChange, changes, direction, effective
from crawler.states import State

AGENTS = ["A", "B", "C"]


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (State.EMPTY, "none"), (State.SOFT_404, "none"), (State.UNAVAILABLE, "none"),
        (State.UNREACHABLE, "unreachable"),
    ],
)  # fmt: skip
def test_where_no_file_speaks_the_state_does(state: State, level: str) -> None:
    assert effective(state, {}, AGENTS) == dict.fromkeys(AGENTS, level)


def test_where_a_file_speaks_its_levels_count() -> None:
    assert effective(State.REDIRECTED, {"A": "all", "B": "some"}, AGENTS) == {"A": "all", "B": "some"}


def test_a_change_names_the_agent_and_both_levels() -> None:
    before, after = {"A": "none", "B": "some"}, {"A": "all", "B": "some"}
    assert changes(before, after) == [LevelChange("A", "none", "all")]


def test_agents_that_only_one_side_knows_have_not_changed() -> None:
    assert changes({"A": "none"}, {"A": "none", "B": "all"}) == []


def test_when_all_move_alike_one_change_stands_for_all() -> None:
    assert changes(dict.fromkeys(AGENTS, "none"), dict.fromkeys(AGENTS, "all")) == [LevelChange("*", "none", "all")]


@pytest.mark.parametrize(
    ("moves", "way"),
    [
        ([("none", "some")], "tightened"), ([("all", "some")], "loosened"), ([("none", "unreachable")], "tightened"),
        ([("unreachable", "none")], "loosened"), ([("all", "unreachable")], "neutral"),
        ([("none", "all"), ("all", "none")], "neutral"), ([("none", "some"), ("all", "unreachable")], "tightened"),
    ],
)  # fmt: skip
def test_the_direction_is_told_by_who_gained_and_who_lost(moves: list[tuple[str, str]], way: str) -> None:
    assert direction([LevelChange(f"agent {i}", *move) for i, move in enumerate(moves)]) == way
