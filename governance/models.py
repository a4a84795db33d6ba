"""Policies, decisions and what follows from them. Governance alone knows all the other apps' records."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from datacards.models import Corpus, Revision


class Policy(models.Model):
    """A named set of rules that somebody owns; its versions never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_default = models.BooleanField(default=False, help_text="Decides where no other policy is asked for.")

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="policy_one_default")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def active(self) -> "PolicyVersion | None":
        """The version that decides: the newest activated one."""
        return self.versions.filter(activated_at__lte=timezone.now()).order_by("-number").first()


class PolicyVersion(models.Model):
    """The rules as data, with the digest of their canonical form; immutable once activated."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rules: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["policy", "-number"]
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number")]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Outcome(models.TextChoices):
    """What a corpus's newest decision says; undecided until there is one."""

    UNDECIDED = "undecided", "Undecided"
    INDETERMINATE = "indeterminate", "Indeterminate"
    BLOCKED = "blocked", "Blocked"
    APPROVED = "approved", "Approved"


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions in time."""

    def of(self, corpus: Corpus) -> Self:
        """All decisions on any revision of a corpus, newest first."""
        return self.filter(revision__corpus=corpus).order_by("-decided_at", "-id")


class Decision(models.Model):
    """What a policy version said of a revision, on frozen facts. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=16, choices=Outcome)
    facts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        help_text="Fact name → value and the ids of the evidence rows, as they were."
    )
    facts_digest = models.CharField(max_length=64, help_text="SHA-256 of the facts without the clock.")
    findings: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    because = models.CharField(max_length=500, blank=True, help_text="What made it be decided.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [
            models.Index(fields=["revision", "-decided_at"], name="decision_newest"),
            models.Index(fields=["-decided_at", "-id"], name="decision_all_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.outcome}"

    @property
    def flipped(self) -> bool:
        """It says something else than the decision before it."""
        return self.previous is not None and self.previous.outcome != self.outcome

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Findings that hold the revision back, weightiest first; those that passed when nothing does."""
        weight = {"FAIL": 0, "INDETERMINATE": 1}
        levels = {"block": 0, "warn": 1, "info": 2}
        held = [f for f in self.findings if f["result"] in weight]
        held.sort(key=lambda f: (levels[f["level"]], weight[f["result"]]))
        return held or [f for f in self.findings if f["result"] == "PASS"]


class Standing(models.Model):
    """Where a corpus stands now: one row per corpus, kept beside it so that lists stay fast."""

    corpus = models.OneToOneField(Corpus, on_delete=models.CASCADE, primary_key=True, related_name="+")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.UNDECIDED)
    refused_share = models.FloatField(null=True, help_text="Tokens of domains that refuse training, 0..1.")
    checked_share = models.FloatField(null=True, help_text="Tokens of domains whose consent was checked, 0..1.")
    card_share = models.FloatField(null=True, help_text="Required card fields that are filled, 0..1.")
    licence = models.CharField(max_length=500, blank=True)
    tokens = models.BigIntegerField(default=0)
    flipped_at = models.DateTimeField(null=True, help_text="When the outcome last changed.")
    changed_at = models.DateTimeField(default=timezone.now, help_text="When the newest decision was made.")
    considered_at = models.DateTimeField(null=True, help_text="When the evidence was last looked at.")

    class Meta:
        indexes: ClassVar = [
            models.Index(F("considered_at").asc(nulls_first=True), "corpus", name="standing_considered"),
            models.Index(fields=["outcome", "-changed_at", "corpus"], name="standing_outcome"),
            models.Index(fields=["-changed_at", "corpus"], name="standing_changed"),
            models.Index(fields=["-refused_share", "corpus"], name="standing_refused"),
            models.Index(fields=["-tokens", "corpus"], name="standing_tokens"),
        ]

    def __str__(self) -> str:
        return f"{self.corpus_id}: {self.outcome}"


class Watermark(models.Model):
    """How far governance has looked through the lower apps' rows (pull, never push)."""

    source = models.CharField(max_length=32, primary_key=True)
    seen_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} until {self.seen_until:%Y-%m-%d %H:%M:%S}"


class ApiToken(models.Model):
    """A personal token for the API: only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    paced_until = models.DateTimeField(null=True, help_text="How far its requests are ahead of the allowed rate.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """A request already answered: the same key gives the same answer and does nothing twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0, help_text="0 while the first request is at work.")
    body: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key


# Kept in a file of their own; Django looks for all models of the app here.
from governance.subscription_models import Delivery, Message, Subscription  # noqa: E402

__all__ = [
    "ApiToken", "Decision", "DecisionQuerySet", "Delivery", "IdempotencyKey", "Message", "Outcome", "Policy",
    "PolicyVersion", "Standing", "Subscription", "Watermark",
]  # fmt: skip
