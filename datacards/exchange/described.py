"""A revision of a corpus as exporters see it: plain values, taken from the database by whoever asks for an export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class DescribedFile:
    """One file: its path below the corpus, where anybody can fetch it (empty when nobody can), and its digest."""

    name: str
    size: int
    sha256: str
    format: str  # as DataFile.format: parquet, jsonl.gz, csv, …
    rows: int = 0
    url: str = ""


@dataclass(frozen=True)
class DescribedColumn:
    """One column of the data: its name and its Arrow type as text (`string`, `int64`, `list<item: string>`)."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class DescribedParent:
    """What this was made from: a name, how (a value of `Relation`), where it can be found, its licence."""

    name: str
    relation: str
    url: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Described:
    """Everything that an export may say.

    `values` are the card's entries (path → {value, source, evidence, by, at, …}); `licence` is the effective claim's
    expression, empty when nobody stated one; `version` is that of the data, such as 3 for revision 3.
    """

    name: str
    title: str = ""
    summary: str = ""
    url: str = ""  # the public page of the card
    version: str = ""
    licence: str = ""
    licence_url: str = ""
    made_at: datetime | None = None
    modified_at: datetime | None = None
    publisher: str = ""
    creators: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # BCP 47
    keywords: tuple[str, ...] = ()
    citation: str = ""
    tokens: int = 0
    documents: int = 0
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Sequence[DescribedFile] = ()
    columns: Sequence[DescribedColumn] = ()
    parents: Sequence[DescribedParent] = ()

    def text(self, path: str) -> str:
        """A card value as text; several choices are joined by commas; empty when the card does not say."""
        value = self.values.get(path, {}).get("value") or ""
        return ", ".join(value) if isinstance(value, list) else str(value)
