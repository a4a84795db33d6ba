"""What changed between two versions of a card, field by field, and where inside a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datacards.cards.filled import is_filled
from datacards.cards.table import field_at, fields, knows
from datacards.cards.values import shown

Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Marked:
    """A text in three pieces: what both versions begin with, what differs, what both end with."""

    head: str
    middle: str
    tail: str


@dataclass(frozen=True)
class Change:
    """One field that differs. `kind` is added, removed, changed, or sourced: the same value on another ground."""

    path: str
    section: str
    title: str
    kind: str
    before: Marked
    after: Marked
    source_before: str
    source_after: str


def diff(before: Values, after: Values) -> tuple[Change, ...]:
    """Every field whose value, source or confirmation differs, in the card's order; unknown paths come last."""
    paths = [path for path in (f.path for f in fields()) if path in before or path in after]
    paths += sorted(path for path in {*before, *after} if not knows(path))
    found = (_change(path, before.get(path, {}), after.get(path, {})) for path in paths)
    return tuple(change for change in found if change)


def _change(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change | None:
    field = field_at(path) if knows(path) else None
    old, new = (shown(entry.get("value"), field) for entry in (before, after))
    kind = _kind(old, new) if old != new else "sourced" if _ground(before) != _ground(after) else ""
    if not kind:
        return None
    left, right = marked(old, new)
    return Change(
        path, field.section if field else "", field.title if field else path, kind, left, right,
        *(str(entry.get("source") or "") for entry in (before, after)),
    )  # fmt: skip


def _kind(old: str, new: str) -> str:
    if is_filled(old) == is_filled(new):
        return "changed"
    return "added" if is_filled(new) else "removed"


def _ground(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry.get(name) or "" for name in ("source", "evidence", "confirmed_by", "confirmed_at"))


def marked(old: str, new: str) -> tuple[Marked, Marked]:
    """Both texts with the part between their common beginning and end, cut at words; linear in their length."""
    a, b = _pieces(old), _pieces(new)
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    return _cut(a, head, tail), _cut(b, head, tail)


def _pieces(text: str) -> list[str]:
    """Words with the space behind them, so that joined they are the text again."""
    return re.findall(r"\S+\s*|\s+", text)


def _common(a: list[str], b: list[str]) -> int:
    for n, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return n
    return min(len(a), len(b))


def _cut(pieces: list[str], head: int, tail: int) -> Marked:
    end = len(pieces) - tail
    return Marked("".join(pieces[:head]), "".join(pieces[head:end]), "".join(pieces[end:]))
