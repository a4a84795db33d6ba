"""Terms of service as Open Terms Archive records them: a repository of versions, its folder, or a dump as JSON lines.

A repository has `Service/Terms of Service.md`, each commit being one version; it is read by dulwich, which runs no
hooks and no code of the repository. A dump has one object a line: service, terms, date, technical, text. Services are
names, so a table `service,domain` says whose terms they are. A site has one history of terms: of several documents or
services that are of one domain, the first that comes is taken.
"""

import csv
import json
import lzma
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dulwich.errors import NotGitRepository
from dulwich.objects import Blob
from dulwich.repo import Repo

from crawler.documents import KINDS, Document
from crawler.imports.sighting import Bad, Found, Sighting, Unusable, host_of, moment
from datacards.errors import BadInput

TERMS = re.compile(
    r"(general )?(terms (of (service|use)|and conditions)|conditions( of (use|service))?)", re.IGNORECASE
)
TECHNICAL = re.compile(r"technical|technical upgrade|engine upgrade|^refilter|apply technical", re.IGNORECASE)
MOST_LINE = 32 * 1024 * 1024
ENDING = ".md"
HEADERS = (("Content-Type", "text/markdown; charset=utf-8"),)

Taken = dict[str, str]  # domain → the document that is its history


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
    taken: Taken = {}
    with path.open("rb") as raw, lzma.LZMAFile(raw) if path.suffix == ".xz" else raw as file:
        number = 0
        try:
            while line := file.readline(MOST_LINE):
                number += 1
                yield from _from_line(line, f"{path.name}, line {number:,}", domains, taken)
        except (OSError, EOFError, lzma.LZMAError) as error:
            yield Bad(f"{path.name} after line {number:,}", f"the file breaks off ({type(error).__name__})")


def _from_line(line: bytes, where: str, domains: Mapping[str, str], taken: Taken) -> Found:
    try:
        row = json.loads(line)
        service, terms, text = str(row["service"]), str(row["terms"]), str(row["text"])
        domain = _domain(f"{service}/{terms}", domains, taken)
        if domain is None:
            return
        yield _sighting(domain, moment(str(row["date"])), text.encode(), bool(row.get("technical")))
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
    taken: Taken = {}
    with repository:
        for entry in repository.get_walker(reverse=True):
            commit = entry.commit
            technical = TECHNICAL.search(commit.message[:200].decode("utf-8", "replace")) is not None
            for change in entry.changes():
                new = getattr(change, "new", None)
                if new is not None and new.sha is not None:
                    yield from _from_blob(repository, new, commit.author_time, technical, domains, taken)


def _from_blob(
    repository: Repo, new: Any, time: int, technical: bool, domains: Mapping[str, str], taken: Taken
) -> Found:
    name = new.path.decode("utf-8", "replace")
    domain = _domain(name.removesuffix(ENDING), domains, taken) if name.endswith(ENDING) else None
    if domain is None:
        return
    try:
        blob = repository[new.sha]
        if isinstance(blob, Blob):
            yield _sighting(domain, moment(datetime.fromtimestamp(time, UTC).isoformat()), blob.data, technical)
    except (Unusable, KeyError, OverflowError, OSError) as error:
        why = str(error) if isinstance(error, Unusable) else "its content is not in the repository"
        yield Bad(f"{name[:120]} in {new.sha.decode()[:12]}", why)


def _read_folder(path: Path, domains: Mapping[str, str]) -> Found:
    taken: Taken = {}
    for file in sorted(path.rglob(f"*{ENDING}")):
        domain = _domain(file.relative_to(path).as_posix().removesuffix(ENDING), domains, taken)
        if domain is not None and file.is_file() and not file.is_symlink():
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            with file.open("rb") as stream:
                yield _sighting(domain, at, stream.read(KINDS[Document.TERMS].limit + 1), False)


def _domain(name: str, domains: Mapping[str, str], taken: Taken) -> str | None:
    """Whose terms `Service/Terms` are; None where that is nobody's we know, no terms of use, or a second history."""
    folder, _, terms = name.rpartition("/")
    service = folder.rpartition("/")[2].lower()
    domain = domains.get(service)
    if domain is None or TERMS.fullmatch(terms.strip()) is None:
        return None
    return domain if taken.setdefault(domain, f"{service}/{terms}") == f"{service}/{terms}" else None


def _sighting(domain: str, at: datetime, text: bytes, technical: bool) -> Sighting:
    limit = KINDS[Document.TERMS].limit
    return Sighting(
        domain, Document.TERMS, at, f"https://{domain}/", 200, HEADERS, text[:limit], len(text) > limit, technical,
        bare=True,
    )  # fmt: skip


def versions(path: Path, domains: Mapping[str, str]) -> Iterator[Sighting | Bad]:
    """A dump or a repository, whichever lies there."""
    return read_repository(path, domains) if path.is_dir() else read_lines(path, domains)
