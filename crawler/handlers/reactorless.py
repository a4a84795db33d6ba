"""aiohttp without a Twisted reactor: the faster handler."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.utils.ssl import _make_ssl_context

from crawler.addresses import Gate
from crawler.handlers.routing import routed

DNS_SECONDS = 300  # a visit's documents need one look-up; which address is connected to is checked each time
DNS_NAMES = 10_000
AddressInfo = tuple[int, int, int, str, tuple]  # type: ignore[type-arg]


class Handler(AiohttpDownloadHandler):
    """Scrapy's handler with a connector of our own, which asks the gate for each socket that it opens."""

    def __init__(self, crawler: Crawler) -> None:
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self._gate: Gate = crawler.settings["CONSENTRY_GATE"]
        self._ssl_context = _make_ssl_context(crawler.settings)
        # Look-ups run in threads; the default pool has six on two cores.
        threads = ThreadPoolExecutor(crawler.settings.getint("REACTOR_THREADPOOL_MAXSIZE"), "dns")
        asyncio.get_running_loop().set_default_executor(threads)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._pool_size_total,
                socket_factory=self._socket,
                ttl_dns_cache=DNS_SECONDS,
                dns_cache_max_size=DNS_NAMES,
                force_close=self._gate.loopback is None,  # most hosts are asked once: idle connections would pile up
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def download_request(self, request: Request) -> Response:
        """Send through the gate; the answer bears the URL that was asked for."""
        response = await super().download_request(routed(request, self._gate))
        return response.replace(url=request.url)

    @staticmethod
    def _extract_headers(response: _ClientResponse) -> Headers:
        """As bytes: aiohttp's texts hold octets that are no UTF-8 in a form that Scrapy cannot encode again."""
        return Headers(list(response.raw_headers))

    def _socket(self, address: AddressInfo) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        self._gate.check(host, port)
        return socket.socket(family, kind, protocol)
