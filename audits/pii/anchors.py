"""Where in a buffer something may stand: cheap tests on bitmaps, so that clean rows cost no Python step.

Every test looks at one row alone and errs on the side of too much; the detectors then decide. What each anchor
promises not to miss is said at its function.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from audits.pii.bits import (
    Bitmaps,
    Bits,
    Bytes,
    Flags,
    Ints,
    ahead,
    bitmaps,
    crowded,
    long_runs,
    pairs,
    positions,
    runs,
)


class Anchor(Enum):
    """What a candidate looks like, and how many bytes around it its detectors may read: (before, after)."""

    AT = (320, 260)
    NUMBER = (64, 48)
    COLON = (64, 64)
    TOKEN = (64, 80)
    JWT = (64, 16384)
    PEM = (8, 16384)

    @property
    def reach(self) -> tuple[int, int]:
        """Bytes before the candidate's start and after its end."""
        return self.value


@dataclass(frozen=True)
class Candidates:
    """Byte ranges in the buffer and the rows they lie in."""

    start: Ints
    end: Ints
    row: Ints

    def where(self, flags: Flags) -> "Candidates":
        """Those that are flagged."""
        return Candidates(self.start[flags], self.end[flags], self.row[flags])


def candidates(buffer: Bytes, offsets: Ints) -> dict[Anchor, Candidates]:
    """All places worth a detector's look; `offsets[i]:offsets[i + 1]` are the bytes of row *i*."""
    maps = bitmaps(buffer, offsets)
    jwts, tokens = _tokens(buffer, offsets, maps)
    return {
        Anchor.AT: _ats(buffer, offsets, maps),
        Anchor.NUMBER: _numbers(buffer, offsets, maps),
        Anchor.COLON: _colons(offsets, maps),
        Anchor.JWT: jwts,
        Anchor.TOKEN: tokens,
        Anchor.PEM: _pems(buffer, offsets, maps),
    }


def _located(offsets: Ints, start: Ints, end: Ints) -> Candidates:
    return Candidates(start, end, np.searchsorted(offsets, start, side="right") - 1)


def _set(characters: bytes, beyond_ascii: bool = False) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    table[0x80:] = beyond_ascii
    return table


ALNUM = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BEFORE_AT = _set(ALNUM + b"._%+-!#$&'*/=?^`{|}~\"", beyond_ascii=True)
AFTER_AT = _set(ALNUM + b"[", beyond_ascii=True)


def _ats(buffer: Bytes, offsets: Ints, maps: Bitmaps) -> Candidates:
    """Every ``@`` with a possible last character of a name before it and the first of a host after it."""
    at = positions(maps.ats)
    at = at[(at > 0) & (at < len(buffer) - 1)]
    return _located(offsets, *_around(at[BEFORE_AT[buffer[at - 1]] & AFTER_AT[buffer[at + 1]]]))


def _around(at: Ints) -> tuple[Ints, Ints]:
    return at, at + 1


# The bytes with which a gap between the digits of one number may begin and end; beyond ASCII: no-break spaces, dashes.
SEPARATORS = _set(b" -./()+", beyond_ascii=True)
WIDEST_GAP = 3
LONGEST_RUN = 34


def _numbers(buffer: Bytes, offsets: Ints, maps: Bitmaps) -> Candidates:
    """Groups of digits with gaps of at most three separating bytes, if they hold seven digits or four parts.

    Dates and decimals alone, and groups with more than 34 digits in a row, are left out.
    """
    parts = _located(offsets, *runs(crowded(maps.digits, 4), maps.rows))
    parts = parts.where(parts.end - parts.start <= LONGEST_RUN)
    if not parts.start.size:
        return parts
    first = np.flatnonzero(~_joined(buffer, parts))
    last = np.append(first[1:], parts.start.size) - 1
    digits = np.add.reduceat(parts.end - parts.start, first)
    wanted = (digits >= 7) | (last - first >= 3)
    wanted &= ~_dates(buffer, parts, first, last) & ~_decimals(buffer, parts, first, last)
    return Candidates(parts.start[first], parts.end[last], parts.row[first]).where(wanted)


def _joined(buffer: Bytes, parts: Candidates) -> Flags:
    """For each part but the first: it continues the number that the part before it began."""
    joined = np.zeros(parts.start.size, np.bool_)
    after, before = parts.end[:-1], parts.start[1:] - 1
    near = (parts.start[1:] - after <= WIDEST_GAP) & (parts.row[1:] == parts.row[:-1])
    joined[1:] = near & SEPARATORS[buffer[after]] & SEPARATORS[buffer[before]]
    return joined


def _decimals(buffer: Bytes, parts: Candidates, first: Ints, last: Ints) -> Flags:
    """Two parts with just a point between."""
    point = (parts.start[last] - parts.end[first] == 1) & (buffer[parts.start[last] - 1] == ord("."))
    return np.asarray((last - first == 1) & point)


def _dates(buffer: Bytes, parts: Candidates, first: Ints, last: Ints) -> Flags:
    """Three parts of which the first or the last is a year of these two centuries, and the others are short."""
    size = parts.end - parts.start
    three = last - first == 2
    middle = np.minimum(first + 1, parts.start.size - 1)

    def year(part: Ints) -> Flags:
        two = buffer[parts.start[part]] * np.int64(256) + buffer[np.minimum(parts.start[part] + 1, len(buffer) - 1)]
        this: Flags = (size[part] == 4) & ((two == 0x3139) | (two == 0x3230))  # "19", "20"
        return this

    short = size <= 2
    forms: Flags = (year(first) & short[middle] & short[last]) | (short[first] & short[middle] & year(last))
    return np.asarray(three & forms)


def _colons(offsets: Ints, maps: Bitmaps) -> Candidates:
    """Colons at most five bytes apart from each other: five or more of them, or two that touch."""
    at = positions(crowded(maps.colons, 2))
    if not at.size:
        return _located(offsets, *_around(at))
    row = np.searchsorted(offsets, at, side="right") - 1
    gap = np.diff(at)
    linked = (gap <= 5) & (row[1:] == row[:-1])
    first = np.flatnonzero(np.append(True, ~linked))
    last = np.append(first[1:], at.size) - 1
    touching = np.add.reduceat(np.append(linked & (gap == 1), False).astype(np.int64), first) > 0
    chains = Candidates(at[first], at[last] + 1, row[first])
    return chains.where((last - first >= 4) | touching)


LONGEST_TOKEN = 512
# The first three characters of keys that may lack a digit.
PREFIXES = b"AKIASIABIACCghpghoghughsghrgitglpAIzxoxsk_rk_sk-npmpyphf_GOC"
PREFIX_NUMBERS = np.array([int.from_bytes(PREFIXES[i : i + 3], "little") for i in range(0, len(PREFIXES), 3)])
JWT_NUMBER = int.from_bytes(b"eyJ", "little")
INSIDE_BASE64 = _set(b"/+")


def _tokens(buffer: Bytes, offsets: Ints, maps: Bitmaps) -> tuple[Candidates, Candidates]:
    """Runs of 17 and more token characters: those that begin a JWT, and those that may be another key.

    Left out are runs without a digit that neither begin like a key nor follow a ``/`` or ``+``, and runs over 512.
    """
    found = _located(offsets, *long_runs(maps.tokens, maps.rows))
    first = np.zeros(found.start.size, np.int64)
    for place in range(3):
        first |= buffer[found.start + place].astype(np.int64) << (8 * place)
    jwt = first == JWT_NUMBER
    before = INSIDE_BASE64[buffer[np.maximum(found.start - 1, 0)]]
    telling = before | np.isin(first, PREFIX_NUMBERS) | (_counted(maps.digits, found.start, found.end) > 0)
    return found.where(jwt), found.where(~jwt & telling & (found.end - found.start <= LONGEST_TOKEN))


def _counted(bits: Bits, start: Ints, end: Ints) -> Ints:
    """How many bits are set in each range."""
    passed = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), out=passed[1:])

    def rank(place: Ints) -> Ints:
        below = (np.uint64(1) << (place & 63).astype(np.uint64)) - np.uint64(1)
        return np.asarray(passed[place >> 6] + np.bitwise_count(bits[place >> 6] & below), np.int64)

    return rank(end) - rank(start)


def _pems(buffer: Bytes, offsets: Ints, maps: Bitmaps) -> Candidates:
    """Five hyphens and then a B."""
    held = pairs(maps.hyphens, maps.rows)
    for count in (1, 2):
        held = held & ahead(held, count)
    start = positions(held & ~ahead(held, 1))
    after = start + 5
    return _located(offsets, *_around(start[buffer[np.minimum(after, len(buffer) - 1)] == ord("B")]))
