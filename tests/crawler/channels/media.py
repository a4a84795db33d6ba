"""Media files with Content Credentials, built byte by byte from ISO 19566-5 and the formats' own rules."""

import json
import struct
import zlib
from typing import Any

UUID = bytes(16)


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def superbox(label: str, *inside: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", UUID + b"\x03" + label.encode() + b"\0") + b"".join(inside))


def head(major: int, size: int) -> bytes:
    return bytes([major << 5 | size]) if size < 24 else bytes([major << 5 | 24, size])


def cbor(value: Any) -> bytes:
    """Text, whole numbers, lists and mappings, for sizes up to 255."""
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(told) for key, told in value.items())
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(0, value)


def store(label: str, told: Any, kind: bytes = b"cbor") -> bytes:
    """A manifest store with one assertion."""
    data = cbor(told) if kind == b"cbor" else json.dumps(told).encode()
    assertion = superbox(label, box(kind, data))
    return superbox(
        "c2pa", superbox("urn:c2pa:1", superbox("c2pa.assertions", superbox("other", box(b"json", b"{}")), assertion))
    )


def jpeg(data: bytes, part: int = 60_000) -> bytes:
    """A JPEG with a store in APP11 segments of at most `part` octets, each repeating the box's header."""
    header, rest = data[:8], data[8:]
    segments = b""
    for number, at in enumerate(range(0, len(rest), part), 1):
        body = b"JP" + struct.pack(">HI", 1, number) + header + rest[at : at + part]
        segments += b"\xff\xeb" + struct.pack(">H", 2 + len(body)) + body
    return b"\xff\xd8\xff\xe0\x00\x04ab" + segments + b"\xff\xda\x00\x02picture"


def png(data: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"caBX", data) + chunk(b"IEND", b"")


def webp(data: bytes) -> bytes:
    body = b"WEBP" + b"VP8 " + struct.pack("<I", 3) + b"abc\0" + b"C2PA" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp4(data: bytes) -> bytes:
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
    return box(b"ftyp", b"isom") + box(b"free", b"") + box(b"uuid", uuid + bytes(4) + b"manifest\0" + bytes(8) + data)
