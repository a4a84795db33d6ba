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

# A block and its scratch space stay in a processor's second-level cache.
BLOCK = 1 << 17
ONE = np.uint64(1)


class NotUtf8(ValueError):
    """A text is not UTF-8; `row` is its place among the texts counted."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def count_tokens(texts: pa.Array) -> Ints:
    r"""Tokens (matches of ``\w+``) of each text; 0 for a null. `texts`: string or large_string.

    Raises `NotUtf8` for a text that is not UTF-8.
    """
    texts = pc.fill_null(texts, "") if texts.null_count else texts
    buffer, offsets = _buffer_of(texts)
    ascii_only = not len(buffer) or buffer.max() < 0x80
    if not ascii_only:
        _refuse_other_encodings(texts)
    return _starts_between(_word_bits(buffer, ascii_only), offsets)


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


def _refuse_other_encodings(texts: pa.Array) -> None:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raise NotUtf8(next(row for row in range(len(texts)) if not _is_utf8(texts[row]))) from None


def _is_utf8(text: pa.Scalar) -> bool:
    try:
        text.as_py()
    except UnicodeDecodeError:
        return False
    return True


def _word_bits(buffer: Bytes, ascii_only: bool) -> Bits:
    """One bit per byte, lowest first, set where the byte belongs to a word; a clear bit follows the last."""
    marks = np.zeros((len(buffer) // 64 + 1) * 64, np.bool_)
    other, shifted = np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.uint8)
    for start in range(0, len(buffer), BLOCK):
        block = buffer[start : start + BLOCK]
        n = len(block)
        _mark_ascii(block, marks[start : start + n], other[:n], shifted[:n])
        if not ascii_only:
            _mark_beyond_ascii(buffer, start, marks)
    bits = _packed(marks)
    return bits if ascii_only else _with_later_bytes(bits, buffer)


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


def _mark_beyond_ascii(buffer: Bytes, start: int, marks: Marks) -> None:
    """Mark the first byte of each longer sequence (RFC 3629) of a block by what its code point is."""
    block = buffer[start : start + BLOCK]
    longest = block.max()
    if longest < 0xC0:
        return
    at = np.flatnonzero(block >= 0xC0) + start
    first = buffer[at].astype(np.int32)
    rest = [buffer.take(at + step, mode="clip").astype(np.int32) & 0x3F for step in (1, 2, 3)[: _later(longest)]]
    point = (first & 0x1F) << 6 | rest[0]
    if longest >= 0xE0:
        point = np.where(first < 0xE0, point, (first & 0x0F) << 12 | rest[0] << 6 | rest[1])
    if longest >= 0xF0:
        four = (first & 0x07) << 18 | rest[0] << 12 | rest[1] << 6 | rest[2]
        point = np.where(first < 0xF0, point, four)
    marks[at] = word_code_points()[point]


def _later(longest: int) -> int:
    """How many bytes may follow the first one of a sequence that begins with this byte or a lower one."""
    return 1 + int(longest >= 0xE0) + int(longest >= 0xF0)


def _packed(marks: Marks) -> Bits:
    return np.packbits(marks, bitorder="little").view("<u8")


def _with_later_bytes(bits: Bits, buffer: Bytes) -> Bits:
    """Give the second to fourth byte of each sequence the mark of its first."""
    later = np.zeros(len(bits) * 64, np.bool_)
    np.less(buffer.view(np.int8), -64, out=later[: len(buffer)])
    later_bits = _packed(later)
    for _ in range(3):
        bits = bits | (_before(bits) & later_bits)
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
