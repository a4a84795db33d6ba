r"""Counts a corpus: tokens (``\w+``) and documents per domain, in Arrow and numpy, in bounded memory.

Rows without a usable URL are counted under the empty name, so that the sums over domains are the totals.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datacards.corpora.arrays import Part
from datacards.corpora.columns import Columns, shown
from datacards.corpora.domains import NO_DOMAIN, hosts_of
from datacards.corpora.files import SourceFile
from datacards.corpora.reading import batches_of
from datacards.corpora.streams import LIMITS, Limits, Progress, Watched, digest_of, opened
from datacards.corpora.tokens import Ints, count_tokens
from datacards.errors import BadInput

SHARES = pa.schema([("domain", pa.string()), ("tokens", pa.int64()), ("documents", pa.int64())])
MERGE_AT = 1 << 20
SPILL_AT = 1 << 20
MOST_TOKENS = 1 << 53  # in one row of a table; all the text people ever wrote is less
READ_AHEAD = 4

T = TypeVar("T")
Spill = Callable[[pa.Table], None]


@dataclass(frozen=True)
class Counted:
    """What was counted in a file, or in a part of it."""

    shares: pa.Table  # by SHARES; each domain once
    rows: int
    digest: str = ""  # SHA-256 of the whole file, where it was asked for


def count_file(
    file: SourceFile,
    columns: Columns,
    part: Part | None = None,
    *,
    hashed: bool = False,
    progress: Progress | None = None,
    spill: Spill | None = None,
    limits: Limits = LIMITS,
) -> Counted:
    """Tokens and documents per domain of a file, or of a part of it; `hashed`: and the digest of the whole file.

    `spill` takes the shares so far whenever they are many, so that they need no memory; the domains of what is
    returned may be among them again. Raises `BadInput` for what cannot be read or counted.
    """
    tally, meter = Tally(file.name, columns, spill), _Meter(progress)
    with opened(file) as handle:
        in_order = file.format != "parquet" and (part is None or part.start == 0)
        source = Watched(handle, meter.add) if in_order else handle
        for batch in _ahead(batches_of(source, file, columns, part, limits=limits, progress=meter.add)):
            tally.add(batch)
            meter.tell()
        digest = source.digest() if hashed and isinstance(source, Watched) else ""
    if hashed and not digest:
        digest = digest_of(file)
    return Counted(tally.shares(), tally.rows, digest)


class _Meter:
    """Gathers progress in the thread that reads, and tells it in the one that counts."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._passed = self._told = 0

    def add(self, passed: int) -> None:
        self._passed += passed

    def tell(self) -> None:
        passed = self._passed
        if self._progress:
            self._progress(passed - self._told)
        self._told = passed


class Tally:
    """Sums per domain, merged whenever many rows have come together."""

    def __init__(self, name: str, columns: Columns, spill: Spill | None = None) -> None:
        self._name = name
        self._columns = columns
        self._spill = spill
        self._tables: list[pa.Table] = []
        self._waiting = 0
        self._tokens = 0.0
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of `reading.read_batches`."""
        hosts = hosts_of(batch.column("url"), self._columns.bare)
        if self._columns.is_table:
            tokens, documents = self._numbers(batch)
        else:
            tokens, documents = count_tokens(batch.column("text")), np.ones(batch.num_rows, np.int64)
        sums = (_sums(hosts.codes, values, len(hosts.names)) for values in (tokens, documents))
        table = pa.table([hosts.names.cast(pa.string()), *sums], schema=SHARES)
        if self._columns.is_table:
            _refuse_twice(hosts.names, hosts.codes, self._name)
        self._tables.append(table)
        self.rows += batch.num_rows
        self._waiting += table.num_rows
        if self._waiting > MERGE_AT:
            self._merge()

    def shares(self) -> pa.Table:
        """The sums so far, each domain once."""
        return merged(self._tables, self._name if self._columns.is_table else None)

    def _merge(self) -> None:
        """Gather what waits into one table; hand it over if that did not make it small."""
        table, self._waiting = self.shares(), 0
        if self._spill and table.num_rows > SPILL_AT:
            self._spill(table)
            table = SHARES.empty_table()
        self._tables = [table]

    def _numbers(self, batch: pa.RecordBatch) -> tuple[Ints, Ints]:
        tokens = self._checked(batch.column("tokens"), shown(self._columns.tokens))
        if not self._columns.documents:
            return tokens, np.zeros(len(tokens), np.int64)
        return tokens, self._checked(batch.column("documents"), shown(self._columns.documents))

    def _checked(self, values: pa.Array, name: str) -> Ints:
        """Whole numbers from 0 to `MOST_TOKENS`, whose sum can be kept."""
        fine = pc.and_(pc.greater_equal(values, 0), pc.less_equal(values, MOST_TOKENS)).fill_null(False)
        bad = pc.index(fine, False).as_py()
        if bad >= 0:
            where = f"{self._name} (row {self.rows + bad + 1:,})"
            raise BadInput(f"{where} has no number from 0 to 2^53 in the column {name}: mend it.")
        numbers: Ints = values.to_numpy(zero_copy_only=False)
        self._tokens += float(numbers.sum(dtype=np.float64))
        if self._tokens > 2.0**62:
            raise BadInput(f"The column {name} of {self._name} adds up to more than can be true: check its unit.")
        return numbers


def merged(tables: Iterable[pa.Table], distinct_in: str | None = None) -> pa.Table:
    """Sums over tables of shares. `distinct_in`: the name of what may not hold a domain twice, or `BadInput`."""
    joined = pa.concat_tables([SHARES.empty_table(), *tables])
    grouped = joined.group_by("domain", use_threads=False)  # one table of groups instead of one per thread
    summed = grouped.aggregate([("tokens", "sum"), ("documents", "sum"), ([], "count_all")])
    if distinct_in is not None:
        twice = summed.filter(pc.and_(pc.greater(summed["count_all"], 1), pc.not_equal(summed["domain"], NO_DOMAIN)))
        if twice.num_rows:
            raise _twice(twice["domain"][0].as_py(), distinct_in)
    return pa.table([summed["domain"], summed["tokens_sum"], summed["documents_sum"]], schema=SHARES)


def _sums(codes: Ints, values: Ints, length: int) -> Ints:
    sums = np.zeros(length, np.int64)
    np.add.at(sums, codes, values)
    return sums


def _refuse_twice(names: pa.Array, codes: Ints, name: str) -> None:
    for code in np.flatnonzero(np.bincount(codes, minlength=len(names)) > 1):
        domain = names[int(code)].as_py()
        if domain != NO_DOMAIN:
            raise _twice(domain, name)


def _twice(domain: str, name: str) -> BadInput:
    return BadInput(f"{name} has the domain {domain} in several rows: give each domain one row.")


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, fetched by another thread a few before they are used."""
    with ThreadPoolExecutor(1, "read ahead") as reader:
        coming = deque(reader.submit(next, items, None) for _ in range(READ_AHEAD))
        while (item := coming.popleft().result()) is not None:
            coming.append(reader.submit(next, items, None))
            yield item
