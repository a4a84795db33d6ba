"""Terms of service: versions of the text, what they forbid, and what a steward says of that."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from crawler.models.evidence import Content
from datacards.models import Domain


class Mention(models.TextChoices):
    """What terms say of a use."""

    PROHIBITED = "prohibited", "Prohibited"
    CONDITIONAL = "conditional", "Conditional"
    ALLOWED = "allowed", "Allowed"
    NOT_MENTIONED = "not_mentioned", "Not mentioned"


class TermsStance(models.Model):
    """What terms come to on every axis; interned, because there are few ways to combine them."""

    scraping = models.CharField(max_length=16, choices=Mention)
    ai_training = models.CharField(max_length=16, choices=Mention)
    non_commercial = models.BooleanField()
    no_redistribution = models.BooleanField(help_text="Neither redistribution nor competing use.")
    output_only = models.BooleanField(help_text="AI is mentioned only for what the product puts out.")
    paper_class = models.CharField(
        max_length=32, blank=True, help_text="Of the nine of Longpre et al. (2024); empty where it could not be read."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scraping", "ai_training", "non_commercial", "no_redistribution", "output_only", "paper_class"],
                name="stance_once",
            )
        ]

    def __str__(self) -> str:
        return self.paper_class or "not read"

    @property
    def axes(self) -> dict[str, str | bool]:
        """Axis → what is said on it."""
        names = ("scraping", "ai_training", "non_commercial", "no_redistribution", "output_only")
        return {name: getattr(self, name) for name in names}


class TermsPage(models.Model):
    """Where a domain's terms are, pinned by a person: what discovery finds is asked only without one."""

    domain = models.OneToOneField(Domain, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=2000)
    selector = models.CharField(max_length=500, blank=True, help_text="CSS; the whole page where it is empty.")
    pinned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    pinned_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.url


class TermsVersion(models.Model):
    """The text extracted from a content; what a newer extractor makes of the same bytes is a technical upgrade."""

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="versions")
    extractor = models.CharField(max_length=80, help_text="Name and version of what extracted it.")
    classifier = models.CharField(max_length=80, help_text="Name and version of what classified it.")
    title = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=16, blank=True)
    supported = models.BooleanField(default=True, help_text="Whether the classifier reads this language.")
    text = models.TextField()
    text_digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the text, in hex.")
    stance = models.ForeignKey(TermsStance, on_delete=models.PROTECT, related_name="versions")
    clauses: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        default=list, help_text="kind, verdict, start, end; the quote is text[start:end]."
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content", "extractor", "classifier"], name="terms_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title or 'terms'} ({self.language or 'unknown language'})"

    @property
    def read(self) -> dict[str, str | bool]:
        """Axis → what the classifier read, whatever a person said later."""
        return self.stance.axes


class TermsReview(models.Model):
    """A person confirms or overrides what the classifier read on one axis of one text; the newest counts."""

    text_digest = models.CharField(max_length=64)
    axis = models.CharField(max_length=32)
    verdict = models.CharField(max_length=16, help_text="A mention, or true or false, as the axis has it.")
    confirmed = models.BooleanField(help_text="Whether it says what the classifier had said.")
    quote = models.CharField(max_length=2000, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["text_digest", "axis", "-at"], name="review_newest")]

    def __str__(self) -> str:
        return f"{self.axis}: {self.verdict}"
