"""The Data Card: read with an ETag, saved with If-Match, so that two people never undo each other's work."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import Header, Router
from pydantic import BaseModel, Field

from datacards import cards
from datacards.models import CardVersion, Corpus
from governance import acts
from governance.api.problems import Problem
from governance.api.schemas import Given, Line, Text, name_of
from governance.views.shared import readable, who

router = Router(tags=["Data Cards"])
CardValue = Text | int | float | list[Line] | list[dict[Line, Line]]


class CardField(BaseModel):
    """A question of the card."""

    path: str
    section: str
    subsection: str
    title: str
    help: str
    scope: str = Field(description="telescope, periscope or microscope; empty where the template gives none.")
    type: str = Field(description="line, text, choice, choices, number, date, link, list or rows.")
    required: bool = Field(description="Whether the default profile asks for it.")
    choices: list[str]
    columns: list[str] = Field(description="Of rows: the names of their cells.")
    template: list[int] = Field(description="Which fields of the Data Cards template it covers, counted from 0.")


class Entry(BaseModel):
    """What the card says at one field, and how it knows."""

    value: str | int | float | list[str] | list[dict[str, str]]
    source: str = Field(description="person, import, card or computed.")
    evidence: str
    by: str
    at: str


class Card(BaseModel):
    """A saved state of the card. Its number is its ETag as well."""

    number: int = Field(description="0 while nobody has saved anything.")
    made_at: datetime | None
    made_by: str | None
    values: dict[str, Entry]
    filled: int = Field(description="Required fields that are filled.")
    required: int
    missing: list[str]

    @classmethod
    def of(cls, row: CardVersion | None) -> "Card":
        """From its newest version, if there is one."""
        values = row.values if row else {}
        state = cards.completeness(values)
        return cls(
            number=row.number if row else 0, made_at=row.made_at if row else None,
            made_by=name_of(row.made_by) if row else None,
            values={path: _entry(entry) for path, entry in values.items()},
            filled=state.filled, required=state.required, missing=list(state.missing),
        )  # fmt: skip


def _entry(entry: Mapping[str, Any]) -> Entry:
    texts = {name: str(entry.get(name) or "") for name in ("source", "evidence", "by", "at")}
    value = entry.get("value")
    return Entry(value="" if value is None else value, **texts)


class CardChange(Given):
    """Field path → what it is to say; the empty text or list empties a field."""

    values: dict[Line, CardValue] = Field(max_length=500)


IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the card that you read.")]


@router.get("card-fields", response=list[CardField])
def list_card_fields(request: HttpRequest) -> list[CardField]:
    """List the questions of the Data Card, in order."""
    names = ("path", "section", "subsection", "title", "help", "scope", "type", "required")
    lists = ("choices", "columns", "template")
    return [
        CardField(**{n: getattr(f, n) for n in names}, **{n: list(getattr(f, n)) for n in lists})
        for f in cards.fields()
    ]


@router.get("corpora/{uuid:corpus_id}/card", response=Card)
def get_card(request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID) -> Card:
    """Get a corpus's Data Card, with its ETag."""
    return _tagged(response, _newest(readable(request, corpus_id)))


@router.put("corpora/{uuid:corpus_id}/card", response={200: Card, 412: None, 428: None})
def put_card(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, card: CardChange, if_match: IfMatch = None
) -> Card:
    """Save a whole Data Card: fields left out are emptied.

    Computed fields stay as their evidence has them. `If-Match` is needed, so that nobody's work is lost.
    """
    corpus = readable(request, corpus_id)
    with _unless_changed(corpus, if_match) as before:
        kept = {path for path, entry in before.items() if entry.get("source") == "computed"}
        emptied = {f.path: cards.empty_of(f.path) for f in cards.fields() if f.path not in kept}
        return _tagged(response, acts.save_card(who(request), corpus, {**emptied, **card.values}))


@router.patch("corpora/{uuid:corpus_id}/card", response={200: Card, 412: None, 428: None})
def patch_card(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, card: CardChange, if_match: IfMatch = None
) -> Card:
    """Save some fields of a Data Card; the others stay."""
    corpus = readable(request, corpus_id)
    with _unless_changed(corpus, if_match):
        return _tagged(response, acts.save_card(who(request), corpus, card.values))


@contextmanager
def _unless_changed(corpus: Corpus, if_match: str | None) -> Iterator[Mapping[str, Any]]:
    """The newest card's values, which nobody else can change before the block ends; a Problem when somebody has."""
    if if_match is None:
        raise Problem(428, "Send If-Match with the ETag of the card that you read, or * to overwrite what is there.")
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=corpus.pk)
        row = _newest(corpus)
        tag = _tag(row)
        if not {tag, "*"} & set(parse_etags(if_match)):
            raise Problem(412, f"The card was saved by somebody else since you read it; it is {tag} now.")
        yield row.values if row else {}


def _newest(corpus: Corpus) -> CardVersion | None:
    return CardVersion.objects.filter(corpus=corpus).select_related("made_by").order_by("-number").first()


def _tag(row: CardVersion | None) -> str:
    return f'"card-{row.number if row else 0}"'


def _tagged(response: HttpResponse, row: CardVersion | None) -> Card:
    response["ETag"] = _tag(row)
    return Card.of(row)
