"""Reads JSON Lines: chunks of whole lines, parsed by Arrow into the columns needed."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from datacards.corpora.arrays import Part, column, normal, told
from datacards.corpora.columns import Columns, Path, Sample, shown, unpacked
from datacards.corpora.files import SourceFile
from datacards.corpora.streams import Limits
from datacards.errors import BadInput

CHUNK = 1 << 23
SAMPLED = 100
DEEPEST = 3
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KINDS = {
    str: "text",
    int: "integer",
    float: "double",
    bool: "bool",
    list: "list",
    dict: "struct",
    type(None): "unknown",
}
WHOLE = Part()


def sample(source: Any, file: SourceFile, limits: Limits) -> Sample:
    """The fields of the first lines, and their texts."""
    chunk = next(chunks(source, file, WHOLE, limits, CHUNK >> 3), b"")
    kinds: dict[Path, str] = {}
    texts: dict[Path, list[str]] = {}
    for number, line in enumerate(chunk.split(b"\n")[:SAMPLED], 1):
        if line.strip():
            _look(_record(line, number, file), (), kinds, texts)
    packed = {(*path, key): inner for path, values in texts.items() for key, inner in unpacked(values).items()}
    kinds.update(dict.fromkeys(packed, "text"))
    return Sample(file.name, kinds, texts | packed, frozenset(packed))


def batches(
    source: Any, file: SourceFile, columns: Columns, part: Part | None, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """The fields needed of all lines that begin in the part; `source` stands at the byte before its start."""
    part = part or WHOLE
    options = pj.ParseOptions(explicit_schema=_schema(columns), unexpected_field_behavior="ignore")
    rows, silent = 0, set(columns.paths)
    for chunk in chunks(source, file, part, limits, CHUNK):
        refuse_other_values(chunk, file)
        blocks = pj.ReadOptions(use_threads=False, block_size=len(chunk) + 1)
        with told(file.name, None if part.start else rows + 1):
            table = pj.read_json(pa.BufferReader(chunk), read_options=blocks, parse_options=options)
            rows += table.num_rows
            silent = {path for path in silent if column(table, path).null_count == table.num_rows}
            if table.num_rows:
                yield normal(table, columns, file.name)
    if rows and silent and part == WHOLE:
        raise BadInput(f"{file.name} has no {shown(min(silent))} in any record: add it, or leave the file out.")


def chunks(source: Any, file: SourceFile, part: Part, limits: Limits, size: int) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time: those that begin at or after the part's start and before its stop."""
    rest, at = _first_whole_line(source, part.start, size)
    last = part.stop if part.stop >= 0 else file.size * limits.ratio + limits.expanded
    while at < last:
        chunk = source.read(size)
        rest += chunk
        end = rest.find(b"\n", max(0, last - 1 - at)) + 1 or rest.rfind(b"\n") + 1 or (0 if chunk else len(rest))
        if not end and len(rest) > limits.line:
            raise BadInput(f"{file.name} has a line longer than {limits.line >> 20} MB: write one document per line.")
        if rest[:end].strip():
            yield rest[:end]
        rest, at = rest[end:], at + end
        if not chunk and not rest:
            return


def _first_whole_line(source: Any, start: int, size: int) -> tuple[bytes, int]:
    """The first bytes that are the part's own, and where they are in the file."""
    if start == 0:
        head = source.read(size)
        return head.removeprefix(BYTE_ORDER_MARK), len(BYTE_ORDER_MARK) * head.startswith(BYTE_ORDER_MARK)
    at = start - 1
    while chunk := source.read(size):
        end = chunk.find(b"\n") + 1
        if end:
            return chunk[end:], at + end
        at += len(chunk)
    return b"", at


def refuse_other_values(chunk: bytes, file: SourceFile) -> None:
    """Each line must be an object (or blank): of other values Arrow's parser takes some for rows, and dies of one."""
    buffer = np.frombuffer(chunk, np.uint8)
    starts = np.concatenate(([0], np.flatnonzero(buffer[:-1] == ord("\n")) + 1))
    odd = starts[buffer[starts] != ord("{")]
    for start in odd:
        end = chunk.find(b"\n", start)
        line = chunk[start : end if end >= 0 else None].strip()
        if line and not line.startswith(b"{"):
            hint = "is a JSON array or document" if line.startswith(b"[") else "holds a line that is no JSON object"
            raise BadInput(f"{file.name} {hint}: write one object per line.")


def _record(line: bytes, number: int, file: SourceFile) -> dict[str, Any]:
    try:
        loaded = json.loads(line.removeprefix(BYTE_ORDER_MARK).decode("utf-8"))
    except UnicodeDecodeError:
        raise BadInput(f"{file.name} (line {number}) is not UTF-8: save it in that encoding.") from None
    except (ValueError, RecursionError):
        loaded = None
    if isinstance(loaded, dict):
        return loaded
    raise BadInput(f"{file.name} (line {number}) is no JSON object: write one object per line.")


def _look(record: dict[str, Any], above: Path, kinds: dict[Path, str], texts: dict[Path, list[str]]) -> None:
    for name, value in record.items():
        path = (*above, name)
        if isinstance(value, dict) and len(path) < DEEPEST:
            _look(value, path, kinds, texts)
            continue
        kind = KINDS.get(type(value), "other values")
        if kinds.get(path, "unknown") == "unknown":
            kinds[path] = kind
        if isinstance(value, str):
            texts.setdefault(path, []).append(value)


def _schema(columns: Columns) -> pa.Schema:
    """Arrow's schema for just the paths that are read."""
    tree: dict[str, Any] = {}
    for path in columns.paths:
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = pa.int64() if path in (columns.tokens, columns.documents) else pa.string()
    return pa.schema([(name, _type(node)) for name, node in tree.items()])


def _type(node: Any) -> pa.DataType:
    return pa.struct([(name, _type(inner)) for name, inner in node.items()]) if isinstance(node, dict) else node
