"""Scrapy's Twisted handler behind the gate: the well-tried one."""

from collections.abc import Sequence
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import Gate
from crawler.handlers.routing import routed


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler; addresses are filtered where names are resolved, and only resolved addresses are connected."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gate: Gate = crawler.settings["CONSENTRY_GATE"]
        self._pool.persistent = self._gate.loopback is not None  # else idle connections would pile up

    async def download_request(self, request: Request) -> Response:
        """Send through the gate; the answer bears the URL that was asked for."""
        response = await super().download_request(routed(request, self._gate))
        return response.replace(url=request.url)


@implementer(IHostnameResolver)
class Resolver:
    """Resolves names, and literal addresses too, to those of their addresses that the gate admits.

    Twisted connects to the very addresses that it gets from here, so there is no second look-up to be deceived by.
    """

    def __init__(self, reactor: Any, gate: Gate) -> None:
        self._reactor, self._gate = reactor, gate
        self._resolver = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "Resolver":
        """Made by Scrapy."""
        return cls(reactor, crawler.settings["CONSENTRY_GATE"])

    def install_on_reactor(self) -> None:
        """Called by Scrapy before the reactor runs."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """As Twisted asks for it."""
        receiver = _Admitted(resolutionReceiver, self._gate)
        return self._resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Admitted:
    """Passes admitted addresses on and drops the others."""

    def __init__(self, receiver: Any, gate: Gate) -> None:
        self._receiver, self._gate = receiver, gate

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if self._gate.admits(address.host, address.port):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()
