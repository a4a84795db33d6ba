"""A value of the card as Markdown and back: texts, lists, tables, choices. One pair of functions for each type."""

import re
from collections.abc import Callable
from typing import Any

from datacards.cards import Field
from datacards.exchange.huggingface.body import marked, unmarked

ITEM = re.compile(r"[-*][ \t]+(.*)")
LINK = re.compile(r"(?:\[[^\]\n]*\]\(|<)?(https?://[^\s<>)]+)[>)]?$")
RULE = re.compile(r"[\s|:-]+")


def shown(field: Field, value: Any) -> str:
    """As Markdown."""
    return OUT.get(field.type, _text_out)(field, value)


def told(field: Field, text: str) -> Any:
    """What Markdown says to the field, still to be cleaned; None where it has no shape that fits."""
    return IN.get(field.type, _text_in)(field, text.strip())


def in_line(field: Field, value: Any) -> str:
    """On one line: several items are parted by semicolons."""
    return "; ".join(value) if isinstance(value, list) else str(value)


def from_line(field: Field, text: str) -> Any:
    """What one line says to the field."""
    if field.type in ("list", "choices"):
        return [item.strip() for item in text.split(";") if item.strip()]
    return told(field, text)


def _text_out(field: Field, value: Any) -> str:
    return marked(str(value))


def _text_in(field: Field, text: str) -> Any:
    return unmarked(text)


def _link_in(field: Field, text: str) -> Any:
    found = LINK.match(text)
    return found[1] if found else None


def _list_out(field: Field, value: Any) -> str:
    return "\n".join(f"- {item}" for item in value)


def _list_in(field: Field, text: str) -> Any:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [found[1] if (found := ITEM.match(line)) else line for line in lines]


def _rows_out(field: Field, value: Any) -> str:
    head = ["| " + " | ".join(field.columns) + " |", "|" + "---|" * len(field.columns)]
    return "\n".join(
        [*head, *("| " + " | ".join(_cell(row.get(c, "")) for c in field.columns) + " |" for row in value)]
    )


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _rows_in(field: Field, text: str) -> Any:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or _cells(lines[0]) != list(field.columns) or not RULE.fullmatch(lines[1]):
        return None
    rows = [_cells(line) for line in lines[2:]]
    if any(len(row) != len(field.columns) for row in rows):
        return None
    return [dict(zip(field.columns, row, strict=True)) for row in rows]


def _cells(line: str) -> list[str]:
    """The cells between the bars; a bar or a backslash inside a cell stands behind a backslash."""
    cells, now, skip = [], "", False
    for char in line.strip().removeprefix("|"):
        if skip or char not in "\\|":
            now, skip = now + char, False
        elif char == "\\":
            skip = True
        else:
            cells.append(now.strip())
            now = ""
    return [*cells, now.strip()] if now.strip() else cells


OUT: dict[str, Callable[[Field, Any], str]] = {"list": _list_out, "choices": _list_out, "rows": _rows_out}
IN: dict[str, Callable[[Field, str], Any]] = {
    "list": _list_in, "choices": _list_in, "rows": _rows_in, "link": _link_in,
}  # fmt: skip
