"""WARC files (ISO 28500): archives of crawls, and Common Crawl's subset of robots.txt answers.

Only responses to http and https requests for a site's documents are taken; a revisit record repeats the body of an
earlier record of the same file, found by its digest. Read by fastwarc, from a stream that we open ourselves: it would
also fetch an address.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.documents import KINDS, Document
from crawler.imports.sighting import Bad, Found, Sighting, Unusable, document_of, host_of, moment

MOST_HEADERS = 64 * 1024
REMEMBERED = 200_000  # digests, for revisits; a body is read again from its place in the file
_WANTED = WarcRecordType.response | WarcRecordType.revisit


def read(path: Path) -> Found:
    """The sightings of a file, in its order; a file that breaks off ends with a bad record."""
    seen: dict[str, int] = {}
    with path.open("rb") as file:
        try:
            for record in _records(file):
                yield from _taken(record, path, seen)
        except (OSError, ValueError, EOFError) as error:
            yield Bad(f"{path.name} after byte {file.tell():,}", f"the file breaks off or is no WARC ({_short(error)})")


def _records(file: Any) -> Iterator[Any]:
    return iter(
        ArchiveIterator(
            file, record_types=_WANTED, parse_http=False, max_header_len=MOST_HEADERS, fsspec_args=False,
        )
    )  # fmt: skip


def _taken(record: Any, path: Path, seen: dict[str, int]) -> Found:
    url = record.headers.get("WARC-Target-URI") or ""
    if not url.startswith(("http://", "https://")):
        return
    where = f"{path.name} at byte {record.stream_pos:,}"
    try:
        document = document_of(url)
        if document is not None:
            yield _sighting(record, url, document, path, seen)
    except (Unusable, ValueError, OSError, EOFError) as error:
        yield Bad(where, str(error) if isinstance(error, Unusable) else f"its answer cannot be read ({_short(error)})")


def _sighting(record: Any, url: str, document: Document, path: Path, seen: dict[str, int]) -> Sighting:
    host, at = host_of(url), moment(record.headers.get("WARC-Date") or "")
    digest = record.headers.get("WARC-Payload-Digest") or ""
    limit = KINDS[document].limit
    _hold(record, limit)
    http = record.http_headers
    if http is None or http.status_code is None:
        raise Unusable("it holds no HTTP answer")
    headers = tuple((str(name), str(value)) for name, value in http)
    if record.record_type == WarcRecordType.revisit:
        if digest not in seen:
            raise Unusable("it revisits a body that this file does not have before it")
        body = _body_at(path, seen[digest], limit)
    else:
        body = record.reader.read(limit + 1)
        if digest and len(seen) < REMEMBERED:
            seen[digest] = record.stream_pos
    return Sighting(host, document, at, url, http.status_code, headers, body[:limit], cut=len(body) > limit)


def _hold(record: Any, limit: int) -> None:
    """Take the record's answer into memory, bounded, and parse it.

    A file that breaks off in a record gives a shorter answer without an error; half a `Disallow` says another thing.
    """
    most = limit + MOST_HEADERS
    raw = record.reader.read(most)
    record.reader.consume()  # the iterator would look for the next record in the rest of this one
    if len(raw) < min(record.content_length, most):
        raise Unusable("the file breaks off in it")
    record.set_bytes_content(raw)
    record.parse_http(auto_decode="all", max_header_len=MOST_HEADERS)


def _body_at(path: Path, offset: int, limit: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        for record in _records(file):
            _hold(record, limit)
            return bytes(record.reader.read(limit + 1))
    raise Unusable("it revisits a body that is no longer there")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
