"""Whom a unit of a crawl has to ask, for which documents, and what is kept of them from the time before."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from crawler import health
from crawler.documents import Document
from crawler.models import ROBOTS, Snapshot, TermsPage
from crawler.states import State
from crawler.wire import ALL, Copy, Errand
from datacards.errors import BadInput
from datacards.models import Domain, DomainShare, Revision, Run, Unit

FRESH_FOR_HOURS = 24  # RFC 9309 section 2.4: a cached robots.txt should not be used longer
# Asked for in every visit that gets as far, so that the lack of one tells that it was not asked for.
ALWAYS = (Document.HOME, Document.TDMREP, Document.AI_TXT, Document.LLMS_TXT)


def domains_of(run: Run) -> QuerySet[Domain]:
    """The domains that a run is about."""
    names = run.params.get("domains")
    if names is not None:
        return Domain.objects.filter(name__in=names).exclude(name="")
    revision = _revision(run)
    domains = Domain.objects.filter(shares__revision=revision).exclude(name="")
    if largest := run.params.get("largest"):
        shares = DomainShare.objects.filter(revision=revision).exclude(domain__name="")
        domains = domains.filter(pk__in=shares.order_by("-tokens", "domain").values("domain")[: int(largest)])
    return domains


def documents_of(run: Run) -> tuple[Document, ...]:
    """The documents that a run asks for; robots.txt always is one. Raises BadInput for one that nobody knows."""
    wanted = run.params.get("documents", list(ALL))
    unknown = [name for name in wanted if name not in set(Document)]
    if unknown:
        raise BadInput(f"A crawl knows no document {unknown[0]!r}; choose among {', '.join(Document)}.")
    return tuple(document for document in Document if document in wanted or document == Document.ROBOTS)


def to_ask(unit: Unit) -> dict[str, Errand]:
    """The unit's domains that neither this run has asked yet nor anybody lately, by name."""
    rows = list(_open(unit).order_by("shard", "id").values_list("id", "name", "registrable"))
    ids = [pk for pk, _, _ in rows]
    copies = _copies(ids, documents_of(unit.run))
    terms = dict(TermsPage.objects.filter(domain__in=ids).values_list("domain", "url"))
    return {name: Errand(name, site or name, tuple(copies.get(pk, ())), terms.get(pk, "")) for pk, name, site in rows}


def _open(unit: Unit) -> QuerySet[Domain]:
    run = unit.run
    since = run.created_at - timedelta(hours=float(run.params.get("fresh_for_hours", FRESH_FOR_HOURS)))
    asked = Exists(_snapshots(ROBOTS).filter(run=run))
    fresh = Q(Exists(_snapshots(ROBOTS).filter(fetched_at__gte=since).exclude(state=State.UNREACHABLE)))
    for document in documents_of(run):
        if document in ALWAYS:
            fresh &= Q(Exists(_snapshots(document).filter(fetched_at__gte=since)))
    return health.to_ask(domains_of(run), run).filter(~asked, ~fresh, shard__range=unit.spec["shards"])


def _snapshots(channel: str) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(domain=OuterRef("pk"), channel=channel)


def _copies(domains: Collection[int], documents: Collection[Document]) -> dict[int, list[Copy]]:
    found: dict[int, list[Copy]] = {}
    for domain, copy in _newest(domains, documents):
        found.setdefault(domain, []).append(copy)
    return found


def _newest(domains: Collection[int], documents: Collection[Document]) -> Iterator[tuple[int, Copy]]:
    newest = Snapshot.objects.filter(domain__in=domains, channel__in=[document.value for document in documents])
    rows = newest.order_by("domain", "channel", "-fetched_at", "-id").distinct("domain", "channel")
    for domain, channel, state, url, digest, file, offset, headers in rows.values_list(
        "domain_id", "channel", "state", "final_url", "content_id", "content__warc_file", "content__warc_offset",
        "headers",
    ):  # fmt: skip
        offset = -1 if offset is None else offset
        yield domain, Copy(Document(channel), State(state), url, digest or "", file or "", offset, headers)


def _revision(run: Run) -> Revision:
    if run.revision is not None:
        return run.revision
    if run.corpus is not None:
        return run.corpus.revision
    raise BadInput("A crawl needs a corpus, a revision or a list of domains.")
