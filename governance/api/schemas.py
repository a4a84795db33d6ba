"""Values that several operations take or give."""

import re
import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from crawler.documents import Document
from datacards.models import Corpus, User

YEARS = (1970, 2999)


def _in_range(moment: datetime) -> datetime:
    if not YEARS[0] <= moment.year <= YEARS[1]:  # beyond, a shift of zone may leave what a database can keep
        raise ValueError(f"Choose a moment between the years {YEARS[0]} and {YEARS[1]}")
    return moment.astimezone(UTC)


def _written(moment: object) -> object:
    """RFC 3339 and nothing else: pydantic would also read a number as seconds since 1970."""
    if moment is not None and not (isinstance(moment, str) and re.match(r"\d{4}-\d\d-\d\d[Tt ]", moment)):
        raise ValueError("Write a moment as 2026-11-30T09:00:00Z")
    return moment


def _sound(text: str) -> str:
    if "\x00" in text or re.search("[\ud800-\udfff]", text):
        raise ValueError("A text cannot hold NUL or half of a surrogate pair")
    return text


Level = Literal["none", "some", "all", "unreachable", "unknown"]
DocumentName = Literal["robots", "home", "tdmrep", "ai.txt", "llms.txt", "rsl", "terms"]
assert get_args(DocumentName) == tuple(document.value for document in Document)
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_range)]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_sound)]
Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_sound)]
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_sound)]


class Given(BaseModel):
    """A body that is sent: a member that is not known is refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class CorpusName(BaseModel):
    """A corpus as others mention it."""

    id: uuid.UUID
    name: str

    @classmethod
    def of(cls, corpus: Corpus) -> "CorpusName":
        """From its row."""
        return cls(id=corpus.pk, name=corpus.name)


class Amount(BaseModel):
    """A part of a revision."""

    tokens: int
    documents: int
    domains: int


def name_of(person: User | None) -> str | None:
    """How a person is named."""
    return person.get_username() if person else None
