"""aiohttp itself: the quick way to send a request, past Scrapy's engine, downloader and message classes.

A crawl is mostly small answers of many hosts, so what is done for each request decides how fast it goes. Names are
looked up once for a while by `crawler.names`, and the gate is asked with the address of each socket that is opened.
"""

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import aiohttp
from aiohttp.connector import Connection

from crawler.addresses import NO_ADDRESS, Gate, host_header
from crawler.asking import NoAnswer, Raw, header_pairs
from crawler.handlers.reasons import BROKEN, LATE, cause
from crawler.names import Names
from crawler.wire import Manners

LOOK_UPS = 100  # threads: the default pool has six on two cores
AddressInfo = tuple[int, int, int, str, tuple]  # type: ignore[type-arg]


class Direct:
    """Sends requests through the gate; to be made and closed within a running loop."""

    def __init__(self, manners: Manners, names: Names | None = None) -> None:
        self._gate: Gate = manners.gate
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOK_UPS, "dns"))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # crawler.pace keeps the number of requests
                socket_factory=self._socket,
                resolver=names or Names(self._gate),
                use_dns_cache=False,
                force_close=True,  # most hosts are asked for little: idle connections would pile up
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=manners.timeout),
            response_class=_Response,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def send(self, url: str, headers: Mapping[str, str], limit: int) -> Raw:
        """Bring an answer, and of its body little more than `limit` bytes. Raises NoAnswer."""
        try:
            async with self._session.get(
                self._gate.route(url), headers={**headers, "Host": host_header(url)}, allow_redirects=False
            ) as response:
                body, stopped = await _read(response, limit)
                pairs = header_pairs(response.raw_headers)
                return Raw(url, response.status, pairs, body, response.ip, stopped)  # type: ignore[attr-defined]
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _no_answer(error) from error

    async def close(self) -> None:
        """Close what is still open."""
        await self._session.close()

    def _socket(self, address: AddressInfo) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        self._gate.check(host, port)
        return socket.socket(family, kind, protocol)


class _Response(aiohttp.ClientResponse):
    """An answer that remembers from where it came: when it is short, its connection is gone before anybody asks."""

    ip = ""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            self.ip = str(connection.transport.get_extra_info("peername")[0])
        return await super().start(connection)


async def _read(response: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The body, and whether its transfer was ended because more came than is ever read."""
    chunks, length = [], 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        length += len(chunk)
        if length > limit:
            response.close()
            return b"".join(chunks), True
    return b"".join(chunks), False


def _no_answer(error: Exception) -> NoAnswer:
    """What went wrong, in words, and whether asking again is no use."""
    if isinstance(error, TimeoutError):
        return NoAnswer(LATE)
    if isinstance(error, aiohttp.ClientConnectorDNSError) or "not admitted" in f"{error} {cause(error)}":
        return NoAnswer(NO_ADDRESS, hopeless=True)
    if isinstance(error, aiohttp.ClientPayloadError):
        return NoAnswer(BROKEN)
    if isinstance(error, aiohttp.ClientConnectorError):
        return NoAnswer(f"no connection: {cause(error)}")
    return NoAnswer(f"no valid answer: {cause(error)}")
