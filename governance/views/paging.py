"""Keyset paging: a page starts after a row, not after a count, so the thousandth page costs what the first does."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

from datacards.errors import BadInput

Row = TypeVar("Row", bound=Model)
DAMAGED = "This page's address is damaged; begin at the list's first page."


@dataclass(frozen=True)
class Order:
    """A column to sort by. Rows without a value come last, in either direction; `tie` makes the order total."""

    field: str
    tie: str = "pk"
    descending: bool = False
    nullable: bool = False

    def sorted(self, rows: QuerySet[Row], backwards: bool) -> QuerySet[Row]:
        """Rows in this order, or in the opposite one."""
        down = self.descending != backwards
        # No NULLS clause: nulls are paged apart, and the plain form is what the indexes are made for.
        first = F(self.field).desc() if down else F(self.field).asc()
        return rows.order_by(first, f"-{self.tie}" if backwards else self.tie)

    def beyond(self, value: Any, tie: Any, backwards: bool) -> tuple[Q, Q]:
        """What to keep and what to leave out so that rows begin after (value, tie); both can use an index."""
        down = self.descending != backwards
        keep = Q(**{f"{self.field}__{'lte' if down else 'gte'}": value})
        return keep, Q(**{self.field: value, f"{self.tie}__{'gte' if backwards else 'lte'}": tie})


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages beside them; None where there is no such page."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None


def page(rows: QuerySet[Row], order: Order, value_of: Callable[[Row], Any], cursor: str, size: int = 50) -> Page[Row]:
    """The page at a cursor (empty: the first one)."""
    at = decode(cursor) if cursor else None
    backwards = bool(at and at["back"])
    try:
        found = _found(rows, order, at, backwards, size + 1)
    except (ValueError, TypeError, ValidationError) as error:  # a cursor of another list
        raise BadInput(DAMAGED) from error
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    after = encode(value_of(found[-1]), getattr(found[-1], order.tie), back=False)
    before = encode(value_of(found[0]), getattr(found[0], order.tie), back=True)
    return Page(
        found, after if (backwards or more) else None, before if (more if backwards else at is not None) else None
    )


def _found(rows: QuerySet[Row], order: Order, at: dict[str, Any] | None, backwards: bool, size: int) -> list[Row]:
    """Rows with a value, then rows without (the other way round when walking backwards)."""
    valued = rows.exclude(**{f"{order.field}__isnull": True}) if order.nullable else rows
    empty = rows.filter(**{f"{order.field}__isnull": True}) if order.nullable else rows.none()
    parts = [_after(empty, order, at, backwards, True), _after(valued, order, at, backwards, False)]
    found: list[Row] = []
    for part in parts if backwards else reversed(parts):
        if part is not None and len(found) < size:
            found += part[: size - len(found)]
    return found


def _after(
    rows: QuerySet[Row], order: Order, at: dict[str, Any] | None, backwards: bool, empty: bool
) -> QuerySet[Row] | None:
    ordered = rows.order_by(f"-{order.tie}" if backwards else order.tie) if empty else order.sorted(rows, backwards)
    if at is None:
        return ordered
    in_empty = at["value"] is None
    if empty != in_empty:  # the cursor lies in the other part: this one is passed already, or not begun
        return None if in_empty != backwards else ordered
    if empty:
        return ordered.filter(**{f"{order.tie}__{'lt' if backwards else 'gt'}": at["tie"]})
    keep, leave = order.beyond(at["value"], at["tie"], backwards)
    return ordered.filter(keep).exclude(leave)


def encode(value: Any, tie: Any, *, back: bool) -> str:
    """A cursor for an address: opaque, but no secret."""
    plain = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([plain, str(tie), int(back), isinstance(value, datetime)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> dict[str, Any]:
    """The inverse of `encode`; `BadInput` for anything else."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        value, tie, back, moment = json.loads(text)
        value = datetime.fromisoformat(value).astimezone(UTC) if moment else value
        if not isinstance(value, str | int | float | datetime | None) or not isinstance(tie, str):
            raise ValueError
        if isinstance(value, float) and not isfinite(value):
            raise ValueError
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadInput(DAMAGED) from error
    return {"value": value, "tie": tie, "back": bool(back)}
