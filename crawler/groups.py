"""Domains that say the same, counted together: the state of robots.txt, its levels, signals and terms."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.agents import Agent, Purpose
from crawler.refusals import NOTHING, ROBOTS, TERMS, Refusals, Stance
from crawler.robots import Level
from crawler.states import PERMITTING, SPEAKING, State

UNREACHABLE, UNKNOWN, NOBODY = "unreachable", "unknown", "nobody"
LEVELS = ("none", "some", "all", UNREACHABLE, UNKNOWN)
STRICTNESS = (UNKNOWN, "none", "some", UNREACHABLE, "all")
TRAINING = (Purpose.TRAIN, Purpose.DATASET)
STANCES = ("prohibited", "conditional", "allowed", "not_mentioned", UNKNOWN)


@dataclass(frozen=True)
class Amount:
    """A part of a revision."""

    tokens: int = 0
    documents: int = 0
    domains: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            self.tokens + other.tokens, self.documents + other.documents, self.domains + other.domains
        )  # fmt: skip


@dataclass(frozen=True)
class Group:
    """The domains that say the same: the fetch's state, the level of each agent, how much of the data.

    `said` is the state of robots.txt, `unknown` for domains that nobody asked, or `nobody` where there is no domain to
    ask. `stance` is None where no terms of service are known; `vector` is the id of the levels.
    """

    said: str
    levels: Mapping[str, Level] = field(compare=False)
    amount: Amount
    oldest: datetime | None = None
    newest: datetime | None = None
    signals: Refusals = NOTHING
    stance: Stance | None = None
    vector: int | None = None

    def level(self, agent: str) -> str:
        """What these domains say to an agent; an agent that the reading did not know of is unknown."""
        if self.said in SPEAKING:
            return self.levels.get(agent, UNKNOWN)
        if self.said in PERMITTING:
            return "none"
        return UNREACHABLE if self.said == State.UNREACHABLE else UNKNOWN

    def strictest(self, agents: Iterable[Agent]) -> str:
        """What robots.txt says to the one of these agents that it keeps from most."""
        return max((self.level(agent.name) for agent in agents), key=STRICTNESS.index, default=UNKNOWN)

    def channels(self, agents: Collection[Agent], uses: Collection[str], one: bool = False) -> frozenset[str]:
        """The channels by which these domains refuse: robots.txt at least one of the agents as a whole, signals and
        terms all of the uses. `one` says that a single agent is asked about, to whom signals may speak by name.
        """
        found = set(self.signals.channels(uses, next(iter(agents)) if one and agents else None))
        if any(self.level(agent.name) == "all" for agent in agents):
            found.add(ROBOTS)
        if self.stance is not None and self.stance.refuses(uses):
            found.add(TERMS)
        return frozenset(found)
