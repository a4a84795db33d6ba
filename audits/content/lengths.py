"""Length distributions in bins of fixed edges: they add up over portions, and every quantile is off by at most 5 %.

Edges are ``ceil(2 ** (i / 8))``: each whole number up to 16 has a bin of its own, above that a bin is 9 % wide.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

PER_DOUBLING = 8
DOUBLINGS = 48  # up to 281 million million
EDGES = np.array(sorted({0, *(math.ceil(2 ** (i / PER_DOUBLING)) for i in range(PER_DOUBLING * DOUBLINGS))}), np.int64)


@dataclass
class Lengths:
    """How long things are. `bins`: number of a bin → how many lie in it; count, sum, least and most are exact."""

    bins: dict[int, int] = field(default_factory=dict)
    count: int = 0
    total: int = 0
    least: int = 0
    most: int = 0

    def add(self, lengths: npt.NDArray[np.int64]) -> None:
        """Count more of them; none may be negative."""
        if len(lengths):
            counted = np.bincount(np.searchsorted(EDGES, lengths, "right") - 1)
            bins = {int(at): int(counted[at]) for at in np.flatnonzero(counted)}
            total = int(lengths.sum(dtype=np.int64))
            self.merge(Lengths(bins, len(lengths), total, int(lengths.min()), int(lengths.max())))

    def merge(self, other: "Lengths") -> None:
        """Take in those of another portion."""
        if not other.count:
            return
        self.least = min(self.least, other.least) if self.count else other.least
        self.most = max(self.most, other.most)
        self.count, self.total = self.count + other.count, self.total + other.total
        for at, number in other.bins.items():
            self.bins[at] = self.bins.get(at, 0) + number

    @property
    def mean(self) -> float | None:
        """The exact mean; None of nothing."""
        return self.total / self.count if self.count else None

    def quantile(self, share: float) -> int | None:
        """The length that so large a share (0..1) does not exceed: the middle of its bin, so off by at most 5 %."""
        if not self.count:
            return None
        passed, wanted = 0, share * self.count
        for at in sorted(self.bins):
            passed += self.bins[at]
            if passed >= wanted:
                return min(self.most, max(self.least, (low(at) + high(at)) // 2))
        return self.most

    def by_doubling(self) -> list[tuple[int, int, int]]:
        """(least, most, how many) for 0, 1, 2 to 3, 4 to 7 and so on, from the first to the last that holds any."""
        counted: dict[int, int] = {}
        for at, number in self.bins.items():
            doubling = low(at).bit_length()
            counted[doubling] = counted.get(doubling, 0) + number
        every = range(min(counted, default=0), max(counted, default=-1) + 1)
        return [(1 << d >> 1, (1 << d) - 1 if d else 0, counted.get(d, 0)) for d in every]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        bins = {str(at): self.bins[at] for at in sorted(self.bins)}
        return {"bins": bins, "count": self.count, "total": self.total, "least": self.least, "most": self.most}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        bins = {int(at): number for at, number in values["bins"].items()}
        return cls(bins, values["count"], values["total"], values["least"], values["most"])


def low(at: int) -> int:
    """The least length in a bin."""
    return int(EDGES[at])


def high(at: int) -> int:
    """The greatest length in a bin."""
    return int(EDGES[at + 1]) - 1 if at + 1 < len(EDGES) else int(EDGES[at])
