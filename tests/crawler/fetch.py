"""Fetches one URL by a handler through a gate, in a process of its own: `python -m tests.crawler.fetch`."""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess

from crawler.asking import NoAnswer
from crawler.handlers import sending
from crawler.scrapy_settings import settings
from crawler.wire import Manners


class One(Spider):
    """Asks once and prints what came of it."""

    name = "one"
    url = ""
    manners: Manners

    async def start(self) -> AsyncIterator[Any]:
        async with sending(self.manners, self.crawler) as send:
            try:
                raw = await send(self.url, {"User-Agent": self.manners.user_agent}, 1 << 20)
                print(json.dumps([raw.url, raw.status, raw.ip]))
            except NoAnswer as error:
                print(json.dumps(["refused", str(error)]))
        return
        yield


if __name__ == "__main__":
    handler, url, ports, loopback = json.loads(sys.argv[1])
    manners = Manners(
        "test", handler, timeout=5.0, delay=0, ports=tuple(ports), loopback=tuple(loopback) if loopback else None
    )
    process = AsyncCrawlerProcess(settings(manners))
    process.crawl(One, url=url, manners=manners)
    process.start()
