"""What was fetched, what it says, and what changed: append-only evidence."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from crawler import agents
from crawler.documents import Document
from crawler.robots import Level
from crawler.states import State as FetchState
from datacards.models import Domain, Run

ROBOTS = Document.ROBOTS.value


class Agent(models.Model):
    """An AI user agent whose consent is read. Seeded by `manage.py load_agents`; an admin's edits are kept."""

    name = models.CharField(max_length=100, help_text="As its operator writes it.")
    operator = models.CharField(max_length=200)
    purpose = models.CharField(max_length=16, choices=[(p.value, p.value) for p in agents.Purpose])
    fetches = models.BooleanField(default=True, help_text="A control token never fetches; it governs others' use.")
    aliases: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="predecessors")
    url = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text="The operator's documentation.",
    )
    note = models.CharField(max_length=500, blank=True)
    active = models.BooleanField(default=True, help_text="Levels are read and reported for active agents.")
    edited_at = models.DateTimeField(null=True, editable=False, help_text="Set by an admin's edit; kept when loading.")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="agent_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        """The name as a site addresses it in robots.txt."""
        return agents.product_token(self.name)


class Roll(models.Model):
    """The agents, in order, that a string of level letters speaks of (see crawler.agents.Roll)."""

    version = models.CharField(max_length=16, primary_key=True)
    entries: "models.JSONField[list[Any], list[Any]]" = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.version

    @property
    def pure(self) -> agents.Roll:
        """The roll as the algorithms take it."""
        return agents.Roll(tuple((name, tuple(tokens)) for name, tokens in self.entries))


class LevelVector(models.Model):
    """The levels of all agents of a roll, one letter each; stored once, because most sites say one of a few things."""

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="vectors")
    letters = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roll", "letters"], name="vector_once")]

    def __str__(self) -> str:
        return self.letters

    def levels(self) -> Mapping[str, Level]:
        """The levels by agent's name."""
        return self.roll.pure.levels(self.letters)


class SignalSet(models.Model):
    """The machine-readable statements of one fetch, stored once, because most sites say one of a few things.

    `signals` are `crawler.channels.Signal`s as JSON in canonical order; `reader` is the version of what read them, so
    that sets of an older reader can be derived again.
    """

    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON.")
    reader = models.PositiveSmallIntegerField()
    signals: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "reader"], name="signals_once")]

    def __str__(self) -> str:
        return f"{len(self.signals)} signals"


class Content(models.Model):
    """A fetched file, once per content: its digest, where its bytes lie, and what they say.

    `levels` only where the bytes were a robots.txt, `stance` only where they were terms of service: what is read from
    the bytes today, read again when our reading changes.
    """

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the decoded body, in hex.")
    size = models.PositiveIntegerField()
    warc_file = models.CharField(max_length=300, help_text="Below the store's folder of WARC files.")
    warc_offset = models.BigIntegerField()
    levels = models.ForeignKey(LevelVector, null=True, on_delete=models.PROTECT, related_name="contents")
    stance = models.ForeignKey("TermsStance", null=True, on_delete=models.PROTECT, related_name="contents")
    first_seen = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Snapshots in time."""

    def as_of(self, at: datetime | None = None) -> Self:
        """Those fetched by a moment (now, unless told)."""
        return self.filter(fetched_at__lte=at or timezone.now())

    def newest(self, domain: Domain, channel: str = ROBOTS, at: datetime | None = None) -> "Snapshot | None":
        """What was last known of a domain at a moment."""
        known = self.filter(domain=domain, channel=channel).as_of(at)
        return known.select_related("content__levels__roll", "domain").order_by("-fetched_at", "-id").first()


class Snapshot(models.Model):
    """One fetch of one document of one domain, verbatim: never changed after it is written.

    `channel` is the document (crawler.documents). A null `run` was imported: `source` then says from where.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=16, default=ROBOTS)
    fetched_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in FetchState])
    http_status = models.PositiveSmallIntegerField(null=True)
    final_url = models.CharField(max_length=2000, blank=True)
    hops: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, help_text="Redirects followed.")
    content = models.ForeignKey(Content, null=True, on_delete=models.PROTECT, related_name="snapshots")
    signals = models.ForeignKey(
        SignalSet, null=True, on_delete=models.PROTECT, related_name="+", help_text="Of its headers and its body."
    )
    warc_file = models.CharField(max_length=300, blank=True, help_text="The record of this very fetch.")
    warc_offset = models.BigIntegerField(null=True)
    headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=200, blank=True, help_text="Where an imported snapshot comes from.")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "domain", "channel"], name="snapshot_once")]
        indexes = [models.Index(fields=["domain", "channel", "-fetched_at"], name="snapshot_newest")]

    def __str__(self) -> str:
        return f"{self.domain} {self.channel} {self.fetched_at:%Y-%m-%d %H:%M}"


class Spell(models.Model):
    """A stretch over which a document of a domain said the same: derived from its snapshots, made again at will.

    Questions about a date are asked here, for sites seldom change and are fetched often. `until` is the last fetch that
    said so; `snapshot` the first.
    """

    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=16)
    since = models.DateTimeField()
    until = models.DateTimeField()
    fetches = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in FetchState])
    content = models.ForeignKey(Content, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    signals = models.ForeignKey(SignalSet, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "channel", "since"], name="spell_once")]

    def __str__(self) -> str:
        return f"{self.domain} {self.channel} since {self.since:%Y-%m-%d}"


class Direction(models.TextChoices):
    """Which way consent moved."""

    TIGHTENED = "tightened", "Tightened"
    LOOSENED = "loosened", "Loosened"
    NEUTRAL = "neutral", "Neutral"


class ChangeStanding(models.TextChoices):
    """Whether a change has lasted: within the settling window a site may still take it back."""

    SETTLING = "settling", "Settling"
    SETTLED = "settled", "Settled"
    RETURNED = "returned", "Returned"


class ConsentChange(models.Model):
    """Drift: a document of a domain says something else than at its previous snapshot. Our own upgrades make none.

    A change that is taken back within the settling window stays as evidence and is `returned`: nobody is told of it,
    nor of what is `historic`. That is made again when more history comes; what a crawl has found is never touched.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(help_text="When the later snapshot was fetched.")
    before = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    after = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="change")
    changes: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        help_text="Events of crawler.drift as JSON: kind, agent, before, after, and what else a kind has."
    )
    direction = models.CharField(max_length=16, choices=Direction)
    channel = models.CharField(max_length=16, default=ROBOTS)
    standing = models.CharField(max_length=16, choices=ChangeStanding, default=ChangeStanding.SETTLED)
    settles_at = models.DateTimeField(null=True, help_text="When a change that is settling has lasted.")
    historic = models.BooleanField(default=False, help_text="Found in history that was imported: nobody is told of it.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["domain", "-at"], name="change_domain"),
            models.Index(fields=["at"], name="change_at"),
            models.Index(fields=["settles_at"], name="change_settling", condition=models.Q(standing="settling")),
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.direction} {self.at:%Y-%m-%d}"
