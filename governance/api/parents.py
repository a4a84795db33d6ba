"""Parents named in free text: which dataset each means, by exact rules or by people."""

import uuid
from typing import Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StrictBool

from datacards.errors import BadInput
from datacards.models import ParentMention
from datacards.parentage import candidates
from governance import board_acts, parents
from governance.api.datasets import DatasetName, Mention, found_dataset
from governance.api.paging import Page, Place, Sort, page
from governance.api.schemas import Given, Line
from governance.views.paging import Order
from governance.views.shared import who

router = Router(tags=["Datasets"])
BY_TEXT = Sort(Order("text", tie="id"), lambda row: row.text)


class MentionsQuery(Place):
    """Which mentions to list."""

    state: Literal["", "open", "resolved", "outside"] = ""
    q: Line = Field("", description="Part of the text.")


class Likely(BaseModel):
    """A dataset that a text may mean."""

    dataset: DatasetName
    alike: float = Field(description="How much alike the text and the dataset's name are: 0 to 1.")
    why: str


class NewAnswer(Given):
    """Which dataset is meant, or that none on record is."""

    dataset: uuid.UUID | None = Field(None, description="Null: it is not among the records.")
    reason: Line = ""
    alike: StrictBool = Field(False, description="Answer all open mentions of the same text.")


class Answered(BaseModel):
    """How many mentions the answer holds for."""

    count: int


class AlikeQuery(BaseModel):
    """Whether all mentions of the same text are meant."""

    alike: bool = False


@router.get("mentions", response=Page[Mention])
def list_mentions(request: HttpRequest, response: HttpResponse, query: Query[MentionsQuery]) -> Page[Mention]:
    """List the parents that datasets name in free text, by the text."""
    rows = parents.mentions(who(request)).select_related("dataset", "parent", "resolved_by")
    rows = rows.filter(state=query.state) if query.state else rows
    rows = rows.filter(text__icontains=query.q) if query.q else rows
    rows = rows.defer("dataset__record", "parent__record")
    return page(request, response, rows, BY_TEXT, Mention.of, query)


@router.get("mentions/{int:mention_id}/candidates", response=list[Likely])
def list_candidates(request: HttpRequest, mention_id: int) -> list[Likely]:
    """List the datasets that a mention may mean, the likeliest first."""
    text = _found(request, mention_id).text
    return [
        Likely(
            dataset=DatasetName(id=each.dataset, identifier=each.identifier, title=each.title),
            alike=min(1.0, max(0.0, each.alike)), why=each.why,
        )
        for each in candidates([text])[text]
    ]  # fmt: skip


@router.put("mentions/{int:mention_id}/answer", response=Answered)
def answer_mention(request: HttpRequest, mention_id: int, answer: NewAnswer) -> Answered:
    """Say which dataset a mention means, or that none on record is meant."""
    mentions = _mentions(request, mention_id, answer.alike)
    if answer.dataset is None:
        return Answered(count=board_acts.leave_outside(who(request), mentions, reason=_short(answer.reason)))
    dataset = found_dataset(request, answer.dataset)
    return Answered(count=board_acts.resolve(who(request), mentions, dataset, reason=_short(answer.reason)))


@router.delete("mentions/{int:mention_id}/answer", response=Answered)
def reopen_mention(request: HttpRequest, mention_id: int, query: Query[AlikeQuery]) -> Answered:
    """Take back what was said of a mention; no rule answers it again."""
    return Answered(count=board_acts.reopen(who(request), _mentions(request, mention_id, query.alike)))


def _short(reason: str) -> str:
    if len(reason) > 200:
        raise BadInput("reason: at most 200 characters.")
    return reason


def _found(request: HttpRequest, mention_id: int) -> ParentMention:
    found = parents.mentions(who(request)).filter(pk=mention_id).first()
    if found is None:
        raise Http404
    return found


def _mentions(request: HttpRequest, mention_id: int, alike: bool) -> QuerySet[ParentMention]:
    found, readable = _found(request, mention_id), parents.mentions(who(request))
    return readable.filter(text=found.text) if alike else readable.filter(pk=found.pk)
