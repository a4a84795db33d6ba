"""What people state about a corpus beside its card: its licence, and who may read it."""

import functools
import uuid
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from datacards.licenses import Table, terms_of
from datacards.models import Corpus, Grant, LicenceClaim
from datacards.models.corpus import LicenceSource
from datacards.overriding import licence_table
from governance import acts
from governance.api.paging import Page, Place, newest, page
from governance.api.problems import Problem
from governance.api.schemas import Address, Given, Line, Moment, Text, name_of
from governance.views.shared import readable, who

router = Router()


# --- licences ----------------------------------------------------------------------------------------------


class Licence(BaseModel):
    """Somebody's statement of a licence, and what the licence allows; null where that is not known."""

    expression: str
    source: LicenceSource
    quote: str
    url: str
    claimed_by: str | None
    claimed_at: datetime
    recognised: bool
    commercial: bool | None
    derivatives: bool | None
    share_alike: bool | None

    @classmethod
    def of(cls, row: LicenceClaim, table: Table | None = None) -> "Licence":
        """From its row; the table of licences is read where it is not given."""
        terms = terms_of(row.expression, table=table or licence_table())
        return cls(
            expression=row.expression, source=LicenceSource(row.source), quote=row.quote, url=row.url,
            claimed_by=name_of(row.claimed_by), claimed_at=row.claimed_at, recognised=terms.recognised,
            commercial=terms.commercial, derivatives=terms.derivatives, share_alike=terms.share_alike,
        )  # fmt: skip


class NewLicence(Given):
    """A licence, and where one read it."""

    expression: Line = Field(min_length=1, description="An SPDX expression, such as CC-BY-4.0 or MIT OR Apache-2.0.")
    quote: Text = ""
    url: Address = Field("", description="The page that says so.")


@router.get("corpora/{uuid:corpus_id}/licences", response=Page[Licence], tags=["Licences"])
def list_licences(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, place: Query[Place]
) -> Page[Licence]:
    """List what was stated of a corpus's licence, newest first.

    The claim that counts is the newest one by a person, or else the newest of all.
    """
    rows = LicenceClaim.objects.filter(corpus=readable(request, corpus_id)).select_related("claimed_by")
    item = functools.partial(Licence.of, table=licence_table())
    return page(request, response, rows, newest("claimed_at"), item, place)


@router.post("corpora/{uuid:corpus_id}/licences", response={201: Licence}, tags=["Licences"])
def state_licence(request: HttpRequest, corpus_id: uuid.UUID, licence: NewLicence) -> Status[Licence]:
    """State a corpus's licence; what was stated before stays on record."""
    made = acts.claim_licence(who(request), readable(request, corpus_id), **licence.model_dump())
    return Status(201, Licence.of(made))


# --- grants ------------------------------------------------------------------------------------------------


class GrantItem(BaseModel):
    """Leave for one person to read a corpus."""

    person: str
    reason: str
    granted_by: str | None
    granted_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, row: Grant) -> "GrantItem":
        """From its row."""
        return cls(
            person=row.user.get_username(), reason=row.reason, granted_by=name_of(row.granted_by),
            granted_at=row.granted_at, ends_at=row.ends_at,
        )  # fmt: skip


class NewGrant(Given):
    """Whom to let read, why, and until when."""

    username: Line = Field(min_length=1)
    reason: Line = Field(min_length=1)
    ends_at: Moment | None = None


@router.get("corpora/{uuid:corpus_id}/grants", response=Page[GrantItem], tags=["Grants"])
def list_grants(
    request: HttpRequest, response: HttpResponse, corpus_id: uuid.UUID, place: Query[Place]
) -> Page[GrantItem]:
    """List who was let to read a corpus you manage, newest first; grants that have ended stay on record."""
    corpus = _managed(request, corpus_id)
    rows = Grant.objects.filter(corpus=corpus).select_related("user", "granted_by")
    return page(request, response, rows, newest("granted_at"), GrantItem.of, place)


@router.post("corpora/{uuid:corpus_id}/grants", response={201: GrantItem}, tags=["Grants"])
def give_grant(request: HttpRequest, corpus_id: uuid.UUID, grant: NewGrant) -> Status[GrantItem]:
    """Let one person read a corpus, for a reason and until an end."""
    made = acts.grant(who(request), readable(request, corpus_id), **grant.model_dump())
    return Status(201, GrantItem.of(made))


@router.delete("corpora/{uuid:corpus_id}/grants/{username}", response={204: None}, tags=["Grants"])
def end_grants(request: HttpRequest, corpus_id: uuid.UUID, username: str) -> Status[None]:
    """End what lets a person read a corpus, now."""
    corpus = _managed(request, corpus_id)
    found = Grant.objects.living().filter(corpus=corpus, user__username=username).select_related("corpus__owner")
    leaves = list(found) if "\x00" not in username else []
    if not leaves:
        raise Http404
    for leave in leaves:
        acts.end_grant(who(request), leave)
    return Status(204, None)


def _managed(request: HttpRequest, corpus_id: uuid.UUID) -> Corpus:
    """A corpus whose grants this person may know of."""
    corpus = readable(request, corpus_id)
    if not acts.manages(who(request), corpus):
        raise Problem(
            403, f"Only {corpus.owner.get_username()}, who owns {corpus.name}, or an admin may see its grants."
        )
    return corpus
