"""How much of a revision its sites permit at one moment: sums over groups of domains that say the same.

Robots.txt, machine-readable signals and terms of service are kept apart, so that every conflict can be told: what one
channel allows and another refuses.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from crawler.agents import Agent, Purpose
from crawler.refusals import NOTHING, ROBOTS, TERMS, Refusals, Stance, uses_of
from crawler.robots import Level
from crawler.states import PERMITTING, SPEAKING, State

UNREACHABLE, UNKNOWN, NOBODY = "unreachable", "unknown", "nobody"
LEVELS = ("none", "some", "all", UNREACHABLE, UNKNOWN)
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
    levels: dict[str, Level] = field(compare=False)
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
        found = {self.level(agent.name) for agent in agents}
        return next((level for level in ("all", UNREACHABLE, "some", "none") if level in found), UNKNOWN)

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


@dataclass(frozen=True)
class AgentShare:
    """How much of a revision each level covers for one agent."""

    agent: Agent
    by_level: dict[str, Amount]

    @property
    def weight(self) -> tuple[int, int]:
        """How much it is kept from: fully, then partly."""
        return self.by_level["all"].tokens, self.by_level["some"].tokens


@dataclass(frozen=True)
class PurposeShare:
    """How much comes from domains that fully refuse at least one agent of a purpose."""

    purpose: str
    refused: Amount
    share: float | None


@dataclass(frozen=True)
class Restriction:
    """A revision's consent at a moment. Shares are of all its tokens; None where nobody was asked.

    `digest` is the SHA-256 over the ids of the snapshots in use, empty while there are none: equal digests, equal
    evidence.
    """

    as_of: datetime
    groups: tuple[Group, ...]
    registered: tuple[Agent, ...] = field(repr=False)
    digest: str = ""

    @cached_property
    def total(self) -> Amount:
        """All of the revision."""
        return self._sum(lambda group: True)

    @cached_property
    def total_tokens(self) -> int:
        """Tokens in the revision."""
        return self.total.tokens

    @cached_property
    def domain_tokens(self) -> int:
        """Tokens whose domain is known."""
        return self._sum(lambda group: group.said != "nobody").tokens

    @cached_property
    def checked_tokens(self) -> int:
        """Tokens of domains with a snapshot by the date, reachable or not."""
        return self._sum(lambda group: group.said not in ("nobody", UNKNOWN)).tokens

    @cached_property
    def unreachable(self) -> Amount:
        """Domains that could not be asked: treated as refusing, counted apart."""
        return self._sum(lambda group: group.said == UNREACHABLE)

    @cached_property
    def states(self) -> dict[str, Amount]:
        """How the fetches of the domains that were asked ended."""
        said = sorted({group.said for group in self.groups} - {"nobody", UNKNOWN})
        return {state: self._sum(lambda group, state=state: group.said == state) for state in said}  # type: ignore[misc]

    @property
    def asked(self) -> bool:
        """At least one domain was asked by the date."""
        return any(group.said not in (NOBODY, UNKNOWN) for group in self.groups)

    @property
    def checked_share(self) -> float | None:
        """Share of tokens from domains that were asked."""
        return self.share(self.checked_tokens) if self.asked else None

    @property
    def unreachable_share(self) -> float | None:
        """Share of tokens from domains that could not be reached."""
        return self.share(self.unreachable.tokens) if self.asked else None

    @property
    def oldest(self) -> datetime | None:
        """When the oldest snapshot in use was fetched."""
        return min((group.oldest for group in self.groups if group.oldest), default=None)

    @property
    def newest(self) -> datetime | None:
        """When the newest snapshot in use was fetched."""
        return max((group.newest for group in self.groups if group.newest), default=None)

    def share(self, tokens: int) -> float | None:
        """Tokens as a share of all, 0..1; None where there are none at all."""
        return tokens / self.total_tokens if self.total_tokens else None

    def refused(self, *purposes: str) -> Amount:
        """Domains that refuse by a machine-readable channel (TRAINING unless told): robots.txt everything to at least
        one agent of these purposes, or a signal for the whole site what they are for, to everybody.
        """
        return self._sum(lambda group: bool(self._channels(group, purposes) - {TERMS}))

    def refused_share(self, *purposes: str) -> float | None:
        """`refused` as a share of all tokens."""
        return self.share(self.refused(*purposes).tokens) if self.asked else None

    def refused_by(self, channel: str, *purposes: str) -> Amount:
        """Domains that refuse by one channel: robots, terms, or that of a signal."""
        return self._sum(lambda group: channel in self._channels(group, purposes))

    def by_channel(self, *purposes: str) -> dict[str, Amount]:
        """Channel → how much it refuses, the largest first; a domain counts for each of its channels."""
        found: dict[str, Amount] = {}
        for group in self.groups:
            for channel in self._channels(group, purposes):
                found[channel] = found.get(channel, Amount()) + group.amount
        return dict(sorted(found.items(), key=lambda item: (-item[1].tokens, item[0])))

    def conflicts(self, *purposes: str) -> Amount:
        """Domains whose robots.txt refuses none of the agents as a whole, while signals or terms refuse the use."""
        return self._sum(
            lambda group: group.said in SPEAKING | PERMITTING
            and bool(told := self._channels(group, purposes)) and ROBOTS not in told
        )  # fmt: skip

    @property
    def terms_known(self) -> Amount:
        """Domains whose terms of service were read."""
        return self._sum(lambda group: group.stance is not None)

    @property
    def terms_refused_share(self) -> float | None:
        """Share of tokens whose terms prohibit scraping or AI training; None where nobody's terms were read."""
        return self.share(self.refused_by(TERMS).tokens) if self.terms_known.domains else None

    def matrix(self, *purposes: str) -> dict[tuple[str, str], Amount]:
        """Robots.txt against terms: (strictest level to the purposes' agents, verdict of the terms) → how much."""
        found = {(level, verdict): Amount() for level in LEVELS for verdict in STANCES}
        agents = self._of(purposes)
        for group in self.groups:
            if group.said != NOBODY:
                key = group.strictest(agents), group.stance.verdict if group.stance else UNKNOWN
                found[key] = found[key] + group.amount
        return found

    def refused_to(self, agent: Agent, ignoring: Collection[str] = ()) -> Amount:
        """Domains that refuse one agent by any channel but the ignored."""
        uses = uses_of([agent.purpose])
        return self._sum(lambda group: bool(group.channels([agent], uses, one=True) - set(ignoring)))

    def honouring(self, channels: Collection[str], *purposes: str, unreachable: bool = False) -> Amount:
        """What is lost by honouring these channels alone; with `unreachable` also what could not be asked."""
        wanted = set(channels)
        return self._sum(
            lambda group: bool(self._channels(group, purposes) & wanted) or (unreachable and group.said == UNREACHABLE)
        )

    def only(self, names: Collection[str]) -> "Restriction":
        """The same evidence, asked about these agents alone."""
        return replace(self, registered=tuple(agent for agent in self.registered if agent.name in names))

    def _of(self, purposes: Collection[str]) -> list[Agent]:
        return [agent for agent in self.registered if agent.purpose in (purposes or TRAINING)]

    def _channels(self, group: Group, purposes: tuple[str, ...]) -> frozenset[str]:
        if purposes not in self._told:
            agents, uses = self._of(purposes), uses_of(purposes or TRAINING)
            self._told[purposes] = {id(each): each.channels(agents, uses) for each in self.groups}
        return self._told[purposes][id(group)]

    @cached_property
    def _told(self) -> dict[tuple[str, ...], dict[int, frozenset[str]]]:
        return {}

    @cached_property
    def agents(self) -> list[AgentShare]:
        """Every agent, the most refused first."""
        shares = [AgentShare(agent, self._levels_of(agent.name)) for agent in self.registered]
        return sorted(
            shares, key=lambda s: (-s.by_level["all"].tokens, -s.by_level["some"].tokens, s.agent.name.lower())
        )

    @cached_property
    def purposes(self) -> list[PurposeShare]:
        """Every purpose in the registry's order."""
        return [PurposeShare(p.value, self.refused(p), self.refused_share(p)) for p in Purpose]

    def agent(self, name: str) -> AgentShare | None:
        """One agent's levels; None for a name that the registry does not have."""
        return next((share for share in self.agents if share.agent.name == name), None)

    def _levels_of(self, agent: str) -> dict[str, Amount]:
        amounts = dict.fromkeys(LEVELS, Amount())
        for group in self.groups:
            level = group.level(agent)
            amounts[level] = amounts[level] + group.amount
        return amounts

    def _sum(self, wanted: Callable[[Group], bool]) -> Amount:
        return sum((group.amount for group in self.groups if wanted(group)), Amount())
