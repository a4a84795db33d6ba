"""What the crawler's tests share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.addresses import parse_loopback
from crawler.agents import Roll, shipped
from crawler.child import crawling
from crawler.wire import Errand, Handler, Job, Manners, Result
from tests.site import Site

Crawl = Callable[..., dict[str, Result]]


def manners(site: Site, handler: Handler = "aiohttp", **more: Any) -> Manners:
    """Quick manners towards a loopback site."""
    settled = {"timeout": 2.0, "delay": 0.0, **more}
    return Manners("Consentry-Test", handler, loopback=parse_loopback(site.address), **settled)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    """Crawl domains of a site in a real child; returns the results by domain."""

    def crawl(
        site: Site,
        *domains: str,
        handler: Handler = "aiohttp",
        digests: dict[str, str] | None = None,
        name: str = "a",
        **more: float,
    ) -> dict[str, Result]:
        errands = tuple(Errand(domain, (digests or {}).get(domain, "")) for domain in domains)
        job = Job(manners(site, handler, **more), Roll.of(shipped()), str(tmp_path), name, errands=errands)
        with crawling(job) as answers:
            told = [answer for answer in answers if isinstance(answer, Result)]
        assert len({result.domain for result in told}) == len(told)
        return {result.domain: result for result in told}

    return crawl
