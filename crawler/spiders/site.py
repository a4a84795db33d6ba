"""One shard's crawl: visits domains side by side, and opens their connections through Scrapy's downloader.

Every domain ends in exactly one answer, whatever happens: an error nobody foresaw makes it unreachable, too.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response

from crawler import asking
from crawler.asking import Asker, NoAnswer, Raw
from crawler.visit import Neighbourhood, Visit, unreachable
from crawler.warc import header_pairs
from crawler.wire import Answer, Errand, Job

log = logging.getLogger(__name__)

VISITS = 5  # under way at once for each request: most of them wait for the delay of their site
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class Outbox(asking.Outbox, Protocol):
    """Where answers are kept and told."""

    def tell(self, answer: Answer) -> None:
        """Pass on what a domain answered."""
        ...


class SiteSpider(Spider):
    """One shard's domains."""

    name = "site"

    def __init__(self, job: Job, outbox: Outbox, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job, self._outbox, self._manners = job, outbox, job.manners
        self._asker = Asker(job.manners, self.send, outbox, job.folder)
        self._neighbours = Neighbourhood(self._asker, job)
        self._known = {copy.digest for errand in job.errands for copy in errand.copies if copy.digest}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "SiteSpider":
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.received, signal=signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The whole crawl. Scrapy is given no requests to schedule: each visit asks its own, one after another."""
        errands = iter(self._job.errands)
        at_once = self._manners.concurrency * (VISITS if self._manners.delay else 1)
        await asyncio.gather(*(self._visitor(errands) for _ in range(at_once)))
        return
        yield  # an async iterator, as Scrapy wants it

    async def _visitor(self, errands: Any) -> None:
        for errand in errands:
            self._outbox.tell(await self._visited(errand))

    async def _visited(self, errand: Errand) -> Answer:
        if not _HOST.fullmatch(errand.domain):
            return unreachable(errand, "not the name of a host")
        try:
            visit = Visit(errand, self._job, self._asker, self._outbox, self._neighbours, self._known)
            return await visit.answer()
        except Exception as error:
            log.exception("an answer of %s could not be understood", errand.domain)
            return unreachable(errand, f"not understood: {type(error).__name__}")

    async def send(self, url: str, headers: Mapping[str, str], limit: int) -> Raw:
        """Open a connection and bring the answer. Raises NoAnswer."""
        meta = {"received": 0, "limit": limit, "download_timeout": self._manners.timeout, "download_slot": "all"}
        request = Request(url, headers=dict(headers), meta=meta, dont_filter=True)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            raise _no_answer(error) from error
        return _raw(response)

    def received(self, data: bytes, request: Request) -> None:
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
    # One sentence for both: whether an inner name exists, and where, is nothing that evidence may tell.
    if isinstance(error, CannotResolveHostError) or "not admitted" in f"{error} {_cause(error)}":
        return NoAnswer("the host's name has no public address", hopeless=True)
    if isinstance(error, DownloadTimeoutError):
        return NoAnswer("no complete answer in time")
    if isinstance(error, ResponseDataLossError):
        return NoAnswer("the answer broke off")
    if isinstance(error, DownloadConnectionRefusedError):
        return NoAnswer(f"no connection: {_cause(error)}")
    return NoAnswer(f"no valid answer: {_cause(error)}")


def _cause(error: BaseException) -> str:
    """The innermost known cause, without addresses in memory or tracebacks."""
    while error.__cause__ is not None:
        error = error.__cause__
    told = re.sub(r"<[^>]*>|[\0\ud800-\udfff]", "", str(error))
    return " ".join(told.split())[:200] or type(error).__name__
