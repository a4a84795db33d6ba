"""What fits a field: one function per type, in one table. Everything refused is told in one sentence."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from datacards.cards.table import Field, field_at
from datacards.errors import BadInput

MAX_TEXT = 20_000
MAX_LINE = 2_000
MAX_ITEMS = 500
MANY = ("choices", "list", "rows")  # the types whose values are lists
DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)

Value = str | int | float | list[str] | list[dict[str, str]]


def clean(path: str, value: Any) -> Value:
    """A value fit to be stored under that path; `BadInput` says what is wrong with it.

    Empty values (see `empty_of`) fit every field. Lists and rows may come as text too, as people type them: one item
    a line, the cells of a row separated by |.
    """
    field = field_at(path)
    if isinstance(value, str) and not value.strip():
        return empty_of(path)
    return TYPES[field.type](field, value)


def empty_of(path: str) -> Value:
    """What the field holds while nobody has said anything: the empty list, or the empty text."""
    return [] if field_at(path).type in MANY else ""


def shown(value: Any, field: Field | None = None) -> str:
    """A value as people type it: an item a line, the cells of a row separated by | in the order of the field's columns.

    A database may give a row's cells back in another order, so whoever shows rows names their field.
    """
    if isinstance(value, list):
        return "\n".join(" | ".join(_in_order(item, field)) if isinstance(item, dict) else str(item) for item in value)
    return "" if value is None else str(value)


def _in_order(row: dict[str, str], field: Field | None) -> list[str]:
    return [row.get(column, "") for column in field.columns] if field and field.columns else list(row.values())


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f"“{field.title}” takes a text.")
    text = value.strip()
    if "\x00" in text or len(text) > MAX_TEXT:
        raise BadInput(f"“{field.title}” takes at most {MAX_TEXT:,} characters, without NUL.")
    return text


def _line(field: Field, value: Any) -> str:
    text = _text(field, value)
    if "\n" in text:
        raise BadInput(f"“{field.title}” takes one line.")
    return text


def _choice(field: Field, value: Any) -> str:
    text = _text(field, value)
    if text and text not in field.choices:
        raise BadInput(f"“{field.title}” takes one of: {', '.join(field.choices)}.")
    return text


def _choices(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"“{field.title}” takes a list of choices.")
    return [_choice(field, item) for item in dict.fromkeys(value) if item]


def _number(field: Field, value: Any) -> int | float:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadInput(f"“{field.title}” takes a number, such as 3 or 1e-6.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(field: Field, value: Any) -> str:
    text = _line(field, value)
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        raise BadInput(
            f"“{field.title}” takes a day, a month or a year, such as 2026-03-31, 2026-03 or 2026."
        ) from None
    return text


def _link(field: Field, value: Any) -> str:
    text = _line(field, value)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        fits = False
    if not fits or len(text) > MAX_LINE:
        raise BadInput(f"“{field.title}” takes a whole web address, such as https://example.org/data.")
    return text


def _list(field: Field, value: Any) -> list[str]:
    items = value.splitlines() if isinstance(value, str) else value
    cells = _cells(field, items, "takes a list of texts, one a line")
    return list(dict.fromkeys(cell for cell in cells if cell))


def _rows(field: Field, value: Any) -> list[dict[str, str]]:
    rows = [_row(field, line) for line in value.splitlines()] if isinstance(value, str) else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) and set(row) <= set(field.columns) for row in rows):
        raise BadInput(f"“{field.title}” takes rows of {', '.join(field.columns)}.")
    _bounded(field, rows)
    cells = [_cells(field, [row.get(column, "") for column in field.columns], "takes texts") for row in rows]
    return [dict(zip(field.columns, row, strict=True)) for row in cells if any(row)]


def _row(field: Field, line: str) -> dict[str, str]:
    cells = line.split("|", len(field.columns) - 1)
    return dict(zip(field.columns, cells, strict=False))


def _cells(field: Field, items: Any, what: str) -> Sequence[str]:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise BadInput(f"“{field.title}” {what}.")
    _bounded(field, items)
    if any("\x00" in item or "\n" in item or len(item) > MAX_LINE for item in items):
        raise BadInput(f"“{field.title}” takes lines of at most {MAX_LINE:,} characters, without NUL.")
    return [item.strip() for item in items]


def _bounded(field: Field, items: Sequence[Any]) -> None:
    if len(items) > MAX_ITEMS:
        raise BadInput(f"“{field.title}” takes at most {MAX_ITEMS} lines; this has {len(items):,}.")


TYPES: dict[str, Callable[[Field, Any], Value]] = {
    "line": _line, "text": _text, "choice": _choice, "choices": _choices, "number": _number, "date": _date,
    "link": _link, "list": _list, "rows": _rows,
}  # fmt: skip
