"""Domains: what each says since when, and its robots.txt with the deciding line."""

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from crawler import registry, store
from crawler.models import Snapshot
from crawler.robots import parse
from crawler.states import PERMITTING, SPEAKING, State
from datacards.models import Corpus, Domain, DomainShare
from governance.access import readable_domains
from governance.api.paging import Page, Place, newest, page
from governance.api.problems import Problem
from governance.api.schemas import Address, CorpusName, Level, Line, Moment

router = Router(tags=["Domains"])
MOST_CORPORA = 200


class SnapshotItem(BaseModel):
    """One fetch of a domain's robots.txt, verbatim."""

    id: uuid.UUID
    fetched_at: datetime
    state: State
    http_status: int | None
    final_url: str
    hops: list[str]
    error: str
    digest: str | None = Field(description="SHA-256 of the body.")
    bytes: int | None

    @classmethod
    def of(cls, row: Snapshot) -> "SnapshotItem":
        """From its row."""
        content = row.content
        return cls(
            id=row.pk, fetched_at=row.fetched_at, state=State(row.state), http_status=row.http_status,
            final_url=row.final_url, hops=row.hops, error=row.error, digest=content.pk if content else None,
            bytes=content.size if content else None,
        )  # fmt: skip


class DomainInCorpus(BaseModel):
    """How much of a corpus's newest revision a domain is."""

    corpus: CorpusName
    tokens: int
    documents: int
    share: float | None


class DomainItem(BaseModel):
    """A web host, what it says to each agent, and where it matters."""

    name: str
    registrable: str
    snapshot: SnapshotItem | None = Field(description="The newest at that date; null where it was not asked by then.")
    levels: dict[str, Level] = Field(description="Agent → how much of the site is refused to it.")
    corpora: list[DomainInCorpus] = Field(description="Corpora that you may know of, the largest part first.")


class AsOf(BaseModel):
    """When."""

    as_of: Moment | None = Field(None, description="Now, unless told.")


class RobotsQuery(AsOf):
    """Who asks for what."""

    agent: Line = Field("", description="A product token, such as GPTBot; then the deciding line is told.")
    url: Address = Field("/", description="The address or path that it wants to fetch.")


class Verdict(BaseModel):
    """May the agent fetch it, and by which line, counted from 1; null where no rule matches."""

    agent: str
    url: str
    allowed: bool
    line: int | None
    rule: str | None


class Robots(BaseModel):
    """A robots.txt as it was fetched."""

    snapshot: SnapshotItem
    text: str | None = Field(description="Null where no file was got.")
    verdict: Verdict | None = Field(description="Null where no agent was named.")


@router.get("domains/{name}", response=DomainItem)
def get_domain(request: HttpRequest, name: str, query: Query[AsOf]) -> DomainItem:
    """Get a domain: what it says to each agent, and which corpora it touches."""
    domain = found_domain(request, name)
    snapshot = Snapshot.objects.newest(domain, at=query.as_of)
    return DomainItem(
        name=domain.name, registrable=domain.registrable, snapshot=SnapshotItem.of(snapshot) if snapshot else None,
        levels=_levels(snapshot), corpora=touched(request, domain),
    )  # fmt: skip


def found_domain(request: HttpRequest, name: str) -> Domain:
    """The domain, if this reader may know of it; else it is not found."""
    found = readable_domains(request.user).filter(name=name.lower()).first() if "\x00" not in name else None
    if found is None:
        raise Http404
    return found


def _levels(snapshot: Snapshot | None) -> dict[str, Any]:
    if snapshot is None:
        return {}
    if snapshot.state in SPEAKING and snapshot.content and snapshot.content.levels:
        return dict(snapshot.content.levels.levels())
    level = "none" if snapshot.state in PERMITTING else "unreachable"
    return {agent.name: level for agent in registry.active()}


def touched(request: HttpRequest, domain: Domain) -> list[DomainInCorpus]:
    """The corpora that have it, of those that this reader may know of."""
    known = Corpus.objects.readable_by(request.user)
    shares = DomainShare.objects.filter(domain=domain, revision__in=known.values("latest"))
    rows = shares.select_related("revision__corpus").order_by("-tokens", "pk")[:MOST_CORPORA]
    return [
        DomainInCorpus(
            corpus=CorpusName.of(row.revision.corpus), tokens=row.tokens, documents=row.documents,
            share=row.tokens / row.revision.tokens if row.revision.tokens else None,
        )
        for row in rows
    ]  # fmt: skip


@router.get("domains/{name}/snapshots", response=Page[SnapshotItem])
def list_snapshots(request: HttpRequest, response: HttpResponse, name: str, place: Query[Place]) -> Page[SnapshotItem]:
    """List the snapshots of a domain, newest first."""
    rows = Snapshot.objects.filter(domain=found_domain(request, name)).select_related("content")
    return page(request, response, rows, newest("fetched_at"), SnapshotItem.of, place)


@router.get("domains/{name}/robots", response=Robots)
def get_robots(request: HttpRequest, name: str, query: Query[RobotsQuery]) -> Robots:
    """Get a domain's robots.txt at a date and, for an agent, the verdict with the line that decides."""
    snapshot = Snapshot.objects.newest(found_domain(request, name), at=query.as_of)
    if snapshot is None:
        raise Http404
    body = _body(snapshot)
    return Robots(
        snapshot=SnapshotItem.of(snapshot), text=None if body is None else body.decode("utf-8", "replace"),
        verdict=_verdict(snapshot, body, query) if query.agent else None,
    )  # fmt: skip


def _body(snapshot: Snapshot) -> bytes | None:
    if snapshot.content is None:
        return None
    try:
        return store.configured().read(snapshot.content.warc_file, snapshot.content.warc_offset).body
    except (OSError, LookupError):
        raise Problem(503, "The evidence store does not have this file now; an admin should look at it.") from None


def _verdict(snapshot: Snapshot, body: bytes | None, query: RobotsQuery) -> Verdict:
    """As the crawler reads it: no file permits everything, an unreachable one nothing (RFC 9309 section 2.3.1)."""
    if body is None or snapshot.state not in SPEAKING:
        return Verdict(agent=query.agent, url=query.url, allowed=snapshot.state in PERMITTING, line=None, rule=None)
    allowed, line, rule = parse(body).check(query.agent, query.url)
    return Verdict(agent=query.agent, url=query.url, allowed=allowed, line=line, rule=rule)
