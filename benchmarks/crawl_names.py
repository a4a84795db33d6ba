"""The name server of `benchmarks.crawl`: every name leads to a public address, but for those that try to deceive."""

import asyncio
import socket
import struct
import zlib
from collections import Counter
from typing import cast

from benchmarks.crawl_apart import INNER, PUBLIC

# Kinds of names, told by their beginning as the kinds of hosts are; what a crawl has to say of each: state and words.
KINDS = {
    "rebind": ("ok", ""),  # public at the first look, inner at the next: held to the first
    "mixed": ("ok", ""),  # public and inner at once: the public one is asked
    "innername": ("unreachable", "no public address"),
    "toname": ("unreachable", "no public address"),  # redirects to a name that leads inside
    "noname": ("unreachable", "no public address"),
}
_A = 1
_NOT_FOUND = 3


class Names(asyncio.DatagramProtocol):
    """Answers over UDP (RFC 1035) with a life span of zero; counts what was asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        assert self._transport is not None
        name, end = _name(data)
        (kind,) = struct.unpack_from("!H", data, end)
        addresses = []
        if kind == _A:
            self.asked[name] += 1
            addresses = self._addresses(name)
        failed = _NOT_FOUND if name.startswith("noname") else 0
        head = data[:2] + struct.pack("!HHHHH", 0x8180 | failed, 1, len(addresses), 0, 0)
        records = [b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 0, 4) + socket.inet_aton(each) for each in addresses]
        self._transport.sendto(head + data[12 : end + 4] + b"".join(records), addr)

    def _addresses(self, name: str) -> list[str]:
        public, inner = (some[zlib.crc32(name.encode()) % len(some)] for some in (PUBLIC, INNER))
        match name.partition("-")[0]:
            case "rebind":
                return [public if self.asked[name] == 1 else inner]
            case "mixed":
                return [inner, public]
            case "innername":
                return [inner]
            case "noname":
                return []
        return [public]


def _name(data: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("latin-1").lower())
        at += 1 + data[at]
    return ".".join(labels), at + 1
