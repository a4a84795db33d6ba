"""The queue of terms of service that a person should look at."""

from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from crawler.documents import Document
from crawler.domain_terms import newest
from crawler.models import Mention, Snapshot, TermsReview, TermsVersion
from datacards.models import Corpus, DomainShare, User
from datacards.models.corpus import Reader
from governance.access import readable_domains

PROHIBITING = Q(stance__scraping=Mention.PROHIBITED) | Q(stance__ai_training=Mention.PROHIBITED)
SAYING = {
    "prohibits": PROHIBITING,
    "conditional": Q(stance__scraping=Mention.CONDITIONAL) | Q(stance__ai_training=Mention.CONDITIONAL),
    "unread": Q(supported=False),
}


def queue(reader: Reader, filters: dict[str, Any]) -> QuerySet[Any]:
    """Domains whose terms were read, each with `tokens` (of corpora that this reader may know of), `version` and
    `reviewed`."""
    corpora = Corpus.objects.readable_by(reader)
    if wanted := filters.get("corpus"):
        corpora = corpora.filter(pk=wanted)
    latest = DomainShare.objects.filter(revision__in=corpora.values("latest"), domain=OuterRef("pk"))
    found = Snapshot.objects.filter(domain=OuterRef("pk"), channel=Document.TERMS, content__versions__isnull=False)
    version = newest(TermsVersion.objects.filter(content=OuterRef("content")))
    tokens = latest.order_by().values("domain").annotate(n=Sum("tokens")).values("n")
    rows = readable_domains(reader).filter(Exists(latest)) if wanted else readable_domains(reader)
    rows = rows.annotate(
        content=Subquery(found.order_by("-fetched_at", "-id").values("content")[:1]),
        fetched_at=Subquery(found.order_by("-fetched_at", "-id").values("fetched_at")[:1]),
    ).exclude(content=None)
    rows = rows.annotate(
        version=Subquery(version.values("pk")[:1]),
        digest=Subquery(version.values("text_digest")[:1]),
        tokens=Coalesce(Subquery(tokens, output_field=BigIntegerField()), 0),
    ).annotate(reviewed=Exists(TermsReview.objects.filter(text_digest=OuterRef("digest"))))
    return _filtered(rows, filters)


def _filtered(rows: QuerySet[Any], filters: dict[str, Any]) -> QuerySet[Any]:
    if filters.get("state", "open") != "all":
        rows = rows.filter(reviewed=filters.get("state") == "reviewed")
    if said := SAYING.get(filters.get("says", "")):
        rows = rows.filter(Exists(TermsVersion.objects.filter(said, pk=OuterRef("version"))))
    return rows.filter(name__icontains=filters["q"]) if filters.get("q") else rows


def versions_of(rows: list[Any]) -> dict[int, TermsVersion]:
    """Version id → version, for the rows of a page of the queue."""
    versions = TermsVersion.objects.filter(pk__in={row.version for row in rows}).select_related(
        "stance", "content__stance"
    )
    return {version.pk: version for version in versions.defer("text", "clauses")}


def waiting(person: User) -> QuerySet[Any]:
    """Domains of corpora that this person manages whose terms refuse, unreviewed, those of most tokens first."""
    mine = DomainShare.objects.filter(
        revision__in=Corpus.objects.managed_by(person).values("latest"), domain=OuterRef("pk")
    )
    return queue(person, {"state": "open", "says": "prohibits"}).filter(Exists(mine)).order_by("-tokens", "pk")
