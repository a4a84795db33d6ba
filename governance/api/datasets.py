"""Datasets on record: what registers tell of them, under which licences who says they are, what their sources say."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from crawler.named import Answer
from datacards.models import Dataset, LicenceClaim, ParentMention
from datacards.models.corpus import LicenceSource
from governance import board, board_acts
from governance.api.paging import Page, Place, Sort, newest, page
from governance.api.schemas import Address, Given, Line, Text, name_of
from governance.views.paging import Order
from governance.views.shared import who

router = Router(tags=["Datasets"])
BY_TITLE = Sort(Order("title", tie="id"), lambda row: row.title)
MOST_CHILDREN = 500


class DatasetName(BaseModel):
    """A dataset as others mention it."""

    id: uuid.UUID
    identifier: str
    title: str

    @classmethod
    def of(cls, row: Dataset) -> "DatasetName":
        """From its row."""
        return cls(id=row.pk, identifier=row.identifier, title=row.title)


class DatasetItem(DatasetName):
    """A dataset on record, and how its licences stand."""

    register_name: str = Field(alias="register", serialization_alias="register", description="Whose record it is.")
    collection: str
    modality: str
    hub_id: str
    hub_verdict: str = Field(description="What the Hub's licence alone comes to; empty where it has none.")
    verdict: str = Field(description="What all claims that count come to.")
    disputed: bool = Field(description="Claims contradict each other.")
    satisfiable: bool | None = Field(description="Whether all its licences can be met at once; null if not known.")

    @classmethod
    def of(cls, row: Dataset) -> "DatasetItem":
        """From its row."""
        return cls.model_validate(_item(row))


def _item(row: Dataset) -> dict[str, Any]:
    names = ("identifier", "title", "register", "collection", "modality", "hub_id", "hub_verdict", "verdict")
    told = {name: getattr(row, name) for name in (*names, "disputed", "satisfiable")}
    return told | {"id": row.pk}


class Source(BaseModel):
    """What a dataset was taken from, in its register's words; of a web domain what it says of training now."""

    text: str
    domain: str | None
    verdict: Literal["disallowed", "some", "none", "unreachable", "unknown"] | None
    channels: list[str] = Field(description="By which it refuses.")
    heard_at: datetime | None


class Mention(BaseModel):
    """A parent that a dataset names in free text, and what became of it."""

    id: int
    dataset: DatasetName
    text: str
    relation: str
    state: Literal["open", "resolved", "outside"]
    parent: DatasetName | None
    how: str = Field(description="The exact rule that resolved it, or why a person did.")
    by: str | None
    at: datetime | None

    @classmethod
    def of(cls, row: ParentMention) -> "Mention":
        """From its row."""
        return cls.model_validate({
            "id": row.pk, "dataset": DatasetName.of(row.dataset), "text": row.text, "relation": row.relation,
            "state": row.state, "parent": DatasetName.of(row.parent) if row.parent else None, "how": row.how,
            "by": name_of(row.resolved_by), "at": row.resolved_at,
        })  # fmt: skip


class DatasetWithAll(DatasetItem):
    """A dataset with what its register tells of it."""

    links: dict[str, str]
    creators: list[str]
    languages: list[str]
    tasks: list[str]
    generators: list[str] = Field(description="Models whose output it holds.")
    year: int | None
    imported_at: datetime
    sources: list[Source]
    parents: list[Mention]
    children: list[DatasetName]


class Claim(BaseModel):
    """Somebody's statement of a dataset's licence."""

    expression: str
    source: LicenceSource
    quote: str
    url: str
    reviewer: str = Field(description="Who checked it, where that is nobody here.")
    stated_on: date | None
    reason: str
    claimed_by: str | None
    claimed_at: datetime

    @classmethod
    def of(cls, row: LicenceClaim) -> "Claim":
        """From its row."""
        names = ("expression", "quote", "url", "reviewer", "stated_on", "reason", "claimed_at")
        told = {name: getattr(row, name) for name in names}
        return cls(source=LicenceSource(row.source), claimed_by=name_of(row.claimed_by), **told)


class NewClaim(Given):
    """A licence, why you say so, and where one can read it."""

    expression: Line = Field(min_length=1, description="An SPDX expression, such as CC-BY-4.0 or MIT OR Apache-2.0.")
    reason: Line = Field(min_length=1)
    quote: Text = ""
    url: Address = Field("", description="The page that says so.")


class DatasetsQuery(Place):
    """Which datasets to list."""

    q: Line = Field("", description="Part of the title or identifier.")
    verdict: Line = ""
    hub: Line = Field("", description="What the Hub's licence alone comes to.")
    flag: Literal["", "disputed", "unsatisfiable", "exposed", "open_parents"] = Field(
        "", description="exposed: a domain that it names refuses training now."
    )
    modality: Line = ""
    collection: Line = ""
    register_name: Line = Field("", alias="register", description="Whose records.")
    domain: Line = Field("", description="A host that the dataset names.")


@router.get("datasets", response=Page[DatasetItem], by_alias=True)
def list_datasets(request: HttpRequest, response: HttpResponse, query: Query[DatasetsQuery]) -> Page[DatasetItem]:
    """List the datasets on record, by title."""
    names = ("q", "verdict", "hub", "flag", "modality", "collection", "domain")
    wanted = board.Wanted(register=query.register_name, **{name: getattr(query, name) for name in names})
    return page(request, response, wanted.of(who(request)).defer("record"), BY_TITLE, DatasetItem.of, query)


@router.get("datasets/{uuid:dataset_id}", response=DatasetWithAll, by_alias=True)
def get_dataset(request: HttpRequest, dataset_id: uuid.UUID) -> DatasetWithAll:
    """Get a dataset with its sources, parents and children."""
    row = found_dataset(request, dataset_id)
    names = ("links", "creators", "languages", "tasks", "generators", "year", "imported_at")
    return DatasetWithAll.model_validate(
        _item(row) | {name: getattr(row, name) for name in names} | {
            "sources": [_source(text.text, answer, text.domain.name if text.domain else None)
                        for text, answer in board.sources_of(row)],
            "parents": [Mention.of(mention) for mention in board.parents_of(row)],
            "children": [DatasetName.of(mention.dataset) for mention in board.children_of(row)[:MOST_CHILDREN]],
        }
    )  # fmt: skip


def found_dataset(request: HttpRequest, dataset_id: uuid.UUID) -> Dataset:
    """The dataset, if this reader may know of it; else it is not found."""
    row = Dataset.objects.readable_by(who(request)).filter(pk=dataset_id).defer("record").first()
    if row is None:
        raise Http404
    return row


def _source(text: str, answer: Answer | None, domain: str | None) -> Mapping[str, Any]:
    told = {"verdict": answer.verdict, "channels": answer.channels, "heard_at": answer.heard_at} if answer else {}
    return {"text": text, "domain": domain, "verdict": None, "channels": [], "heard_at": None} | told


@router.get("datasets/{uuid:dataset_id}/claims", response=Page[Claim])
def list_claims(
    request: HttpRequest, response: HttpResponse, dataset_id: uuid.UUID, place: Query[Place]
) -> Page[Claim]:
    """List what was stated of a dataset's licence, newest first; none is ever taken away."""
    rows = LicenceClaim.objects.filter(dataset=found_dataset(request, dataset_id)).select_related("claimed_by")
    return page(request, response, rows, newest("claimed_at"), Claim.of, place)


@router.post("datasets/{uuid:dataset_id}/claims", response={201: Claim})
def claim_licence(request: HttpRequest, dataset_id: uuid.UUID, claim: NewClaim) -> Status[Claim]:
    """State a dataset's licence, with your reason; it outranks what was imported."""
    made = board_acts.claim_licence(who(request), found_dataset(request, dataset_id), **claim.model_dump())
    return Status(201, Claim.of(made))
