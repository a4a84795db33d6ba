"""What the crawler's tests share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from pytest_django.fixtures import Settings

from crawler.addresses import parse_loopback
from crawler.agents import Roll, shipped
from crawler.child import crawling
from crawler.documents import Document
from crawler.states import State
from crawler.wire import Answer, Copy, Errand, Fetch, Handler, Job, Manners
from datacards import runs
from datacards.models import Corpus, Domain, DomainShare, Revision, Run, User
from tests.site import Site

STORE = ""  # another store than the test's own folder
Crawl = Callable[..., dict[str, Fetch]]
ROBOTS_ONLY = (Document.ROBOTS,)


def manners(site: Site, handler: Handler = "aiohttp", **more: Any) -> Manners:
    """Quick manners towards a loopback site."""
    settled = {"timeout": 2.0, "delay": 0.0, **more}
    return Manners("Consentry-Test", handler, loopback=parse_loopback(site.address), **settled)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    """Ask domains of a site for robots.txt in a real child; returns what came of it by domain."""

    def crawl(
        site: Site,
        *domains: str,
        handler: Handler = "aiohttp",
        digests: dict[str, str] | None = None,
        name: str = "a",
        **more: float,
    ) -> dict[str, Fetch]:
        known = {
            domain: (Copy(Document.ROBOTS, State.OK, digest=digest),) for domain, digest in (digests or {}).items()
        }
        errands = tuple(Errand(domain, copies=known.get(domain, ())) for domain in domains)
        job = Job(manners(site, handler, **more), Roll.of(shipped()), str(tmp_path), name, 0, errands, ROBOTS_ONLY)
        with crawling(job) as answers:
            told = [answer for answer in answers if isinstance(answer, Answer)]
        assert len({answer.domain for answer in told}) == len(told)
        return {answer.domain: answer.fetches[0] for answer in told}

    return crawl


def revision_of(domains: dict[str, int], name: str = "web") -> Revision:
    """A registered corpus with so many tokens from each domain; ten tokens make a document."""
    owner, _ = User.objects.get_or_create(username="steward", defaults={"role": "steward"})
    corpus = Corpus.objects.create(name=name, owner=owner, location=f"/data/{name}")
    total = sum(domains.values())
    revision = Revision.objects.create(corpus=corpus, number=1, fingerprint=name, tokens=total)
    rows = [Domain(name=host, registrable=host, shard=crc32(host.encode()) % 4096) for host in domains]
    Domain.objects.bulk_create(rows, ignore_conflicts=True)
    ids = dict(Domain.objects.filter(name__in=domains).values_list("name", "id"))
    DomainShare.objects.bulk_create(
        DomainShare(revision=revision, domain_id=ids[host], tokens=tokens, documents=tokens // 10)
        for host, tokens in domains.items()
    )
    Corpus.objects.filter(pk=corpus.pk).update(latest=revision)
    corpus.latest = revision
    return revision


@pytest.fixture
def crawled(settings: Settings, tmp_path: Path) -> Callable[..., Run]:
    """Crawl a revision on a site through the run engine, in this process; evidence goes to a folder of the test's."""

    def crawled(site: Site, revision: Revision, **params: Any) -> Run:
        params.setdefault("documents", ["robots"])
        settings.CONSENTRY_CRAWL_LOOPBACK, settings.CONSENTRY_STORE = site.address, STORE or str(tmp_path)
        run = runs.start("crawl", by=None, revision=revision, corpus=revision.corpus, params=params, wake=False)
        return runs.work_until_done(run, pause=0.05)

    return crawled
