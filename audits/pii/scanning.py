"""Scans texts and tables: the public functions of `audits.pii`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits.pii.columns import Texts, hints_of, holds_text, named, texts_of
from audits.pii.engine import Seal, Search, search
from audits.pii.kinds import Finding, Tier, chosen

SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("item", pa.int32()),  # which of the row's texts, where a column holds lists
        pa.field("type", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("tier", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("digest", pa.binary(16)),
    ]
)
# Texts are looked at in portions of about this size, so that bitmaps and candidates stay small beside the data.
PORTION = 4 << 20


@dataclass(frozen=True)
class Count:
    """How many findings of one kind a column has, and in how many of its rows."""

    column: str
    type: str
    tier: Tier
    findings: int
    rows: int


@dataclass(frozen=True)
class ScanResult:
    """What a full scan found. `findings` has one row per finding (see `SCHEMA`): where it is, never what it is."""

    rows: int
    bytes: int
    columns: tuple[str, ...]
    findings: pa.Table

    @property
    def counts(self) -> list[Count]:
        """Findings by column, type and tier."""
        return counts_of(self.findings)

    def rows_with(self, types: Iterable[str] | None = None, tiers: Iterable[Tier] = tuple(Tier)) -> int:
        """Rows with at least one finding of these types (all by default) and tiers."""
        kinds, tier_names = pa.array(sorted(chosen(types))), pa.array([tier.value for tier in tiers])
        table = self.findings
        wanted = pc.and_(pc.is_in(table["type"], kinds), pc.is_in(table["tier"], tier_names))
        return len(table["row"].filter(wanted).unique())


class Scanner:
    """Scans a stream of batches; rows count on from batch to batch."""

    def __init__(self, columns: Iterable[str] = (), types: Iterable[str] | None = None, seal: Seal | None = None):
        self.wanted = tuple(columns)
        self.types = chosen(types)
        self.seal = seal
        self.rows = self.size = 0
        self.with_text: dict[str, None] = {}  # columns that hold text, wanted or not
        self._columns: dict[str, None] = {}
        self._tables = [SCHEMA.empty_table()]

    def add(self, batch: pa.RecordBatch) -> None:
        """Scan a batch."""
        tables = []
        self.with_text.update((field.name, None) for field in batch.schema if holds_text(field.type))
        for texts in texts_of(batch, self.wanted):
            self._columns[texts.column] = None
            self.size += text_bytes(texts.values)
            tables.append(_table(texts, Search(self.types, texts.hints, self.seal), self.rows))
        self.rows += batch.num_rows
        found = pa.concat_tables(tables) if tables else SCHEMA.empty_table()
        self._tables.append(found.sort_by("row") if len(tables) > 1 else found)

    @property
    def result(self) -> ScanResult:
        """What has been found so far."""
        return ScanResult(self.rows, self.size, tuple(self._columns), pa.concat_tables(self._tables))


def find(text: str, types: Iterable[str] | None = None, column: str = "") -> list[Finding]:
    """All findings in a text, in order; offsets count its characters. Never raises on any text.

    `column` is the name of the column that the text is from: ``phone`` makes a bare number a phone number.
    """
    texts = pa.array([text.encode("utf-8", "replace")], pa.large_binary())
    what = Search(chosen(types), hints_of(column))
    return [located.finding for located in search(texts, what)]


def scan(
    data: Any, columns: Iterable[str] | None = None, *, types: Iterable[str] | None = None, seal: Seal | None = None
) -> ScanResult:
    """Scan every text of a table in full.

    `data` is a pyarrow Table, RecordBatch, RecordBatchReader, Dataset or string Array, a list of strings, or any
    table with the Arrow C stream interface (pandas, polars, datasets). `columns` default to all that hold text, at
    any depth. `seal` turns values into keyed digests (`audits.pii.HmacSeal`); without it there are none.
    Raises ValueError for a column that is missing or holds no text (leaves inside structs are ``column.field``), and
    for an unknown type.
    """
    scanner = Scanner(columns or (), types, seal)
    for batch in _batches(data):
        scanner.add(batch)
    _refuse_missing(scanner.wanted, scanner.result.columns, scanner.with_text)
    return scanner.result


def _refuse_missing(wanted: Iterable[str], read: Collection[str], there: Iterable[str]) -> None:
    if missing := [name for name in wanted if not any(named(column, (name,)) for column in read)]:
        raise ValueError(f"No text in column {', '.join(missing)}; columns with text are {', '.join(there) or 'none'}.")


def text_bytes(texts: pa.Array) -> int:
    """Bytes of UTF-8 in an array of texts."""
    return int(pc.sum(pc.binary_length(texts)).as_py() or 0)


def counts_of(findings: pa.Table) -> list[Count]:
    """Count a table of findings by column, type and tier."""
    keys = ["column", "type", "tier"]
    grouped = findings.group_by(keys).aggregate([("row", "count"), ("row", "count_distinct")]).sort_by(
        [(key, "ascending") for key in keys]
    )  # fmt: skip
    return [
        Count(r["column"], r["type"], Tier(r["tier"]), r["row_count"], r["row_count_distinct"])
        for r in grouped.to_pylist()
    ]


def _batches(data: Any) -> Iterable[pa.RecordBatch]:
    if isinstance(data, list | tuple):
        data = pa.array(data, pa.large_string())
    if isinstance(data, pa.Array | pa.ChunkedArray):
        data = pa.table({"text": data})
    if isinstance(data, pa.RecordBatch):
        return [data]
    if hasattr(data, "with_format"):  # Hugging Face datasets
        data = data.with_format("arrow")[:]
    batches: Iterable[pa.RecordBatch] = (
        data.to_batches() if hasattr(data, "to_batches") else pa.RecordBatchReader.from_stream(data)
    )
    return batches


def _table(texts: Texts, what: Search, first_row: int) -> pa.Table:
    """The findings in one column of one batch, as rows of `SCHEMA`."""
    found = [
        (base + hit.row, hit.finding, hit.digest)
        for base, portion in _portions(texts.values)
        for hit in search(portion, what)
    ]
    places = np.array([place for place, _, _ in found], np.int64)
    rows = places if texts.rows is None else texts.rows[places]
    count = len(found)
    return pa.table(
        [
            pa.array(rows + first_row, pa.int64()),
            pa.array([texts.column] * count, pa.string()),
            pa.nulls(count, pa.int32()) if texts.rows is None else pa.array(_items(texts.rows)[places], pa.int32()),
            pa.array([f.type for _, f, _ in found], pa.string()),
            pa.array([f.start for _, f, _ in found], pa.int64()),
            pa.array([f.end for _, f, _ in found], pa.int64()),
            pa.array([f.tier.value for _, f, _ in found], pa.string()),
            pa.array([f.score for _, f, _ in found], pa.float32()),
            pa.array([digest or None for _, _, digest in found], pa.binary(16)),
        ],
        schema=SCHEMA,
    )


def _items(rows: Any) -> Any:
    """For texts sorted by row, the ordinal of each in its row."""
    places = np.arange(len(rows))
    begins = np.append(True, rows[1:] != rows[:-1]) if len(rows) else np.zeros(0, bool)
    return places - np.maximum.accumulate(np.where(begins, places, 0))


def _portions(texts: pa.Array) -> Iterator[tuple[int, pa.Array]]:
    """Slices of about `PORTION` bytes, each with its first place."""
    size = text_bytes(texts)
    step = max(1, len(texts) * PORTION // size) if size else len(texts)
    for start in range(0, len(texts), max(step, 1)):
        yield start, texts.slice(start, step)
