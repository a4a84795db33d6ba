"""How many of many texts are different, in bounded memory.

The rule: two texts are the same when they are equal but for white space (of ASCII) at their ends; empty ones do not
count. Each text has a 64-bit hash. A sketch keeps the hashes that begin with `level` zero bits, with how often each
was seen; when there are more than `MOST`, the level grows by one. A hash stays or goes whatever its number of
repetitions, so distinct texts are sampled evenly and ``kept * 2**level`` is an unbiased estimate of how many there are
(Flajolet, On adaptive sampling, Computing 43, 1990), with a relative standard error of 1.20 / sqrt(MOST), 0.9 %. Up to
`MOST` different texts the level is 0 and the count exact, but for hashes that meet: 2**64 leave a chance of 1 in
100,000 for that among 20 million texts. Sketches merge, in any order and grouping, to that of all texts together.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from audits.content.packing import packed, unpacked

Hashes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
MOST = 1 << 14
ERROR = 1.20  # relative standard error of the estimate, times sqrt(MOST)
Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True)
class Estimate:
    """A share with its 95 % interval; both ends are the share itself where it is exact."""

    share: float
    low: float
    high: float
    exact: bool


@dataclass
class Distinct:
    """The sketch. `hashes` ascend; `texts` is how many texts there were, exactly."""

    level: int = 0
    texts: int = 0
    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))
    counts: Counts = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, hashes: Hashes) -> None:
        """Count more texts by their hashes."""
        own, counts = np.unique(hashes, return_counts=True)
        self.merge(Distinct(0, len(hashes), own, counts.astype(np.int64)))

    def merge(self, other: "Distinct") -> None:
        """Take in what another sketch saw."""
        self.texts += other.texts
        self.level = max(self.level, other.level)
        every = np.concatenate([self.hashes, other.hashes])
        counts = np.concatenate([self.counts, other.counts])
        chosen = _begins_with_zeros(every, self.level)
        self.hashes, places = np.unique(every[chosen], return_inverse=True)
        self.counts = np.zeros(len(self.hashes), np.int64)
        np.add.at(self.counts, places, counts[chosen])
        while len(self.hashes) > MOST:
            self._grow()

    def _grow(self) -> None:
        self.level += 1
        chosen = _begins_with_zeros(self.hashes, self.level)
        self.hashes, self.counts = self.hashes[chosen], self.counts[chosen]

    @property
    def exact(self) -> bool:
        """No hash was left out."""
        return self.level == 0

    @property
    def distinct(self) -> int:
        """How many different texts there are: an unbiased estimate, exact at level 0."""
        return len(self.hashes) << self.level

    def repeated(self) -> Estimate | None:
        """Share of texts that repeat another one, which would go if each was kept once; None of no texts."""
        if not self.texts:
            return None
        share = self._repeated() / self.texts
        if self.exact:
            return Estimate(share, share, share, True)
        off = Z * ERROR / math.sqrt(MOST) * min(1.0, self.distinct / self.texts)
        return Estimate(share, max(0.0, share - off), min(1.0, share + off), False)

    def _repeated(self) -> float:
        """All texts less the different ones; where repetitions are few, those in the sample, scaled up, vary less.

        But only if the sample accounts for all texts within its chance: else some text is repeated so often that it
        matters whether it was sampled.
        """
        scale, counts = 1 << self.level, self.counts.astype(float)
        off = math.sqrt((scale - 1) * scale * float((counts**2).sum()))
        accounted = abs(scale * float(counts.sum()) - self.texts) <= 3 * off
        if accounted and float(((counts - 1) ** 2).sum()) < len(counts):
            return min(float(self.texts), scale * float((counts - 1).sum()))
        return max(0.0, float(self.texts - self.distinct))

    def most_repeated(self) -> int:
        """How often the most frequent of the sampled texts occurs."""
        return int(self.counts.max(initial=0))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: about 11 bytes for each hash."""
        kept = {"hashes": packed(self.hashes.astype("<u8")), "counts": packed(self.counts.astype("<i8"))}
        return {"level": self.level, "texts": self.texts, **kept}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        hashes = unpacked(values["hashes"], "<u8").astype(np.uint64)
        counts = unpacked(values["counts"], "<i8").astype(np.int64)
        return cls(values["level"], values["texts"], hashes, counts)


def hashes_of(texts: pa.Array) -> Hashes:
    """The 64-bit hash (XXH3) of each text. `texts`: string or large_string without nulls."""
    _, places, buffer = texts.buffers()
    if not len(texts):
        return np.zeros(0, np.uint64)
    width = np.dtype(np.int64 if pa.types.is_large_string(texts.type) else np.int32)
    ends = np.frombuffer(places, width, len(texts) + 1, texts.offset * width.itemsize).tolist()
    content, digest = memoryview(buffer or b""), xxhash.xxh3_64_intdigest
    return np.array([digest(content[a:b]) for a, b in pairwise(ends)], np.uint64)


def _begins_with_zeros(hashes: Hashes, bits: int) -> npt.NDArray[np.bool_]:
    return np.ones(len(hashes), np.bool_) if not bits else hashes >> np.uint64(64 - bits) == 0
