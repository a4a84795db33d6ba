"""What an agent may fetch by robots.txt, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.drift.events import EVERYONE, LOOSENED, NEUTRAL, TIGHTENED, Event
from crawler.states import PERMITTING, SPEAKING, State

UNREACHABLE = "unreachable"
_RANK = {"none": 0, "some": 1, "all": 2, UNREACHABLE: 2}


@dataclass(frozen=True)
class LevelChange:
    """One agent's level before and after; agent `*` when all of several agents moved alike."""

    agent: str
    before: str
    after: str


def effective(state: State, levels: Mapping[str, str], agents: list[str]) -> dict[str, str]:
    """What each agent may fetch after a fetch that came to `state`; `levels` are the file's, where one speaks.

    `unreachable` permits as little as `all` does, but is told apart: nobody has said no.
    """
    if state in SPEAKING:
        return {agent: levels[agent] for agent in agents if agent in levels}
    return dict.fromkeys(agents, "none" if state in PERMITTING else UNREACHABLE)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[LevelChange]:
    """The agents known on both sides whose level moved."""
    both = [agent for agent in after if agent in before]
    found = [LevelChange(agent, before[agent], after[agent]) for agent in both if before[agent] != after[agent]]
    moves = {(change.before, change.after) for change in found}
    if len(found) == len(both) > 1 and len(moves) == 1:
        return [LevelChange(EVERYONE, found[0].before, found[0].after)]
    return found


def direction(found: list[LevelChange]) -> str:
    """`tightened` when nobody gained, `loosened` when nobody lost, else `neutral`."""
    moves = [_RANK[change.after] - _RANK[change.before] for change in found]
    if any(moves) and min(moves) >= 0:
        return TIGHTENED
    return LOOSENED if any(moves) and max(moves) <= 0 else NEUTRAL


def level_events(before: Mapping[str, str], after: Mapping[str, str]) -> list[Event]:
    """The moves of levels as events; one to or from `unreachable` is a change of the fetch, not of the file."""
    return [
        Event(_kind(change), change.before, change.after, direction([change]), agent=change.agent)
        for change in changes(before, after)
    ]


def _kind(change: LevelChange) -> str:
    if UNREACHABLE in (change.before, change.after):
        return "fetch-state-changed"
    if change.after == "all":
        return "agent-newly-blocked"
    if change.before == "all":
        return "agent-freed"
    return "level-up" if _RANK[change.after] > _RANK[change.before] else "level-down"


def state_events(before: State, after: State) -> list[Event]:
    """A document that came, went or fell silent. What that permits is told by the levels, so this is neutral."""
    if _standing(before) == _standing(after):
        return []
    return [Event("fetch-state-changed", before.value, after.value)]


def _standing(state: State) -> str:
    return "speaks" if state in SPEAKING else "silent" if state in PERMITTING else UNREACHABLE
