"""Cursor paging: opaque, stable while rows come and go, and as cheap on the thousandth page as on the first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, Field

from governance.api.problems import Problem
from governance.views import paging
from governance.views.paging import Order, Row

Item = TypeVar("Item")
LONGEST = 1000


class Place(BaseModel):
    """Where in a list one is."""

    cursor: str = Field("", max_length=4000, description="`next` or `previous` of a page of this very list and order.")
    limit: int = Field(50, ge=1, le=LONGEST, description="At most so many items.")


class Page(BaseModel, Generic[Item]):
    """A part of a list. Follow `next` until it is null; `previous` leads back."""

    items: list[Item]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")
    previous: str | None = Field(description="The cursor of the page before; null on the first one.")


@dataclass(frozen=True)
class Sort:
    """One order of a list: how the database sorts by it, and the value that a row has in it."""

    order: Order
    value_of: Callable[[Any], Any]


def newest(field: str, tie: str = "pk") -> Sort:
    """The order of a list that begins with its newest row."""
    return Sort(Order(field, tie=tie, descending=True), lambda row: getattr(row, field))


def chosen(sorts: Mapping[str, Sort], name: str) -> Sort:
    """The order of that name; one that begins with - is turned round."""
    sort = sorts.get(name.removeprefix("-"))
    if sort is None:
        raise Problem(422, f"This list cannot be sorted by “{name}”; it can by {', '.join(sorts)}, each also with a -.")
    order = sort.order
    turned = Order(order.field, order.tie, order.descending != name.startswith("-"), order.nullable)
    return Sort(turned, sort.value_of)


def page(
    request: HttpRequest,
    response: HttpResponse,
    rows: QuerySet[Row],
    sort: Sort,
    item: Callable[[Row], Item],
    at: Place,
) -> Page[Item]:
    """The rows at a cursor as items; the neighbours are told in the body and as links (RFC 8288).

    Cursors are signed for this address and order, so one that was made up or belongs to another list is refused
    before the database sees it.
    """
    signer = Signer(salt=f"cursor {request.path} {sort.order.field} {sort.order.descending}")
    found = paging.page(rows, sort.order, sort.value_of, _opened(signer, at.cursor), at.limit)
    names = {"next": found.next, "prev": found.previous}
    sealed = {rel: signer.sign(plain) for rel, plain in names.items() if plain}
    if sealed:
        response["Link"] = ", ".join(f'<{_address(request, c)}>; rel="{rel}"' for rel, c in sealed.items())
    return Page(items=[item(row) for row in found.rows], next=sealed.get("next"), previous=sealed.get("prev"))


def _opened(signer: Signer, cursor: str) -> str:
    try:
        return signer.unsign(cursor) if cursor else ""
    except BadSignature:
        sentence = "This cursor is damaged, or belongs to another list or order; begin again without it."
        raise Problem(400, sentence) from None


def _address(request: HttpRequest, cursor: str) -> str:
    asked = request.GET.copy()
    asked["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
