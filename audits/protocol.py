"""What an audit is: a question about a revision, asked of one portion of its files at a time.

Pure: the executor (`audits.execute`) turns portions into units of a run, keeps their results by content key, and
writes the outcome; an audit itself knows files, Arrow and numbers only.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, Self

import pyarrow as pa

from datacards.corpora import Part, SourceFile

Progress = Callable[[int], None]  # told how many rows of the portion have been read so far
Seal = Callable[[str, bytes], bytes]  # (type, value) → keyed digest; the value itself is never stored


@dataclass(frozen=True)
class AuditedFile:
    """A file of the revision, with what the revision says of it."""

    source: SourceFile
    digest: str  # SHA-256, hex
    rows: int


@dataclass(frozen=True)
class Portion:
    """What one unit reads: a file's row groups, or a range of its bytes."""

    source: SourceFile
    digest: str  # of the whole file: SHA-256, hex
    part: Part
    rows: int  # as known beforehand; an estimate for a range of bytes
    columns: tuple[str, ...] = ()  # none: all that hold text

    def as_dict(self) -> dict[str, Any]:
        """For a unit's JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        return cls(
            SourceFile(**values["source"]),
            values["digest"],
            Part(**values["part"]),
            values["rows"],
            tuple(values["columns"]),
        )


@dataclass(frozen=True)
class Tally:
    """What was found, as numbers: of a portion, or of the whole revision."""

    rows: int = 0  # rows read
    size: int = 0  # bytes of text read
    personal_rows: int = 0  # rows with validated personal data
    secrets: int = 0  # keys, tokens and passwords found
    columns: tuple[str, ...] = ()  # that were read
    counts: tuple[tuple[str, str, str, int, int], ...] = ()  # column, type, tier, findings, rows with any of them
    extra: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        counts = tuple((c[0], c[1], c[2], c[3], c[4]) for c in values["counts"])
        return cls(**{**values, "columns": tuple(values["columns"]), "counts": counts})


@dataclass(frozen=True)
class Result:
    """What one portion holds: each finding's place (a table without values), and their numbers."""

    findings: pa.Table
    tally: Tally


class Audit(Protocol):
    """One row of the registry."""

    @property
    def name(self) -> str:
        """Short and unique, such as ``pii.structured``."""

    @property
    def title(self) -> str:
        """As people call it."""

    @property
    def question(self) -> str:
        """What it answers, in one sentence."""

    @property
    def digest(self) -> str:
        """SHA-256 over everything that decides what it finds: another digest, another audit."""

    def portions(self, files: Sequence[AuditedFile], columns: Sequence[str] = ()) -> Iterator[Portion]:
        """Cut the files into portions. Raises `BadInput` if nothing in them can be audited, or a column is missing."""

    def scan(self, portion: Portion, seal: Seal | None, progress: Progress) -> Result:
        """Audit one portion: the same result whenever and wherever it runs."""

    def combine(self, tallies: Iterable[Tally]) -> Tally:
        """The whole revision's numbers from those of its portions."""

    def recorded(self, tally: Tally) -> dict[str, Any]:
        """What of the whole revision's numbers is recorded for people to read, beside the counts."""
