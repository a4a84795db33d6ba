"""The record of long work: a run and the units it is cut into (see datacards.runs for how they are driven)."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from datacards.models.corpus import Corpus, Reader, Revision
from datacards.models.people import User


class RunState(models.TextChoices):
    """A run's life. *Failed* is expected and says how to mend it; *errored* is a bug of ours."""

    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    ERRORED = "errored", "Errored"
    CANCELLED = "cancelled", "Cancelled"


ENDED = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.ERRORED, RunState.CANCELLED})
LIVING = frozenset({RunState.PENDING, RunState.RUNNING})
RUN_TRANSITIONS: dict[str, frozenset[RunState]] = {
    RunState.PENDING: frozenset({RunState.RUNNING, RunState.CANCELLED, RunState.FAILED, RunState.ERRORED}),
    RunState.RUNNING: ENDED,
    **{state: frozenset() for state in ENDED},
}


class RunQuerySet(models.QuerySet["Run"]):
    """Questions asked of the work list."""

    def living(self) -> Self:
        """Runs that have not ended."""
        return self.filter(state__in=LIVING)

    def visible_to(self, reader: Reader) -> Self:
        """Those about corpora one may read (without a role: of these, one's own), and one's own; all for an admin."""
        if not isinstance(reader, User) or not reader.is_active:
            return self.none()
        if reader.administers:
            return self.all()
        readable = Corpus.objects.readable_by(reader).values("id")
        about = Q(corpus__in=readable) if reader.reads else Q(corpus__in=readable, started_by=reader)
        return self.filter(Q(started_by=reader, corpus=None) | about)

    def move(self, *, to: RunState, **changes: Any) -> int:
        """Compare-and-set: moves those runs that may go to that state; returns how many did."""
        allowed = [state for state, ends in RUN_TRANSITIONS.items() if to in ends]
        if to in ENDED:
            changes.setdefault("ended_at", timezone.now())
        return self.filter(state__in=allowed).update(state=to, **changes)


class Run(models.Model):
    """Long work that somebody asked for: what, why, how far, how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.PENDING)
    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.CASCADE, related_name="runs")
    params: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="runs")
    reason = models.CharField(max_length=500, blank=True)
    retry_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, help_text="Unknown until the run is planned.")
    unit = models.CharField(max_length=32, default="units", help_text="What done and total count.")
    sentence = models.TextField(blank=True, help_text="Why it failed, and how to mend it.")
    outcome: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    # The lease is held only while the run is planned or finished; in between its units have their own.
    planned = models.BooleanField(default=False)
    fence = models.IntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="run_newest"),
            models.Index(fields=["corpus", "-created_at"], name="run_corpus"),
            models.Index(fields=["created_at"], name="run_living", condition=Q(state__in=["pending", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.state in ENDED

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        if self.started_at is None:
            return 0.0
        return ((self.ended_at or timezone.now()) - self.started_at).total_seconds()

    @property
    def rate(self) -> float:
        """Progress per second since the start."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def time_left(self) -> timedelta | None:
        """At the rate so far; None while nothing can be said."""
        if self.ended or not self.total or not self.rate:
            return None
        return timedelta(seconds=max(0, self.total - self.done) / self.rate)

    @property
    def share_done(self) -> float | None:
        """0..1, or None while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else None

    def say(self, text: str, level: str = "info") -> None:
        """Add a line to the log that the user sees: no secret, no personal value."""
        RunLine.objects.create(run=self, text=text, level=level)


class UnitState(models.TextChoices):
    """A unit's life."""

    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Unit(models.Model):
    """A part of a run that one worker does in minutes; its effects are stored with its state, once."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="units")
    ordinal = models.PositiveIntegerField()
    spec: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=UnitState, default=UnitState.PENDING)
    fence = models.IntegerField(default=0, help_text="Grows with each lease; a stale worker's writes are refused.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["run", "ordinal"], name="unit_ordinal")]
        indexes = [
            models.Index(fields=["run", "ordinal"], name="unit_open", condition=Q(state__in=["pending", "running"]))
        ]

    def __str__(self) -> str:
        return f"{self.run_id} #{self.ordinal}"


class RunLine(models.Model):
    """A line of a run's log."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=8, default="info")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text
