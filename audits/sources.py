"""Finds the files of a revision again, and makes sure that they still are what the revision says."""

import hashlib
import os
from collections.abc import Callable

from audits.protocol import AuditedFile
from audits.results import Results
from datacards.corpora import SourceFile, digest_of, is_url
from datacards.corpora.folders import stamp_of
from datacards.corpora.remote import filesystem, unreachable
from datacards.errors import BadInput
from datacards.models import DataFile, Revision

PINNED = "pinned"  # the location names a commit of the Hub, and the Hub told the digest


def files_of(revision: Revision) -> list[AuditedFile]:
    """The revision's files in the state that they are in now. Raises `BadInput` for one that is gone."""
    return [_file(each) for each in revision.files.order_by("name")]


def _file(file: DataFile) -> AuditedFile:
    source = SourceFile.of(file.name, file.location, file.size)
    stamped = SourceFile.of(file.name, file.location, file.size, stamp=stamp_now(source))
    return AuditedFile(stamped, file.digest, file.rows)


def stamp_now(file: SourceFile) -> str:
    """What changes when the file does; empty where its place tells no such thing."""
    if file.location.startswith("hf://"):
        return PINNED
    if is_url(file.location):
        return _stamp_of_object(file)
    try:
        return stamp_of(os.stat(file.location))
    except OSError:
        raise BadInput(f"{file.name} is gone since it was registered: put it back, or register again.") from None


def _stamp_of_object(file: SourceFile) -> str:
    try:
        info = filesystem(file.location.partition("://")[0], file.anonymous).info(file.location)
    except Exception as error:
        raise unreachable(file.name, error) from None
    return str(info.get("ETag") or info.get("etag") or info.get("mtime") or "").strip('"')


def refuse_other_bytes(file: SourceFile, digest: str, results: Results, alive: Callable[[], object]) -> None:
    """Raise `BadInput` unless the file has the revision's digest; one unit compares, the others take its word for it.

    `alive` is called as the file is read: it may raise to end the work.
    """
    proof = hashlib.sha256(f"{file.location}\0{file.stamp}\0{digest}".encode()).hexdigest()
    if file.stamp == PINNED or (file.stamp and results.vouched(proof)):
        return

    def heard(_: int) -> None:
        alive()

    if digest_of(file, heard) != digest:
        raise _changed(file)
    refuse_change(file)
    results.vouch(proof)


def refuse_change(file: SourceFile) -> None:
    """Raise `BadInput` if the file changed since it was planned to be read."""
    if stamp_now(file) != file.stamp:
        raise _changed(file)


def _changed(file: SourceFile) -> BadInput:
    return BadInput(
        f"{file.name} is no longer the file that was registered: register the corpus again for a new revision, "
        "or put the old file back."
    )
