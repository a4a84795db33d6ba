"""Captures of the Wayback Machine: an index (CDX, as JSON or as lines) and the replayed bodies beside it.

A folder holds `*.cdx.json` (an array of arrays whose first row names the columns) or `*.cdx` (lines of the columns
urlkey timestamp original mimetype statuscode digest length), and the bodies, each in a file named by its timestamp, by
its digest, or by timestamp and host. The digest is the SHA-1 of the body in base 32; a body that differs is left out.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crawler.documents import KINDS, Document
from crawler.imports.sighting import Bad, Found, Sighting, Unusable, document_of, host_of, moment

COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
MOST_INDEX = 512 * 1024 * 1024
_HEX = 40
_NAME = re.compile(r"\w[\w.-]{5,300}", re.ASCII)  # so that no index leads out of its folder


def read(path: Path) -> Found:
    """The captures of an index that have an answer: those of 3xx without a body are states, too."""
    for number, row in enumerate(_rows(path), 1):
        if isinstance(row, Bad):
            yield row
            continue
        try:
            found = _sighting(path.parent, row)
        except Unusable as error:
            yield Bad(f"{path.name}, capture {number:,}", str(error))
        else:
            if found is not None:
                yield found


def _rows(path: Path) -> Iterator[Mapping[str, str] | Bad]:
    if path.stat().st_size > MOST_INDEX:
        yield Bad(path.name, "the index is larger than 512 MiB; cut it into several")
    elif path.name.endswith(".json"):
        yield from _json_rows(path)
    else:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                fields = line.split()
                if fields and fields[0] != "CDX" and not line.startswith(" CDX"):
                    yield dict(zip(COLUMNS, fields, strict=False))


def _json_rows(path: Path) -> Iterator[Mapping[str, str] | Bad]:
    try:
        rows = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        yield Bad(path.name, "this is no CDX as JSON: an array of arrays, the first of which names the columns")
        return
    names = [str(name) for name in rows[0]] if rows else []
    for row in rows[1:]:
        yield dict(zip(names, map(str, row), strict=False))


def _sighting(folder: Path, row: Mapping[str, str]) -> Sighting | None:
    url, stamp = row.get("original", ""), row.get("timestamp", "")
    document = document_of(url)
    if document is None:
        return None
    host, at = host_of(url), moment(stamp)
    status = int(row["statuscode"]) if row.get("statuscode", "").isdigit() else None
    if status is None:
        raise Unusable("it has no status (a revisit); import the capture that it repeats")
    body, cut = _body(folder, row, host, document) if 200 <= status < 300 else (b"", False)
    return Sighting(host, document, at, url, status, body=body, cut=cut, bare=True)


def _body(folder: Path, row: Mapping[str, str], host: str, document: Document) -> tuple[bytes, bool]:
    stamp, digest, limit = row["timestamp"], row.get("digest", ""), KINDS[document].limit
    names = [
        name
        for name in (f"{stamp}-{host}", f"{stamp}_{host}", digest, stamp)
        if name.replace("-", "").isalnum() or "." in name
    ]
    for name in names:
        file = folder / name
        if "/" not in name and name not in (".", "..") and file.is_file():
            return _checked(file, digest, limit)
    raise Unusable(f"no body lies beside the index under its timestamp or its digest ({stamp[:14]})")


def _checked(file: Path, digest: str, limit: int) -> tuple[bytes, bool]:
    hashed, kept = hashlib.sha1(usedforsecurity=False), b""
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            hashed.update(chunk)
            kept = kept if len(kept) > limit else kept + chunk
    if digest and digest not in (base64.b32encode(hashed.digest()).decode(), hashed.hexdigest()[:_HEX]):
        raise Unusable(
            f"the body beside the index is not the one that was captured: its digest differs ({file.name[:60]})"
        )
    return kept[:limit], len(kept) > limit
