"""Twisted's handler looks names up once in their life span, too."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from twisted.internet.address import IPv4Address

from crawler.addresses import Gate
from crawler.handlers.reactor import Resolver
from crawler.names import SECONDS


class System:
    """A resolver that answers with one address after another."""

    def __init__(self, *addresses: str) -> None:
        self._addresses, self.asked = list(addresses), 0

    def resolveHostName(self, receiver: Any, name: str, port: int, types: Sequence[Any] | None, over: str) -> Any:
        self.asked += 1
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", self._addresses.pop(0), port))
        receiver.resolutionComplete()


class Told:
    """Who asked."""

    def __init__(self) -> None:
        self.addresses: list[tuple[str, int]] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None: ...

    def addressResolved(self, address: IPv4Address) -> None:
        self.addresses.append((address.host, address.port))

    def resolutionComplete(self) -> None:
        self.complete = True


def test_a_name_is_looked_up_once_and_held_to_its_first_address_until_its_life_span_is_over() -> None:
    system, now = System("93.184.216.34", "10.0.0.1"), [0.0]
    resolver = Resolver(SimpleNamespace(nameResolver=system), Gate(), lambda: now[0])
    found = []
    for at, port in ((0.0, 443), (SECONDS - 1, 80), (SECONDS, 80)):
        now[0], told = at, Told()
        resolver.resolveHostName(told, "a.test", port)
        assert told.complete
        found.append(told.addresses)
    assert found == [[("93.184.216.34", 443)], [("93.184.216.34", 80)], []]
    assert system.asked == 2
