"""Consent month by month (or by the day), computed from spells: every question about a date can be asked of a month.

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
from crawler.consent import LEVELS, Amount, Group, Restriction, read
from crawler.groups import STRICTNESS
from crawler.monthly import NO_MOVES, Combination, Moves, Unit, blocks
from crawler.questions import Question
from crawler.readings import CODE, Readings
from datacards.models import Revision

__all__ = ["WEIGHTS", "Months", "Question", "Weight", "months"]

MOST: dict[Unit, int] = {"M": 600, "D": 4000, "m": 6000}  # steps, the newest
Weight = Literal["tokens", "documents", "domains"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)


@dataclass(frozen=True)
class Months:
    """A revision's consent at the end of each month, from the first in which a site was asked; the last may be running.

    Of `moves` the things are places in `groups`. The months are days or minutes, where those were asked for.
    """

    begins: datetime
    ends: tuple[datetime, ...]
    groups: tuple[Group, ...]
    moves: Moves
    registered: tuple[Agent, ...]

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When each month began."""
        return (self.begins, *self.ends[:-1])[: len(self.ends)]

    def levels(self, question: Question, by: Weight = "tokens") -> dict[str, list[int]]:
        """Level → how much of the revision it covers, month by month; together they are all of it."""
        codes, span = question.codes(self.readings).astype(np.int64), len(self.ends)
        found = np.zeros(len(STRICTNESS) * span, dtype=np.int64)
        np.add.at(found, codes[self.moves.what] * span + self.moves.step, self.moves.columns[WEIGHTS.index(by)])
        held = found.reshape(len(STRICTNESS), span).cumsum(axis=1)
        return {level: held[CODE[level]].tolist() for level in LEVELS}

    def shares(self, question: Question, by: Weight = "tokens") -> dict[str, list[float]]:
        """The same as shares of all, 0..1."""
        whole = int(self.moves.amounts[self.moves.step == 0, WEIGHTS.index(by)].sum()) or 1
        return {level: [part / whole for part in parts] for level, parts in self.levels(question, by).items()}

    def at(self, month: int) -> Restriction:
        """The consent at the end of a month, by its place."""
        amounts, by_then = np.zeros((len(self.groups), 3), dtype=np.int64), self.moves.step <= month
        np.add.at(amounts, self.moves.what[by_then], self.moves.amounts[by_then])
        held = zip(self.groups, amounts.tolist(), strict=True)
        groups = tuple(replace(group, amount=Amount(*how_much)) for group, how_much in held if how_much[2])
        return Restriction(self.ends[month], groups, self.registered)

    @cached_property
    def readings(self) -> Readings:
        """What the groups say, as arrays."""
        return Readings(self.groups, self.registered)

    @cached_property
    def operators(self) -> list[str]:
        """The companies of the registered agents."""
        return sorted({agent.operator for agent in self.registered})


def months(
    revision: Revision,
    until: datetime | None = None,
    registered: Sequence[Agent] | None = None,
    unit: Unit | None = "M",
) -> Months:
    """The consent of a revision month by month up to a moment (now, unless told). Empty where no site was asked.

    `registered` are the agents that can be asked about, where the caller has read the registry already. `unit` is M for
    months, D for days, m for minutes, or None for what fits the history's age.
    """
    until = until or timezone.now()
    found, unit = blocks(revision, until, unit)
    last = int(np.datetime64(until.astimezone(UTC).replace(tzinfo=None), unit).astype(np.int64))
    first = min((block.first for block in found if block.first is not None), default=last + 1)
    first = max(first, last - MOST[unit] + 1)
    ends = tuple(min(_end(step, unit), until) for step in range(first, last + 1))
    told = [block.moves(first, last) for block in found] if ends else []
    agents = tuple(registry.active() if registered is None else registered)
    return Months(_end(first - 1, unit), ends, *_merged(told, len(ends)), agents)


def _merged(told: list[tuple[list[Combination], Moves]], span: int) -> tuple[tuple[Group, ...], Moves]:
    """Combinations that say the same as one group: most differ only in lines and addresses."""
    combinations = list(dict.fromkeys(each for own, _ in told for each in own))
    found: dict[Group, int] = {}
    groups = read([(state, vector or None, sets, stance or None) for state, vector, sets, stance in combinations])
    places = {
        said: found.setdefault(group, len(found)) for said, group in zip(combinations, groups, strict=True)
    }  # fmt: skip
    rows = [moves.renamed(np.array([places[each] for each in own], dtype=np.int64)) for own, moves in told]
    return tuple(found), Moves.joined(rows, span) if rows else NO_MOVES


def _end(step: int, unit: Unit) -> datetime:
    """When a step is over."""
    moment: datetime = np.datetime64(step + 1, unit).astype("datetime64[us]").item()
    return moment.replace(tzinfo=UTC)
