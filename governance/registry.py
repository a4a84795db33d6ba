"""Are we in order? What must be 0 over all corpora that a reader may know of, and where they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils import timezone

from datacards.models import Run, RunState, User
from governance.catalogue import standings
from governance.models import Outcome, Standing

LATE = timedelta(hours=26)  # every corpus is considered once a day


@dataclass(frozen=True)
class Zero:
    """A number that must be 0, what it counts, and where to look when it is not."""

    count: int
    title: str
    href: str


@dataclass(frozen=True)
class Registry:
    """The sums. `refused_share` is of the tokens whose sites were asked, None where none were."""

    corpora: int
    all_tokens: int
    unlicensed: int
    refused_share: float | None
    oldest: datetime | None
    outcomes: list[tuple[str, int, int]]
    zeros: list[Zero]


def registry(person: User) -> Registry:
    """The registry as this person may know of it, in three queries."""
    rows = standings(person, {})
    sums: dict[str, Any] = rows.aggregate(
        corpora=Count("pk"), all_tokens=Sum("tokens"), unlicensed=Count("pk", filter=Q(licence="")),
        refused=Sum(F("refused_share") * F("tokens")), known=Sum("tokens", filter=Q(refused_share__isnull=False)),
        oldest=Min("considered_at"),
        **{o: Count("pk", filter=Q(outcome=o)) for o in Outcome.values},
        **{f"{o}_tokens": Sum("tokens", filter=Q(outcome=o)) for o in Outcome.values},
    )  # fmt: skip
    return Registry(
        sums["corpora"], sums["all_tokens"] or 0, sums["unlicensed"],
        float(sums["refused"] / sums["known"]) if sums["known"] else None, sums["oldest"],
        [(o, sums[o], sums[f"{o}_tokens"] or 0) for o in reversed(Outcome.values)], _zeros(person, rows),
    )  # fmt: skip


def _zeros(person: User, rows: QuerySet[Standing]) -> list[Zero]:
    counts = rows.filter(outcome=Outcome.APPROVED).aggregate(
        old=Count("pk", filter=~Q(decision__revision=F("corpus__latest"))),
        late=Count("pk", filter=Q(considered_at__lt=timezone.now() - LATE)),
        bare=Count("pk", filter=Q(licence="") | Q(refused_share=None)),
    )
    errored = Run.objects.visible_to(person).filter(state=RunState.ERRORED, retries=None).count()
    return [
        Zero(counts["old"], "approved on a revision that is no longer the newest", "?outcome=approved"),
        Zero(counts["late"], "approved, and not considered again for over a day", "?outcome=approved"),
        Zero(counts["bare"], "approved without a licence or without asking the sites", "?outcome=approved"),
        Zero(errored, "runs that ended by our own mistake and were not tried again", ""),
    ]
