"""As much of CBOR (RFC 8949) as an assertion of Content Credentials needs, decoded within limits.

A general decoder makes dates, patterns, shared references and huge numbers of what a file says; none of that is wanted
from a stranger. Tags are skipped, what they tag is taken as it stands.
"""

import struct
from typing import Any

MAX_DEPTH = 16
MAX_ITEMS = 10_000
_BREAK = object()
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


class NotCbor(ValueError):
    """The bytes are no CBOR within our limits."""


def decode(data: bytes) -> Any:
    """The first item: numbers, text, bytes, lists, and mappings with their keys as text. Raises NotCbor."""
    try:
        return _Decoder(data).item(0)
    except (IndexError, struct.error) as error:
        raise NotCbor("the data ends too early") from error


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.items = data, 0, 0

    def item(self, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise NotCbor("nested too deep, or too many items")
        first = self.data[self.at]
        self.at += 1
        major, short = first >> 5, first & 31
        if major == 7:
            return self._simple(short)
        argument = self._argument(short)
        if major < 2:
            return argument if major == 0 else -1 - (argument or 0)
        if major < 4:
            return self._string(argument, major == 3, depth)
        if major == 4:
            return self._sequence(argument, depth)
        if major == 5:
            return self._mapping(argument, depth)
        return self.item(depth + 1)

    def _argument(self, short: int) -> int | None:
        if short < 24:
            return short
        if short == 31:
            return None  # of a length that is not told beforehand
        if short > 27:
            raise NotCbor("a reserved length")
        size = 1 << (short - 24)
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise NotCbor("the data ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def _simple(self, short: int) -> Any:
        if short == 31:
            return _BREAK
        if short in _FLOATS:
            return struct.unpack(_FLOATS[short], self._take(1 << (short - 24)))[0]
        return _SIMPLE.get(short) if short != 24 else self._take(1) and None

    def _string(self, size: int | None, text: bool, depth: int) -> Any:
        if size is None:
            whole = b"".join(chunk for chunk in self._chunks(depth) if isinstance(chunk, bytes))
            return whole.decode("utf-8", "replace") if text else whole
        found = self._take(size)
        return found.decode("utf-8", "replace") if text else found

    def _chunks(self, depth: int) -> list[bytes]:
        """The parts of a string whose length is not told beforehand."""
        parts = self._sequence(None, depth)
        return [part.encode("utf-8", "replace") if isinstance(part, str) else part for part in parts]

    def _sequence(self, size: int | None, depth: int) -> list[Any]:
        found: list[Any] = []
        while size is None or len(found) < size:
            item = self.item(depth + 1)
            if item is _BREAK:
                if size is None:
                    break
                raise NotCbor("a break out of place")
            found.append(item)
        return found

    def _mapping(self, size: int | None, depth: int) -> dict[str, Any]:
        flat = self._sequence(None if size is None else 2 * size, depth)
        if len(flat) % 2:
            raise NotCbor("a key without a value")
        return {str(key)[:200]: value for key, value in zip(flat[::2], flat[1::2], strict=True)}
