"""What many groups of domains say to many agents, as arrays: ten thousand real sites have as many different readings.

It answers what `Group` answers for one, for all groups at once.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from crawler.agents import LETTERS, Agent, Levels
from crawler.groups import STRICTNESS, UNKNOWN, UNREACHABLE, Group
from crawler.refusals import ROBOTS, TERMS, Refusals, Stance, uses_of
from crawler.states import SPEAKING

Codes = npt.NDArray[np.uint8]  # places in STRICTNESS
Mask = npt.NDArray[np.bool_]
CODE = {level: place for place, level in enumerate(STRICTNESS)}
ALL = CODE["all"]
_OF_LETTER = np.zeros(128, dtype=np.uint8)
_OF_LETTER[[ord(letter) for letter in LETTERS]] = [CODE[level] for level in LETTERS.values()]


class Readings:
    """Groups, and the agents they can be asked about. Every array has one row per group."""

    def __init__(self, groups: Sequence[Group], registered: Sequence[Agent]) -> None:
        self.groups, self.registered = groups, registered
        self._place = {agent.name: place for place, agent in enumerate(registered)}

    @cached_property
    def codes(self) -> Codes:
        """Group × agent: what robots.txt says."""
        found = np.zeros((len(self.groups), len(self.registered)), dtype=np.uint8)
        lettered: dict[int, list[int]] = {}
        for row, group in enumerate(self.groups):
            if group.said in SPEAKING and type(group.levels) is Levels:
                lettered.setdefault(id(group.levels.places), []).append(row)
            elif group.said in SPEAKING:
                found[row] = [CODE[group.level(agent.name)] for agent in self.registered]
            else:
                found[row] = CODE[group.level("")]
        for rows in lettered.values():
            found[rows] = self._read(rows)
        return found

    def _read(self, rows: list[int]) -> Codes:
        """Rows of one roll: their letters as a table, its columns put in the agents' order."""
        told = [levels for row in rows if type(levels := self.groups[row].levels) is Levels]
        known, letters = told[0].places, "".join(levels.letters for levels in told)
        table = _OF_LETTER[np.frombuffer(letters.encode("ascii"), dtype=np.uint8)].reshape(len(rows), len(known))
        table = np.hstack([table, np.zeros((len(rows), 1), dtype=np.uint8)])  # of agents that the roll has not
        return table[:, [known.get(agent.name, len(known)) for agent in self.registered]]

    def strictest(self, agents: Collection[Agent]) -> Codes:
        """What robots.txt says to the one of these agents that it keeps from most."""
        found: Codes = self.codes[:, self._places(agents)].max(axis=1, initial=0)
        return found

    def refusing(self, agents: Collection[Agent], uses: Collection[str], one: bool = False) -> dict[str, Mask]:
        """Channel → which groups refuse by it (see `Group.channels`); only channels that any group refuses by."""
        agent = next(iter(agents)) if one and agents else None
        robots = (self.codes[:, self._places(agents)] == ALL).any(axis=1)
        found = {ROBOTS: robots} if robots.any() else {}
        for place, (signals, stance) in enumerate(self._others):
            told = signals.channels(uses, agent)
            for channel in told | {TERMS} if stance and stance.refuses(uses) else told:
                mask = found.setdefault(channel, np.zeros(len(self.groups), dtype=bool))
                mask[self._rows[place]] = True
        return found

    def refusing_any(self, agents: Collection[Agent], one: bool = False) -> dict[str, Mask]:
        """Channel → which groups refuse at least one of these agents what it comes for."""
        found: dict[str, Mask] = {}
        for purpose in {agent.purpose for agent in agents}:
            mine = [agent for agent in agents if agent.purpose == purpose]
            for channel, mask in self.refusing(mine, uses_of([purpose]), one).items():
                found[channel] = found[channel] | mask if channel in found else mask
        return found

    def terms(self, agents: Collection[Agent]) -> Codes:
        """What terms of service say of what these agents come for: `some` where it is conditional."""
        found = np.zeros(len(self.groups), dtype=np.uint8)
        for place, (_, stance) in enumerate(self._others):
            found[self._rows[place]] = CODE[_of_terms(stance, agents)]
        return found

    @cached_property
    def reached(self) -> Codes:
        """`none` where the site was reached, else unreachable or unknown: what a silent signal comes to."""
        kinds = {UNREACHABLE: UNREACHABLE, UNKNOWN: UNKNOWN, "nobody": UNKNOWN}
        told = (CODE[kinds.get(group.said, "none")] for group in self.groups)
        return np.fromiter(told, dtype=np.uint8, count=len(self.groups))

    @cached_property
    def _others(self) -> list[tuple[Refusals, Stance | None]]:
        """What is said beside robots.txt: few different things."""
        return list(dict.fromkeys((group.signals, group.stance) for group in self.groups))

    @cached_property
    def _rows(self) -> list[npt.NDArray[np.int64]]:
        """For each of `_others` the groups that say it."""
        places = {said: place for place, said in enumerate(self._others)}
        told = np.array([places[group.signals, group.stance] for group in self.groups], dtype=np.int64)
        order = np.argsort(told, kind="stable")
        return np.split(order, np.searchsorted(told[order], np.arange(1, len(places))))

    def _places(self, agents: Collection[Agent]) -> list[int]:
        return [self._place[agent.name] for agent in agents if agent.name in self._place]


def _of_terms(stance: Stance | None, agents: Collection[Agent]) -> str:
    if stance is None:
        return UNKNOWN
    if any(stance.refuses(uses_of([agent.purpose])) for agent in agents):
        return "all"
    return "some" if stance.verdict == "conditional" else "none"
