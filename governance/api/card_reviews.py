"""What is done with a Data Card besides writing it: scoring, comparing versions, confirming, asking."""

import uuid
from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from datacards import cards
from datacards.models import CardNote, CardVersion, Corpus, LicenceClaim
from governance import card_acts
from governance.api.cards import Card, Entry, entry_of
from governance.api.paging import Page, Place, newest, page
from governance.api.schemas import Given, Line, Text, name_of
from governance.card_values import scored, stale_paths
from governance.views.shared import readable, who

router = Router(tags=["Data Cards"])
Number = Annotated[int, Field(ge=0, lt=2**31)]


# --- profiles and scores -----------------------------------------------------------------------------------


class AskRow(BaseModel):
    """One thing that a profile asks."""

    term: str = Field(description="The profile's own word; empty where it has none.")
    any: list[str] = Field(description="Paths of the card; one of them that is filled answers it.")


class ProfileRow(BaseModel):
    """What somebody asks of a card."""

    id: str
    title: str
    about: str
    source: str
    asks: list[AskRow]

    @classmethod
    def of(cls, row: cards.Profile) -> "ProfileRow":
        """From the table."""
        asks = [AskRow(term=ask.term, any=list(ask.paths)) for ask in row.asks]
        return cls(id=row.id, title=row.title, about=row.about, source=row.source, asks=asks)


class Completeness(BaseModel):
    """Of what the profile asks, how much is answered."""

    share: float
    filled: int
    required: int
    missing: list[str] = Field(description="Paths; filling them would complete the card.")


class Claims(BaseModel):
    """Of what the card claims, how much holds up."""

    share: float | None = Field(description="0..1; null for a card that claims nothing.")
    good: int
    all: int
    lacking: list[str]


class FairRow(BaseModel):
    """One of F-UJI's tests."""

    id: str
    title: str
    passed: bool
    score: float
    mend: str
    path: str = Field(description="The field to look at first.")


class FairScore(BaseModel):
    """F-UJI's points of those that metadata alone can earn."""

    share: float
    earned: float
    total: float
    version: str
    tests: list[FairRow]


class CardScores(BaseModel):
    """Four scores side by side; nothing blends them."""

    profile: str
    completeness: Completeness
    evidence: Claims
    freshness: Claims
    fair: FairScore


@router.get("card-profiles", response=list[ProfileRow])
def list_card_profiles(request: HttpRequest) -> list[ProfileRow]:
    """List the profiles by which a card can be measured; the first is the default."""
    return [ProfileRow.of(profile) for profile in cards.profiles()]


@router.get("corpora/{uuid:corpus_id}/card/scores", response=CardScores)
def get_card_scores(request: HttpRequest, corpus_id: uuid.UUID, profile: Line = "house") -> CardScores:
    """Get a card's completeness by a profile, its evidence, its freshness and how FAIR it is."""
    corpus, chosen = readable(request, corpus_id), cards.profile_at(profile)
    version = card_acts.newest_card(corpus)
    values = scored(version, LicenceClaim.objects.effective(corpus))
    found = cards.scores(values, chosen, now=timezone.now(), stale=stale_paths(values, version))
    complete, fair = found.completeness, found.fair
    tests = [
        FairRow(id=t.id, title=t.title, passed=t.passed, score=t.score, mend=t.mend, path=t.path) for t in fair.tests
    ]
    return CardScores(
        profile=chosen.id,
        completeness=Completeness(
            share=complete.share, filled=complete.filled, required=complete.required,
            missing=list(complete.missing_paths),
        ),
        evidence=_claims(found.evidence), freshness=_claims(found.freshness),
        fair=FairScore(share=fair.share, earned=fair.earned, total=fair.total, version=fair.version, tests=tests),
    )  # fmt: skip


def _claims(row: cards.Claims) -> Claims:
    return Claims(share=row.share, good=row.good, all=row.all, lacking=list(row.lacking))


# --- versions ----------------------------------------------------------------------------------------------


class CardVersionRow(BaseModel):
    """A version of a card, without its values."""

    number: int
    revision: int = Field(description="The revision of the data that it was saved on.")
    made_at: datetime
    made_by: str | None

    @classmethod
    def of(cls, row: CardVersion) -> "CardVersionRow":
        """From its row."""
        return cls(
            number=row.number, revision=row.revision.number, made_at=row.made_at, made_by=name_of(row.made_by)
        )  # fmt: skip


class CardChangeRow(BaseModel):
    """A field that differs between two versions."""

    path: str
    title: str
    kind: str = Field(description="added, removed, changed, or sourced: the same value on another ground.")
    before: Entry | None
    after: Entry | None


class CardDiff(BaseModel):
    """What differs from one version to another; version 0 says nothing."""

    first: int
    to: int
    changes: list[CardChangeRow]


class Between(BaseModel):
    """Which two versions."""

    first: Number | None = Field(None, alias="from", description="The one before `to`, unless told; 0 says nothing.")
    to: Number | None = Field(None, description="The newest, unless told.")


@router.get("corpora/{uuid:corpus_id}/card/versions", response=Page[CardVersionRow])
def list_card_versions(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, place: Query[Place]
) -> Page[CardVersionRow]:
    """List the versions of a card, newest first."""
    rows = CardVersion.objects.filter(corpus=readable(request, corpus_id)).select_related("made_by", "revision")
    return page(request, response, rows, newest("number"), CardVersionRow.of, place)


@router.get("corpora/{uuid:corpus_id}/card/versions/{int:number}", response=Card)
def get_card_version(request: HttpRequest, corpus_id: uuid.UUID, number: int) -> Card:
    """Get one version of a card as it was saved."""
    return Card.of(_version(readable(request, corpus_id), number))


@router.get("corpora/{uuid:corpus_id}/card/diff", response=CardDiff)
def get_card_diff(request: HttpRequest, corpus_id: uuid.UUID, between: Query[Between]) -> CardDiff:
    """Get what differs between two versions of a card, field by field."""
    corpus = readable(request, corpus_id)
    last = card_acts.newest_card(corpus)
    to = between.to if between.to is not None else last.number if last else 0
    first = between.first if between.first is not None else max(0, to - 1)
    before, after = ({} if number == 0 else _version(corpus, number).values for number in (first, to))
    changes = [
        CardChangeRow(
            path=change.path, title=change.title, kind=change.kind,
            before=entry_of(before[change.path]) if change.path in before else None,
            after=entry_of(after[change.path]) if change.path in after else None,
        )
        for change in cards.diff(before, after)
    ]  # fmt: skip
    return CardDiff(first=first, to=to, changes=changes)


def _version(corpus: Corpus, number: int) -> CardVersion:
    rows = CardVersion.objects.filter(corpus=corpus).select_related("made_by", "revision")
    row = rows.filter(number=number).first() if number < 2**31 else None
    if row is None:
        raise Http404
    return row


# --- confirming and reviewing ------------------------------------------------------------------------------


class Confirmation(Given):
    """That what the card says at a field holds today."""

    path: Line
    evidence: Line = Field("", description="Where one looked, such as a web address; it becomes the value's evidence.")


class Note(BaseModel):
    """What a reviewer asked."""

    id: int
    path: str = Field(description="The field; empty for the whole card.")
    text: str
    made_by: str | None
    made_at: datetime
    settled_by: str | None
    settled_at: datetime | None

    @classmethod
    def of(cls, row: CardNote) -> "Note":
        """From its row."""
        return cls(
            id=row.pk, path=row.path, text=row.text, made_by=name_of(row.made_by), made_at=row.made_at,
            settled_by=name_of(row.settled_by), settled_at=row.settled_at,
        )  # fmt: skip


class NewNote(Given):
    """A question, or a request."""

    text: Text = Field(min_length=1)
    path: Line = Field("", description="The field that it is about; empty for the whole card.")


@router.post("corpora/{uuid:corpus_id}/card/confirmations", response=Card)
def confirm_card_value(request: HttpRequest, corpus_id: uuid.UUID, confirmation: Confirmation) -> Card:
    """Confirm what the card says at a field: for whoever manages the corpus, and approvers."""
    corpus = readable(request, corpus_id)
    return Card.of(card_acts.confirm(who(request), corpus, confirmation.path, evidence=confirmation.evidence))


@router.get("corpora/{uuid:corpus_id}/card/notes", response=Page[Note])
def list_card_notes(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, place: Query[Place]
) -> Page[Note]:
    """List what reviewers asked about a card, settled or not, newest first."""
    rows = CardNote.objects.filter(corpus=readable(request, corpus_id)).select_related("made_by", "settled_by")
    return page(request, response, rows, newest("made_at"), Note.of, place)


@router.post("corpora/{uuid:corpus_id}/card/notes", response={201: Note})
def ask_of_card(request: HttpRequest, corpus_id: uuid.UUID, note: NewNote) -> Status[Note]:
    """Ask the steward something about a card, at a field or about all of it."""
    return Status(201, Note.of(card_acts.ask(who(request), readable(request, corpus_id), **note.model_dump())))


@router.post("corpora/{uuid:corpus_id}/card/notes/{int:note_id}/settle", response=Note)
def settle_card_note(request: HttpRequest, corpus_id: uuid.UUID, note_id: int) -> Note:
    """Say that what was asked is answered: for whoever manages the corpus, and whoever asked."""
    notes = CardNote.objects.filter(corpus=readable(request, corpus_id))
    notes = notes.select_related("made_by", "settled_by", "corpus__owner")
    note = notes.filter(pk=note_id).first() if note_id < 2**63 else None
    if note is None:
        raise Http404
    return Note.of(card_acts.settle(who(request), note))
