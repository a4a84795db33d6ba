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
from governance import card_acts, computed
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
    computed: bool = Field(description="Filled from evidence; nobody can write it.")
    choices: list[str]
    columns: list[str] = Field(description="Of rows: the names of their cells.")
    template: list[int] = Field(description="Which fields of the Data Cards template it covers, counted from 0.")

    @classmethod
    def of(cls, row: cards.Field) -> "CardField":
        """From the table."""
        return cls(
            path=row.path, section=row.section, subsection=row.subsection, title=row.title, help=row.help,
            scope=row.scope, type=row.type, required=row.required, computed=row.computed, choices=list(row.choices),
            columns=list(row.columns), template=list(row.template),
        )  # fmt: skip


Value = str | int | float | list[str] | list[dict[str, str]]


class Entry(BaseModel):
    """What the card says at one field, and how it knows."""

    value: Value
    source: str = Field(description="person, import, card or computed.")
    evidence: str = Field(description="Of a computed value: ids of the rows that it was computed from.")
    by: str
    at: str
    confirmed_by: str = Field(description="Who last said that it holds; empty for nobody.")
    confirmed_at: str
    state: str = Field("", description="Of a computed value: fresh or stale; otherwise empty.")
    why: str = Field("", description="Why it is stale.")
    evidence_url: str = Field("", description="The page that shows the evidence.")
    differs: Value | None = Field(None, description="What evidence says, where somebody's own value says otherwise.")


class Card(BaseModel):
    """A saved state of the card."""

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
        state, states = cards.completeness(values), computed.states(row)
        return cls(
            number=row.number if row else 0, made_at=row.made_at if row else None,
            made_by=name_of(row.made_by) if row else None,
            values={path: entry_of(entry, states.get(path)) for path, entry in values.items()},
            filled=state.filled, required=state.required, missing=list(state.missing),
        )  # fmt: skip


def entry_of(entry: Mapping[str, Any], state: computed.State | None = None) -> Entry:
    """From what is stored, and how well it holds."""
    texts = {
        name: str(entry.get(name) or "") for name in ("source", "evidence", "by", "at", "confirmed_by", "confirmed_at")
    }
    value = entry.get("value")
    told = {"state": state.word, "why": state.why, "evidence_url": state.url} if state else {}
    differs = state.differs if state else None
    return Entry(value="" if value is None else value, differs=differs, **texts, **told)


class CardChange(Given):
    """Field path → what it is to say; the empty text or list empties a field."""

    values: dict[Line, CardValue] = Field(max_length=500)


IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the card that you read.")]


@router.get("card-fields", response=list[CardField])
def list_card_fields(request: HttpRequest) -> list[CardField]:
    """List the questions of the Data Card, in order."""
    return [CardField.of(field) for field in cards.fields()]


@router.get("corpora/{uuid:corpus_id}/card", response=Card)
def get_card(request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID) -> Card:
    """Get a corpus's Data Card, with its ETag."""
    return _tagged(response, card_acts.newest_card(readable(request, corpus_id)))


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
        emptied = {f.path: cards.empty_of(f.path) for f in cards.fields() if f.path not in kept and not f.computed}
        return _tagged(response, card_acts.save_card(who(request), corpus, {**emptied, **card.values}))


@router.patch("corpora/{uuid:corpus_id}/card", response={200: Card, 412: None, 428: None})
def patch_card(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, card: CardChange, if_match: IfMatch = None
) -> Card:
    """Save some fields of a Data Card; the others stay."""
    corpus = readable(request, corpus_id)
    with _unless_changed(corpus, if_match):
        return _tagged(response, card_acts.save_card(who(request), corpus, card.values))


@contextmanager
def _unless_changed(corpus: Corpus, if_match: str | None) -> Iterator[Mapping[str, Any]]:
    """The newest card's values, which nobody else can change before the block ends; a Problem when somebody has."""
    if if_match is None:
        raise Problem(428, "Send If-Match with the ETag of the card that you read, or * to overwrite what is there.")
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=corpus.pk)
        row = card_acts.newest_card(corpus)
        tag = _tag(row)
        if not {tag, "*"} & set(parse_etags(if_match)):
            raise Problem(412, f"The card was saved by somebody else since you read it; it is {tag} now.")
        yield row.values if row else {}


def _tag(row: CardVersion | None) -> str:
    """The number and the moment: a version that is still being typed is amended in place."""
    return f'"card-{row.number}-{row.made_at:%Y%m%dT%H%M%S%f}"' if row else '"card-0"'


def _tagged(response: HttpResponse, row: CardVersion | None) -> Card:
    response["ETag"] = _tag(row)
    return Card.of(row)
