"""The profile of a table's texts: sizes, lengths, languages and repetitions of each column, and what is missing.

Every part adds up: a profile of portions, merged in any order, is that of the whole (`audits.content.distinct` and
`audits.content.languages` say what is sampled, and how sure that is).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits.content.distinct import Distinct, hashes_of
from audits.content.languages import Sample
from audits.content.lengths import Lengths
from audits.pii.columns import Texts, texts_of
from datacards.corpora.tokens import count_tokens

MOST_COLUMNS = 100  # of a portion; the keys of free-form JSON could be without end
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass
class ColumnProfile:
    """One column of texts, or one leaf of a nested one."""

    texts: int = 0  # values that are not null
    empty: int = 0  # of these: nothing but white space
    size: int = 0  # bytes
    characters: Lengths = field(default_factory=Lengths)
    tokens: Lengths = field(default_factory=Lengths)
    distinct: Distinct = field(default_factory=Distinct)
    languages: Sample = field(default_factory=Sample)

    def add(self, values: pa.Array) -> None:
        """Take in more texts."""
        values = sound(pc.drop_null(values) if values.null_count else values)
        trimmed = pc.ascii_trim_whitespace(values)
        filled = pc.greater(pc.binary_length(trimmed), 0)
        kept = trimmed.filter(filled) if pc.all(filled).as_py() is False else trimmed
        self.texts, self.empty = self.texts + len(values), self.empty + len(values) - len(kept)
        self.size += int(pc.sum(pc.binary_length(values)).as_py() or 0)
        self.characters.add(pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64))
        self.tokens.add(count_tokens(values))
        self.distinct.add(hashes_of(kept))
        self.languages.add(kept)

    def merge(self, other: "ColumnProfile") -> None:
        """Take in another portion's."""
        self.texts, self.empty, self.size = self.texts + other.texts, self.empty + other.empty, self.size + other.size
        self.characters.merge(other.characters)
        self.tokens.merge(other.tokens)
        self.distinct.merge(other.distinct)
        self.languages.merge(other.languages)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        parts = {name: getattr(self, name).as_dict() for name in PARTS}
        return {"texts": self.texts, "empty": self.empty, "size": self.size, **parts}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        parts: dict[str, Any] = {name: kind.from_dict(values[name]) for name, kind in PARTS.items()}
        return cls(values["texts"], values["empty"], values["size"], **parts)


PARTS: dict[str, Any] = {"characters": Lengths, "tokens": Lengths, "distinct": Distinct, "languages": Sample}


@dataclass
class Profile:
    """All columns of a table. `present`: column, of text or not → rows in which it is not null."""

    rows: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch, digest: str, start: int) -> None:
        """Take in rows of the portion that begins at `start` of the file with that digest."""
        self.rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name:  # what was read by hand has a nameless column that only says how many rows there are
                self.present[name] = self.present.get(name, 0) + len(column) - column.null_count
        for texts in texts_of(batch):
            self._column(texts, digest, start)

    def _column(self, texts: Texts, digest: str, start: int) -> None:
        name = texts.column
        if name not in self.columns:
            if len(self.columns) >= MOST_COLUMNS:
                return
            self.columns[name] = ColumnProfile(languages=Sample.of(digest, start, name))
        self.columns[name].add(texts.values)

    def identified(self, alive: Callable[[], object] = bool) -> Self:
        """The same, with the sampled texts replaced by their languages: fit to be stored, for it holds no text.

        `alive` is called for each column, which may take a second: it may raise to end the work.
        """
        for column in self.columns.values():
            alive()
            column.languages = column.languages.identified()
        return self

    def merge(self, other: "Profile") -> None:
        """Take in another portion's."""
        self.rows += other.rows
        for name, rows in other.present.items():
            self.present[name] = self.present.get(name, 0) + rows
        for name, column in other.columns.items():
            self.columns.setdefault(name, ColumnProfile()).merge(column)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        columns = {name: column.as_dict() for name, column in self.columns.items()}
        return {"rows": self.rows, "present": self.present, "columns": columns}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        columns = {name: ColumnProfile.from_dict(column) for name, column in values["columns"].items()}
        return cls(values["rows"], columns, dict(values["present"]))


def sound(values: pa.Array) -> pa.Array:
    """The same texts; bytes that are no UTF-8 are replaced by U+FFFD."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        kind = pa.large_binary() if pa.types.is_large_string(values.type) else pa.binary()
        raw = pa.Array.from_buffers(kind, len(values), values.buffers(), offset=values.offset)
        return pa.array([value.decode("utf-8", "replace") for value in raw.to_pylist()], values.type)
    return values
