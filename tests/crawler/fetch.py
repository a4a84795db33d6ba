"""Fetches one URL through a handler and a gate, in a process of its own: `python -m tests.crawler.fetch`."""

import json
import sys
from collections.abc import AsyncIterator

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.scrapy_settings import settings
from crawler.wire import Manners


class One(Spider):
    """Asks once and prints what came of it."""

    name = "one"
    url = ""

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self.url, self.answered, errback=self.failed, meta={"download_timeout": 5.0})

    def answered(self, response: Response) -> None:
        print(json.dumps([response.url, response.status, str(response.ip_address)]))

    def failed(self, failure: Failure) -> None:
        print(json.dumps(["refused", type(failure.value).__name__, str(failure.value)]))


if __name__ == "__main__":
    handler, url, ports, loopback = json.loads(sys.argv[1])
    manners = Manners("test", handler, delay=0, ports=tuple(ports), loopback=tuple(loopback) if loopback else None)
    process = AsyncCrawlerProcess(settings(manners))
    process.crawl(One, url=url)
    process.start()
