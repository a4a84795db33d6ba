"""A corpus's card in the formats of others: out as a file or a diff, in with what would change before it does."""

import uuid
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from datacards.exchange.formats import FORMATS, format_at
from governance import exchange, exchange_acts
from governance.api.schemas import Given, Line, _sound
from governance.describe import exported
from governance.exchange_acts import Difference, Plan
from governance.views.shared import readable, who

router = Router(tags=["Data Cards"])
FormatName = Literal["huggingface", "croissant", "dcat", "schema_org", "datasheet", "pdf"]
Imported = Literal["huggingface", "croissant"]
Body = Annotated[str, StringConstraints(min_length=1, max_length=2_000_000), AfterValidator(_sound)]


class ExportQuery(BaseModel):
    """How to write the card."""

    format: FormatName = "huggingface"
    diff: bool = Field(False, description="Only what it would change in the file that was imported: a unified diff.")


class NewImport(Given):
    """A card in another's format."""

    format: Imported
    text: Body
    name: Line = Field("", description="Where it comes from: a file's name, or the Hub's repository at a commit.")
    preview: bool = Field(False, strict=True, description="Say what would change, and store nothing.")


class DifferenceItem(BaseModel):
    """A field at which the file says something; the texts are as people type them."""

    path: str
    title: str
    before: str
    after: str
    why: str = Field(description="Why the card's own value stays, for a conflict.")

    @classmethod
    def of(cls, one: Difference) -> "DifferenceItem":
        """From the plan."""
        return cls(path=one.path, title=one.title, before=one.before, after=one.after, why=one.why)


class ImportItem(BaseModel):
    """What an import changes."""

    format: str
    version: int | None = Field(description="The card's new version; none for a preview, or where nothing changed.")
    new: list[DifferenceItem]
    changed: list[DifferenceItem]
    conflicts: list[DifferenceItem] = Field(description="What people wrote or confirmed stays.")
    same: int
    unknown: list[str] = Field(description="Kept as it is, and written again by the next export.")
    left_out: list[str] = Field(description="Does not fit the card: a sentence each.")
    licence: str = Field(description="The licence that becomes a claim; empty where it is on record.")

    @classmethod
    def of(cls, plan: Plan, version: int | None) -> "ImportItem":
        """From the plan."""
        listed = {name: [DifferenceItem.of(one) for one in getattr(plan, name)] for name in ("new", "changed")}
        return cls(
            format=plan.format, version=version, **listed, conflicts=[DifferenceItem.of(o) for o in plan.conflicts],
            same=plan.same, unknown=list(plan.unknown), left_out=list(plan.left_out), licence=plan.licence,
        )  # fmt: skip


@router.get("corpora/{uuid:corpus_id}/card/export", openapi_extra={"responses": {200: {"description": "The file."}}})
def export_card(request: HttpRequest, corpus_id: uuid.UUID, query: Query[ExportQuery]) -> HttpResponse:
    """Get a corpus's card as a file: Hugging Face, Croissant, DCAT, schema.org, Datasheet or PDF."""
    corpus, format_ = readable(request, corpus_id), format_at(query.format)
    if query.diff:
        told = exchange.diff(corpus, request.user, query.format)
        return HttpResponse(told, content_type="text/x-diff; charset=utf-8")
    body = exported(corpus, request.user, query.format)
    disposition = {"Content-Disposition": f'attachment; filename="{format_.file}"'}
    charset = "; charset=utf-8" if format_.media.startswith("text/") else ""
    return HttpResponse(body, content_type=f"{format_.media}{charset}", headers=disposition)


@router.post("corpora/{uuid:corpus_id}/card/import", response=ImportItem)
def import_card(request: HttpRequest, corpus_id: uuid.UUID, given: NewImport) -> ImportItem:
    """Take a card from Hugging Face or Croissant into a new version, or say what that would change.

    What people wrote or confirmed is never overwritten: it is told as a conflict.
    """
    corpus, body = readable(request, corpus_id), given.text.encode()
    file: dict[str, Any] = {"format": given.format, "body": body, "name": given.name}
    if given.preview:
        return ImportItem.of(exchange_acts.preview(who(request), corpus, **file), None)
    version, plan = exchange_acts.import_card(who(request), corpus, **file)
    return ImportItem.of(plan, version.number if version else None)


assert set(FORMATS) == set(get_args(FormatName))
