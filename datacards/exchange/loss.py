"""What is lost when a card goes out in a format and comes in again: by path, measured, not promised."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datacards import cards
from datacards.errors import BadInput
from datacards.exchange.described import Described
from datacards.exchange.formats import FORMATS, Format

OUTCOMES = {
    "kept": "comes back as it was",
    "changed": "comes back as something else",
    "lost": "does not come back",
    "computed": "goes out; it is measured here, so it is never read back",
}


@dataclass(frozen=True)
class Lost:
    """One path of the card after a round trip; `before` and `after` are as people type them."""

    path: str
    title: str
    outcome: str  # a key of OUTCOMES
    before: str
    after: str = ""


@dataclass(frozen=True)
class Report:
    """A round trip through one format; `refused` says why the card cannot be written so, where that is so."""

    format: str
    rows: tuple[Lost, ...] = ()
    refused: str = ""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many paths fared how, in the order of OUTCOMES; without those that none did."""
        counted = ((outcome, sum(row.outcome == outcome for row in self.rows)) for outcome in OUTCOMES)
        return [(outcome, count) for outcome, count in counted if count]


def loss(described: Described, format_: Format, original: bytes | None = None) -> Report:
    """Write, read again, compare; nothing is fetched or stored."""
    if format_.read is None:
        return Report(format_.name, refused=f"{format_.title} is only written, so all of it is lost on the way back.")
    try:
        back = format_.read(format_.write(described, original))
    except BadInput as refusal:
        return Report(format_.name, refused=str(refusal))
    found = {path: entry.get("value") for path, entry in back.values.items()}
    return Report(format_.name, (*_rows(described, found), *_licence(described, back.licence)))


def losses(described: Described) -> list[Report]:
    """One report for each format that is read too."""
    return [loss(described, one) for one in FORMATS.values() if one.read]


def _rows(described: Described, found: dict[str, Any]) -> Iterator[Lost]:
    for field in cards.fields():
        value = described.values.get(field.path, {}).get("value")
        if cards.is_filled(value) and field.path != "licence.expression":
            back = found.get(field.path)
            outcome = _outcome(field, value, back)
            yield Lost(field.path, field.title, outcome, cards.shown(value, field), cards.shown(back, field))


def _outcome(field: cards.Field, value: Any, back: Any) -> str:
    if field.computed:
        return "computed"
    if back == value:
        return "kept"
    return "changed" if cards.is_filled(back) else "lost"


def _licence(described: Described, back: str) -> Iterator[Lost]:
    """The licence, in any case of letters: the Hub's ids are small."""
    if described.licence:
        same = back.casefold() == described.licence.casefold()
        outcome = "kept" if same else "changed" if back else "lost"
        yield Lost("licence.expression", "Licence", outcome, described.licence, back)
