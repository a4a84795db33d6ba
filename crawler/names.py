"""Host names looked up once for a while, and held to what they were: a name cannot lead elsewhere between two requests.

The system's resolver tells no life span, so every name has the same one. Only addresses that the gate admits are kept;
the gate is asked again with the address of each socket (crawler.addresses).
"""

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawler.addresses import Gate

SECONDS = 300.0  # a visit's documents need one look-up
MOST = 10_000
LookUp = Callable[[str, int, socket.AddressFamily], Awaitable[list[ResolveResult]]]


class Names(AbstractResolver):
    """A resolver with a memory. `look_up` asks the system, `clock` tells seconds."""

    def __init__(self, gate: Gate, look_up: LookUp | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._gate, self._clock = gate, clock
        self._look_up = look_up or ThreadedResolver().resolve
        self._known: OrderedDict[tuple[str, int], _Entry] = OrderedDict()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The admitted addresses of a name, on any port the same. Raises OSError where there are none."""
        key = host.lower(), int(family)
        entry = self._known.get(key)
        if entry is None or entry.until <= self._clock():
            entry = self._known[key] = _Entry(self._looked_up(host, family), self._clock() + SECONDS)
            self._known.move_to_end(key)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        try:
            found = await asyncio.shield(entry.task)
        except Exception:
            if self._known.get(key) is entry:  # that a name was not found is not remembered
                del self._known[key]
            raise
        return self._admitted(host, port, found)

    def _looked_up(self, host: str, family: socket.AddressFamily) -> "asyncio.Future[list[ResolveResult]]":
        task = asyncio.ensure_future(self._look_up(host, 0, family))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # who asked may have left
        return task

    def _admitted(self, host: str, port: int, found: list[ResolveResult]) -> list[ResolveResult]:
        admitted = [{**each, "port": port} for each in found if self._gate.admits(each["host"], port)]
        if not admitted:
            raise OSError(f"{host} has no address that is admitted")
        return admitted  # type: ignore[return-value]

    async def close(self) -> None:
        """Forget everything."""
        self._known.clear()

    def __len__(self) -> int:
        """Names that are remembered."""
        return len(self._known)


@dataclass(frozen=True)
class _Entry:
    """A name's look-up, shared by all who ask meanwhile, and how long it holds."""

    task: "asyncio.Future[list[ResolveResult]]"
    until: float
