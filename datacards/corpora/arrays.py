"""Columns of any Arrow type that can stand for text or whole numbers, in one form."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from datacards.corpora.columns import KIND_WORDS, Columns, Path, shown
from datacards.errors import BadInput

TEXT_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
)


@dataclass(frozen=True)
class Part:
    """A part of a file: row groups of Parquet or bytes of plain JSON Lines, from `start` to before `stop`."""

    start: int = 0
    stop: int = -1  # -1: the end
    size: int = 0  # bytes of the file that it stands for

    def as_dict(self) -> dict[str, int]:
        """For a unit's JSON."""
        return asdict(self)


def kind_of(kind: pa.DataType) -> str:
    """ "text", "integer", "unknown" (all null) or the type's own name."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind):
        return "unknown"
    if any(fits(kind) for fits in TEXT_TYPES):
        return "text"
    return "integer" if pa.types.is_integer(kind) else re.split(r"[<\[(]", str(kind))[0]


def normal(table: pa.RecordBatch | pa.Table, columns: Columns, name: str) -> pa.RecordBatch:
    """The columns read, named ``url`` and ``text`` (or ``tokens`` and ``documents``), each in its plain type.

    What Arrow raises about their values is for `told`, which knows where in the file they are.
    """
    url = _unpacked(table, columns, name) if columns.packed else _text(table, columns.url, name)
    arrays = {"url": url}
    if columns.is_table:
        arrays["tokens"] = _integers(table, columns.tokens, name)
        if columns.documents:
            arrays["documents"] = _integers(table, columns.documents, name)
    else:
        arrays["text"] = _text(table, columns.text, name)
    return pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def column(table: pa.RecordBatch | pa.Table, path: Path) -> pa.Array:
    """The values at a path, as they are."""
    values = table.column(path[0])
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    for step in path[1:]:
        values = pc.struct_field(values, step)
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _text(table: pa.RecordBatch | pa.Table, path: Path, name: str) -> pa.Array:
    """A column as (large) string: valid UTF-8, which neither Parquet nor Arrow's JSON parser makes sure of."""
    values = column(table, path)
    if kind_of(values.type) not in ("text", "unknown"):
        raise wrong_type(path, name, values.type, "text")
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        values = values.cast(pa.large_string())
    values.validate(full=True)
    return values


def _integers(table: pa.RecordBatch | pa.Table, path: Path, name: str) -> pa.Array:
    values = column(table, path)
    if kind_of(values.type) not in ("integer", "unknown"):
        raise wrong_type(path, name, values.type, "whole numbers")
    return values.cast(pa.int64())


def wrong_type(path: Path, name: str, kind: Any, wanted: str) -> BadInput:
    """The sentence for a column that holds something else than is needed."""
    held = KIND_WORDS.get(kind_of(kind), kind_of(kind))
    return BadInput(f"The column {shown(path)} of {name} holds {held}, not {wanted}: choose another column.")


def _unpacked(table: pa.RecordBatch | pa.Table, columns: Columns, name: str) -> pa.Array:
    """The URL in each JSON object of a text column; null where a text is no JSON object or has none."""
    holder, key = columns.url[:-1], columns.url[-1]
    texts = _text(table, holder, name).cast(pa.large_string()).fill_null("{}")
    # Line breaks are allowed between the parts of JSON only, where a space means the same.
    flat = pc.replace_substring_regex(texts, r"[\r\n]+", " ")
    is_object = pc.match_substring_regex(flat, r"^\s*\{.*\}\s*$")
    buffer = lines(pc.if_else(is_object, flat, "{}"))
    parse = pj.ParseOptions(pa.schema([(key, pa.string())]), unexpected_field_behavior="ignore")
    read = pj.ReadOptions(use_threads=False, block_size=max(1, buffer.size))
    try:
        found = pj.read_json(pa.BufferReader(buffer), read, parse) if len(texts) else None
    except pa.ArrowException:
        found = None
    if found is None or found.num_rows != len(texts):
        raise BadInput(f"The column {shown(holder)} of {name} holds texts that are no JSON objects: choose another.")
    return found.column(0).combine_chunks()


def lines(texts: pa.Array) -> pa.Buffer:
    """Texts (not null) one after the other, each with a line break behind it."""
    if not len(texts):
        return pa.py_buffer(b"")
    nothing, end = (pa.scalar(text, pa.large_string()) for text in ("", "\n"))
    return pc.binary_join_element_wise(texts.cast(pa.large_string()), nothing, end).buffers()[2]


# What Arrow says, in our words; its own may quote the data.
SAYINGS = (
    (r"specified twice", "names a field twice in one record: give each name once"),
    (r"changed from \w+ to (\w+)", "has a value of another type ({0}) in a column that is read: mend it"),
    (r"UTF-?8", "is not UTF-8: save it in that encoding"),
    (r"Expected (\d+) columns, got (\d+)", "has {1} instead of {0} values in a record: mend it"),
    (r"conversion (error|of JSON) to int64", "has something that is no whole number in a column of numbers: mend it"),
    (r"straddl|too large|block size", "has a line longer than can be read, or a quote that is never closed: mend it"),
    (r"Column '(.+)' in include_columns", "has no column {0}, as other files have: add it, or leave the file out"),
    (r"Empty CSV", "holds no rows: give data"),
    (r"JSON", "holds a line that is no JSON object: write one object per line"),
)
RECORD = re.compile(r"[Rr]ow #?(\d+)|string index (\d+)")


@contextmanager
def told(name: str, rows_before: int | None = 0) -> Iterator[None]:
    """One sentence for whatever Arrow raises while it reads a file; `rows_before` None: without a record's number."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError, KeyError) as error:
        raise sentence(name, str(error), rows_before) from None


def sentence(name: str, message: str, rows_before: int | None = 0) -> BadInput:
    """Says which file is bad, in which record if that is known, and how to mend it."""
    found = RECORD.search(message) if rows_before is not None else None
    where = f" (record {int(found[1] or found[2]) + (rows_before or 0):,})" if found else ""
    for pattern, saying in SAYINGS:
        hit = re.search(pattern, message)
        if hit:
            return BadInput(f"{name}{where} {saying.format(*hit.groups())}.")
    return BadInput(f"{name} is damaged or cut off: write it again from its source.")
