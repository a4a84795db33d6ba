"""What the sites of a revision say altogether over time: filled in from the moments at which a document began to say
something else.

The database gives those moments, the rest is numpy: corpora of any size are read block by block. Time is counted in
steps of a unit: months, days or minutes since 1970, in UTC.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from crawler.consent import alike, array
from crawler.documents import Document
from crawler.restriction import NOBODY, UNKNOWN
from crawler.states import State
from datacards.models import DomainShare, Revision

BLOCK = 50_000
BY_MINUTE, BY_DAY = timedelta(days=2), timedelta(days=400)  # so old a history is told by the minute, by the day
CHANNELS = [document.value for document in Document]
STATES = [state.value for state in State]
Ints = npt.NDArray[np.int64]
Reading = tuple[str, int, int, int]  # state, vector, set of signals, stance; 0 for none
Unit = Literal["M", "D", "m"]
Combination = tuple[str, int, tuple[int, ...], int]  # what a site says by all its documents

# When a document began to say something else. A failed fetch takes back nothing but what robots.txt said. Each column
# comes as one string of eight-byte integers, which is many times faster than rows.
BEGAN = """
SELECT string_agg(int8send(p.domain_id), ''), string_agg(int8send((date_part('epoch', p.since) * 1000000)::bigint), ''),
       string_agg(int8send(array_position(%(channels)s::text[], p.channel::text) - 1), ''),
       string_agg(int8send(CASE WHEN p.channel = 'robots' THEN array_position(%(states)s::text[], p.state::text)
                                ELSE 0 END), ''),
       string_agg(int8send(CASE WHEN p.channel = 'robots' THEN coalesce(c.levels_id, 0) ELSE 0 END), ''),
       string_agg(int8send(coalesce(p.signals_id, 0)), ''), string_agg(int8send(coalesce(c.stance_id, 0)), '')
FROM crawler_spell p LEFT JOIN crawler_content c ON c.digest = p.content_id
WHERE p.domain_id = ANY(%(domains)s::bigint[]) AND p.since <= %(until)s
      AND (p.channel = 'robots' OR p.state <> 'unreachable')
"""


@dataclass(frozen=True)
class Block:
    """Some domains: their tokens and documents, and rows of (place of the domain, step, combination)."""

    weights: Ints  # domain × (tokens, documents, 1)
    asked: npt.NDArray[np.bool_]
    place: Ints
    step: Ints
    combination: Ints
    combinations: list[Combination]

    @property
    def first(self) -> int | None:
        """The earliest step of a row."""
        return int(self.step.min()) if len(self.step) else None

    def moves(self, first: int, last: int) -> tuple[list[Combination], "Moves"]:
        """From step to step what each combination gains and loses; steps are counted from the first."""
        span, known = last - first + 1, len(self.combinations)
        begins = np.clip(self.step - first, 0, span)
        fresh = np.ones(len(begins), dtype=bool)
        fresh[1:] = self.place[1:] != self.place[:-1]
        ends = np.full(len(begins), span, dtype=np.int64)
        ends[:-1] = np.where(fresh[1:], span, begins[1:])
        weights = self.weights[self.place]
        start = np.stack([self.weights[self.asked].sum(axis=0), self.weights[~self.asked].sum(axis=0)])
        rows = (
            (self.combination, begins, weights), (self.combination, ends, -weights),
            (np.full(fresh.sum(), known), begins[fresh], -weights[fresh]), (np.array([known, known + 1]), 0, start),
        )  # fmt: skip
        return [*self.combinations, (UNKNOWN, 0, (), 0), (NOBODY, 0, (), 0)], Moves.joined(rows, span)


@dataclass(frozen=True)
class Moves:
    """Rows of (what, step, by how much): what it covers changes there by so many tokens, documents and domains."""

    what: Ints
    step: Ints
    amounts: Ints  # row × (tokens, documents, domains)

    @classmethod
    def joined(cls, rows: Iterable[tuple[Ints, Ints | int, Ints]], span: int) -> "Moves":
        """One row for each thing and step that has any; steps from `span` on are nobody's business."""
        told = [(what, np.broadcast_to(np.asarray(step), what.shape), amounts) for what, step, amounts in rows]
        what, step, amounts = (np.concatenate(column) for column in zip(*told, strict=True))
        key, place = np.unique(what * (span + 1) + step, return_inverse=True)
        sums = np.zeros((len(key), 3), dtype=np.int64)
        np.add.at(sums, place.reshape(-1), amounts)
        kept = (key % (span + 1) < span) & sums.any(axis=1)
        return cls(key[kept] // (span + 1), key[kept] % (span + 1), sums[kept])

    @cached_property
    def columns(self) -> list[Ints]:
        """The amounts by unit, each in one piece."""
        return [np.ascontiguousarray(column) for column in self.amounts.T]

    def renamed(self, names: Ints) -> tuple[Ints, Ints, Ints]:
        """The rows with other numbers for what they are about."""
        return names[self.what], self.step, self.amounts


NO_MOVES = Moves(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=np.int64))


def blocks(revision: Revision, until: datetime, unit: Unit | None = "M") -> tuple[list[Block], Unit]:
    """The domains of a revision and what they began to say up to a moment, in steps of a unit.

    None stands for minutes, days or months by how old the history is; the unit is told.
    """
    told = [(shares, _began([row[0] for row in shares if row[3]], until)) for shares in _shares(revision)]
    if unit is None:
        first = min((int(columns[1].min()) for _, columns in told if len(columns[1])), default=0)
        unit = _fitting(until - datetime.fromtimestamp(first / 1e6, UTC))
    return [_said(shares, columns, unit) for shares, columns in told], unit


def _fitting(age: timedelta) -> Unit:
    return "m" if age < BY_MINUTE else "D" if age < BY_DAY else "M"


def _shares(revision: Revision) -> Iterator[list[tuple[int, int, int, bool]]]:
    """Blocks of (domain, tokens, documents, whether there is a site to ask)."""
    last = 0
    rows: list[tuple[int, int, int, bool]] = []
    shares = DomainShare.objects.filter(revision=revision).order_by("domain_id")
    told = shares.values_list(
        "domain_id", "tokens", "documents", ExpressionWrapper(~Q(domain__name=""), BooleanField())
    )
    while not last or len(rows) == BLOCK:
        rows = list(told.filter(domain_id__gt=last)[:BLOCK])
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _said(shares: list[tuple[int, int, int, bool]], began: list[Ints], unit: Unit) -> Block:
    ids = np.array([row[0] for row in shares], dtype=np.int64)
    weights = np.array([(row[1], row[2], 1) for row in shares], dtype=np.int64)
    asked = np.array([row[3] for row in shares], dtype=bool)
    domains, since, channel, *said = began
    order = np.lexsort((since, domains))
    readings, code = _coded(said)
    place, step = np.searchsorted(ids, domains), since.astype("datetime64[us]").astype(f"datetime64[{unit}]")
    rows, filled = _filled(place[order], step.astype(np.int64)[order], channel[order], code[order])
    told, combination = _distinct(filled)
    return Block(weights, asked, rows[:, 0], rows[:, 1], combination, _combinations(told, readings))


def _began(domains: list[int], until: datetime) -> list[Ints]:
    values: dict[str, Any] = {"domains": array(domains), "channels": CHANNELS, "states": STATES, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(BEGAN, values)
        columns = cursor.fetchone() or ()
    return [np.frombuffer(bytes(column or b""), dtype=">i8").astype(np.int64) for column in columns]


def _coded(said: list[Ints]) -> tuple[list[Reading], Ints]:
    """The different readings, and for each row the place of its own, counted from 1. Of signals that say the same one
    set stands for all."""
    said[2] = _represented(said[2])
    told, code = _distinct(np.stack(said, axis=1))
    return [(STATES[state - 1] if state else "", *rest) for state, *rest in told.tolist()], code + 1


def _represented(signals: Ints) -> Ints:
    ids, place = np.unique(signals, return_inverse=True)
    first = alike(ids[ids > 0].tolist())
    return np.array([first.get(pk, 0) for pk in ids.tolist()], dtype=np.int64)[place.reshape(-1)]


def _distinct(table: Ints) -> tuple[Ints, Ints]:
    """The different rows of a table of small numbers, and for each row the place of its own; column by column, which
    is faster than comparing rows."""
    code = np.zeros(len(table), dtype=np.int64)
    for column in table.T:
        code = np.unique(code * (int(column.max(initial=0)) + 1) + column, return_inverse=True)[1].reshape(-1)
    first = np.unique(code, return_index=True)[1]
    return table[first], code


def _filled(place: Ints, step: Ints, channel: Ints, code: Ints) -> tuple[Ints, Ints]:
    """One row per domain and step in which anything began: the code of each document that holds then, 0 for none."""
    starts = np.ones(len(place), dtype=bool)
    starts[1:] = (place[1:] != place[:-1]) | (step[1:] != step[:-1])
    row = starts.cumsum() - 1
    keys = np.stack([place[starts], step[starts]], axis=1)
    told = np.zeros((len(keys), len(CHANNELS)), dtype=np.int64)
    told[row, channel] = code
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:, 0] != keys[:-1, 0]
    here, origin = np.arange(len(keys)), np.maximum.accumulate(np.where(fresh, np.arange(len(keys)), 0))
    for column in range(told.shape[1]):
        latest = np.maximum.accumulate(np.where(told[:, column] > 0, here, -1))
        told[:, column] = np.where(latest >= origin, told[np.maximum(latest, 0), column], 0)
    return keys, told


def _combinations(told: Ints, readings: list[Reading]) -> list[Combination]:
    """What sites say by all their documents, robots.txt in the first column; the others say few different things."""
    tails, place = _distinct(told[:, 1:])
    others = [_together([readings[code - 1] for code in row if code]) for row in tails.tolist()]
    nothing: Reading = (UNKNOWN, 0, 0, 0)
    found = []
    for code, (sets, stance) in zip(told[:, 0].tolist(), (others[each] for each in place.tolist()), strict=True):
        state, levels, signals, _ = readings[code - 1] if code else nothing
        found.append((state, levels, (signals, *sets) if signals else sets, stance))
    return found


def _together(told: list[Reading]) -> tuple[tuple[int, ...], int]:
    return tuple(sorted(each[2] for each in told if each[2])), max((each[3] for each in told), default=0)
