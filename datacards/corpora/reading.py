"""Reads files of a corpus in Arrow batches, whatever their format: the one place that picks the reader."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

import pyarrow as pa

from datacards.corpora import lines, parquet, tables
from datacards.corpora.arrays import Part
from datacards.corpora.columns import Columns, Sample, choose
from datacards.corpora.files import SourceFile
from datacards.corpora.streams import LIMITS, Limits, Progress, Watched, expanded, opened


def find_columns(file: SourceFile, **chosen: str) -> Columns:
    """The columns of a file: those named (`url`, `text`, `tokens`, `documents`), the others found.

    Raises `BadInput`, naming the columns there are.
    """
    return choose(sample_of(file), **chosen)


def sample_of(file: SourceFile, limits: Limits = LIMITS) -> Sample:
    """A look at the beginning of a file."""
    with opened(file) as handle:
        if file.format == "parquet":
            return parquet.sample(handle, file)
        with expanded(Watched(handle), file, limits) as source:
            return lines.sample(source, file, limits) if file.format == "jsonl" else tables.sample(source, file, limits)


def read_batches(
    file: SourceFile, columns: Columns, part: Part | None = None, *, limits: Limits = LIMITS
) -> Iterator[pa.RecordBatch]:
    """The documents of a file (or of a part of it): batches of ``url`` and ``text``, or of a domain table
    ``url``, ``tokens`` and ``documents``; of some megabytes each, in the file's order. Raises `BadInput`.
    """
    with opened(file) as handle:
        yield from batches_of(handle, file, columns, part, limits=limits)


def batches_of(
    handle: BinaryIO | Watched,
    file: SourceFile,
    columns: Columns,
    part: Part | None = None,
    *,
    limits: Limits = LIMITS,
    progress: Progress | None = None,
) -> Iterator[pa.RecordBatch]:
    """As `read_batches`, from an open file. A `Watched` one is read from start to end (not for Parquet)."""
    if file.format == "parquet":
        yield from parquet.batches(handle, file, columns, part, progress)
        return
    if part is not None and part.start:
        handle.seek(part.start - 1)
    raw = handle if isinstance(handle, Watched) else Watched(handle, progress)
    with expanded(raw, file, limits) as source:
        reader: Any = lines if file.format == "jsonl" else tables
        yield from reader.batches(source, file, columns, part, limits)


def parts_of(file: SourceFile, target: int) -> list[Part]:
    """Cuts a file into parts of about `target` bytes that can be read apart; a single one where that cannot be."""
    if file.format == "parquet":
        with opened(file) as handle:
            return parquet.parts(handle, file, target)
    if file.format == "jsonl" and not file.codec:
        cuts = [*range(0, file.size, target), file.size]
        return [Part(start, stop, stop - start) for start, stop in pairwise(cuts)]
    return [Part(0, -1, file.size)]
