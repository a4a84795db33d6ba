"""Where media files keep their Content Credentials, and the boxes inside (ISO 19566-5 JUMBF).

JPEG has them in APP11 segments, PNG in a `caBX` chunk, RIFF (WebP, WAV, AVI) in a `C2PA` chunk, ISO media (MP4, HEIC,
AVIF) in a `uuid` box; in any other file the first superboxes that can be found are taken.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

MAX_STORE = 4 * 1024 * 1024
MAX_BOXES = 10_000
MAX_DEPTH = 12
_SEGMENTS = 20_000
_SEARCHED = 64
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


class Box(NamedTuple):
    """A content box: the labels of the superboxes around it, its type, its bytes."""

    labels: tuple[str, ...]
    kind: bytes
    data: bytes


def stores(data: bytes) -> Iterator[bytes]:
    """The manifest stores of a file, each of whole JUMBF superboxes."""
    if data.startswith(b"\xff\xd8"):
        yield from _jpeg(data)
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _chunks(data, 8, ">I4s", b"caBX", name_first=False, trailer=4)
    elif data[:4] == b"RIFF":
        yield from _chunks(data, 12, "<4sI", b"C2PA", name_first=True, padded=True)
    elif data[4:8] == b"ftyp":
        yield from _iso_media(data)
    else:
        yield from _anywhere(data)


def boxes(store: bytes) -> Iterator[Box]:
    """The content boxes of a store in order, without recursion; stops at what is malformed."""
    pending: list[tuple[int, int, tuple[str, ...], int]] = [(0, min(len(store), MAX_STORE), (), 0)]
    read = 0
    while pending and read < MAX_BOXES:
        at, end, labels, depth = pending.pop()
        read += 1
        header = _header(store, at, end)
        if header is None:
            continue
        kind, start, stop = header
        if stop < end:
            pending.append((stop, end, labels, depth))
        if kind == b"jumb":
            label, rest = _description(store, start, stop)
            if depth < MAX_DEPTH:
                pending.append((rest, stop, (*labels, label), depth + 1))
        else:
            yield Box(labels, kind, store[start:stop])


def _header(data: bytes, at: int, end: int) -> tuple[bytes, int, int] | None:
    """Type, start and end of the payload of the box at `at`; None where no box fits."""
    if end - at < 8:
        return None
    size, kind = struct.unpack_from(">I4s", data, at)
    start = at + 8
    if size == 1 and end - at >= 16:
        (size,) = struct.unpack_from(">Q", data, start)
        start += 8
    stop = end if size == 0 else at + size
    return (kind, start, stop) if start <= stop <= end else None


def _description(data: bytes, start: int, end: int) -> tuple[str, int]:
    """A superbox's label, and where its content begins."""
    header = _header(data, start, end)
    if header is None or header[0] != b"jumd":
        return "", end
    _, inner, stop = header
    if stop - inner < 17 or not data[inner + 16] & 2:
        return "", stop
    label = data[inner + 17 : min(stop, inner + 17 + 300)].partition(b"\0")[0]
    return label.decode("utf-8", "replace"), stop


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The boxes of APP11 segments, joined by their instance number; every part repeats the box's header."""
    parts: dict[bytes, bytearray] = {}
    at = 2
    for _ in range(_SEGMENTS):
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            break
        marker, (size,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker == 0xDA or size < 2:  # the picture begins: no more metadata
            break
        body = data[at + 4 : at + 2 + size]
        if marker == 0xEB and body[:2] == b"JP" and len(body) >= 16:
            _join(parts, body)
        at += 2 + size
    yield from (bytes(part) for part in parts.values())


def _join(parts: dict[bytes, bytearray], body: bytes) -> None:
    known = parts.get(body[2:4])
    if known is None:
        if len(parts) < _SEARCHED:
            parts[body[2:4]] = bytearray(body[8:])
    elif len(known) < MAX_STORE:
        known += body[24 if body[8:12] == b"\0\0\0\1" else 16 :]


def _chunks(
    data: bytes, at: int, form: str, wanted: bytes, name_first: bool, trailer: int = 0, padded: bool = False
) -> Iterator[bytes]:
    for _ in range(_SEGMENTS):
        if at + 8 > len(data):
            return
        first, second = struct.unpack_from(form, data, at)
        name, size = (first, second) if name_first else (second, first)
        if name == wanted:
            yield data[at + 8 : at + 8 + min(size, MAX_STORE)]
        at += 8 + size + trailer + (size & 1 if padded else 0)


def _iso_media(data: bytes) -> Iterator[bytes]:
    at = 0
    for _ in range(_SEGMENTS):
        header = _header(data, at, len(data))
        if header is None:
            return
        kind, start, stop = header
        if kind == b"uuid" and data[start : start + 16] == _C2PA_UUID:
            # version and flags, the purpose as text, an offset: the store begins at its first superbox
            inside = data[start + 16 : min(stop, start + 16 + MAX_STORE)]
            found = inside.find(b"jumb")
            if found >= 4:
                yield inside[found - 4 :]
        at = stop


def _anywhere(data: bytes) -> Iterator[bytes]:
    at = 0
    for _ in range(_SEARCHED):
        found = data.find(b"jumb", at)
        if found < 0:
            return
        header = _header(data, found - 4, len(data)) if found >= 4 else None
        at = found + 4
        if header is not None and header[0] == b"jumb" and data[header[1] + 4 : header[1] + 8] == b"jumd":
            yield data[found - 4 : min(header[2], found - 4 + MAX_STORE)]
            at = header[2]
