"""Drift: what domains of your corpora say differently, as typed events, and what it hits."""

import uuid
from datetime import datetime
from typing import Annotated, Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator, BaseModel, Field

from crawler.drift.events import KINDS
from crawler.models import ChangeStanding, ConsentChange, Direction
from governance.access import readable_changes
from governance.api.domains import DomainInCorpus, touched
from governance.api.paging import Page, Place, newest, page
from governance.api.schemas import DocumentName, Line, Moment
from governance.changes import Wanted
from governance.views.shared import readable

router = Router(tags=["Changes"])


def _known(kind: str) -> str:
    if kind and kind not in KINDS:
        raise ValueError(f"The kinds of events are {', '.join(KINDS)}")
    return kind


Kind = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": ["", *KINDS]})]


class Event(BaseModel):
    """What happened to one agent, or to everybody (`*`); what a kind of event does not have is empty."""

    agent: str
    before: str
    after: str
    kind: str = Field("", description=f"One of {', '.join(KINDS)}; empty in changes of the first version.")
    direction: str = Field("", description="tightened, loosened or neutral.")
    channel: str = Field("", description="Of a machine-readable statement.")
    purpose: str = Field("", description="The use that it is about.")
    axis: str = Field("", description="The question to terms of service that it is about.")
    location: str = Field("", description="The path that it is about, where that is not all of the site.")
    quotes: list[str] = Field([], description="The site's own words before and after.")


class Change(BaseModel):
    """A document of a domain says something else than before."""

    id: uuid.UUID
    domain: str
    at: datetime
    document: DocumentName
    direction: Direction
    standing: ChangeStanding = Field(description="Whether it lasted: a change that is taken back is told to nobody.")
    settles_at: datetime | None = Field(description="Until when it may be taken back.")
    changes: list[Event]
    before: uuid.UUID = Field(description="The snapshot before.")
    after: uuid.UUID = Field(description="The snapshot that differs.")

    @classmethod
    def of(cls, row: ConsentChange) -> "Change":
        """From its row."""
        return cls(
            id=row.pk, domain=row.domain.name, at=row.at, document=cast(DocumentName, row.channel),
            direction=Direction(row.direction), standing=ChangeStanding(row.standing), settles_at=row.settles_at,
            changes=[_event(event) for event in row.changes], before=row.before_id, after=row.after_id,
        )  # fmt: skip


def _event(told: Any) -> Event:
    return Event(**{name: value for name, value in told.items() if name in Event.model_fields})


class ChangeItem(Change):
    """A change, and what it hits."""

    corpora: list[DomainInCorpus] = Field(description="Corpora that you may know of, the largest part first.")


class ChangesQuery(Place):
    """Which changes to list."""

    domain: Line = ""
    corpus: uuid.UUID | None = Field(None, description="Of domains of this corpus's newest revision.")
    agent: Line = Field("", description="Changes for everybody are an agent's too.")
    direction: Direction | None = None
    kind: Kind = ""
    document: DocumentName | None = None
    standing: ChangeStanding | None = None
    since: Moment | None = None
    until: Moment | None = None


@router.get("changes", response=Page[Change])
def list_changes(request: HttpRequest, response: HttpResponse, query: Query[ChangesQuery]) -> Page[Change]:
    """List what domains of your corpora changed in what they permit, newest first."""
    corpus = readable(request, query.corpus).pk if query.corpus else None
    wanted = Wanted(
        corpus, query.domain, query.agent, query.direction or "", query.document or "", query.standing or "",
        query.kind, query.since, query.until,
    )  # fmt: skip
    rows = wanted.listed(request.user).select_related("domain")
    return page(request, response, rows, newest("at"), Change.of, query)


@router.get("changes/{uuid:change_id}", response=ChangeItem)
def get_change(request: HttpRequest, change_id: uuid.UUID) -> ChangeItem:
    """Get a change and the corpora that it hits, with their token shares."""
    found = readable_changes(request.user).filter(pk=change_id).select_related("domain").first()
    if found is None:
        raise Http404
    return ChangeItem(**Change.of(found).model_dump(), corpora=touched(request, found.domain))
