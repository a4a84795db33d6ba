"""Which texts a table holds: string columns, and strings inside lists, structs and dictionaries."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits.pii.bits import Ints

NAME_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class Texts:
    """The texts of one column (or of one leaf of it) and the table row of each."""

    column: str
    values: pa.Array
    rows: Ints | None  # None: one text per row

    @property
    def hints(self) -> frozenset[bytes]:
        """The words of the column's name, in small letters."""
        return hints_of(self.column)


def hints_of(column: str) -> frozenset[bytes]:
    """The words of a column's name: ``customerPhone_no`` → customer, phone, no."""
    return frozenset(part.lower().encode() for part in NAME_PART.findall(column))


def named(column: str, wanted: Collection[str]) -> bool:
    """A column or leaf is asked for: by its name, by a leaf of it, or as part of a column. Nothing asked: all are."""
    return not wanted or any(
        column == name or name.startswith(f"{column}.") or column.startswith(f"{name}.") for name in wanted
    )


def holds_text(kind: pa.DataType) -> bool:
    """The type is text, or contains some."""
    if isinstance(kind, pa.BaseExtensionType):
        return holds_text(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    if pa.types.is_map(kind):
        return holds_text(kind.key_type) or holds_text(kind.item_type)
    if _is_list(kind):
        return holds_text(kind.value_type)
    if pa.types.is_struct(kind):
        return any(holds_text(field.type) for field in kind)
    return _is_text(kind)


def texts_of(batch: pa.RecordBatch, wanted: Collection[str] = ()) -> Iterator[Texts]:
    """The texts of a batch, leaf by leaf; a leaf inside a struct is named ``column.field``."""
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        yield from (texts for texts in _leaves(name, array, None) if named(texts.column, wanted))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _leaves(name: str, array: pa.Array, rows: Ints | None) -> Iterator[Texts]:
    kind = array.type
    if not holds_text(kind):
        return
    if isinstance(array, pa.ExtensionArray):
        yield from _leaves(name, array.storage, rows)
    elif pa.types.is_dictionary(kind):
        yield from _leaves(name, array.dictionary_decode(), rows)
    elif pa.types.is_struct(kind):
        for i in range(kind.num_fields):
            yield from _leaves(f"{name}.{kind.field(i).name}", pc.struct_field(array, i), rows)
    elif pa.types.is_map(kind):
        inner = _inner_rows(array.cast(pa.list_(pa.struct([kind.key_field, kind.item_field]))), rows)
        yield from _leaves(f"{name}.key", array.keys, inner)
        yield from _leaves(f"{name}.value", array.items, inner)
    elif _is_list(kind):
        yield from _leaves(name, pc.list_flatten(array), _inner_rows(array, rows))
    else:
        yield Texts(name, array.cast(pa.large_string()) if pa.types.is_string_view(kind) else array, rows)


def _inner_rows(array: pa.Array, rows: Ints | None) -> Ints:
    parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.asarray(parents if rows is None else rows[parents], np.int64)
