"""What an audit found: one row per finished audit of a revision, and its counts. Values are never stored."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone

from datacards.models import Revision, Run

PII_SCAN = "pii.structured"
CONTENT_PROFILE = "content.profile"


class AuditQuerySet(models.QuerySet["Audit"]):
    """Audits in time, newest first."""

    def of(self, revision: Revision) -> Self:
        """Those of a revision."""
        return self.filter(revision=revision).order_by("-finished_at", "-id")

    def as_of(self, at: datetime | None = None) -> Self:
        """Those finished by a moment (now, unless told)."""
        return self.filter(finished_at__lte=at or timezone.now())

    def latest_scan(self, revision: Revision, at: datetime | None = None) -> "Audit | None":
        """The newest scan for personal data and secrets of a revision, as it was known at a moment (now)."""
        return self.of(revision).as_of(at).filter(name=PII_SCAN).first()

    def latest_profile(self, revision: Revision, at: datetime | None = None) -> "Audit | None":
        """The newest profile of a revision's content, as it was known at a moment (now)."""
        return self.of(revision).as_of(at).filter(name=CONTENT_PROFILE).first()


class Audit(models.Model):
    """A finished audit of one revision by one state of its detectors; never changed after it is written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64, help_text="Which audit, by the registry's name, such as pii.structured.")
    pack_digest = models.CharField(max_length=64, help_text="SHA-256 of the detectors: their version and settings.")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(default=timezone.now)
    rows = models.BigIntegerField(help_text="Rows that were read.")
    rows_known = models.BigIntegerField(help_text="Rows that the revision has.")
    size = models.BigIntegerField(default=0, help_text="Bytes of text that were read.")
    personal_rows = models.BigIntegerField(default=0, help_text="Rows with validated personal data.")
    secrets = models.BigIntegerField(default=0, help_text="Keys, tokens and passwords found.")
    summary: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-finished_at", "-id"]
        indexes = [
            models.Index(fields=["revision", "name", "-finished_at"], name="audit_newest"),
            models.Index(fields=["finished_at"], name="audit_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.revision_id}"

    @property
    def coverage(self) -> float | None:
        """Share of the revision's rows that were read, 0..1; None where there are none to read."""
        return self.rows / self.rows_known if self.rows_known else None

    @property
    def personal_share(self) -> float | None:
        """Share of the rows read that hold validated personal data, 0..1; None where nobody looked for any."""
        return self.personal_rows / self.rows if self.rows and self.name != CONTENT_PROFILE else None


class AuditCount(models.Model):
    """How often one type was found in one column, at one tier of certainty."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="counts")
    column = models.CharField(max_length=200)
    type = models.CharField(max_length=32)
    tier = models.CharField(max_length=16)
    findings = models.BigIntegerField()
    rows = models.BigIntegerField(help_text="Rows with at least one such finding.")
    upper_share = models.FloatField(help_text="Upper 95 % bound (Clopper–Pearson) of the share of such rows, 0..1.")

    class Meta:
        ordering = ["audit", "-rows", "type"]
        constraints = [models.UniqueConstraint(fields=["audit", "column", "type", "tier"], name="audit_count_once")]

    def __str__(self) -> str:
        return f"{self.type} in {self.column}: {self.findings}"
