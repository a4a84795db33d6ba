"""How much of a revision its sites permit at one moment: sums over groups of domains that say the same.

Robots.txt, machine-readable signals and terms of service are kept apart, so that every conflict can be told: what one
channel allows and another refuses.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from crawler.agents import Agent, Purpose
from crawler.groups import LEVELS, NOBODY, STANCES, TRAINING, UNKNOWN, UNREACHABLE, Amount, Group
from crawler.readings import CODE, Mask, Readings
from crawler.refusals import ROBOTS, TERMS, uses_of
from crawler.states import PERMITTING, SPEAKING

__all__ = [
    "LEVELS", "NOBODY", "STANCES", "TRAINING", "UNKNOWN", "UNREACHABLE", "AgentShare", "Amount", "Group",
    "PurposeShare", "Restriction",
]  # fmt: skip


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
        return self.sum(np.ones(len(self.groups), dtype=bool))

    @cached_property
    def total_tokens(self) -> int:
        """Tokens in the revision."""
        return self.total.tokens

    @cached_property
    def domain_tokens(self) -> int:
        """Tokens whose domain is known."""
        return self.sum(~self._where(NOBODY)).tokens

    @cached_property
    def checked_tokens(self) -> int:
        """Tokens of domains with a snapshot by the date, reachable or not."""
        return self.sum(~self._where(NOBODY, UNKNOWN)).tokens

    @cached_property
    def unreachable(self) -> Amount:
        """Domains that could not be asked: treated as refusing, counted apart."""
        return self.sum(self._where(UNREACHABLE))

    @cached_property
    def states(self) -> dict[str, Amount]:
        """How the fetches of the domains that were asked ended."""
        said = sorted({group.said for group in self.groups} - {NOBODY, UNKNOWN})
        return {state: self.sum(self._where(state)) for state in said}

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
        return self.sum(self._any(mask for name, mask in self._refusing(purposes).items() if name != TERMS))

    def refused_share(self, *purposes: str) -> float | None:
        """`refused` as a share of all tokens."""
        return self.share(self.refused(*purposes).tokens) if self.asked else None

    def refused_by(self, channel: str, *purposes: str) -> Amount:
        """Domains that refuse by one channel: robots, terms, or that of a signal."""
        return self.sum(self._any(mask for name, mask in self._refusing(purposes).items() if name == channel))

    def by_channel(self, *purposes: str) -> dict[str, Amount]:
        """Channel → how much it refuses, the largest first; a domain counts for each of its channels."""
        told = self._refusing(purposes).items()
        found = {channel: self.sum(mask) for channel, mask in told if self._amounts[mask, 2].any()}
        return dict(sorted(found.items(), key=lambda item: (-item[1].tokens, item[0])))

    def conflicts(self, *purposes: str) -> Amount:
        """Domains whose robots.txt refuses none of the agents as a whole, while signals or terms refuse the use."""
        told = dict(self._refusing(purposes))
        robots = told.pop(ROBOTS, self._any(()))
        return self.sum(self._any(told.values()) & ~robots & self._where(*SPEAKING | PERMITTING))

    @property
    def terms_known(self) -> Amount:
        """Domains whose terms of service were read."""
        return self.sum(np.array([group.stance is not None for group in self.groups], dtype=bool))

    @property
    def terms_refused_share(self) -> float | None:
        """Share of tokens whose terms prohibit scraping or AI training; None where nobody's terms were read."""
        return self.share(self.refused_by(TERMS).tokens) if self.terms_known.domains else None

    @property
    def signals_refused_share(self) -> float | None:
        """Share of tokens whose sites refuse training by a machine-readable channel other than robots.txt; None where
        nobody was asked. A site that was asked for robots.txt alone counts as silent."""
        told = self._any(mask for name, mask in self._refusing(()).items() if name not in (ROBOTS, TERMS))
        return self.share(self.sum(told).tokens) if self.asked else None

    def matrix(self, *purposes: str) -> dict[tuple[str, str], Amount]:
        """Robots.txt against terms: (strictest level to the purposes' agents, verdict of the terms) → how much."""
        levels, asked = self.readings.strictest(self._of(purposes)), ~self._where(NOBODY)
        verdicts = np.array([group.stance.verdict if group.stance else UNKNOWN for group in self.groups], dtype=object)
        return {
            (level, verdict): self.sum(asked & (levels == CODE[level]) & (verdicts == verdict))
            for level in LEVELS for verdict in STANCES
        }  # fmt: skip

    def refused_to(self, agent: Agent, ignoring: Collection[str] = ()) -> Amount:
        """Domains that refuse one agent by any channel but the ignored."""
        told = self.readings.refusing([agent], uses_of([agent.purpose]), one=True)
        return self.sum(self._any(mask for channel, mask in told.items() if channel not in ignoring))

    def honouring(self, channels: Collection[str], *purposes: str, unreachable: bool = False) -> Amount:
        """What is lost by honouring these channels alone; with `unreachable` also what could not be asked."""
        told = self._any(mask for channel, mask in self._refusing(purposes).items() if channel in channels)
        return self.sum(told | self._where(UNREACHABLE) if unreachable else told)

    def only(self, names: Collection[str]) -> "Restriction":
        """The same evidence, asked about these agents alone."""
        return replace(self, registered=tuple(agent for agent in self.registered if agent.name in names))

    def _of(self, purposes: Collection[str]) -> list[Agent]:
        return [agent for agent in self.registered if agent.purpose in (purposes or TRAINING)]

    @cached_property
    def readings(self) -> Readings:
        """What the groups say, as arrays."""
        return Readings(self.groups, self.registered)

    def _refusing(self, purposes: tuple[str, ...]) -> dict[str, Mask]:
        if purposes not in self._told:
            self._told[purposes] = self.readings.refusing(self._of(purposes), uses_of(purposes or TRAINING))
        return self._told[purposes]

    @cached_property
    def _told(self) -> dict[tuple[str, ...], dict[str, Mask]]:
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
        place = [each.name for each in self.registered].index(agent)
        codes = self.readings.codes[:, place]
        return {level: self.sum(codes == CODE[level]) for level in LEVELS}

    @cached_property
    def _amounts(self) -> npt.NDArray[np.int64]:
        told = [(group.amount.tokens, group.amount.documents, group.amount.domains) for group in self.groups]
        return np.array(told, dtype=np.int64).reshape(-1, 3)

    def sum(self, wanted: Mask) -> Amount:
        """How much the groups of a mask are."""
        return Amount(*self._amounts[wanted].sum(axis=0).tolist())

    def _where(self, *states: str) -> Mask:
        return np.array([group.said in states for group in self.groups], dtype=bool)

    def _any(self, masks: Iterable[Mask]) -> Mask:
        found = np.zeros(len(self.groups), dtype=bool)
        for mask in masks:
            found |= mask
        return found
