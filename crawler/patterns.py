"""Path patterns of robots.txt: `*` for any octets, `$` for the end, longest match first (RFC 9309 section 2.2.2).

Matching is greedy and linear in path and pattern: no expression of a hostile site can make it exponential.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FRESH = "\N{REPLACEMENT CHARACTER}"  # beyond ASCII, so that no escaped pattern can contain it
_TO_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}|[\x80-\xff]")


def escaped(value: bytes) -> str:
    """A pattern or path in the form that is compared: octets beyond ASCII as %XX, hex digits in capitals.

    Nothing is decoded: `%2F` is not `/`, and `%62` is not `b` (as in Google's matcher, stricter than RFC 9309).
    """
    if value.isascii() and b"%" not in value:
        return value.decode("ascii")
    return _TO_ESCAPE.sub(_escape, value).decode("ascii")


def _escape(found: re.Match[bytes]) -> bytes:
    octets = found.group()
    return octets.upper() if len(octets) == 3 else b"%%%02X" % octets[0]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule's pattern, ready for matching; `rank` orders by octets, then allow over disallow, then first line."""

    rank: tuple[int, bool, int]
    parts: tuple[str, ...]
    anchored: bool
    shown: str

    @property
    def allow(self) -> bool:
        """Whether the rule permits what it matches."""
        return self.rank[1]

    @property
    def line(self) -> int:
        """The rule's line, counted from 1."""
        return -self.rank[2]

    def matches(self, path: str) -> bool:
        """Whether the pattern matches the path from its start."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        if not others:
            return not self.anchored or at == len(path)
        for part in others[:-1]:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        last = others[-1]
        if self.anchored:
            return len(path) - len(last) >= at and path.endswith(last)
        return path.find(last, at) >= 0

    def witnesses(self) -> Iterator[str]:
        """Paths that stand for all that the pattern matches.

        Each `*` (and an open end) becomes one octet that no other pattern names. A pattern matching the witness must
        do so with its own `*`, and hence matches everything that this one matches.
        """
        body = FRESH.join(self.parts) + ("" if self.anchored else FRESH)
        if body.startswith("/"):
            yield body
            return
        rest = body.lstrip(FRESH)
        yield "/" + FRESH + rest
        if rest.startswith("/"):
            yield rest


def compile_rule(allow: bool, value: bytes, line: int) -> Iterator[Pattern]:
    """The patterns of one rule; none when it can match no path, two for an allowed `…/index.html` (also its folder)."""
    text = escaped(value)
    if not text.startswith(("/", "*")):
        return
    shown = f"{'Allow' if allow else 'Disallow'}: {value.decode('utf-8', 'replace')}"
    yield _pattern(text, allow, line, shown)
    folder, slash, name = text.rpartition("/")
    if allow and slash and name.startswith("index.htm"):
        yield _pattern(f"{folder}/$", allow, line, shown)


def _pattern(text: str, allow: bool, line: int, shown: str) -> Pattern:
    anchored = text.endswith("$")
    parts = (text[:-1] if anchored else text).split("*")
    return Pattern((len(text), allow, -line), tuple(parts), anchored, shown)


class Index:
    """Patterns arranged so that the longest match of a path is found without trying each."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._plain: dict[str, Pattern] = {}
        self._whole: dict[str, Pattern] = {}
        wild = []
        for pattern in patterns:
            if len(pattern.parts) > 1:
                wild.append(pattern)
            else:
                table = self._whole if pattern.anchored else self._plain
                known = table.get(pattern.parts[0])
                if known is None or known.rank < pattern.rank:
                    table[pattern.parts[0]] = pattern
        self.wild = sorted(wild, key=lambda pattern: pattern.rank, reverse=True)
        self._lengths = sorted({len(prefix) for prefix in self._plain}, reverse=True)

    def longest(self, path: str) -> Pattern | None:
        """The matching pattern of the highest rank."""
        best = self._whole.get(path) or self._longest_plain(path)
        for pattern in self.wild:
            if best is not None and best.rank > pattern.rank:
                break
            if pattern.matches(path):
                return pattern
        return best

    def _longest_plain(self, path: str) -> Pattern | None:
        for length in self._lengths:
            found = self._plain.get(path[:length]) if length <= len(path) else None
            if found is not None:
                return found
        return None
