"""The files a corpus consists of: what a listing finds, whichever place it looked at."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

from datacards.errors import BadInput

MAX_FILES = 100_000
MAX_NAME = 1000

FORMATS = {
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
}
CODECS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
SUPPORTED = "Parquet, JSON Lines, CSV or TSV (the last three also as .gz or .zst)"
# Files beside data that describe it, as written for the Hub and by Croissant tools.
DESCRIPTIONS = frozenset({"README.md", "dataset_info.json", "dataset_infos.json", "state.json", "croissant.json"})


@dataclass(frozen=True)
class SourceFile:
    """A file of data and all that is needed to read it again, elsewhere and later."""

    name: str  # POSIX path below the corpus's location
    location: str  # absolute path or fsspec URL
    size: int  # bytes
    format: str  # one of the values of FORMATS
    codec: str = ""  # one of the values of CODECS, or nothing
    stamp: str = ""  # changes when the file does (time, entity tag); empty: not known
    digest: str = ""  # SHA-256 in hex, where the place that keeps the file vouches for it
    anonymous: bool = False  # to be read without this machine's credentials for the Hub

    def as_dict(self) -> dict[str, Any]:
        """For a unit's JSON."""
        return asdict(self)

    @classmethod
    def of(cls, name: str, location: str, size: int, **more: Any) -> Self:
        """The file of that name; `BadInput` if its ending tells no format that can be read."""
        kind = format_of(name)
        if kind is None:
            raise BadInput(f"{name} cannot be read: give {SUPPORTED}.")
        return cls(name, location, size, *kind, **more)


@dataclass(frozen=True)
class Ignored:
    """Something found that is no data of the corpus, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Listing:
    """What was found at a location."""

    location: str
    files: tuple[SourceFile, ...]
    ignored: tuple[Ignored, ...] = ()
    card: str = ""  # text of README.md
    commit: str = ""  # of a repository on the Hub

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(file.size for file in self.files)


def format_of(name: str) -> tuple[str, str] | None:
    """Format and codec by the endings of a file's name; None where they say nothing."""
    stem, codec = name.lower(), ""
    for ending, found in CODECS.items():
        if stem.endswith(ending):
            stem, codec = stem.removesuffix(ending), found
    for ending, kind in FORMATS.items():
        if stem.endswith(ending) and not (codec and kind == "parquet"):
            return kind, codec
    return None


def why_ignored(name: str) -> str | None:
    """Why a file of a folder is not taken for data; None if it is."""
    parts = name.split("/")
    if any(part.startswith((".", "_")) for part in parts):
        return "hidden"
    if parts[-1] in DESCRIPTIONS:
        return "describes data"
    return None if format_of(name) else "not in a format that is read"


def refuse_odd_listing(listing: Listing) -> Listing:
    """The listing, unless it holds no data, too much, or names that cannot be stored."""
    if not listing.files:
        raise BadInput(f"{listing.location} holds no data that can be read: give {SUPPORTED}{_found(listing.ignored)}.")
    if len(listing.files) > MAX_FILES:
        raise BadInput(f"{listing.location} holds more than {MAX_FILES:,} files: join them into larger ones.")
    for file in listing.files:
        refuse_odd_name(file.name)
        if file.size == 0:
            raise BadInput(f"{file.name} is empty: remove it, or write it again.")
    return listing


def refuse_odd_name(name: str) -> None:
    """Raise `BadInput` for a file name that no database or page could show."""
    if len(name) > MAX_NAME:
        raise BadInput(f"The name of {name[:60]}… is longer than {MAX_NAME} characters: shorten it.")
    if not name.isprintable():  # lone surrogates (bytes that are not UTF-8) and control characters are not
        raise BadInput(f"The name {ascii(name)[1:-1]} holds bytes that are no printable UTF-8: rename it.")


def _found(ignored: Iterable[Ignored]) -> str:
    names = [one.name for one in ignored]
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f" (found only {', '.join(names[:3])}{more})"
