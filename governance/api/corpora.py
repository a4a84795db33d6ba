"""Corpora, their revisions, files and domain shares."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from datacards.models import Corpus, DataFile, DomainShare, Revision
from datacards.models.corpus import Audience
from governance import acts
from governance.api.paging import Page, Place, Sort, chosen, newest, page
from governance.api.schemas import Address, Given, Line, Text
from governance.catalogue import facets, found, standings
from governance.models import Outcome, Standing
from governance.views.corpora import BY_KEY, DEFAULT_SORT
from governance.views.paging import Order
from governance.views.shared import readable, who

router = Router(tags=["Corpora"])
SORTS = {key: Sort(column.order(False), column.value) for key, column in BY_KEY.items()}


class CorpusRow(BaseModel):
    """A corpus and where it stands."""

    id: uuid.UUID
    name: str
    title: str
    owner: str
    audience: Audience
    outcome: Outcome = Field(description="What the newest decision says.")
    refused_share: float | None = Field(description="Share of tokens from domains that refuse AI training.")
    checked_share: float | None = Field(description="Share of tokens from domains whose consent was checked.")
    card_share: float | None = Field(description="Share of the required card fields that are filled.")
    licence: str
    tokens: int
    changed_at: datetime

    @classmethod
    def of(cls, row: Standing) -> "CorpusRow":
        """From its standing."""
        corpus = row.corpus
        return cls(
            id=corpus.pk, name=corpus.name, title=corpus.title, owner=corpus.owner.get_username(),
            audience=Audience(corpus.audience), outcome=Outcome(row.outcome), refused_share=row.refused_share,
            checked_share=row.checked_share, card_share=row.card_share, licence=row.licence, tokens=row.tokens,
            changed_at=row.changed_at,
        )  # fmt: skip


class RevisionItem(BaseModel):
    """A fingerprinted state of a corpus's data."""

    id: uuid.UUID
    number: int
    fingerprint: str
    made_at: datetime
    commit: str = Field(description="The Hub's commit, where it came from there.")
    url_column: str
    text_column: str
    bytes: int
    rows: int
    documents: int
    tokens: int

    @classmethod
    def of(cls, row: Revision) -> "RevisionItem":
        """From its row."""
        names = (
            "number",
            "fingerprint",
            "made_at",
            "commit",
            "url_column",
            "text_column",
            "rows",
            "documents",
            "tokens",
        )
        return cls(id=row.pk, bytes=row.size, **{name: getattr(row, name) for name in names})


class CorpusItem(CorpusRow):
    """A corpus with its newest revision."""

    summary: str
    location: str
    location_revision: str
    created_at: datetime
    updated_at: datetime
    decision: uuid.UUID | None = Field(description="The newest decision.")
    flipped_at: datetime | None = Field(description="When the outcome last changed.")
    manages: bool = Field(description="Whether you may change it.")
    revision: RevisionItem


class FileItem(BaseModel):
    """One file of a revision."""

    name: str
    bytes: int
    digest: str = Field(description="SHA-256 of its bytes.")
    format: str
    rows: int


class ShareItem(BaseModel):
    """How much of a revision comes from one domain; the empty name stands for documents without a usable URL."""

    domain: str
    tokens: int
    documents: int
    share: float | None = Field(description="Of the revision's tokens.")


class CorporaQuery(Place):
    """What to list."""

    q: Line = Field("", description='Letters of the name or title, or words of the card: words, "a phrase", or, -not.')
    name: Line = Field("", description="Exactly this name.")
    outcome: Outcome | None = None
    licence: Line = Field("", description="The licence that counts, in any case of letters.")
    owner: Line = ""
    audience: Audience | None = None
    language: Line = Field("", description="A code that the card names, such as de.")
    modality: Line = Field("", description="A kind of data that the card names, such as Text.")
    sort: str = Field(DEFAULT_SORT, max_length=50, description=f"{', '.join(SORTS)}; with a - the other way round.")


class SharesQuery(Place):
    """Which shares to list."""

    sort: Literal["-tokens", "domain"] = "-tokens"


class NewCorpus(Given):
    """What to register. Nothing is copied: files are read in batches where they lie."""

    location: Address = Field(min_length=1, description="Path, fsspec URL (s3://, hf://) or Hugging Face dataset id.")
    name: Line = Field(min_length=1, max_length=200, description="Short and unique, such as acme/web-2026.")
    title: Line = Field("", max_length=300)
    summary: Text = ""
    audience: Audience = Audience.ORGANISATION
    location_revision: Line = Field("", max_length=200, description="Of a Hub dataset: a branch, tag or commit.")
    url_column: Line = Field("", max_length=200, description="Found by itself when left out.")
    text_column: Line = Field("", max_length=200, description="Found by itself when left out.")
    tokens_column: Line = Field("", max_length=200, description="Of a table of domains: where their tokens are.")
    crawl: bool = Field(True, description="Then ask its sites what they permit.")
    scan: bool = Field(True, description="Then search it for personal data.")
    profile: bool = Field(True, description="Then measure its lengths, languages and duplicates.")


class CorpusChange(Given):
    """What to change; what is left out stays."""

    title: Line | None = Field(None, max_length=300)
    summary: Text | None = None
    audience: Audience | None = None


@router.get("corpora", response=Page[CorpusRow])
def list_corpora(request: HttpRequest, response: HttpResponse, query: Query[CorporaQuery]) -> Page[CorpusRow]:
    """List the corpora that you may know of."""
    rows = standings(request.user, query.model_dump(exclude={"cursor", "limit", "sort"}))
    return page(request, response, rows, chosen(SORTS, query.sort), CorpusRow.of, query)


class FacetItem(BaseModel):
    """One value of a filter, and how many of the corpora it would leave."""

    value: str
    label: str
    count: int


class Facets(BaseModel):
    """Filter → its most frequent values among the newest corpora that match."""

    at_least: bool = Field(description="There are more corpora than were counted.")
    facets: dict[str, list[FacetItem]]


@router.get("corpora/facets", response=Facets)
def count_corpora(request: HttpRequest, query: Query[CorporaQuery]) -> Facets:
    """Count what a list of corpora could be narrowed down by."""
    among = found(request.user, query.model_dump(exclude={"cursor", "limit", "sort"}))
    counted = {each.key: [FacetItem(**asdict(value)) for value in each.values] for each in facets(among)}
    return Facets(at_least=among.at_least, facets=counted)


@router.get("corpora/{uuid:corpus_id}", response=CorpusItem)
def get_corpus(request: HttpRequest, corpus_id: uuid.UUID) -> CorpusItem:
    """Get a corpus, where it stands, and its newest revision."""
    return corpus_item(request, readable(request, corpus_id))


@router.patch("corpora/{uuid:corpus_id}", response=CorpusItem)
def change_corpus(request: HttpRequest, corpus_id: uuid.UUID, change: CorpusChange) -> CorpusItem:
    """Change a corpus's title, summary or audience."""
    corpus = readable(request, corpus_id)
    with transaction.atomic():
        if change.title is not None or change.summary is not None:
            title = corpus.title if change.title is None else change.title
            summary = corpus.summary if change.summary is None else change.summary
            acts.describe(who(request), corpus, title=title, summary=summary)
        if change.audience is not None:
            acts.set_audience(who(request), corpus, change.audience)
    return corpus_item(request, corpus)


def corpus_item(request: HttpRequest, corpus: Corpus) -> CorpusItem:
    """A corpus in full; one that nobody has looked at yet stands undecided."""
    standing = Standing.objects.filter(corpus=corpus).first() or Standing(corpus=corpus, tokens=corpus.revision.tokens)
    standing.corpus = corpus
    names = ("summary", "location", "location_revision", "created_at", "updated_at")
    return CorpusItem(
        **CorpusRow.of(standing).model_dump(), **{name: getattr(corpus, name) for name in names},
        decision=standing.decision_id, flipped_at=standing.flipped_at, manages=acts.manages(who(request), corpus),
        revision=RevisionItem.of(corpus.revision),
    )  # fmt: skip


@router.get("corpora/{uuid:corpus_id}/revisions", response=Page[RevisionItem])
def list_revisions(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, place: Query[Place]
) -> Page[RevisionItem]:
    """List a corpus's revisions, newest first."""
    rows = readable(request, corpus_id).revisions.all()
    return page(request, response, rows, newest("number"), RevisionItem.of, place)


@router.get("corpora/{uuid:corpus_id}/revisions/{int:number}", response=RevisionItem)
def get_revision(request: HttpRequest, corpus_id: uuid.UUID, number: int) -> RevisionItem:
    """Get one revision of a corpus."""
    return RevisionItem.of(revision_of(readable(request, corpus_id), number))


@router.get("corpora/{uuid:corpus_id}/revisions/{int:number}/files", response=Page[FileItem])
def list_files(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, number: int, place: Query[Place]
) -> Page[FileItem]:
    """List the files of a revision."""
    rows: QuerySet[DataFile] = revision_of(readable(request, corpus_id), number).files.all()
    by_name = Sort(Order("name"), lambda row: row.name)
    return page(request, response, rows, by_name, _file, place)


def _file(row: DataFile) -> FileItem:
    return FileItem(name=row.name, bytes=row.size, digest=row.digest, format=row.format, rows=row.rows)


@router.get("corpora/{uuid:corpus_id}/revisions/{int:number}/shares", response=Page[ShareItem])
def list_shares(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, number: int, query: Query[SharesQuery]
) -> Page[ShareItem]:
    """List the domains of a revision and how much comes from each."""
    revision = revision_of(readable(request, corpus_id), number)
    rows: QuerySet[DomainShare] = revision.shares.select_related("domain")
    largest = Sort(Order("tokens", tie="domain_id", descending=True), lambda row: row.tokens)
    by_name = Sort(Order("domain__name"), lambda row: row.domain.name)

    def item(row: DomainShare) -> ShareItem:
        share = row.tokens / revision.tokens if revision.tokens else None
        return ShareItem(domain=row.domain.name, tokens=row.tokens, documents=row.documents, share=share)

    return page(request, response, rows, largest if query.sort == "-tokens" else by_name, item, query)


def revision_of(corpus: Corpus, number: int | None) -> Revision:
    """A revision by its number; the newest where none is named."""
    if number is None or number == corpus.revision.number:
        return corpus.revision
    found = Revision.objects.filter(corpus=corpus, number=number).select_related("corpus").first()
    if found is None:
        raise Http404
    return found
