"""Finds where bytes of one kind stand in a large buffer, 64 bytes at a time.

Each kind of byte (digits, token characters, …) becomes a bitmap: bit *i* of word *w* stands for byte 64·w + *i*.
Shifting and combining bitmaps then answers questions about neighbours, such as where 17 token characters stand in
a row, at a small part of the cost of a regular expression. Rows lie one after the other in the buffer without a
separator, so every question about neighbours takes the bitmap of row starts: no run crosses into another row.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

BLOCK = 1 << 17  # a block and its scratch space stay in a processor's second-level cache
ONE = np.uint64(1)
TOP = np.uint64(63)


@dataclass(frozen=True)
class Bitmaps:
    """Where digits, token characters ``[A-Za-z0-9_-]``, ``@``, ``:`` and ``-`` stand, and where rows start."""

    digits: Bits
    tokens: Bits
    ats: Bits
    colons: Bits
    hyphens: Bits
    rows: Bits


def bitmaps(buffer: Bytes, offsets: Ints) -> Bitmaps:
    """One pass over the buffer; `offsets` are where the rows begin in it, and where the last one ends."""
    size = len(buffer) // 64 + 1
    maps = [np.zeros(size * 8, np.uint8) for _ in range(5)]
    shifted, one, word = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.bool_)
    for start in range(0, len(buffer), BLOCK):
        block = buffer[start : start + BLOCK]
        n = len(block)
        _mark(block, start // 8, maps, shifted[:n], one[:n], word[:n])
    digits, tokens, ats, colons, hyphens = (m.view("<u8") for m in maps)
    return Bitmaps(digits, tokens, ats, colons, hyphens, _row_starts(offsets, size))


def _mark(block: Bytes, at: int, maps: list[Bytes], shifted: Bytes, one: Flags, word: Flags) -> None:
    digits, tokens, ats, colons, hyphens = maps

    def keep(flags: Flags, bitmap: Bytes) -> None:
        packed = np.packbits(flags, bitorder="little")
        bitmap[at : at + len(packed)] = packed

    np.subtract(block, ord("0"), out=shifted)
    np.less(shifted, 10, out=word)
    keep(word, digits)
    np.bitwise_or(block, 0x20, out=shifted)
    np.subtract(shifted, ord("a"), out=shifted)
    np.logical_or(word, np.less(shifted, 26, out=one), out=word)
    np.logical_or(word, np.equal(block, ord("_"), out=one), out=word)
    keep(np.equal(block, ord("-"), out=one), hyphens)
    keep(np.logical_or(word, one, out=word), tokens)
    keep(np.equal(block, ord("@"), out=one), ats)
    keep(np.equal(block, ord(":"), out=one), colons)


def _row_starts(offsets: Ints, size: int) -> Bits:
    marks = np.zeros(size, np.uint64)
    np.bitwise_or.at(marks, offsets >> 6, ONE << (offsets & 63).astype(np.uint64))
    return marks


def ahead(bits: Bits, count: int) -> Bits:
    """Bit *i* is what bit *i + count* was (0 ≤ count < 64)."""
    if count == 0:
        return bits
    moved = bits >> np.uint64(count)
    moved[:-1] |= bits[1:] << np.uint64(64 - count)
    return moved


def behind(bits: Bits, count: int) -> Bits:
    """Bit *i* is what bit *i - count* was (0 < count < 64)."""
    moved = bits << np.uint64(count)
    moved[1:] |= bits[:-1] >> np.uint64(64 - count)
    return moved


def pairs(bits: Bits, rows: Bits) -> Bits:
    """Set where a byte and the next one are both marked and belong to one row."""
    return bits & ahead(bits & ~rows, 1)


def positions(bits: Bits) -> Ints:
    """The places of the set bits, in order."""
    words = np.flatnonzero(bits)
    left = bits[words]
    counts = np.bitwise_count(left).astype(np.int64)
    found = np.empty(int(counts.sum()), np.int64)
    slots = np.cumsum(counts) - counts
    while words.size:  # the lowest bit of every word at once, as often as the fullest word has bits
        lowest = left & (~left + ONE)
        found[slots] = (words << 6) + np.bitwise_count(lowest - ONE)
        left = left ^ lowest
        more = np.flatnonzero(left)
        words, left, slots = words[more], left[more], slots[more] + 1
    return found


def crowded(bits: Bits, least: int) -> Bits:
    """Without the words that hold, together with both neighbours, fewer than `least` set bits."""
    counts = np.bitwise_count(bits)
    around = counts.astype(np.int16)
    around[1:] += counts[:-1]
    around[:-1] += counts[1:]
    return np.where(around >= least, bits, np.uint64(0))


def runs(bits: Bits, rows: Bits) -> tuple[Ints, Ints]:
    """Start and end (exclusive) of every longest run of marked bytes within a row."""
    joined = pairs(bits, rows)
    return positions(bits & ~behind(joined, 1)), positions(bits & ~joined) + 1


def long_runs(bits: Bits, rows: Bits) -> tuple[Ints, Ints]:
    """As `runs`, only those of 17 bytes and more, at a cost that does not grow with the short ones."""
    held = pairs(bits, rows)
    for count in (1, 2, 4, 8):
        held = held & ahead(held, count)
    return positions(held & ~behind(held, 1)), positions(held & ~ahead(held, 1)) + 17
