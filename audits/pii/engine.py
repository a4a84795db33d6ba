"""Runs the detectors over the texts of an Arrow array.

First the candidates, for all rows at once; then each candidate's detectors, on a small window of its row; then one
answer where readings overlap; last, offsets in characters. Rows without a candidate cost no Python step.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from audits.pii.anchors import Anchor, Candidates, candidates
from audits.pii.bits import Bytes, Ints
from audits.pii.contact import at_sign
from audits.pii.digits import numbers
from audits.pii.keys import jwts, private_keys, tokens
from audits.pii.kinds import Finding, Hit, Tier
from audits.pii.network import colons
from audits.pii.windows import Window

DETECTORS: dict[Anchor, Callable[[Window], Iterator[Hit]]] = {
    Anchor.AT: at_sign,
    Anchor.NUMBER: numbers,
    Anchor.COLON: colons,
    Anchor.TOKEN: tokens,
    Anchor.JWT: jwts,
    Anchor.PEM: private_keys,
}
STRENGTH = {Tier.VALIDATED: 0, Tier.PATTERN: 1, Tier.MODEL: 2}
Seal = Callable[[str, bytes], bytes]


class Located(NamedTuple):
    """A finding, the row of the array that it is in, and the keyed digest of its value (empty without a seal)."""

    row: int
    finding: Finding
    digest: bytes


class _Place(NamedTuple):
    """A hit with its row and its bytes in the whole buffer."""

    row: int
    start: int
    end: int
    hit: Hit


@dataclass(frozen=True)
class Search:
    """What to look for: types, words of the column's name, and how values are sealed."""

    types: frozenset[str]
    hints: frozenset[bytes] = frozenset()
    seal: Seal | None = None


def search(texts: pa.Array, what: Search) -> Iterator[Located]:
    """All findings in a (large) string or binary array, by row and place. Bytes that are no UTF-8 count as one
    character each, as Python's ``surrogateescape`` reads them; nulls hold nothing."""
    buffer, offsets = buffer_of(texts)
    if not buffer.size:
        return
    view = memoryview(buffer)  # type: ignore[arg-type]
    places = sorted(_places(view, offsets, candidates(buffer, offsets), what), key=attrgetter("row"))
    for row, group in groupby(places, key=attrgetter("row")):
        if texts[row].is_valid:
            yield from _answers(row, int(offsets[row]), list(group), view, what.seal)


def buffer_of(texts: pa.Array) -> tuple[Bytes, Ints]:
    """The bytes of all texts, and where each begins in them (one offset more than texts)."""
    _, places, values = texts.buffers()
    if values is None or not len(texts):
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    wide = pa.types.is_large_string(texts.type) or pa.types.is_large_binary(texts.type)
    width = np.dtype(np.int64 if wide else np.int32)
    offsets = np.frombuffer(places, width, len(texts) + 1, texts.offset * width.itemsize).astype(np.int64)
    return np.frombuffer(values, np.uint8)[offsets[0] : offsets[-1]], offsets - offsets[0]


def _places(view: memoryview, offsets: Ints, found: dict[Anchor, Candidates], what: Search) -> Iterator[_Place]:
    for anchor, group in found.items():
        detect = DETECTORS[anchor]
        for row, low, high, start, end in _windows(offsets, group, *anchor.reach):
            window = Window(bytes(view[low:high]), start - low, end - low, what.hints)
            for hit in detect(window):
                if hit.type in what.types:
                    yield _Place(row, low + hit.start, low + hit.end, hit)


def _windows(offsets: Ints, group: Candidates, before: int, after: int) -> Iterable[tuple[int, int, int, int, int]]:
    low = np.maximum(offsets[group.row], group.start - before)
    high = np.minimum(offsets[group.row + 1], group.end + after)
    columns = (group.row, low, high, group.start, group.end)
    return zip(*(column.tolist() for column in columns), strict=True)


def _rank(place: _Place) -> tuple[int, bool, float, int, int]:
    """Validated before patterns; a phone number is the reading of last resort; then by score, then the longer."""
    hit = place.hit
    return STRENGTH[hit.tier], hit.type == "phone", -hit.score, place.start - place.end, place.start


def _answers(row: int, begin: int, places: list[_Place], view: memoryview, seal: Seal | None) -> Iterator[Located]:
    """The strongest reading of each place, in order; offsets become characters."""
    characters = 0
    for place in (kept for cluster in _clusters(places) for kept in _strongest(cluster)):
        value = bytes(view[place.start : place.end])
        characters += _length(bytes(view[begin : place.start]))
        size = _length(value)
        finding = Finding(place.hit.type, characters, characters + size, place.hit.tier, place.hit.score)
        yield Located(row, finding, seal(place.hit.type, value) if seal else b"")
        characters, begin = characters + size, place.end


def _clusters(places: list[_Place]) -> Iterator[list[_Place]]:
    """Readings that overlap, directly or through others, in the order of the row."""
    cluster: list[_Place] = []
    end = 0
    for place in sorted(places, key=attrgetter("start")):
        if cluster and place.start >= end:
            yield cluster
            cluster = []
        cluster.append(place)
        end = max(end, place.end) if len(cluster) > 1 else place.end
    yield cluster


def _strongest(cluster: list[_Place]) -> list[_Place]:
    """Readings that do not overlap, the strongest first come; in order."""
    kept: list[_Place] = []
    for place in sorted(cluster, key=_rank):
        if all(place.end <= other.start or other.end <= place.start for other in kept):
            kept.append(place)
    return sorted(kept, key=attrgetter("start"))


def _length(value: bytes) -> int:
    return len(value) if value.isascii() else len(value.decode("utf-8", "surrogateescape"))
