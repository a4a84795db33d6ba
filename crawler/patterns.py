"""Path patterns of robots.txt: `*` for any octets, `$` for the end, longest match first (RFC 9309 section 2.2.2).

Matching is greedy and linear in path and pattern: no expression of a hostile site can make it exponential.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

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


Rule = tuple[bool, bytes, int]  # whether it allows, its value as written, its line counted from 1


class Pattern(NamedTuple):
    """One rule's pattern, ready for matching; `rank` orders by octets, then allow over disallow, then first line."""

    rank: tuple[int, bool, int]
    parts: tuple[str, ...]
    anchored: bool
    value: bytes

    @property
    def rule(self) -> Rule:
        """The rule that it is made from."""
        return self.rank[1], self.value, -self.rank[2]

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
    for text in texts(allow, value):
        anchored = text.endswith("$")
        parts = (text[:-1] if anchored else text).split("*")
        yield Pattern((len(text), allow, -line), tuple(parts), anchored, value)


def texts(allow: bool, value: bytes) -> tuple[str, ...]:
    """The patterns of one rule as they are compared."""
    if value[:1] not in (b"/", b"*"):
        return ()
    text = escaped(value)
    if allow and "/index.htm" in text:
        folder, _, name = text.rpartition("/")
        if name.startswith("index.htm"):
            return text, f"{folder}/$"
    return (text,)


class Index:
    """Rules arranged so that the longest match of a path is found without trying each.

    Rules without `*` and `$`, which are most, are looked up by the path's beginnings and never made into patterns.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._plain: dict[str, Rule] = {}
        wild = []
        for rule in rules:
            for text in texts(rule[0], rule[1]):
                if "*" in text or text[-1] == "$":
                    wild.append(rule)
                    continue
                known = self._plain.get(text)
                if known is None or (rule[0] and not known[0]):
                    self._plain[text] = rule
        patterns = [pattern for rule in wild for pattern in compile_rule(*rule)]
        self.wild = sorted(patterns, key=lambda pattern: pattern.rank, reverse=True)
        self._lengths = sorted({len(prefix) for prefix in self._plain}, reverse=True)

    def deciding(self, path: str) -> Rule | None:
        """The rule that decides on a path: of those that match, the one of the highest rank."""
        length, plain = self._longest_plain(path)
        rank = (length, plain[0], -plain[2]) if plain else (-1, False, 0)
        for pattern in self.wild:
            if pattern.rank < rank:
                break
            if pattern.matches(path):
                return pattern.rule
        return plain

    def _longest_plain(self, path: str) -> tuple[int, Rule | None]:
        for length in self._lengths:
            found = self._plain.get(path[:length]) if length <= len(path) else None
            if found is not None:
                return length, found
        return 0, None
