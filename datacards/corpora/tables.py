"""Reads CSV and TSV (RFC 4180: quoted values may hold line breaks) by Arrow's streaming parser."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv

from datacards.corpora.arrays import Part, normal, told
from datacards.corpora.columns import Columns, Path, Sample, shown, unpacked
from datacards.corpora.files import SourceFile
from datacards.corpora.streams import Limits
from datacards.errors import BadInput

BLOCK = 1 << 24
HEAD = 1 << 20
SAMPLED = 100


def sample(source: Any, file: SourceFile, limits: Limits) -> Sample:
    """The header, and the first values of each column."""
    names, rows = _head(_first_bytes(source), file)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput(f"{file.name} has several columns called {twice}: rename all but one.")
    columns: dict[Path, list[str]] = {}
    for i, name in enumerate(names):
        columns[name,] = [row[i] for row in rows if i < len(row) and row[i]]
    kinds: dict[Path, str] = {path: _kind(values) for path, values in columns.items()}
    texts = {path: values for path, values in columns.items() if kinds[path] == "text"}
    packed: dict[Path, list[str]] = {
        (*path, key): inner for path, values in texts.items() for key, inner in unpacked(values).items()
    }
    kinds.update(dict.fromkeys(packed, "text"))
    return Sample(file.name, kinds, texts | packed, frozenset(packed))


def batches(
    source: Any, file: SourceFile, columns: Columns, part: Part | None, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """The columns needed of all records."""
    sound = Sound(source, file)
    types = {shown(path): _type(path, columns) for path in columns.paths}
    convert = pcsv.ConvertOptions(include_columns=list(types), column_types=types)
    parse = pcsv.ParseOptions(delimiter=delimiter_of(file), newlines_in_values=True)
    read = pcsv.ReadOptions(block_size=min(BLOCK, limits.line), use_threads=False)
    with told(file.name, -1):  # Arrow counts the header as the first row
        reader = pcsv.open_csv(pa.PythonFile(sound, mode="r"), read, parse, convert)
        for batch in reader:
            if batch.num_rows:
                yield normal(batch, columns, file.name)
    sound.refuse_open_quote()


class Sound(io.RawIOBase):
    """Watches that the file does not end inside quotes: Arrow takes such a rest for a value."""

    def __init__(self, source: Any, file: SourceFile) -> None:
        self._source = source
        self._file = file
        self._quotes = 0
        self._last = b"\n"

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        chunk: bytes = self._source.read(size)
        self._quotes += chunk.count(b'"')
        self._last = chunk[-1:] or self._last
        return chunk

    def refuse_open_quote(self) -> None:
        """Raise `BadInput` if the end is not a record's end."""
        if self._quotes % 2 and self._last != b"\n":
            raise BadInput(f"{self._file.name} ends inside a quoted value: it is cut off, so write it again.")


def _first_bytes(source: Any) -> bytes:
    head = b""
    while len(head) < HEAD and (chunk := source.read(HEAD - len(head))):
        head += chunk
    return head


def _head(head: bytes, file: SourceFile) -> tuple[list[str], list[list[str]]]:
    """Names of the columns, and the first records that are complete."""
    whole = head[: head.rfind(b"\n") + 1] if len(head) >= HEAD else head
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(whole or head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        raise BadInput(f"{file.name} is not UTF-8: save it in that encoding.") from None
    csv.field_size_limit(HEAD)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(file))
    try:
        rows = [row for row, _ in zip(records, range(SAMPLED + 1), strict=False) if row]
    except csv.Error:
        raise BadInput(f"{file.name} cannot be read as a table: quote values that hold line breaks.") from None
    if len(rows) < 2:
        raise BadInput(f"{file.name} holds no rows below its header: give data.")
    return rows[0], rows[1:]


def _kind(values: list[str]) -> str:
    if not values:
        return "unknown"
    return "integer" if all(_is_integer(value) for value in values) else "text"


def _is_integer(value: str) -> bool:
    return value.lstrip("-").isascii() and value.lstrip("-").isdigit()


def _type(path: Path, columns: Columns) -> pa.DataType:
    return pa.int64() if path in (columns.tokens, columns.documents) else pa.string()


def delimiter_of(file: SourceFile) -> str:
    return "\t" if file.format == "tsv" else ","
