"""Runs: long work, from asking for it to its log. What starts one takes an Idempotency-Key."""

import functools
import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Header, Query, Router
from pydantic import BaseModel, Field

from datacards.models import Run, RunLine, RunState
from datacards.models.work import LIVING
from governance import acts
from governance.api import corpora
from governance.api.corpora import NewCorpus
from governance.api.paging import Page, Place, Sort, newest, page
from governance.api.problems import Problem
from governance.api.schemas import CorpusName, Given, Line, name_of
from governance.models import IdempotencyKey
from governance.views.paging import Order
from governance.views.shared import readable, who

router = Router(tags=["Runs"])
KEPT = timedelta(hours=24)

IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$",
        description="The same key with the same body gives the same answer for a day, and starts nothing twice.",
    ),
]  # fmt: skip


class RunItem(BaseModel):
    """Long work that somebody asked for: what, why, how far, how it ended."""

    id: uuid.UUID
    kind: str
    state: RunState
    corpus: CorpusName | None
    revision: uuid.UUID | None
    started_by: str | None
    reason: str
    retry_of: uuid.UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int | None = Field(description="Null until the run is planned.")
    unit: str = Field(description="What done and total count.")
    sentence: str = Field(description="Why it failed, and how to mend it.")
    outcome: dict[str, Any] = Field(description="What it made, such as the revision's id.")

    @classmethod
    def of(cls, row: Run) -> "RunItem":
        """From its row."""
        names = (
            "kind",
            "reason",
            "created_at",
            "started_at",
            "ended_at",
            "done",
            "total",
            "unit",
            "sentence",
            "outcome",
        )
        return cls(
            id=row.pk, state=RunState(row.state), corpus=CorpusName.of(row.corpus) if row.corpus else None,
            revision=row.revision_id, started_by=name_of(row.started_by), retry_of=row.retry_of_id,
            **{name: getattr(row, name) for name in names},
        )  # fmt: skip


class LogLine(BaseModel):
    """A line of a run's log."""

    at: datetime
    level: str
    text: str


class RunsQuery(Place):
    """Which runs to list."""

    kind: Line = ""
    state: RunState | None = None
    living: bool | None = Field(None, description="Those that have not ended, or those that have.")
    corpus: uuid.UUID | None = None


class Why(Given):
    """Why it is asked for."""

    reason: Line = ""


class NewScan(Why):
    """What to scan."""

    columns: list[Line] = Field([], max_length=100, description="All that hold text, when left out.")


@router.get("runs", response=Page[RunItem])
def list_runs(request: HttpRequest, response: HttpResponse, query: Query[RunsQuery]) -> Page[RunItem]:
    """List the runs that you may see, newest first."""
    rows = Run.objects.visible_to(who(request)).select_related("corpus", "started_by")
    if query.living is not None:
        rows = rows.filter(state__in=LIVING) if query.living else rows.exclude(state__in=LIVING)
    chosen = {"kind": query.kind, "state": query.state, "corpus": query.corpus}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    return page(request, response, rows, newest("created_at"), RunItem.of, query)


@router.get("runs/{uuid:run_id}", response=RunItem)
def get_run(request: HttpRequest, run_id: uuid.UUID) -> RunItem:
    """Get a run: how far it is, and how it ended."""
    return RunItem.of(_visible(request, run_id))


@router.get("runs/{uuid:run_id}/log", response=Page[LogLine])
def list_log(request: HttpRequest, response: HttpResponse, run_id: uuid.UUID, place: Query[Place]) -> Page[LogLine]:
    """List the lines of a run's log, oldest first."""
    rows = RunLine.objects.filter(run=_visible(request, run_id))
    oldest = Sort(Order("at"), lambda row: row.at)
    return page(request, response, rows, oldest, _line, place)


def _line(row: RunLine) -> LogLine:
    return LogLine(at=row.at, level=row.level, text=row.text)


@router.post("runs/{uuid:run_id}/cancel", response=RunItem)
def cancel_run(request: HttpRequest, run_id: uuid.UUID) -> RunItem:
    """End a living run; nothing half-done is kept."""
    return RunItem.of(acts.cancel(who(request), _visible(request, run_id)))


@router.post("runs/{uuid:run_id}/retry", response={202: RunItem})
def retry_run(request: HttpRequest, run_id: uuid.UUID, idempotency_key: IdempotencyHeader = None) -> HttpResponse:
    """Ask again for a run that ended without success; the answer is the new run."""
    run = _visible(request, run_id)
    return started(request, idempotency_key, lambda: acts.retry(who(request), run))


@corpora.router.post("corpora", response={202: RunItem})
def register_corpus(request: HttpRequest, corpus: NewCorpus, idempotency_key: IdempotencyHeader = None) -> HttpResponse:
    """Register a corpus: a run reads it; when that has completed, its outcome names the corpus and its revision."""
    return started(request, idempotency_key, lambda: acts.register(who(request), **corpus.model_dump()))


@router.post("corpora/{uuid:corpus_id}/crawls", response={202: RunItem}, tags=["Consent"])
def start_crawl(
    request: HttpRequest, corpus_id: uuid.UUID, crawl: Why, idempotency_key: IdempotencyHeader = None
) -> HttpResponse:
    """Ask the sites of a corpus what they permit today."""
    corpus = readable(request, corpus_id)
    return started(request, idempotency_key, lambda: acts.crawl(who(request), corpus, reason=crawl.reason))


@router.post("corpora/{uuid:corpus_id}/audits", response={202: RunItem}, tags=["Audits"])
def start_audit(
    request: HttpRequest, corpus_id: uuid.UUID, audit: NewScan, idempotency_key: IdempotencyHeader = None
) -> HttpResponse:
    """Search a corpus for personal data."""
    corpus = readable(request, corpus_id)
    columns: list[str] | None = list(audit.columns) or None
    act = functools.partial(acts.scan, who(request), corpus, columns=columns, reason=audit.reason)
    return started(request, idempotency_key, act)


@corpora.router.post("corpora/{uuid:corpus_id}/profiles", response={202: RunItem}, tags=["Audits"])
def start_profile(
    request: HttpRequest, corpus_id: uuid.UUID, profile: Why, idempotency_key: IdempotencyHeader = None
) -> HttpResponse:
    """Measure a corpus's content: lengths, languages, duplicates, gaps."""
    corpus = readable(request, corpus_id)
    return started(request, idempotency_key, lambda: acts.profile(who(request), corpus, reason=profile.reason))


def _visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    rows = Run.objects.visible_to(who(request)).select_related("corpus__owner", "started_by")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


# --- once --------------------------------------------------------------------------------------------------


def started(request: HttpRequest, key: str | None, act: Callable[[], Run]) -> HttpResponse:
    """202 with the run that the act starts; the same key again gives the same answer.

    The key's row and the run are stored in one transaction: a second request waits for the first to end, and then
    finds its answer, or, where it failed, a free key.
    """
    with transaction.atomic():
        if key is None:
            return _accepted(RunItem.of(act()).model_dump(mode="json"))
        IdempotencyKey.objects.filter(user=who(request), made_at__lt=timezone.now() - KEPT).delete()
        digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
        row, new = IdempotencyKey.objects.get_or_create(
            user=who(request), key=key, defaults={"request_digest": digest}
        )  # fmt: skip
        if row.request_digest != digest:
            raise Problem(422, "This Idempotency-Key was used for another request; take a new one.")
        if new:
            row.status, row.body = 202, RunItem.of(act()).model_dump(mode="json")
            row.save(update_fields=["status", "body"])
    response = _accepted(row.body)
    response["Idempotency-Replayed"] = "false" if new else "true"
    return response


def _accepted(body: dict[str, Any]) -> HttpResponse:
    return JsonResponse(body, status=202, headers={"Location": f"/api/v1/runs/{body['id']}"})
