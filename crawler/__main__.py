"""`python -m crawler`: one shard's crawl in a process of its own, driven by lines (see crawler.wire).

It knows neither Django nor the database. It ends with its parent: the kernel kills it when the parent dies, and it
ends by itself when nobody reads its results any more.
"""

import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

from scrapy.crawler import AsyncCrawlerProcess

from crawler.child import PARENT
from crawler.scrapy_settings import settings
from crawler.spiders.site import SiteSpider
from crawler.warc import Exchange, Place, Writer
from crawler.wire import Answer, Closed, Job, read_job
from datacards.processes import die_with_parent


class Outbox:
    """Keeps answers in WARC files and tells answers on a stream, in this order."""

    def __init__(self, job: Job, out: TextIO) -> None:
        self._job, self._out = job, out
        self._file = 0
        self._told = 0
        self._writer: Writer | None = None

    def keep(self, exchange: Exchange, known: bool) -> Place:
        """Write an answer to the evidence: its body too, unless that is known."""
        writer = self._opened()
        return writer.revisit(exchange) if known else writer.response(exchange)

    def unchanged(self, exchange: Exchange, digest: str) -> Place:
        """Write that a server has nothing newer than the body of a digest."""
        return self._opened().unchanged(exchange, digest)

    def _opened(self) -> Writer:
        if self._writer is None:
            self._file += 1
            name = f"{self._job.name}-{self._file:03}"
            self._writer = Writer(Path(self._job.folder), name, self._job.manners.user_agent)
        return self._writer

    def tell(self, answer: Answer) -> None:
        """Pass an answer on; its evidence is readable by now."""
        self._say(answer.line())
        self._told += 1
        if self._job.rotate and self._told % self._job.rotate == 0:
            self.close()

    def close(self) -> None:
        """End the current file and tell so."""
        if self._writer is not None:
            self._writer.close()
            self._say(Closed(self._writer.name).line())
            self._writer = None

    def _say(self, line: str) -> None:
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except BrokenPipeError:
            os._exit(1)  # nobody listens: the parent is gone


def main() -> None:
    """Read the job, crawl, tell."""
    parent = os.environ.get(PARENT)
    die_with_parent(signal.SIGKILL, int(parent) if parent else None)
    job = read_job(sys.stdin.readlines())
    out, sys.stdout = sys.stdout, sys.stderr
    logging.getLogger("scrapy.core.downloader.handlers").setLevel(logging.ERROR)
    gc.freeze()  # what is here stays, and need not be looked through again and again
    gc.set_threshold(20_000, 20, 50)
    outbox = Outbox(job, out)
    process = AsyncCrawlerProcess(settings(job.manners))
    process.crawl(SiteSpider, job=job, outbox=outbox)
    process.start()
    outbox.close()


if __name__ == "__main__":
    main()
