"""Consent month by month, computed from spells: every question about a date can be asked of a month as well.

A site's word holds until it says otherwise, so a month is what held at its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from django.utils import timezone

from crawler import registry
from crawler.agents import Agent
from crawler.consent import LEVELS, NOBODY, TRAINING, UNKNOWN, UNREACHABLE, Amount, Group, Restriction, read
from crawler.monthly import Combination, Ints, blocks
from crawler.refusals import ROBOTS, TERMS, uses_of
from datacards.models import Revision

MOST_MONTHS = 600
Weight = Literal["tokens", "documents", "domains"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)


@dataclass(frozen=True)
class Question:
    """Whom and what a series is about: the agents that train, unless told; every channel, unless told.

    `signals` stands for all machine-readable channels but robots.txt.
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

    def level(self, group: Group, agents: Sequence[Agent]) -> str:
        """What a group says: one of LEVELS, `all` where it refuses at least one of the agents as a whole."""
        if self.channel == ROBOTS or not self.channel:
            told = channels_of(group, agents, bool(self.agent)) if not self.channel else frozenset()
            return "all" if told else group.strictest(agents)
        if self.channel == TERMS:
            return _of_terms(group, agents)
        told = channels_of(group, agents, bool(self.agent)) - {ROBOTS, TERMS}
        if told if self.channel == "signals" else self.channel in told:
            return "all"
        return group.said if group.said == UNREACHABLE else UNKNOWN if group.said in (UNKNOWN, NOBODY) else "none"


def channels_of(group: Group, agents: Sequence[Agent], one: bool = False) -> frozenset[str]:
    """The channels by which a group refuses at least one of these agents what it comes for."""
    purposes = {agent.purpose for agent in agents}
    told = (group.channels([a for a in agents if a.purpose == p], uses_of([p]), one) for p in purposes)
    return frozenset().union(*told)


def _of_terms(group: Group, agents: Sequence[Agent]) -> str:
    if group.stance is None:
        return UNKNOWN
    if any(group.stance.refuses(uses_of([agent.purpose])) for agent in agents):
        return "all"
    return "some" if group.stance.verdict == "conditional" else "none"


@dataclass(frozen=True)
class Months:
    """A revision's consent at the end of each month, from the first in which a site was asked; the last may be running.

    `amounts` is group × month × (tokens, documents, domains).
    """

    ends: tuple[datetime, ...]
    groups: tuple[Group, ...]
    amounts: Ints
    registered: tuple[Agent, ...]

    def levels(self, question: Question, by: Weight = "tokens") -> dict[str, list[int]]:
        """Level → how much of the revision it covers, month by month; together they are all of it."""
        agents, place = question.agents(self.registered), WEIGHTS.index(by)
        found = np.zeros((len(LEVELS), len(self.ends)), dtype=np.int64)
        for group, amounts in zip(self.groups, self.amounts, strict=True):
            found[LEVELS.index(question.level(group, agents))] += amounts[:, place]
        return dict(zip(LEVELS, found.tolist(), strict=True))

    def shares(self, question: Question, by: Weight = "tokens") -> dict[str, list[float]]:
        """The same as shares of all, 0..1."""
        whole = self.amounts[:, :, WEIGHTS.index(by)].sum(axis=0).tolist() if len(self.groups) else []
        return {
            level: [part / (total or 1) for part, total in zip(parts, whole, strict=True)]
            for level, parts in self.levels(question, by).items()
        }

    def at(self, month: int) -> Restriction:
        """The consent at the end of a month, by its place."""
        held = zip(self.groups, self.amounts[:, month].tolist(), strict=True)
        groups = tuple(replace(group, amount=Amount(*how_much)) for group, how_much in held if how_much[2])
        return Restriction(self.ends[month], groups, self.registered)

    @cached_property
    def operators(self) -> list[str]:
        """The companies of the registered agents."""
        return sorted({agent.operator for agent in self.registered})


def months(revision: Revision, until: datetime | None = None) -> Months:
    """The consent of a revision month by month up to a moment (now, unless told). Empty where no site was asked."""
    until = until or timezone.now()
    last = until.year * 12 + until.month - 1
    found = blocks(revision, until)
    first = min((block.first for block in found if block.first is not None), default=last + 1)
    first = max(first, last - MOST_MONTHS + 1)
    sums: dict[Combination, Ints] = {}
    for block in found if first <= last else ():
        for combination, amounts in block.sums(first, last):
            sums[combination] = sums[combination] + amounts if combination in sums else amounts
    ends = tuple(min(_end(month), until) for month in range(first, last + 1))
    return Months(ends, *_merged(sums, len(ends)), tuple(registry.active()))


def _merged(sums: dict[Combination, Ints], span: int) -> tuple[tuple[Group, ...], Ints]:
    """Combinations that say the same as one group: most differ only in lines and addresses."""
    found: dict[Group, Ints] = {}
    for group, amounts in zip(
        read([(c[0], c[1] or None, c[2], c[3] or None) for c in sums]), sums.values(), strict=True
    ):
        found[group] = found[group] + amounts if group in found else amounts
    return tuple(found), np.stack(list(found.values())) if found else np.zeros((0, span, 3), dtype=np.int64)


def _end(month: int) -> datetime:
    year, place = divmod(month + 1, 12)
    return datetime(year, place + 1, 1, tzinfo=UTC)
