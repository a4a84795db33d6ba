"""Reads every text of a corpus's files, whatever the columns are called and however deep it lies.

The catalogue reads one URL and one text column; a scan must not miss the e-mail address in the third. Batches have
the file's own columns and types; bytes that are not UTF-8 pass as they are.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.json as pj
import pyarrow.parquet as pq

from audits.pii.columns import holds_text, named
from datacards.corpora import Part, SourceFile, lines, parquet, tables
from datacards.corpora.arrays import told
from datacards.corpora.reading import sample_of
from datacards.corpora.streams import LIMITS, Watched, expanded, opened
from datacards.errors import BadInput

SAMPLED = 64
ANY_TEXTS = pa.list_(pa.large_string())


def text_columns(file: SourceFile) -> list[str]:
    """Names of the file's columns that hold text; of JSON Lines, those of its first records."""
    batch = next(batches(file, None), None)
    return [] if batch is None else [field.name for field in batch.schema if holds_text(field.type)]


def batches(file: SourceFile, part: Part | None, columns: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """The rows of a file, or of a part of it, in batches that hold its texts at least.

    `columns`, if given, saves reading others where the format allows it (Parquet). Raises `BadInput`.
    """
    with opened(file) as handle:
        if file.format == "parquet":
            yield from _parquet(handle, file, part, columns)
            return
        if part is not None and file.format == "jsonl" and not file.codec:
            handle.seek(max(0, part.start - 1))
        with expanded(Watched(handle), file) as source:
            read = _jsonl if file.format == "jsonl" else _csv
            yield from read(source, file, part)


def _parquet(handle: Any, file: SourceFile, part: Part | None, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    reader = parquet.reader_of(handle, file)
    texts = [field.name for field in reader.schema_arrow if holds_text(field.type) and named(field.name, columns)]
    total = reader.metadata.num_row_groups
    groups = range(part.start, total if part.stop < 0 else min(part.stop, total)) if part else range(total)
    with told(file.name):
        loose = _bytes_that_are_texts(reader, columns)
        rows = parquet.batch_rows(reader.metadata, groups, texts + loose)
        for batch in reader.iter_batches(rows, row_groups=list(groups), columns=texts + loose, use_threads=False):
            yield _as_texts(batch, loose)


def _bytes_that_are_texts(reader: pq.ParquetFile, wanted: Sequence[str]) -> list[str]:
    """Columns of bytes whose first values mostly are UTF-8: texts by a writer that did not say so. Images are none."""
    kinds = [field.name for field in reader.schema_arrow if _is_bytes(field.type) and named(field.name, wanted)]
    first = next(reader.iter_batches(SAMPLED, columns=kinds, use_threads=False), None) if kinds else None
    return [] if first is None else [name for name in kinds if _mostly_utf8(first.column(name).to_pylist())]


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _mostly_utf8(values: list[bytes | None]) -> bool:
    given = [value for value in values if value is not None]
    return sum(_is_utf8(value) for value in given) * 2 >= len(given) > 0


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in value


def _as_texts(batch: pa.RecordBatch, names: list[str]) -> pa.RecordBatch:
    for name in names:
        values = batch.column(name)
        kind = pa.string() if pa.types.is_binary(values.type) else pa.large_string()
        texts = pa.Array.from_buffers(kind, len(values), values.buffers(), offset=values.offset)
        batch = batch.set_column(batch.schema.get_field_index(name), name, texts)
    return batch


def _csv(source: Any, file: SourceFile, part: Part | None) -> Iterator[pa.RecordBatch]:
    """All columns as text: a card's number is a number too."""
    names = [path[0] for path in sample_of(file).kinds if len(path) == 1]
    convert = pcsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    parse = pcsv.ParseOptions(delimiter=tables.delimiter_of(file), newlines_in_values=True)
    read = pcsv.ReadOptions(block_size=tables.BLOCK, use_threads=False)
    sound = tables.Sound(source, file)
    with told(file.name, -1):
        yield from pcsv.open_csv(pa.PythonFile(sound, mode="r"), read, parse, convert)
    sound.refuse_open_quote()


def _jsonl(source: Any, file: SourceFile, part: Part | None) -> Iterator[pa.RecordBatch]:
    for chunk in lines.chunks(source, file, part or lines.WHOLE, LIMITS, lines.CHUNK):
        lines.refuse_other_values(chunk, file)
        blocks = pj.ReadOptions(use_threads=False, block_size=len(chunk) + 1)
        try:
            table = pj.read_json(pa.BufferReader(chunk), read_options=blocks)
        except pa.ArrowException:
            yield _by_hand(chunk, file)
            continue
        yield from table.combine_chunks().to_batches()


def _by_hand(chunk: bytes, file: SourceFile) -> pa.RecordBatch:
    """Records whose fields change their type: every string in them, under its path."""
    records = [line for line in chunk.split(b"\n") if line.strip()]
    columns: dict[str, dict[int, list[str]]] = {}
    for row, line in enumerate(records):
        for path, text in _strings(_record(line, file), ""):
            columns.setdefault(path, {}).setdefault(row, []).append(text)
    arrays = [pa.array([rows.get(i, []) for i in range(len(records))], ANY_TEXTS) for rows in columns.values()]
    return pa.RecordBatch.from_arrays([*arrays, pa.nulls(len(records))], names=[*columns, ""])


def _record(line: bytes, file: SourceFile) -> Any:
    try:
        return json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise BadInput(f"{file.name} holds a line that is no JSON object: write one object per line.") from None


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All strings in a JSON value with the names that lead there."""
    stack = [(path, value)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value.encode("utf-8", "replace").decode()
        elif isinstance(value, list):
            stack += [(path, inner) for inner in reversed(value)]
        elif isinstance(value, dict):
            stack += [(f"{path}.{name}" if path else name, value[name]) for name in reversed(value)]
