"""What a page shows of an audit: counts by type and column, and places with their context masked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audits import texts
from audits.execute import results_of
from audits.models import Audit, AuditCount
from audits.pii import TYPES, find
from audits.pii.columns import texts_of
from audits.protocol import Portion
from audits.sources import refuse_change

AROUND = 40  # characters of context on each side
MASK = "•••"
EMAIL = re.compile(r"(.)[^@]*@.*(\.[^.]+)", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One line of an audit's table."""

    column: str
    type: str
    title: str
    category: str
    tier: str
    findings: int
    rows: int
    share: float | None  # of the rows read, 0..1
    upper_share: float


@dataclass(frozen=True)
class Example:
    """A finding in its surroundings, with every value masked."""

    file: str
    row: int
    column: str
    type: str
    tier: str
    score: float
    context: str


def lines(audit: Audit) -> list[Line]:
    """The audit's counts, the most frequent first."""
    return [_line(audit, count) for count in audit.counts.order_by("-rows", "type", "column", "tier")]


def _line(audit: Audit, count: AuditCount) -> Line:
    known = TYPES.get(count.type)
    share = count.rows / audit.rows if audit.rows else None
    title, category = (known.title, known.category.value) if known else (count.type, "")
    return Line(
        count.column, count.type, title, category, count.tier, count.findings, count.rows, share, count.upper_share
    )


def examples(audit: Audit, kind: str, column: str, limit: int = 10) -> list[Example]:
    """Some findings of a type in a column, read again from the corpus's files; empty when the run's record is gone.

    Raises `BadInput` when a file is gone or changed.
    """
    return list(islice(_examples(audit, kind, column, limit), limit))


def _examples(audit: Audit, kind: str, column: str, limit: int) -> Iterator[Example]:
    if audit.run is None:
        return
    results = results_of(audit.name)
    for spec, result in audit.run.units.order_by("ordinal").values_list("spec", "result").iterator():
        if any(count[0] == column and count[1] == kind for count in result["tally"]["counts"]):
            for each in spec["portions"]:
                found = results.findings(each["key"])
                wanted = found.filter(pc.and_(pc.equal(found["type"], kind), pc.equal(found["column"], column)))
                yield from _shown(Portion.from_dict(each["portion"]), wanted.slice(0, limit).to_pylist())


def _shown(portion: Portion, places: list[dict[str, Any]]) -> Iterator[Example]:
    if not places:
        return
    refuse_change(portion.source)
    left, first = places, 0
    for batch in texts.batches(portion.source, portion.part, portion.columns):
        here = [place for place in left if place["row"] < first + batch.num_rows]
        for place in here:
            text = _text_at(batch, place, first)
            yield Example(
                portion.source.name, place["row"], place["column"], place["type"], place["tier"], place["score"],
                masked(text, place["start"], place["end"], place["type"]),
            )  # fmt: skip
        left, first = left[len(here) :], first + batch.num_rows
        if not left:
            return


def _text_at(batch: pa.RecordBatch, place: dict[str, Any], first: int) -> str:
    row = place["row"] - first
    leaf = next(each for each in texts_of(batch.slice(row, 1)) if each.column == place["column"])
    value = leaf.values[place["item"] or 0]
    return bytes(value.as_buffer()).decode("utf-8", "surrogateescape")


def masked(text: str, start: int, end: int, kind: str) -> str:
    """The surroundings of `text[start:end]` with this and every other value that is found there masked."""
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    near = text[max(0, low - 200) : high + 200]
    shift = max(0, low - 200)
    others = [(f.start + shift, f.end + shift, f.type) for f in find(near)]
    spots = [(start, end, kind), *((s, e, k) for s, e, k in others if e <= start or end <= s)]
    shown, at = "…" if low else "", low
    for s, e, k in sorted(spots):
        if e > low and s < high:
            shown += text[at : max(at, s)] + mask(text[s:e], k)
            at = max(at, e)
    shown += text[at:high] + ("…" if max(at, high) < len(text) else "")
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in shown)


def mask(value: str, kind: str) -> str:
    """A value as reviewers see it: enough to judge whether it is one, too little to use it."""
    if kind == "email" and (found := EMAIL.fullmatch(value)):
        return f"{found[1]}{MASK}@{MASK}{found[2]}"
    if kind in ("credit_card", "iban", "us_ssn", "us_itin", "phone"):
        return f"{MASK}{value[-2:]}"
    return f"{value[:2]}{MASK}" if len(value) > 12 else MASK
