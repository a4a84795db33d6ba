"""Home: what needs me today? A short worklist by role; that there is nothing to do is said plainly."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from datacards.models import Corpus, Grant, Run, RunState, User
from governance import words
from governance.models import Outcome, Standing
from governance.terms import waiting
from governance.views.shared import who

EACH = 6
RECENT = timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """One thing to do: what, why, since when, and the page where it is done."""

    title: str
    detail: str
    verdict: str
    at: datetime | None
    route: str
    key: Any
    anchor: str = ""


@dataclass(frozen=True)
class Group:
    """Tasks of a kind, under a heading."""

    title: str
    tasks: list[Task]
    more: str = ""  # where all of them are


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The worklist."""
    person = who(request)
    groups = _once(source(person) for source in _sources(person))
    living = list(_mine(Run.objects.living(), person).select_related("corpus").order_by("-created_at")[:EACH])
    to_do = sum(len(group.tasks) for group in groups)
    return render(request, "governance/home.html", {"groups": groups, "living": living, "said": _said(person, to_do)})


def _once(groups: Iterable[Group]) -> list[Group]:
    """Groups with something in them; what an earlier one has told of a corpus is not told again."""
    told: set[tuple[str, str]] = set()
    kept = []
    for group in groups:
        tasks = [task for task in group.tasks if (task.title, task.verdict) not in told]
        told |= {(task.title, task.verdict) for task in tasks}
        kept += [Group(group.title, tasks, group.more)] if tasks else []
    return kept


def _said(person: User, to_do: int) -> str:
    if person.role == "outsider":
        return "You have no role here yet, so you see what is public. An admin can give you one."
    return f"{words.plural(to_do, 'thing')} to look at." if to_do else "Nothing needs you today."


def _sources(person: User) -> Iterable[Callable[[User], Group]]:
    if person.stewards:
        return (flipped, in_trouble, held, undecided, to_review, unfinished, ending)
    return (flipped,)


def _standings(person: User) -> QuerySet[Standing]:
    """Those that a steward answers for; for others, those that they may read."""
    rows = Standing.objects.select_related("corpus", "decision__previous")
    if person.administers:
        return rows
    mine = Corpus.objects.managed_by(person) if person.stewards else Corpus.objects.readable_by(person)
    return rows.filter(corpus__in=mine)


def _mine(runs: QuerySet[Run], person: User) -> QuerySet[Run]:
    """Runs that this person started, or that are about a corpus of theirs; all for an admin."""
    return runs if person.administers else runs.filter(Q(started_by=person) | Q(corpus__owner=person))


def flipped(person: User) -> Group:
    """Decisions that say something else than before."""
    since = timezone.now() - RECENT
    rows = _standings(person).filter(changed_at__gte=since - timedelta(days=1), flipped_at__gte=since)
    rows = rows.filter(decision__previous__isnull=False).exclude(decision__previous__outcome=F("outcome"))
    return Group("Decisions that flipped", [_flip(row) for row in rows.order_by("-changed_at")[:EACH]])


def _flip(row: Standing) -> Task:
    decision = row.decision
    assert decision is not None
    assert decision.previous is not None
    before = words.look(decision.previous.outcome).word.lower()
    return Task(
        row.corpus.name, f"was {before}. {decision.because}", row.outcome, row.flipped_at, "decision", decision.pk
    )


def held(person: User) -> Group:
    """Corpora whose rules fail, by the reason that weighs most."""
    rows = _standings(person).filter(outcome=Outcome.BLOCKED).order_by("-changed_at")[:EACH]
    return Group("Blocked", [_by_reason(row) for row in rows], "?outcome=blocked")


def undecided(person: User) -> Group:
    """Corpora for which evidence is missing."""
    waiting = (Outcome.UNDECIDED, Outcome.INDETERMINATE)
    rows = _standings(person).filter(outcome__in=waiting).order_by("-changed_at")[:EACH]
    return Group("Not decided: evidence is missing", [_by_reason(row) for row in rows], "?outcome=indeterminate")


def _by_reason(row: Standing) -> Task:
    reasons = row.decision.reasons if row.decision else []
    detail = reasons[0]["sentence"] if reasons else "Its first decision follows when its sites were asked."
    return Task(row.corpus.name, detail, row.outcome, row.changed_at, "corpus", row.pk)


def unfinished(person: User) -> Group:
    """Cards with required fields still empty."""
    rows = _standings(person).filter(card_share__lt=1).order_by("-changed_at")[:EACH]
    tasks = [
        Task(r.corpus.name, f"{words.percent(r.card_share)} of the required fields are filled.", "some-card", None,
             "corpus", r.pk, "card")
        for r in rows
    ]  # fmt: skip
    return Group("Cards to finish", tasks)


def to_review(person: User) -> Group:
    """Terms of sites in one's corpora that refuse, by the classifier's word alone."""
    rows = waiting(person)[:EACH]
    tasks = [
        Task(row.name, f"Its terms were read to refuse; {words.compact(row.tokens)} tokens hang on it.", "unreviewed",
             row.fetched_at, "domain-terms", row.name)
        for row in rows
    ]  # fmt: skip
    return Group("Terms to review", tasks)


def in_trouble(person: User) -> Group:
    """Runs that ended without success and were not tried again."""
    ended = {"state__in": (RunState.FAILED, RunState.ERRORED), "ended_at__gte": timezone.now() - RECENT}
    rows = _mine(Run.objects.filter(retries=None, **ended), person).select_related("corpus")
    tasks = [
        Task(words.run_title(run), run.sentence, run.state, run.ended_at, "run", run.pk)
        for run in rows.order_by("-created_at")[:EACH]
    ]
    return Group("Runs in trouble", tasks)


def ending(person: User) -> Group:
    """Leave that ends soon, given on corpora that this person answers for."""
    now = timezone.now()
    rows = Grant.objects.filter(ends_at__gt=now, ends_at__lt=now + RECENT).select_related("corpus", "user")
    if not person.administers:
        rows = rows.filter(corpus__owner=person)
    tasks = [
        Task(f"{grant.user.get_username()} reads {grant.corpus.name}", grant.reason, "ends", grant.ends_at,
             "corpus-access", grant.corpus_id)
        for grant in rows.order_by("ends_at")[:EACH]
    ]  # fmt: skip
    return Group("Leave that ends soon", tasks)
