"""The table of licences: what each is taken to allow, and what admins here said over that."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from datacards.judging import ambiguous_words, told
from datacards.licenses import Licence
from datacards.models import LicenceOverride
from datacards.overriding import licence_table
from governance import board_acts
from governance.api.paging import Page, Place, newest, page
from governance.api.schemas import Given, Line, name_of
from governance.views.shared import who

router = Router(tags=["Licences"])


class KnownLicence(BaseModel):
    """A licence of the table; a classification, not legal advice."""

    id: str
    title: str
    family: str
    status: str = Field(description="licence, vendor terms, not stated or unclear.")
    components: dict[str, str] = Field(description="What it is taken to allow, overrides included.")
    overridden: list[str] = Field(description="Components of which an admin here says otherwise than shipped.")
    source: str
    why: str

    @classmethod
    def of(cls, licence: Licence) -> "KnownLicence":
        """From the table."""
        names = ("id", "title", "family", "status", "source", "why")
        told_of = {name: getattr(licence, name) for name in names}
        return cls(components=told(licence.vector), overridden=sorted(licence.overridden), **told_of)


class Licences(BaseModel):
    """All of them, and the words that leave it open which is meant."""

    licences: list[KnownLicence]
    ambiguous: dict[str, list[str]] = Field(description="Word → licences that it might mean.")


class Override(BaseModel):
    """An admin's word on a licence; the newest counts."""

    changes: dict[str, str | list[str]] = Field(description="Component → value; empty takes earlier ones back.")
    reason: str
    by: str | None
    at: datetime

    @classmethod
    def of(cls, row: LicenceOverride) -> "Override":
        """From its row."""
        return cls(changes=row.changes, reason=row.reason, by=name_of(row.made_by), at=row.made_at)


class NewOverride(Given):
    """What differs from the shipped classification from now on, and why."""

    changes: dict[Line, Line | list[Line]] = Field(
        description="Component → value, of a set a list of names; empty takes earlier overrides back."
    )
    reason: Line = Field(min_length=1)


@router.get("licences", response=Licences)
def list_known_licences(request: HttpRequest) -> Licences:
    """List every licence of the table with what it is taken to allow, and the words that leave it open."""
    return Licences(
        licences=[KnownLicence.of(licence) for licence in licence_table().licences.values()],
        ambiguous={word: list(meanings) for word, meanings in ambiguous_words().items()},
    )


@router.get("licences/{licence_id}", response=KnownLicence)
def get_known_licence(request: HttpRequest, licence_id: str) -> KnownLicence:
    """Get a licence with its components, their source and reason."""
    return KnownLicence.of(_found(licence_id))


@router.get("licences/{licence_id}/overrides", response=Page[Override])
def list_overrides(
    request: HttpRequest, response: HttpResponse, licence_id: str, place: Query[Place]
) -> Page[Override]:
    """List what admins said over a licence, newest first."""
    rows = LicenceOverride.objects.filter(licence=_found(licence_id).id).select_related("made_by")
    return page(request, response, rows, newest("made_at"), Override.of, place)


@router.post("licences/{licence_id}/overrides", response={201: Override})
def override_licence(request: HttpRequest, licence_id: str, override: NewOverride) -> Status[Override]:
    """Say what a licence allows, over the shipped classification; every dataset is judged by it at once."""
    made = board_acts.override(who(request), _found(licence_id).id, override.changes, reason=override.reason)
    return Status(201, Override.of(made))


def _found(licence_id: str) -> Licence:
    found = licence_table().get(licence_id)
    if found is None:
        raise Http404
    return found
