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
from crawler.consent import LEVELS, TRAINING, Amount, Group, Restriction, read
from crawler.monthly import Combination, Ints, blocks
from crawler.readings import ALL, CODE, Codes, Mask, Readings
from crawler.refusals import ROBOTS, TERMS
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

    def codes(self, readings: Readings) -> Codes:
        """What each group says: `all` where it refuses at least one of the agents as a whole, or what it comes for."""
        agents = self.agents(readings.registered)
        if self.channel == TERMS:
            return readings.terms(agents)
        if self.channel == ROBOTS:
            return readings.strictest(agents)
        otherwise = readings.reached if self.channel else readings.strictest(agents)
        masks = self.refusing(readings).values()
        return np.where(np.any(list(masks), axis=0), np.uint8(ALL), otherwise) if masks else otherwise

    def refusing(self, readings: Readings) -> dict[str, Mask]:
        """Channel → which groups refuse by it, of the channels asked about."""
        told = readings.refusing_any(self.agents(readings.registered), bool(self.agent))
        return {name: mask for name, mask in told.items() if self._asks(name)}

    def _asks(self, channel: str) -> bool:
        if self.channel == "signals":
            return channel not in (ROBOTS, TERMS)
        return self.channel in ("", channel)


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
        codes, held = question.codes(self.readings), self.held(by)
        return {level: held[codes == CODE[level]].sum(axis=0).tolist() for level in LEVELS}

    def refused(self, question: Question, by: Weight = "tokens") -> list[float]:
        """The share that is refused, 0..1, month by month."""
        held = self.held(by)
        parts = held[question.codes(self.readings) == ALL].sum(axis=0).tolist()
        return [part / (whole or 1) for part, whole in zip(parts, held.sum(axis=0).tolist(), strict=True)]

    def held(self, by: Weight) -> Ints:
        """Group × month, in one unit."""
        if by not in self._held:
            self._held[by] = np.ascontiguousarray(self.amounts[:, :, WEIGHTS.index(by)])
        return self._held[by]

    @cached_property
    def _held(self) -> dict[Weight, Ints]:
        return {}

    @cached_property
    def readings(self) -> Readings:
        """What the groups say, as arrays."""
        return Readings(self.groups, self.registered)

    def shares(self, question: Question, by: Weight = "tokens") -> dict[str, list[float]]:
        """The same as shares of all, 0..1."""
        whole = self.held(by).sum(axis=0).tolist()
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


def months(revision: Revision, until: datetime | None = None, registered: Sequence[Agent] | None = None) -> Months:
    """The consent of a revision month by month up to a moment (now, unless told). Empty where no site was asked.

    `registered` are the agents that can be asked about, where the caller has read the registry already.
    """
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
    return Months(ends, *_merged(sums, len(ends)), tuple(registry.active() if registered is None else registered))


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
