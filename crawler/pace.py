"""How fast a crawl goes: so many requests at once, and to one site one after another with a pause in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf
from time import monotonic

_SWEEP = 4096


@dataclass
class _Place:
    """One site: who is there, when the last one left it, and for how long it was then to be left alone."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    left_at: float = -inf
    delay: float = 0.0


class Pace:
    """Turns to ask a site. Waiting for a site takes none of the `at_once` places for requests."""

    def __init__(self, at_once: int) -> None:
        self._at_once = asyncio.Semaphore(at_once)
        self._places: dict[str, _Place] = {}
        self._sweep_at = _SWEEP

    @asynccontextmanager
    async def turn(self, site: str, delay: float) -> AsyncIterator[None]:
        """Wait until `delay` seconds after the last one left the site, or longer where that one's delay was longer.

        So what a robots.txt asks for counts from its own fetch on. With a delay of 0 only a place is waited for.
        """
        if not delay:
            async with self._at_once:
                yield
            return
        place = self._places.setdefault(site, _Place())
        place.waiting += 1
        try:
            async with place.lock:
                await asyncio.sleep(max(0.0, place.left_at + max(place.delay, delay) - monotonic()))
                try:
                    async with self._at_once:
                        yield
                finally:
                    place.left_at, place.delay = monotonic(), delay
        finally:
            place.waiting -= 1
            self._sweep()

    def __len__(self) -> int:
        """Sites that are remembered."""
        return len(self._places)

    def _sweep(self) -> None:
        """Forget the sites that may be asked at once, whenever they have doubled."""
        if len(self._places) < self._sweep_at:
            return
        now = monotonic()
        self._places = {
            site: place for site, place in self._places.items() if place.waiting or place.left_at + place.delay > now
        }
        self._sweep_at = max(_SWEEP, 2 * len(self._places))
