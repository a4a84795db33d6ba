"""Terms of service as people meet them: the version of a domain at a date, and the queue of those to be reviewed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from crawler.documents import Document
from crawler.models import Mention, Snapshot, TermsReview, TermsStance, TermsVersion
from crawler.reviews import AXES, NO, YES, Axis, effective, read_by_machine, reviews_of
from datacards.models import Corpus, Domain, DomainShare, User
from datacards.models.corpus import Reader
from governance.access import readable_domains

PROHIBITING = Q(stance__scraping=Mention.PROHIBITED) | Q(stance__ai_training=Mention.PROHIBITED)
SAYING = {
    "prohibits": PROHIBITING,
    "conditional": Q(stance__scraping=Mention.CONDITIONAL) | Q(stance__ai_training=Mention.CONDITIONAL),
    "unread": Q(supported=False),
}


@dataclass(frozen=True)
class AxisSaid:
    """What terms say on one axis: the classifier's word, a person's where there is one, and the one that counts."""

    axis: Axis
    machine: str
    review: TermsReview | None

    @property
    def verdict(self) -> str:
        """The word that counts."""
        return self.review.verdict if self.review else self.machine

    @property
    def look(self) -> str:
        """As a badge: a yes on a restricting axis refuses."""
        return {YES: "prohibited", NO: "not_mentioned"}.get(self.verdict, self.verdict)

    @property
    def word(self) -> str:
        """For people."""
        return dict(self.axis.choices)[self.verdict]


@dataclass(frozen=True)
class Terms:
    """The terms of one domain at a date."""

    snapshot: Snapshot
    version: TermsVersion
    stance: TermsStance
    axes: tuple[AxisSaid, ...]

    @property
    def reviewed(self) -> bool:
        """Whether a person has looked at any axis."""
        return any(said.review for said in self.axes)

    def axis(self, name: str) -> AxisSaid:
        """One axis."""
        return next(said for said in self.axes if said.axis.name == name)


def terms_of(domain: Domain, at: datetime | None = None) -> Terms | None:
    """The newest terms by a date (now, unless told) that could be read, under the reviews of today; None without."""
    snapshots = Snapshot.objects.filter(domain=domain, channel=Document.TERMS, content__versions__isnull=False)
    snapshot = snapshots.as_of(at).select_related("content").order_by("-fetched_at", "-id").first()
    if snapshot is None or snapshot.content_id is None:
        return None
    version = _newest(TermsVersion.objects.filter(content=snapshot.content_id)).select_related("stance")[0]
    reviews = reviews_of([version.text_digest]).get(version.text_digest, {})
    machine = read_by_machine(version)
    axes = tuple(AxisSaid(axis, machine[name], reviews.get(name)) for name, axis in AXES.items())
    return Terms(snapshot, version, effective(version, reviews), axes)


def _newest(versions: QuerySet[TermsVersion]) -> QuerySet[TermsVersion]:
    return versions.order_by("-extractor", "-made_at", "-id")


def queue(reader: Reader, filters: dict[str, Any]) -> QuerySet[Any]:
    """Domains whose terms were read, each with `tokens` (of corpora that this reader may know of), `version` and
    `reviewed`."""
    corpora = Corpus.objects.readable_by(reader)
    if wanted := filters.get("corpus"):
        corpora = corpora.filter(pk=wanted)
    latest = DomainShare.objects.filter(revision__in=corpora.values("latest"), domain=OuterRef("pk"))
    found = Snapshot.objects.filter(domain=OuterRef("pk"), channel=Document.TERMS, content__versions__isnull=False)
    version = _newest(TermsVersion.objects.filter(content=OuterRef("content")))
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
