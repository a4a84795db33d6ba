"""What the sites of a revision say altogether in each month: filled in from the moments at which a document began to
say something else.

The database gives those moments, the rest is numpy: corpora of any size are read block by block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from django.db import connection

from crawler.documents import Document
from crawler.restriction import NOBODY, UNKNOWN
from datacards.models import Domain, DomainShare, Revision

BLOCK = 50_000
CHANNELS = [document.value for document in Document]
Ints = npt.NDArray[np.int64]
Reading = tuple[str, int, int, int]  # state, vector, set of signals, stance; 0 for none
Combination = tuple[str, int, tuple[int, ...], int]  # what a site says by all its documents

# What a document began to say in a month: the last spell that began in it. A failed fetch takes back nothing but what
# robots.txt said. The columns come as arrays, which is several times faster than rows.
BEGAN = """
WITH began AS (
    SELECT DISTINCT ON (p.domain_id, p.channel, month)
           p.domain_id, p.channel, p.state, p.content_id, p.signals_id,
           (extract(year FROM t.day) * 12 + extract(month FROM t.day) - 1)::int AS month
    FROM crawler_spell p CROSS JOIN LATERAL (SELECT p.since AT TIME ZONE 'UTC' AS day) t
    WHERE p.domain_id = ANY(%(domains)s) AND p.since <= %(until)s
      AND (p.channel = 'robots' OR p.state <> 'unreachable')
    ORDER BY p.domain_id, p.channel, month, p.since DESC
), said AS (
    SELECT b.domain_id, b.month, array_position(%(channels)s::text[], b.channel::text) - 1 AS channel,
           CASE WHEN b.channel = 'robots' THEN b.state ELSE '' END AS state,
           CASE WHEN b.channel = 'robots' THEN coalesce(c.levels_id, 0) ELSE 0 END AS levels_id,
           coalesce(b.signals_id, 0) AS signals_id, coalesce(c.stance_id, 0) AS stance_id
    FROM began b LEFT JOIN crawler_content c ON c.digest = b.content_id
), coded AS (
    SELECT *, dense_rank() OVER (ORDER BY state, levels_id, signals_id, stance_id) AS code FROM said
)
SELECT array_agg(domain_id), array_agg(month), array_agg(channel), array_agg(code),
       (SELECT array_agg(ARRAY[d.state, d.levels_id::text, d.signals_id::text, d.stance_id::text] ORDER BY d.code)
        FROM (SELECT DISTINCT ON (code) * FROM coded ORDER BY code) d)
FROM coded
"""


@dataclass(frozen=True)
class Block:
    """Some domains: their tokens and documents, and rows of (place of the domain, month, combination)."""

    weights: Ints  # domain × (tokens, documents, 1)
    asked: npt.NDArray[np.bool_]
    place: Ints
    month: Ints
    combination: Ints
    combinations: list[Combination]

    @property
    def first(self) -> int | None:
        """The earliest month of a row."""
        return int(self.month.min()) if len(self.month) else None

    def sums(self, first: int, last: int) -> Iterator[tuple[Combination, Ints]]:
        """Per combination, month × (tokens, documents, domains)."""
        span, known = last - first + 1, len(self.combinations)
        change = np.zeros((known, span + 1, 3), dtype=np.int64)
        begins = np.clip(self.month - first, 0, span)
        ends = np.full(len(begins), span, dtype=np.int64)
        same = self.place[:-1] == self.place[1:]
        ends[:-1][same] = begins[1:][same]
        np.add.at(change, (self.combination, begins), self.weights[self.place])
        np.subtract.at(change, (self.combination, ends), self.weights[self.place])
        totals = change.cumsum(axis=1)[:, :span]
        yield from zip(self.combinations, totals, strict=True)
        yield (UNKNOWN, 0, (), 0), self.weights[self.asked].sum(axis=0)[None, :] - totals.sum(axis=0)
        yield (NOBODY, 0, (), 0), np.repeat(self.weights[~self.asked].sum(axis=0)[None, :], span, axis=0)


def blocks(revision: Revision, until: datetime) -> list[Block]:
    """The domains of a revision and what they began to say up to a moment."""
    return [_said(shares, until) for shares in _shares(revision)]


def _shares(revision: Revision) -> Iterator[list[tuple[int, int, int]]]:
    last = 0
    shares = DomainShare.objects.filter(revision=revision).order_by("domain_id")
    while rows := list(shares.filter(domain_id__gt=last).values_list("domain_id", "tokens", "documents")[:BLOCK]):
        yield rows
        last = rows[-1][0]


def _said(shares: list[tuple[int, int, int]], until: datetime) -> Block:
    ids = np.array([row[0] for row in shares], dtype=np.int64)
    weights = np.array([(row[1], row[2], 1) for row in shares], dtype=np.int64)
    nobody = Domain.objects.filter(name="").values_list("pk", flat=True).first()
    asked = ids != (nobody or 0)
    domains, month, channel, code, readings = _began(ids[asked].tolist(), until)
    order = np.lexsort((month, domains))
    place = np.searchsorted(ids, domains[order])
    rows, filled = _filled(place, month[order], channel[order], code[order])
    unique, combination = np.unique(filled, axis=0, return_inverse=True)
    told = [_combination(row, readings) for row in unique.tolist()]
    return Block(weights, asked, rows[:, 0], rows[:, 1], combination.reshape(-1), told)


def _began(domains: list[int], until: datetime) -> tuple[Ints, Ints, Ints, Ints, list[Reading]]:
    with connection.cursor() as cursor:
        cursor.execute(BEGAN, {"domains": domains, "channels": CHANNELS, "until": until})
        *columns, told = cursor.fetchone() or ([], [], [], [], [])
    readings = [(state, int(levels), int(signals), int(stance)) for state, levels, signals, stance in told or []]
    domain, month, channel, code = (np.array(column or [], dtype=np.int64) for column in columns)
    return domain, month, channel, code, readings


def _filled(place: Ints, month: Ints, channel: Ints, code: Ints) -> tuple[Ints, Ints]:
    """One row per domain and month in which anything began: the code of each document that holds then, 0 for none."""
    starts = np.ones(len(place), dtype=bool)
    starts[1:] = (place[1:] != place[:-1]) | (month[1:] != month[:-1])
    row = starts.cumsum() - 1
    keys = np.stack([place[starts], month[starts]], axis=1)
    told = np.zeros((len(keys), len(CHANNELS)), dtype=np.int64)
    told[row, channel] = code
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:, 0] != keys[:-1, 0]
    here, origin = np.arange(len(keys)), np.maximum.accumulate(np.where(fresh, np.arange(len(keys)), 0))
    for column in range(told.shape[1]):
        latest = np.maximum.accumulate(np.where(told[:, column] > 0, here, -1))
        told[:, column] = np.where(latest >= origin, told[np.maximum(latest, 0), column], 0)
    return keys, told


def _combination(codes: list[int], readings: list[Reading]) -> Combination:
    told = [readings[code - 1] if code else ("", 0, 0, 0) for code in codes]
    state, levels, signals, _ = told[0]
    sets = [signals] if signals else []
    sets += sorted(reading[2] for reading in told[1:] if reading[2])
    stance = max((reading[3] for reading in told[1:]), default=0)
    return state or UNKNOWN, levels, tuple(sets), stance
