"""Reads Parquet: only the columns needed, page by page, in batches of about the same size in memory."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from datacards.corpora.arrays import Part, kind_of, normal, told
from datacards.corpora.columns import Columns, Path, Sample, shown, unpacked
from datacards.corpora.files import SourceFile
from datacards.corpora.streams import Progress
from datacards.errors import BadInput

BATCH_BYTES = 1 << 23
MOST_ROWS = 1 << 14
FEWEST_ROWS = 64
PAGE_BUFFER = 1 << 20
SAMPLED = 64
MOST_SAMPLED_COLUMNS = 64


def sample(handle: Any, file: SourceFile) -> Sample:
    """The columns of the footer, and the first texts of each."""
    reader = reader_of(handle, file)
    kinds = dict(_leaves(reader.schema_arrow))
    twice = {path for path in kinds if len(path) == 1 and reader.schema_arrow.names.count(path[0]) > 1}
    if twice:
        raise BadInput(f"{file.name} has several columns called {shown(min(twice))}: rename all but one.")
    texts = _texts(reader, [path for path, kind in kinds.items() if kind == "text"], file)
    packed = {}
    for path in list(texts):
        inner = unpacked(texts[path]) if texts[path] else {}
        packed.update({(*path, key): values for key, values in inner.items()})
    kinds.update(dict.fromkeys(packed, "text"))
    return Sample(file.name, kinds, texts | packed, frozenset(packed))


def batches(
    handle: Any, file: SourceFile, columns: Columns, part: Part | None, progress: Progress | None
) -> Iterator[pa.RecordBatch]:
    """The columns of some row groups, in batches."""
    reader = reader_of(handle, file)
    present = dict(_leaves(reader.schema_arrow))
    for path in columns.paths:
        if path not in present:
            there = ", ".join(shown(p) for p in list(present)[:12]) or "none"
            raise BadInput(f"{file.name} has no column {shown(path)}, as other files have: it has {there}.")
    total = reader.metadata.num_row_groups
    groups = range(part.start, total if part.stop < 0 else min(part.stop, total)) if part else range(total)
    names = [shown(path) for path in columns.paths]
    share = (part.size if part else file.size) / max(1, sum(reader.metadata.row_group(g).num_rows for g in groups))
    before = sum(reader.metadata.row_group(group).num_rows for group in range(groups.start))
    with told(file.name, None):
        rows = batch_rows(reader.metadata, groups, names)
        for batch in reader.iter_batches(rows, row_groups=list(groups), columns=names, use_threads=False):
            with told(file.name, before + 1):
                plain = normal(batch, columns, file.name)
            yield plain
            before += batch.num_rows
            if progress:
                progress(int(share * batch.num_rows))


def parts(handle: Any, file: SourceFile, target: int) -> list[Part]:
    """Runs of row groups of about `target` bytes in the file."""
    metadata = reader_of(handle, file).metadata
    weights = [metadata.row_group(g).total_byte_size for g in range(metadata.num_row_groups)]
    scale = file.size / max(1, sum(weights))
    found, start, size = [], 0, 0.0
    for group, weight in enumerate(weights):
        size += weight * scale
        if size >= target or group == len(weights) - 1:
            found.append(Part(start, group + 1, int(size)))
            start, size = group + 1, 0.0
    return found or [Part(0, 0, file.size)]


def reader_of(handle: Any, file: SourceFile) -> pq.ParquetFile:
    with told(file.name):
        source = pa.PythonFile(handle, mode="r")
        return pq.ParquetFile(source, buffer_size=PAGE_BUFFER, pre_buffer=False, page_checksum_verification=True)


def _leaves(schema: pa.Schema) -> Iterator[tuple[Path, str]]:
    """Paths and kinds of the columns; lists and maps are not looked into."""
    stack: list[tuple[Path, pa.DataType]] = [((field.name,), field.type) for field in reversed(schema)]
    while stack:
        path, kind = stack.pop()
        if pa.types.is_struct(kind):
            stack += [((*path, kind.field(i).name), kind.field(i).type) for i in reversed(range(kind.num_fields))]
        else:
            yield path, kind_of(kind)


def _texts(reader: pq.ParquetFile, paths: list[Path], file: SourceFile) -> dict[Path, list[str]]:
    """Some values of each text column; none for a column that is not UTF-8 (images, say)."""
    names = [shown(path) for path in paths[:MOST_SAMPLED_COLUMNS]]
    with told(file.name):
        batch = next(reader.iter_batches(SAMPLED, columns=names, use_threads=False), None)
    if batch is None or not names:
        return {}
    return {path: _strings(batch, path) for path in paths[:MOST_SAMPLED_COLUMNS]}


def _strings(batch: pa.RecordBatch, path: Path) -> list[str]:
    try:
        texts = normal(batch, Columns(path, text=path), "").column(0).to_pylist()
    except (BadInput, pa.ArrowException, UnicodeDecodeError):
        return []
    return [text for text in texts if text is not None]


def batch_rows(metadata: pq.FileMetaData, groups: range, names: list[str]) -> int:
    """So many rows that a batch takes about `BATCH_BYTES`, by the footer's sizes."""
    widest = 1.0
    for group in groups:
        size = _bytes_of(metadata.row_group(group), names)
        widest = max(widest, size / max(1, metadata.row_group(group).num_rows))
    return max(FEWEST_ROWS, min(MOST_ROWS, int(BATCH_BYTES / widest)))


def _bytes_of(group: Any, names: list[str]) -> int:
    chunks = (group.column(i) for i in range(group.num_columns))
    return sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in names)
