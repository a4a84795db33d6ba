"""Terms of service as Open Terms Archive records them: a repository of versions, its folder, or a dump as JSON lines.

A repository has `Service/Terms of Service.md`, each commit being one version; it is read by dulwich, which runs no
hooks and no code of the repository. A dump has one object a line: service, terms, date, technical, text. Services are
names, so a table `service,domain` says whose terms they are.
"""

import csv
import json
import lzma
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from dulwich.errors import NotGitRepository
from dulwich.objects import Blob
from dulwich.repo import Repo

from crawler.documents import KINDS, Document
from crawler.imports.sighting import Bad, Found, Sighting, Unusable, host_of, moment
from datacards.errors import BadInput

TERMS = re.compile(r"terms (of (service|use)|and conditions)|general conditions|acceptable use", re.IGNORECASE)
TECHNICAL = re.compile(r"technical|technical upgrade|engine upgrade|^refilter|apply technical", re.IGNORECASE)
MOST_LINE = 32 * 1024 * 1024
HEADERS = (("Content-Type", "text/markdown; charset=utf-8"),)


def services(path: Path) -> dict[str, str]:
    """Service → domain from a CSV with these two columns, with or without a head."""
    found: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if len(row) < 2 or (number == 1 and row[0].strip().lower() == "service"):
                continue
            try:
                found[row[0].strip().lower()] = host_of(row[1].strip())
            except Unusable as error:
                raise BadInput(f"{path.name}, line {number}: {error}; write service,domain.") from error
    return found


def read_lines(path: Path, domains: Mapping[str, str]) -> Found:
    """The versions of a dump whose service the table knows."""
    with _opened(path) as file:
        number = 0
        try:
            while line := file.readline(MOST_LINE):
                number += 1
                yield from _from_line(line, f"{path.name}, line {number:,}", domains)
        except (OSError, EOFError, lzma.LZMAError) as error:
            yield Bad(f"{path.name} after line {number:,}", f"the file breaks off ({type(error).__name__})")


def _opened(path: Path) -> IO[bytes]:
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")


def _from_line(line: bytes, where: str, domains: Mapping[str, str]) -> Found:
    try:
        row = json.loads(line)
        service, terms, text = str(row["service"]), str(row["terms"]), str(row["text"])
        if TERMS.search(terms) is None or service.lower() not in domains:
            return
        yield _sighting(domains[service.lower()], moment(str(row["date"])), text.encode(), bool(row.get("technical")))
    except Unusable as error:
        yield Bad(where, str(error))
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Bad(where, "this is no version: an object with service, terms, date and text")


def read_repository(path: Path, domains: Mapping[str, str]) -> Found:
    """Every version in the history of a repository, oldest first; or, without history, the files of a folder."""
    try:
        repository = Repo(str(path))
    except NotGitRepository:
        yield from _read_folder(path, domains)
        return
    with repository:
        for entry in repository.get_walker(reverse=True):
            commit = entry.commit
            technical = TECHNICAL.search(commit.message[:200].decode("utf-8", "replace")) is not None
            for change in entry.changes():
                new = getattr(change, "new", None)
                if new is not None and new.sha is not None:
                    yield from _from_blob(repository, new, commit.author_time, technical, domains)


def _from_blob(repository: Repo, new: Any, time: int, technical: bool, domains: Mapping[str, str]) -> Found:
    name = new.path.decode("utf-8", "replace")
    domain = _domain(name, domains)
    if domain is None:
        return
    try:
        blob = repository[new.sha]
        if isinstance(blob, Blob):
            yield _sighting(domain, moment(datetime.fromtimestamp(time, UTC).isoformat()), blob.data, technical)
    except (Unusable, KeyError, OverflowError, OSError) as error:
        yield Bad(f"{name[:120]} in {new.sha.decode()[:12]}", str(error) or "its content is not in the repository")


def _read_folder(path: Path, domains: Mapping[str, str]) -> Found:
    for file in sorted(path.rglob("*.md")):
        domain = _domain(file.relative_to(path).as_posix(), domains)
        if domain is not None and file.is_file() and not file.is_symlink():
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            with file.open("rb") as stream:
                yield _sighting(domain, at, stream.read(KINDS[Document.TERMS].limit + 1), False)


def _domain(name: str, domains: Mapping[str, str]) -> str | None:
    """Whose terms a file `Service/Terms.md` has; None where that is nobody's we know, or no terms of use."""
    service, _, file = name.rpartition("/")
    if not file.endswith(".md") or TERMS.search(file) is None:
        return None
    return domains.get(service.rpartition("/")[2].lower())


def _sighting(domain: str, at: datetime, text: bytes, technical: bool) -> Sighting:
    limit = KINDS[Document.TERMS].limit
    return Sighting(
        domain, Document.TERMS, at, f"https://{domain}/", 200, HEADERS, text[:limit], len(text) > limit, technical
    )


def versions(path: Path, domains: Mapping[str, str]) -> Iterator[Sighting | Bad]:
    """A dump or a repository, whichever lies there."""
    return read_repository(path, domains) if path.is_dir() else read_lines(path, domains)
