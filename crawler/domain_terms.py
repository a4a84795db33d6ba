"""The terms of one domain at a date: the text, the classifier's reading, and people's word on each axis."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from crawler import statements
from crawler.documents import Document
from crawler.models import Snapshot, TermsReview, TermsStance, TermsVersion
from crawler.reviews import AXES, NO, YES, Axis, effective, read_by_machine, reviews_of
from crawler.terms.verdict import Kind
from datacards.models import Domain


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

    @property
    def statement(self) -> statements.Terms:
        """As `crawler.permissions` takes it."""
        return statements.Terms(
            self.axis("scraping").verdict, self.axis("ai_training").verdict,
            self.quote(Kind.SCRAPING), self.quote(Kind.AI_TRAINING),
        )  # fmt: skip

    def quote(self, kind: Kind) -> str:
        """The first words of a kind that agree with what counts; empty where there are none."""
        said = {Kind.SCRAPING: "scraping", Kind.AI_TRAINING: "ai_training"}[kind]
        for clause in self.version.clauses:
            if clause["kind"] == kind and clause["verdict"] == self.axis(said).verdict:
                return self.version.text[clause["start"] : clause["end"]]
        return ""


def terms_of(domain: Domain, at: datetime | None = None) -> Terms | None:
    """The newest terms by a date (now, unless told) that could be read, under the reviews of today; None without."""
    snapshots = Snapshot.objects.filter(domain=domain, channel=Document.TERMS, content__versions__isnull=False)
    snapshot = snapshots.as_of(at).select_related("content").order_by("-fetched_at", "-id").first()
    if snapshot is None or snapshot.content_id is None:
        return None
    version = newest(TermsVersion.objects.filter(content=snapshot.content_id)).select_related("stance")[0]
    reviews = reviews_of([version.text_digest]).get(version.text_digest, {})
    machine = read_by_machine(version)
    axes = tuple(AxisSaid(axis, machine[name], reviews.get(name)) for name, axis in AXES.items())
    return Terms(snapshot, version, effective(version, reviews), axes)


def newest(versions: QuerySet[TermsVersion]) -> QuerySet[TermsVersion]:
    """The version that counts first: that was made last."""
    return versions.order_by("-made_at", "-id")
