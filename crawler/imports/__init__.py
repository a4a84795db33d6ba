"""History from elsewhere: one table of the formats, each read into sightings.

    for found in read(Path("CC-MAIN-robotstxt.warc.gz")):
        if isinstance(found, Sighting): ...

Nothing is fetched, run or unpickled; what cannot be used is told record by record (`Bad`), never raised.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.imports import provenance, terms_archive, warcs, wayback
from crawler.imports.sighting import Bad, Found, Sighting, Unusable
from datacards.errors import BadInput

__all__ = ["FORMATS", "Bad", "Format", "Sighting", "Unusable", "files_of", "format_of", "read", "services"]

services = terms_archive.services
Domains = Mapping[str, str]


@dataclass(frozen=True)
class Format:
    """A form of history: how its files are told by their names, and its reader."""

    name: str
    title: str
    endings: tuple[str, ...]
    read: Callable[[Path, Domains], Found]
    needs_domains: bool = False


FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format("warc", "WARC files, also Common Crawl's robotstxt subset", (".warc", ".warc.gz", ".warc.zst"),
               lambda path, _: warcs.read(path)),
        Format("wayback", "Wayback CDX with the bodies beside it", (".cdx", ".cdx.json"),
               lambda path, _: wayback.read(path)),
        Format("provenance", "Data Provenance Initiative: {address: {date: text}}", (".json",),
               lambda path, _: provenance.read(path)),
        Format("terms", "Open Terms Archive: a versions repository, or JSON lines", (".jsonl", ".jsonl.xz"),
               terms_archive.versions, needs_domains=True),
    )
}  # fmt: skip


def format_of(path: Path) -> Format:
    """The format of a file, or of a folder that is a repository of terms. Raises BadInput where it is none."""
    if path.is_dir():
        return FORMATS["terms"]
    matching = [(ending, form) for form in FORMATS.values() for ending in form.endings if path.name.endswith(ending)]
    if not matching:
        endings = ", ".join(ending for form in FORMATS.values() for ending in form.endings)
        raise BadInput(f"{path.name}: this is none of the histories that are read ({endings}); name its --format.")
    return max(matching, key=lambda found: len(found[0]))[1]


def files_of(path: Path, wanted: str = "auto") -> list[tuple[Path, Format]]:
    """What is to be read at a place: the file itself, a repository of terms, or the files of a folder that have a
    format, by name. Raises BadInput where there is nothing."""
    if not path.exists():
        raise BadInput(f"{path}: there is no such file or folder.")
    if wanted not in ("auto", *FORMATS):
        raise BadInput(f"format: {wanted!r} is not one of auto, {', '.join(FORMATS)}.")
    if path.is_file():
        return [(path, format_of(path) if wanted == "auto" else FORMATS[wanted])]
    if wanted == "terms" or (path / ".git").exists():
        return [(path, FORMATS["terms"])]
    found = [(file, form) for file, form in _below(path) if wanted in ("auto", form.name)]
    if not found:
        raise BadInput(f"{path}: no file in this folder is a history that is read; see --format.")
    return found


def _below(path: Path) -> Iterator[tuple[Path, Format]]:
    for file in sorted(path.rglob("*")):
        if file.is_file() and not file.is_symlink():
            try:
                yield file, format_of(file)
            except BadInput:
                continue


def read(path: Path, wanted: str = "auto", domains: Domains | None = None) -> Found:
    """All sightings at a place, file by file."""
    for file, form in files_of(path, wanted):
        yield from form.read(file, domains or {})
