"""Scrapy's downloader with its Twisted handler, behind the gate."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response
from twisted.internet._resolver import HostResolution
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import NO_ADDRESS, Gate, host_header
from crawler.asking import NoAnswer, Raw, header_pairs
from crawler.handlers.reasons import BROKEN, LATE, cause
from crawler.names import MOST, SECONDS
from crawler.wire import Manners


class Downloader:
    """Sends requests by Scrapy's engine."""

    def __init__(self, manners: Manners, crawler: Crawler) -> None:
        self._manners, self._crawler = manners, crawler
        crawler.signals.connect(self._received, signal=signals.bytes_received)

    async def send(self, url: str, headers: Mapping[str, str], limit: int) -> Raw:
        """Bring an answer, and of its body little more than `limit` bytes. Raises NoAnswer."""
        meta = {"received": 0, "limit": limit, "download_timeout": self._manners.timeout, "download_slot": "all"}
        request = Request(url, headers=dict(headers), meta=meta, dont_filter=True)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            raise _no_answer(error) from error
        return _raw(response)

    def _received(self, data: bytes, request: Request) -> None:
        """End a transfer when more came than is ever read."""
        request.meta["received"] += len(data)
        if request.meta["received"] > request.meta["limit"]:
            raise StopDownload(fail=False)


def _raw(response: Response) -> Raw:
    pairs = [(name, value) for name, values in response.headers.items() for value in values]
    stopped = "download_stopped" in response.flags
    return Raw(
        response.url, response.status, header_pairs(pairs), response.body, str(response.ip_address or ""), stopped
    )


def _no_answer(error: Exception) -> NoAnswer:
    """What went wrong, in words, and whether asking again is no use."""
    if isinstance(error, CannotResolveHostError) or "not admitted" in f"{error} {cause(error)}":
        return NoAnswer(NO_ADDRESS, hopeless=True)
    if isinstance(error, DownloadTimeoutError):
        return NoAnswer(LATE)
    if isinstance(error, ResponseDataLossError):
        return NoAnswer(BROKEN)
    if isinstance(error, DownloadConnectionRefusedError):
        return NoAnswer(f"no connection: {cause(error)}")
    return NoAnswer(f"no valid answer: {cause(error)}")


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler; addresses are filtered where names are resolved, and only resolved addresses are connected."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gate: Gate = crawler.settings["CONSENTRY_GATE"]
        self._pool.persistent = self._gate.loopback is not None  # else idle connections would pile up

    async def download_request(self, request: Request) -> Response:
        """Send through the gate; the answer bears the URL that was asked for."""
        sent = request.replace(url=self._gate.route(request.url))
        sent.headers["Host"] = host_header(request.url)
        response = await super().download_request(sent)
        return response.replace(url=request.url)


Key = tuple[str, tuple[Any, ...]]


@implementer(IHostnameResolver)
class Resolver:
    """Resolves names, and literal addresses too, to the addresses that the gate admits; each once for a while.

    Twisted connects to the very addresses that it gets from here, so there is no second look-up to be deceived by.
    """

    def __init__(self, reactor: Any, gate: Gate, clock: Callable[[], float] = monotonic) -> None:
        self._reactor, self._gate, self._clock = reactor, gate, clock
        self._resolver = reactor.nameResolver
        self._known: OrderedDict[Key, tuple[float, list[Any]]] = OrderedDict()

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
        key = hostName.lower(), tuple(addressTypes or ())
        until, found = self._known.get(key, (0.0, []))
        if until > self._clock():
            admitted = [address for address in found if self._gate.admits(address.host, portNumber)]
            return _told(resolutionReceiver, hostName, portNumber, admitted)
        receiver = _Admitted(resolutionReceiver, self._gate, lambda addresses: self._keep(key, addresses))
        return self._resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def _keep(self, key: Key, addresses: list[Any]) -> None:
        """Remember where a name leads; that it leads nowhere is not remembered."""
        if addresses:
            self._known[key] = self._clock() + SECONDS, addresses
            self._known.move_to_end(key)
            if len(self._known) > MOST:
                self._known.popitem(last=False)


def _told(receiver: Any, name: str, port: int, addresses: list[Any]) -> Any:
    """Tell what is known already."""
    resolution = HostResolution(name)
    receiver.resolutionBegan(resolution)
    for address in addresses:
        receiver.addressResolved(type(address)(address.type, address.host, port))
    receiver.resolutionComplete()
    return resolution


@implementer(IResolutionReceiver)
class _Admitted:
    """Passes admitted addresses on, drops the others, and hands the admitted ones over in the end."""

    def __init__(self, receiver: Any, gate: Gate, keep: Callable[[list[Any]], None]) -> None:
        self._receiver, self._gate, self._keep = receiver, gate, keep
        self._found: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if self._gate.admits(address.host, address.port):
            self._found.append(address)
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._keep(self._found)
        self._receiver.resolutionComplete()
