"""The two ways to send a request, both behind the gate: no connection is opened to an address that it does not admit.

`aiohttp` sends by aiohttp itself and is the quick one; `twisted` sends through Scrapy's downloader, and is the
well-tried one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scrapy.crawler import Crawler

from crawler.asking import Send
from crawler.wire import Manners


@asynccontextmanager
async def sending(manners: Manners, crawler: Crawler) -> AsyncIterator[Send]:
    """The way that a crawl's manners name, open for the block."""
    if manners.handler == "twisted":
        from crawler.handlers.reactor import Downloader

        yield Downloader(manners, crawler).send
        return
    from crawler.handlers.direct import Direct

    direct = Direct(manners)
    try:
        yield direct.send
    finally:
        await direct.close()
