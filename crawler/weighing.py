"""What honouring or ignoring a signal or an agent costs: tokens lost of a corpus at one moment."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from crawler.agents import Agent
from crawler.groups import UNREACHABLE, Amount
from crawler.questions import Question
from crawler.readings import Mask
from crawler.restriction import Restriction


@dataclass(frozen=True)
class Part:
    """A channel or an agent: what is lost by honouring it alone, and what is kept after all by ignoring it alone."""

    name: str
    alone: Amount
    spared: Amount


@dataclass(frozen=True)
class Weighed:
    """What is lost and kept, and the part that each channel and each agent has in it, the largest first."""

    lost: Amount
    kept: Amount
    share: float
    channels: tuple[Part, ...]
    agents: tuple[Part, ...]


class Scales:
    """One corpus at a moment, and whom its sites may refuse."""

    def __init__(self, found: Restriction, question: Question | None = None, unreachable: bool = False) -> None:
        self._found, question = found, question or Question()
        self.agents, self._one = question.agents(found.registered), bool(question.agent)
        said = (unreachable and group.said == UNREACHABLE for group in found.groups)
        self._gone = np.fromiter(said, dtype=bool, count=len(found.groups))

    def weigh(self, honour: Collection[str] | None = None, ignore: Collection[str] = ()) -> Weighed:
        """Honour these channels (all, unless told) towards all agents but the ignored.

        Ignoring an agent means to take no notice of what is refused to it alone. Signals and terms refuse a use, so
        they stay as long as an agent with that use is left.
        """
        agents = [agent for agent in self.agents if agent.name not in ignore]
        told = self._refusing(agents, honour)
        lost = self._joined(told.values())
        total, amount = self._found.total, self._found.sum(lost)
        kept = Amount(total.tokens - amount.tokens, total.documents - amount.documents, total.domains - amount.domains)
        channels = [
            self._part(name, mask, lost, self._joined(m for other, m in told.items() if other != name))
            for name, mask in self._refusing(agents, None).items()
        ]  # fmt: skip
        return Weighed(
            amount, kept, amount.tokens / (total.tokens or 1), _sorted(channels),
            _sorted(self._agent(agent, agents, honour, lost) for agent in self.agents),
        )  # fmt: skip

    def _agent(self, agent: Agent, agents: list[Agent], honour: Collection[str] | None, lost: Mask) -> Part:
        own = self._joined(self._refusing([agent], honour).values())
        others = [each for each in agents if each.name != agent.name]
        return self._part(agent.name, own, lost, self._joined(self._refusing(others, honour).values()))

    def _part(self, name: str, own: Mask, lost: Mask, without: Mask) -> Part:
        return Part(name, self._found.sum(own & ~self._gone), self._found.sum(lost & ~without))

    def _refusing(self, agents: list[Agent], honour: Collection[str] | None) -> dict[str, Mask]:
        told = self._found.readings.refusing_any(agents, self._one)
        return {name: mask for name, mask in told.items() if honour is None or name in honour}

    def _joined(self, masks: Iterable[Mask]) -> Mask:
        found = self._gone.copy()
        for mask in masks:
            found |= mask
        return found


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    told = (part for part in parts if part.alone.domains)
    return tuple(sorted(told, key=lambda part: (-part.alone.tokens, -part.spared.tokens, part.name.lower())))
