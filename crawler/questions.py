"""Whom and what a question about consent is about, asked of many groups of domains at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crawler.agents import Agent
from crawler.groups import TRAINING
from crawler.readings import ALL, Codes, Mask, Readings
from crawler.refusals import ROBOTS, TERMS


@dataclass(frozen=True)
class Question:
    """Whom and what it is about: the agents that train, unless told; every channel, unless told.

    `signals` stands for all machine-readable channels but robots.txt, `machine` for those and robots.txt.
    """

    agent: str = ""
    purpose: str = ""
    company: str = ""
    channel: str = ""

    def agents(self, registered: Sequence[Agent]) -> list[Agent]:
        """Those that are asked about."""
        named = [a for a in registered if self.agent in ("", a.name) and self.company in ("", a.operator)]
        purposes = (self.purpose,) if self.purpose else () if self.agent or self.company else TRAINING
        return [agent for agent in named if not purposes or agent.purpose in purposes]

    def codes(self, readings: Readings) -> Codes:
        """What each group says: `all` where it refuses at least one of the agents as a whole, or what it comes for."""
        agents = self.agents(readings.registered)
        if self.channel == TERMS:
            return readings.terms(agents)
        if self.channel == ROBOTS:
            return readings.strictest(agents)
        otherwise = readings.strictest(agents) if self.channel in ("", "machine") else readings.reached
        masks = self.refusing(readings).values()
        return np.where(np.any(list(masks), axis=0), np.uint8(ALL), otherwise) if masks else otherwise

    def refusing(self, readings: Readings) -> dict[str, Mask]:
        """Channel → which groups refuse by it, of the channels asked about."""
        told = readings.refusing_any(self.agents(readings.registered), bool(self.agent))
        return {name: mask for name, mask in told.items() if self._asks(name)}

    def _asks(self, channel: str) -> bool:
        if self.channel in ("signals", "machine"):
            return channel != TERMS and (channel != ROBOTS or self.channel == "machine")
        return self.channel in ("", channel)
