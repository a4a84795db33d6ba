"""When to ask again: the occurrences of a schedule, and how long a host that fails is left alone.

Chance is drawn from names, not from a generator: whoever computes a moment again gets the same one, in Python or SQL.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST = timedelta(hours=1)
LONGEST = timedelta(days=7)
DOUBLINGS = 12  # beyond, the longest rest is reached anyway


def chance(*names: object) -> float:
    """0 ≤ x < 1, evenly spread over names and the same for the same ones (the first 32 bits of an MD5)."""
    text = ":".join(map(str, names))
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16) / 2**32


def rest(failures: int, host: object) -> timedelta:
    """How long a host is left alone after so many failures in a row: an hour, doubled with each, at most a week.

    Up to a quarter more or less, so that hosts that failed together are not asked again together.
    """
    doubled = FIRST * 2 ** min(max(failures, 1) - 1, DOUBLINGS)
    rests: timedelta = min(doubled, LONGEST) * (0.75 + 0.5 * chance(host, failures))
    return rests


@dataclass(frozen=True)
class Rhythm:
    """Every so often since an anchor, each time up to `jitter` later, which has to be shorter than `every`."""

    name: object
    anchor: datetime
    every: timedelta
    jitter: timedelta = timedelta()

    def at(self, occurrence: int) -> datetime:
        """When the occurrence of that number (from 0) is due."""
        return self.anchor + self.every * occurrence + self.jitter * chance(self.name, occurrence)

    def after(self, moment: datetime) -> int:
        """The first occurrence that is due later than a moment: what was missed before it is not made up for."""
        occurrence = max(0, (moment - self.anchor) // self.every)
        while self.at(occurrence) <= moment:
            occurrence += 1
        return occurrence
