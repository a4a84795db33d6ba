"""A whole registry as one table: a row for each corpus, a column for each field of the card. CSV."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from datacards import cards
from datacards.exchange.described import Described

HEAD = ("name", "title", "revision", "licence", "tokens", "documents")


def lines(rows: Iterable[tuple[Described, Mapping[str, float | None]]], scores: tuple[str, ...] = ()) -> Iterator[str]:
    """The table line by line; each corpus comes with its scores, shares from 0 to 1 or None."""
    writer = csv.writer(_Echo())
    yield writer.writerow([*HEAD, *(f"score.{name}" for name in scores), *(field.path for field in cards.fields())])
    for described, told in rows:
        yield writer.writerow([harmless(cell) for cell in _cells(described, told, scores)])


def _cells(described: Described, told: Mapping[str, float | None], scores: tuple[str, ...]) -> Iterator[Any]:
    yield from (described.name, described.title, described.version, described.licence)
    yield from (described.tokens, described.documents)
    yield from ("" if told.get(name) is None else told[name] for name in scores)
    for field in cards.fields():
        yield cards.shown(described.values.get(field.path, {}).get("value"), field)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is quoted (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


class _Echo:
    """A file that returns each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line
