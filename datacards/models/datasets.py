"""Datasets that the world speaks of and we need not hold: what registers record of them, and whom they name."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from datacards.models.corpus import Corpus, Domain, Reader, Relation
from datacards.models.people import User


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Questions asked of the records."""

    def readable_by(self, reader: Reader) -> Self:
        """Records are the organisation's: everybody with a role may read them, nobody else."""
        return self.all() if isinstance(reader, User) and reader.reads else self.none()


class Dataset(models.Model):
    """One dataset as a register describes it; a corpus of ours may be a copy of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    register = models.CharField(max_length=200, help_text="Whose record this is.")
    identifier = models.CharField(max_length=500, help_text="What that register calls it.")
    title = models.CharField(max_length=500)
    collection = models.CharField(max_length=300, blank=True)
    modality = models.CharField(max_length=32, blank=True)
    hub_id = models.CharField(max_length=200, blank=True, db_index=True, help_text="owner/name on the Hub.")
    links: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    creators: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    languages: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    tasks: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    generators: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, help_text="Models whose output it holds."
    )
    year = models.PositiveSmallIntegerField(null=True)
    record: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(help_text="As it was imported.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the record's canonical JSON.")
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Derived from the claims whenever these change, so that the board can be filtered and sorted.
    verdict = models.CharField(max_length=32, blank=True, help_text="What the claims come to.")
    hub_verdict = models.CharField(max_length=32, blank=True, help_text="What the Hub's licence alone comes to.")
    disputed = models.BooleanField(default=False, help_text="Claims contradict each other.")
    satisfiable = models.BooleanField(null=True, help_text="All its licences can be met in one derivative.")

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [models.UniqueConstraint(fields=["register", "identifier"], name="dataset_once")]
        indexes = [
            models.Index(fields=["verdict", "title", "id"], name="dataset_verdict"),
            models.Index(fields=["title", "id"], name="dataset_title"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="dataset_title_trgm"),
            models.Index(Upper("identifier"), name="dataset_identifier_upper"),
        ]

    def __str__(self) -> str:
        return self.title


class SourceMention(models.Model):
    """A source that a dataset names; tied to a web domain where the words are one."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="sources")
    text = models.CharField(max_length=500)
    domain = models.ForeignKey(Domain, null=True, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        ordering = ["dataset", "text"]
        constraints = [models.UniqueConstraint(fields=["dataset", "text"], name="source_once")]

    def __str__(self) -> str:
        return self.text


class MentionState(models.TextChoices):
    """What became of a parent named in free text."""

    OPEN = "open", "Not resolved"
    RESOLVED = "resolved", "Resolved"
    OUTSIDE = "outside", "Not among the records"


class ParentMention(models.Model):
    """A parent that a dataset names in free text: an edge of the lineage once it is resolved."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="parents")
    text = models.CharField(max_length=500)
    relation = models.CharField(max_length=16, choices=Relation, default=Relation.MIXED)
    state = models.CharField(max_length=16, choices=MentionState, default=MentionState.OPEN)
    parent = models.ForeignKey(Dataset, null=True, on_delete=models.SET_NULL, related_name="children")
    parent_corpus = models.ForeignKey(Corpus, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(
        max_length=200, blank=True, help_text="The exact rule that resolved it, or why a person did."
    )
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["dataset", "text"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "text"], name="mention_once"),
            models.CheckConstraint(
                condition=Q(state="resolved", parent__isnull=False, parent_corpus=None)
                | Q(state="resolved", parent=None, parent_corpus__isnull=False)
                | Q(parent=None, parent_corpus=None) & ~Q(state="resolved"),
                name="mention_resolved_to_one",
            ),
        ]
        indexes = [models.Index(fields=["state", "text"], name="mention_open")]

    def __str__(self) -> str:
        return self.text


class LicenceOverride(models.Model):
    """An admin's word on what a licence allows, over the shipped classification, with a reason; the newest counts."""

    licence = models.CharField(max_length=200, help_text="The id in the table of licences.")
    changes: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        help_text="Component → value; empty takes an earlier override back."
    )
    reason = models.CharField(max_length=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["licence", "-made_at"], name="override_newest")]

    def __str__(self) -> str:
        return self.licence
