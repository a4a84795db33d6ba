"""What is asked by itself: groups of domains, schedules, and hosts that are left alone for a while."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crawler.pacing import Rhythm
from datacards.models import Corpus, Domain, Run

LONGEST_HOURS = 8760
DAY = 24  # hours


class DomainGroup(models.Model):
    """Domains that somebody watches together. It is its owner's: which domains one watches tells of one's corpora."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    domains = models.ManyToManyField(Domain, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="group_name")]

    def __str__(self) -> str:
        return self.name


class Schedule(models.Model):
    """Asks the sites of a corpus or of a group again and again.

    `next_at` is moved on by compare-and-set, so that of two beats one starts the run. Occurrences are counted from
    `anchor`; each is up to `jitter_minutes` late, by chance that is drawn from the schedule and the occurrence.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(DomainGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="schedules")
    every_hours = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(LONGEST_HOURS)])
    jitter_minutes = models.PositiveIntegerField(default=0)
    documents: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, help_text="Of crawler.documents; empty: what a crawl asks for by itself."
    )
    active = models.BooleanField(default=True)
    anchor = models.DateTimeField(default=timezone.now)
    occurrence = models.PositiveIntegerField(default=0, help_text="The number of the next one.")
    next_at = models.DateTimeField()
    last_run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    last_at = models.DateTimeField(null=True, help_text="When the last run was started.")
    sentence = models.CharField(max_length=500, blank=True, help_text="Why it was paused by itself.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["next_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(corpus__isnull=False, group=None) | Q(corpus=None, group__isnull=False),
                name="schedule_of_one",
            )
        ]
        indexes = [models.Index(fields=["next_at"], name="schedule_due", condition=Q(active=True))]

    def __str__(self) -> str:
        return f"{self.target} every {self.every_hours} h"

    @property
    def target(self) -> "Corpus | DomainGroup":
        """Whose sites are asked."""
        target = self.corpus or self.group
        assert target is not None
        return target

    @property
    def rhythm(self) -> Rhythm:
        """Its occurrences."""
        jitter = timedelta(minutes=self.jitter_minutes)
        return Rhythm(self.pk, self.anchor, timedelta(hours=self.every_hours), jitter)

    @property
    def fresh_for_hours(self) -> float:
        """How young a robots.txt may be and is not asked for again: a day (RFC 9309 section 2.4), however often we run.

        Less the jitter and a twentieth, so that a daily schedule finds yesterday's answers old enough.
        """
        pace = max(self.every_hours, DAY)
        return round(min(float(DAY), pace - self.jitter_minutes / 60 - pace / 20), 3)

    def params(self, names: list[str] | None = None) -> dict[str, Any]:
        """What its runs are told; `names` are a group's domains. A scheduled run is patient with hosts that fail."""
        told: dict[str, Any] = {"fresh_for_hours": self.fresh_for_hours, "patient": True, "schedule": str(self.pk)}
        told |= {"documents": self.documents} if self.documents else {}
        return told | ({"domains": names} if names is not None else {})


class HostHealthQuerySet(models.QuerySet["HostHealth"]):
    """Hosts in trouble."""

    def resting(self, at: Any = None) -> Self:
        """Those that are left alone at a moment (now, unless told)."""
        return self.filter(next_try_at__gt=at or timezone.now())


class HostHealth(models.Model):
    """A host that fails: derived from its snapshots (crawler.health). A host that answers has no row."""

    domain = models.OneToOneField(Domain, on_delete=models.CASCADE, primary_key=True, related_name="+")
    failures = models.PositiveIntegerField(help_text="In a row.")
    since = models.DateTimeField(help_text="When it failed first.")
    last_at = models.DateTimeField(help_text="When it failed last.")
    last_error = models.CharField(max_length=500, blank=True)
    next_try_at = models.DateTimeField()

    objects = HostHealthQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-last_at", "domain"], name="health_newest")]

    def __str__(self) -> str:
        return f"{self.domain_id}: {self.failures} in a row"
