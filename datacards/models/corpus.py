"""Corpora and what is known of each of their revisions."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from datacards.models.people import User
from datacards.relations import RELATIONS

if TYPE_CHECKING:
    from datacards.models.datasets import Dataset
    from datacards.models.work import Run

Reader = User | AnonymousUser


class CorpusQuerySet(models.QuerySet["Corpus"]):
    """Questions asked of the catalogue."""

    def readable_by(self, reader: Reader, at: datetime | None = None) -> Self:
        """Corpora whose existence and content this reader may know of; the default is none but public ones."""
        public = Q(audience=Audience.PUBLIC)
        if not isinstance(reader, User) or not reader.is_active:
            return self.filter(public)
        if reader.administers:
            return self.all()
        granted = Grant.objects.living(at).filter(user=reader).values("corpus_id")
        allowed = public | Q(owner=reader) | Q(id__in=granted)
        return self.filter(allowed | Q(audience=Audience.ORGANISATION) if reader.reads else allowed)

    def managed_by(self, person: Reader) -> Self:
        """Corpora that this person may change: a steward's own, and all for an admin."""
        if not isinstance(person, User) or not person.stewards:
            return self.none()
        return self.all() if person.administers else self.filter(owner=person)


class Audience(models.TextChoices):
    """Who may read a corpus, besides its owner and those with a grant."""

    NAMED = "named", "Only people with a grant"
    ORGANISATION = "organisation", "Everybody with a role here"
    PUBLIC = "public", "Everybody"


class Corpus(models.Model):
    """A body of training data that somebody answers for. It always has at least one revision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True, help_text="Short and unique, such as acme/web-2026.")
    title = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="corpora")
    audience = models.CharField(max_length=16, choices=Audience, default=Audience.ORGANISATION)
    location = models.CharField(max_length=2000, help_text="Path, fsspec URL or Hub id that it is read from.")
    location_revision = models.CharField(max_length=200, blank=True)
    dataset: "models.ForeignKey[Dataset | None]" = models.ForeignKey(
        "Dataset", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )
    latest = models.OneToOneField("Revision", null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CorpusQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "corpora"
        ordering = ["name"]
        indexes = [
            models.Index(fields=["-updated_at", "id"], name="corpus_updated"),
            models.Index(fields=["owner", "name"], name="corpus_owner"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="corpus_name_trgm"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="corpus_title_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def revision(self) -> "Revision":
        """The newest revision."""
        assert self.latest is not None, "a corpus is stored together with its first revision"
        return self.latest


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants in time."""

    def living(self, at: datetime | None = None) -> Self:
        """Grants in force at a moment (now, unless told)."""
        at = at or timezone.now()
        return self.filter(granted_at__lte=at).filter(Q(ends_at=None) | Q(ends_at__gt=at))


class Grant(models.Model):
    """Leave for one person to read one corpus, with a reason and usually an end."""

    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user} reads {self.corpus}"


class Revision(models.Model):
    """A fingerprinted state of a corpus's data. Evidence points here, so new data makes old evidence stale."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 over file digests and the columns read.")
    made_at = models.DateTimeField(default=timezone.now)
    commit = models.CharField(max_length=64, blank=True, help_text="The Hub's commit, where it came from there.")
    url_column = models.CharField(max_length=200, blank=True)
    text_column = models.CharField(max_length=200, blank=True)
    columns: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, help_text="Every column's name and Arrow type, in order, as the first file has them."
    )
    size = models.BigIntegerField(default=0, help_text="Bytes in all files.")
    rows = models.BigIntegerField(default=0)
    documents = models.BigIntegerField(default=0)
    tokens = models.BigIntegerField(default=0, help_text=r"Matches of \w+ in the text column.")
    run: "models.ForeignKey[Run | None]" = models.ForeignKey(
        "Run", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["corpus", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["corpus", "number"], name="revision_number"),
            models.UniqueConstraint(fields=["corpus", "fingerprint"], name="revision_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"{self.corpus} r{self.number}"


class DataFile(models.Model):
    """One file of a revision."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=1000, help_text="Path below the corpus's location.")
    location = models.CharField(max_length=3000, help_text="Where it was read: a path or fsspec URL.")
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of its bytes.")
    format = models.CharField(max_length=16)
    rows = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["revision", "name"], name="file_name")]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """A web host, shared by all corpora. The empty name stands for documents without a usable URL."""

    name = models.CharField(max_length=253, unique=True, help_text="Lower-case host, punycode, no port.")
    registrable = models.CharField(max_length=253, db_index=True)
    shard = models.PositiveSmallIntegerField(help_text="crc32(registrable) % 4096: one host, one crawl shard.")

    def __str__(self) -> str:
        return self.name or "(no domain)"


class DomainShare(models.Model):
    """How much of a revision comes from one domain."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="shares")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="shares")
    tokens = models.BigIntegerField()
    documents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "domain"], name="share_domain")]
        indexes = [models.Index(fields=["revision", "-tokens", "domain"], name="share_largest")]

    def __str__(self) -> str:
        return f"{self.domain_id}: {self.tokens}"


class LicenceSource(models.TextChoices):
    """Where a statement about a licence comes from."""

    PERSON = "person", "A person here"
    CARD = "card", "The data's own card"
    IMPORT = "import", "An import"
    COMPUTED = "computed", "Computed"
    REGISTER = "register", "A register's reviewer"
    HUB = "hub", "The Hub's metadata"
    REPOSITORY = "repository", "A code repository"
    PAPER = "paper", "A paper or its index"


class LicenceClaimQuerySet(models.QuerySet["LicenceClaim"]):
    """Claims in time; a person's claim outranks an imported one."""

    def effective(self, corpus: Corpus, at: datetime | None = None) -> "LicenceClaim | None":
        """The claim that counts: the newest by a person, else the newest of any source."""
        claims = self.filter(corpus=corpus, claimed_at__lte=at or timezone.now()).order_by("-claimed_at", "-id")
        return claims.filter(source=LicenceSource.PERSON).first() or claims.first()


class LicenceClaim(models.Model):
    """Somebody's statement of the licence of a corpus or of a dataset on record; only ever followed by another."""

    corpus = models.ForeignKey(Corpus, null=True, on_delete=models.CASCADE, related_name="licence_claims")
    dataset: "models.ForeignKey[Dataset | None]" = models.ForeignKey(
        "Dataset", null=True, on_delete=models.CASCADE, related_name="licence_claims"
    )
    revision = models.ForeignKey(Revision, null=True, on_delete=models.CASCADE, related_name="+")
    expression = models.CharField(max_length=500, help_text="An SPDX expression or the source's own word.")
    source = models.CharField(max_length=16, choices=LicenceSource)
    quote = models.TextField(blank=True)
    url = models.CharField(
        max_length=2000, blank=True, help_text="Where it says so; a foreign word, so not always a URL."
    )
    reviewer = models.CharField(max_length=200, blank=True, help_text="Who checked it, where that is nobody here.")
    stated_on = models.DateField(null=True, help_text="When the source said so.")
    reason = models.CharField(max_length=1000, blank=True, help_text="Why a person here says so.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(default=timezone.now)

    objects = LicenceClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["corpus", "-claimed_at"], name="licence_newest"),
            models.Index(fields=["dataset", "-claimed_at"], name="licence_of_dataset"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(corpus=None, dataset__isnull=False) | Q(corpus__isnull=False, dataset=None),
                name="licence_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.expression


class CardVersion(models.Model):
    """One saved state of a corpus's Data Card: path → {value, source, evidence, by, at}."""

    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="cards")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    values: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["corpus", "-number"]
        constraints = [models.UniqueConstraint(fields=["corpus", "number"], name="card_number")]

    def __str__(self) -> str:
        return f"{self.corpus} card {self.number}"


class CardOriginal(models.Model):
    """A card in somebody else's format as it came, so that an export keeps what we do not understand."""

    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="originals")
    format = models.CharField(max_length=32)
    name = models.CharField(max_length=1000, help_text="The file, or the Hub repository at a commit.")
    body = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of its bytes.")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-imported_at", "-id"]
        indexes = [models.Index(fields=["corpus", "format", "-imported_at"], name="original_newest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.format})"


class CardNote(models.Model):
    """What a reviewer asks of a card: at one field, or (with an empty path) of all of it."""

    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="card_notes")
    path = models.CharField(max_length=100, blank=True)
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["corpus", "-made_at"], name="note_newest")]

    def __str__(self) -> str:
        return self.text


class Relation(models.TextChoices):
    """How a derived revision was made from its parent; what each carries is in `datacards.relations`."""

    SUBSET = "subset", RELATIONS["subset"].label
    FILTERED = "filtered", RELATIONS["filtered"].label
    TRANSLATED = "translated", RELATIONS["translated"].label
    MIXED = "mixed", RELATIONS["mixed"].label
    GENERATED = "generated", RELATIONS["generated"].label
    TRAINED = "trained", RELATIONS["trained"].label
    EVALUATED = "evaluated", RELATIONS["evaluated"].label


class Derivation(models.Model):
    """An edge of the lineage: the child was made from the parent."""

    child = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="made_from")
    parent = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="made_into")
    relation = models.CharField(max_length=16, choices=Relation)
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent", "relation"], name="derivation_once"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="derivation_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.child} ← {self.parent}"
