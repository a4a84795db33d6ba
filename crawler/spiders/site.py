"""One shard's crawl: visits domains side by side, and sends their requests by one of two ways (crawler.handlers).

Every domain ends in exactly one answer, whatever happens: an error nobody foresaw makes it unreachable, too.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

from scrapy import Spider

from crawler import asking
from crawler.asking import Asker
from crawler.handlers import sending
from crawler.visit import Neighbourhood, Visit, unreachable
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
        self._known = {copy.digest for errand in job.errands for copy in errand.copies if copy.digest}

    async def start(self) -> AsyncIterator[Any]:
        """The whole crawl. Scrapy is given no requests to schedule: each visit asks its own, one after another."""
        async with sending(self._manners, self.crawler) as send:
            asker = Asker(self._manners, send, self._outbox, self._job.folder)
            neighbours, errands = Neighbourhood(asker, self._job), iter(self._job.errands)
            at_once = self._manners.concurrency * (VISITS if self._manners.delay else 1)
            await asyncio.gather(*(self._visitor(errands, asker, neighbours) for _ in range(at_once)))
        return
        yield  # an async iterator, as Scrapy wants it

    async def _visitor(self, errands: Iterator[Errand], asker: Asker, neighbours: Neighbourhood) -> None:
        for errand in errands:
            self._outbox.tell(await self._visited(errand, asker, neighbours))

    async def _visited(self, errand: Errand, asker: Asker, neighbours: Neighbourhood) -> Answer:
        if not _HOST.fullmatch(errand.domain):
            return unreachable(errand, "not the name of a host")
        try:
            visit = Visit(errand, self._job, asker, self._outbox, neighbours, self._known)
            return await visit.answer()
        except Exception as error:
            log.exception("an answer of %s could not be understood", errand.domain)
            return unreachable(errand, f"not understood: {type(error).__name__}")
