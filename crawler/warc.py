"""Evidence on disk: WARC 1.1 files (ISO 28500), one gzip member per record, read back by offset.

A body is kept without its content encoding, so that its SHA-256 names the content; the header that said how it was
packed is kept as `X-Consentry-Content-Encoding`.
"""

import base64
import fcntl
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

PACKED_AS = "X-Consentry-Content-Encoding"
SOURCE = "X-Consentry-Source"
_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a field name, RFC 9110 section 5.1
_CHUNK = 1 << 18
_SMALL = 1 << 13
_STATUSES = frozenset(HTTPStatus)
_RECOMPUTED = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True)
class Exchange:
    """One answer to be kept: where it came from, when, and the decoded body, `cut` where there was more of it.

    `source` names whoever recorded it, where that was not us.
    """

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    ip: str = ""
    cut: bool = False
    source: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body, in hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Place:
    """Where a record begins: a file, named below its folder, and an offset in bytes."""

    file: str
    offset: int


@dataclass(frozen=True)
class Kept:
    """A record read back."""

    kind: str
    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    digest: str = ""


class Writer:
    """Appends records to one new file. Each is flushed before its place is told, so a reader finds it whole.

    The file is locked while it is written, and the kernel drops the lock of a writer that dies: see `mend`.
    """

    def __init__(self, folder: Path, name: str, software: str) -> None:
        self.name = f"{name}.warc.gz"
        self._path = folder / self.name
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("xb")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        about = {"software": software, "format": "WARC File Format 1.1", "robots": "classic"}
        warc = WARCWriter(self._file, gzip=True, warc_version="1.1")
        warc.write_record(warc.create_warcinfo_record(self._path.name, about))

    def response(self, exchange: Exchange) -> Place:
        """Keep an answer with its body."""
        return self._append("response", exchange, exchange.body)

    def revisit(self, exchange: Exchange) -> Place:
        """Keep that an answer came, with its headers, whose body the store already has under its digest."""
        return self._append("revisit", exchange, more={"WARC-Profile": _SAME_PAYLOAD})

    def unchanged(self, exchange: Exchange, digest: str) -> Place:
        """Keep that the server said 304 of the body that the store has under a digest."""
        more = {"WARC-Payload-Digest": f"sha256:{digest}", "WARC-Profile": _NOT_MODIFIED}
        return self._append("revisit", exchange, more={**more, "WARC-Refers-To-Target-URI": _one_line(exchange.url)})

    def resource(self, exchange: Exchange, kind: str) -> Place:
        """Keep a body, of this media type, that somebody recorded without the answer it came with."""
        return self._bare("resource", exchange, exchange.body, kind)

    def metadata(self, exchange: Exchange, told: str) -> Place:
        """Keep what somebody recorded of an address instead of a body."""
        return self._bare("metadata", exchange, told.encode(), "application/warc-fields")

    def close(self) -> None:
        """End the file and see it on disk."""
        self.sync()
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._file.tell()

    def sync(self) -> None:
        """See what was written on disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _bare(self, kind: str, exchange: Exchange, body: bytes, media_type: str) -> Place:
        """A record without HTTP headers; its digest is of the very bytes that it holds."""
        return self._write(kind, replace(exchange, body=body), body, _one_line(media_type))

    def _append(self, kind: str, exchange: Exchange, body: bytes = b"", more: dict[str, str] | None = None) -> Place:
        return self._write(kind, exchange, _http_head(exchange) + body, "application/http; msgtype=response", more)

    def _write(
        self, kind: str, exchange: Exchange, block: bytes, media_type: str, more: dict[str, str] | None = None
    ) -> Place:
        """Write one record. By hand, because a library takes as long for it as the whole visit takes for the rest."""
        headers = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
            "WARC-Target-URI": _one_line(exchange.url),
            **_warc_headers(exchange),
            "WARC-Block-Digest": _sha1(block),
            **(more or {}),
            "Content-Type": media_type,
            "Content-Length": str(len(block)),
        }
        head = "\r\n".join(["WARC/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        place = Place(self.name, self._file.tell())
        self._file.write(_packed(head.encode() + block + b"\r\n\r\n"))
        self._file.flush()
        return place


def read(file: IO[bytes], offset: int) -> Kept:
    """The record that begins at an offset. Raises LookupError where none does."""
    file.seek(offset)
    for record in ArchiveIterator(file):
        return _kept(record)
    raise LookupError(f"no WARC record at offset {offset}")


def records(file: IO[bytes]) -> Iterator[Kept]:
    """All responses and revisits of a file, in order; a record cut short at the end of the file is left out."""
    for record in ArchiveIterator(file):
        if record.rec_type in ("response", "revisit"):
            yield _kept(record)


@contextmanager
def writing(folder: Path, name: str, software: str) -> Iterator[Writer]:
    """A writer that is closed at the block's end."""
    writer = Writer(folder, name, software)
    try:
        yield writer
    finally:
        writer.close()


def mend(path: Path) -> int:
    """End a file that a kill has cut with its last whole record; returns how many bytes went.

    A file that is being written is left alone, a file without any record removed. Whatever a result speaks of was
    whole before the result was told, so no evidence is lost.
    """
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        size, whole = os.fstat(file.fileno()).st_size, _whole(file)
        if whole < size:
            file.truncate(whole)
            os.fsync(file.fileno())
    if not whole:
        path.unlink()
    return size - whole


def _whole(file: IO[bytes]) -> int:
    """Where the last complete gzip member of a file ends."""
    whole, at, rest = 0, 0, b""
    while rest or (rest := file.read(_CHUNK)):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not member.eof and rest:
            try:
                member.decompress(rest)
            except zlib.error:
                return whole
            at += len(rest) - len(member.unused_data)
            rest = member.unused_data or (b"" if member.eof else file.read(_CHUNK))
        if not member.eof:
            return whole
        whole = at
    return whole


def _kept(record: object) -> Kept:
    warc, http = record.rec_headers, record.http_headers  # type: ignore[attr-defined]
    status = http.get_statuscode() if http else ""
    return Kept(
        kind=record.rec_type,  # type: ignore[attr-defined]
        url=warc.get_header("WARC-Target-URI"),
        fetched_at=datetime.fromisoformat(warc.get_header("WARC-Date")),
        status=int(status) if status.isdigit() else 0,
        headers={name.lower(): value for name, value in http.headers} if http else {},
        body=record.content_stream().read(),  # type: ignore[attr-defined]
        digest=(warc.get_header("WARC-Payload-Digest") or "").removeprefix("sha256:"),
    )


def _warc_headers(exchange: Exchange) -> dict[str, str]:
    headers = {
        "WARC-Date": exchange.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Payload-Digest": f"sha256:{exchange.digest}",
    }
    if exchange.ip:
        headers["WARC-IP-Address"] = exchange.ip
    if exchange.cut:
        headers["WARC-Truncated"] = "length"
    if exchange.source:
        headers[SOURCE] = _one_line(exchange.source)
    return headers


def _sha1(block: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()}"


def _packed(record: bytes) -> bytes:
    """A gzip member. For a small record clearing the usual window takes longer than packing."""
    window, memory = (13, 6) if len(record) <= _SMALL else (zlib.MAX_WBITS, 8)
    packing = zlib.compressobj(6, zlib.DEFLATED, 16 | window, memory)
    return packing.compress(record) + packing.flush()


def _http_head(exchange: Exchange) -> bytes:
    """Status line and headers, with what they say of the body made true of the body that is kept."""
    lines = [f"HTTP/1.1 {_status_line(exchange.status)}"]
    for name, value in exchange.headers:
        if _NAME.fullmatch(name) and name.lower() not in _RECOMPUTED:
            lines.append(f"{name}: {_one_line(value)}")
        elif name.lower() == "content-encoding":
            lines.append(f"{PACKED_AS}: {_one_line(value)}")
    lines += [f"Content-Length: {len(exchange.body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _status_line(status: int) -> str:
    known = status in _STATUSES
    return f"{status} {HTTPStatus(status).phrase if known else 'Unnamed'}"


def _one_line(value: str) -> str:
    return " ".join(value.split())
