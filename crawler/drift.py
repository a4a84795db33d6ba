"""What changed between two readings of a site."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.states import PERMITTING, SPEAKING, State

UNREACHABLE = "unreachable"
_RANK = {"none": 0, "some": 1, "all": 2, UNREACHABLE: 2}
EVERYONE = "*"


@dataclass(frozen=True)
class Change:
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


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The agents known on both sides whose level moved."""
    both = [agent for agent in after if agent in before]
    found = [Change(agent, before[agent], after[agent]) for agent in both if before[agent] != after[agent]]
    moves = {(change.before, change.after) for change in found}
    if len(found) == len(both) > 1 and len(moves) == 1:
        return [Change(EVERYONE, found[0].before, found[0].after)]
    return found


def direction(found: list[Change]) -> str:
    """`tightened` when nobody gained, `loosened` when nobody lost, else `neutral`."""
    moves = [_RANK[change.after] - _RANK[change.before] for change in found]
    if any(moves) and min(moves) >= 0:
        return "tightened"
    return "loosened" if any(moves) and max(moves) <= 0 else "neutral"
