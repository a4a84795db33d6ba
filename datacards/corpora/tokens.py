r"""Counts tokens of many texts at once: a token is a match of Python's ``re`` pattern ``\w+``, Unicode included.

The texts stay where Arrow has them, one after the other in one buffer of UTF-8. Every byte is marked as part of a
word or not; a token starts where a marked byte follows an unmarked one, or where a text begins. The marks become
bits, so that the rest works on 64 bytes at a time.
"""

import re
import sys
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]

# A multiple of 64; a block and its scratch space stay in a processor's cache.
BLOCK = 1 << 19
ONE = np.uint64(1)


def count_tokens(texts: pa.Array) -> Ints:
    r"""Tokens (matches of ``\w+``) of each text; 0 for a null. `texts`: string or large_string, valid UTF-8."""
    texts = pc.fill_null(texts, "") if texts.null_count else texts
    buffer, offsets = _buffer_of(texts)
    return _starts_between(_word_bits(buffer), offsets)


@lru_cache(maxsize=1)
def word_code_points() -> Marks:
    r"""For each Unicode code point, whether ``re`` matches it by ``\w``."""
    table = np.zeros(sys.maxunicode + 1, np.bool_)
    for run in re.finditer(r"\w+", "".join(map(chr, range(sys.maxunicode + 1)))):
        table[run.start() : run.end()] = True
    return table


def _buffer_of(texts: pa.Array) -> tuple[Bytes, Ints]:
    """The bytes of all texts, and where each begins in them (one offset more than texts)."""
    _, places, values = texts.buffers()
    if values is None or not len(texts):
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    width = np.dtype(np.int64 if pa.types.is_large_string(texts.type) else np.int32)
    offsets = np.frombuffer(places, width, len(texts) + 1, texts.offset * width.itemsize).astype(np.int64)
    buffer = np.frombuffer(values, np.uint8)[offsets[0] : offsets[-1]]
    return buffer, offsets - offsets[0]


def _word_bits(buffer: Bytes) -> Bits:
    """One bit per byte, lowest first, set where the byte belongs to a word; a clear bit follows the last."""
    bits = np.zeros((len(buffer) // 64 + 1) * 8, np.uint8)
    later = np.zeros_like(bits)
    marks, other, shifted = np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.uint8)
    for start in range(0, len(buffer), BLOCK):
        block = buffer[start : start + BLOCK]
        n = len(block)
        _mark_ascii(block, marks[:n], other[:n], shifted[:n])
        highest = int(block.max())
        if highest >= 0x80:
            np.less(block.view(np.int8), -64, out=other[:n])  # 0x80 to 0xBF: inside a sequence
            _pack(other[:n], later, start)
        if highest >= 0xC0:
            _mark_beyond_ascii(buffer, start, highest, marks)
        _pack(marks[:n], bits, start)
    return _with_later_bytes(bits.view("<u8"), later.view("<u8"))


def _pack(flags: Marks, into: Bytes, start: int) -> None:
    packed = np.packbits(flags, bitorder="little")
    into[start // 8 : start // 8 + len(packed)] = packed


def _mark_ascii(block: Bytes, marks: Marks, other: Marks, shifted: Bytes) -> None:
    """Mark letters, digits and the underscore, by whole-array steps that take 32 bytes at a time."""
    np.bitwise_or(block, 0x20, out=shifted)
    np.subtract(shifted, ord("a"), out=shifted)
    np.less(shifted, 26, out=marks)
    np.subtract(block, ord("0"), out=shifted)
    np.less(shifted, 10, out=other)
    np.logical_or(marks, other, out=marks)
    np.equal(block, ord("_"), out=other)
    np.logical_or(marks, other, out=marks)


def _mark_beyond_ascii(buffer: Bytes, start: int, highest: int, marks: Marks) -> None:
    """Mark the first byte of each longer sequence (RFC 3629) of a block by what its code point is."""
    in_block = np.flatnonzero(buffer[start : start + BLOCK] >= 0xC0)
    at = in_block + start
    first = buffer[at].astype(np.int32)
    later = 1 + int(highest >= 0xE0) + int(highest >= 0xF0)
    rest = [buffer.take(at + step, mode="clip").astype(np.int32) & 0x3F for step in range(1, later + 1)]
    point = (first & 0x1F) << 6 | rest[0]
    if later > 1:
        point = np.where(first < 0xE0, point, (first & 0x0F) << 12 | rest[0] << 6 | rest[1])
    if later > 2:
        point = np.where(first < 0xF0, point, (first & 0x07) << 18 | rest[0] << 12 | rest[1] << 6 | rest[2])
    marks[in_block] = word_code_points()[point]


def _with_later_bytes(bits: Bits, later: Bits) -> Bits:
    """Give the second to fourth byte of each sequence the mark of its first."""
    if later.any():
        for _ in range(3):
            bits = bits | (_before(bits) & later)
    return bits


def _before(bits: Bits) -> Bits:
    """The mark of the byte before, for each byte."""
    before = bits << ONE
    before[1:] |= bits[:-1] >> np.uint64(63)
    return before


def _starts_between(bits: Bits, offsets: Ints) -> Ints:
    """Words that begin in each text, of which none reaches over its end."""
    before = _before(bits)
    starts = bits & ~before
    counted = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(np.bitwise_count(starts), out=counted[1:])
    word, bit = offsets >> 6, (offsets & 63).astype(np.uint64)
    below = (ONE << bit) - ONE
    passed = counted[word] + np.bitwise_count(starts[word] & below)
    continued = (bits[word] & before[word]) >> bit & ONE
    counts: Ints = np.diff(passed)
    counts[np.diff(offsets) > 0] += continued[:-1][np.diff(offsets) > 0].astype(np.int64)
    return counts
