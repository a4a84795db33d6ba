"""A described revision as a card for Hugging Face; laid over the card that was imported, where there is one.

Only what says something else than before is changed: comments, unknown keys, order, quotes, line ends and the rest of
the text stay byte for byte. A value that is there and empty was emptied by somebody, so it is taken out; a path that
is not there at all leaves the original as it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from datacards import cards
from datacards.exchange.described import Described
from datacards.exchange.huggingface import shapes
from datacards.exchange.huggingface.body import (
    BULLET,
    Section,
    ended,
    lines_of,
    outside,
    placed,
    prose,
    sections,
    with_section,
)
from datacards.exchange.huggingface.front import put
from datacards.exchange.huggingface.read import BULLETS, Said, heading_of, in_rest, licence_in, preamble, said
from datacards.exchange.huggingface.table import Row, licences_at_hub, name_of, plain, rows, table
from datacards.plainyaml import Card, mapping, split

HUB = "https://huggingface.co/datasets/"
SIZES = tuple(table()["hub"]["sizes"])


def write(described: Described, original: str | None = None) -> str:
    """The text of README.md."""
    card = split(original) if original is not None else _bare(described)
    have = said(card, []) if original is not None else {}
    wanted = dict(wants(described, have))
    for row in rows():
        if row.path in wanted and not _same(have.get(row.path), wanted[row.path]):
            card = _put(card, row, have.get(row.path), wanted[row.path])
    card = _licence(card, described)
    card = _rest(card, wanted)
    if original is None and not card.yaml:  # the Hub's client takes an empty block for text
        return card.body.lstrip("\n")
    if card.body and card.close and not card.close.endswith("\n"):
        card = replace(card, close=card.close + card.newline)
    return card.text


def wants(described: Described, have: dict[str, Said]) -> Iterator[tuple[str, Any]]:
    """What is to be said at each path: the card's values, then the facts where nobody says anything."""
    for path, entry in described.values.items():
        if cards.knows(path) and path != "licence.expression":
            yield path, _plain(entry.get("value"))
    for path, value in _facts(described).items():
        if value and path not in described.values and path not in have:
            yield path, value


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _facts(described: Described) -> dict[str, Any]:
    origins = [one.url.removeprefix(HUB).strip("/") for one in described.parents if one.url.startswith(HUB)]
    return {
        "overview.title": described.title, "overview.summary": described.summary.strip(),
        "overview.languages": ", ".join(described.languages), "authorship.publisher": described.publisher,
        "authorship.creators": list(described.creators), "publication.keywords": list(described.keywords),
        "publication.citation": described.citation.strip(), "catalogue.origins": origins,
        "catalogue.size": size_of(described.documents),
    }  # fmt: skip


def size_of(documents: int) -> str:
    """The Hub's size category for so many rows; empty for none."""
    if not documents:
        return ""
    return str(SIZES[min(max(len(str(documents)) - 3, 0), len(SIZES) - 1)])


def _same(known: Said | None, value: Any) -> bool:
    return known.value == value if known else not cards.is_filled(value)


def _bare(described: Described) -> Card:
    title = " ".join((described.text("overview.title") or described.title or described.name).split())
    return split(f"---\n---\n\n# {table()['title']} {title}\n")


# --- one value -----------------------------------------------------------------------------------------------


def _put(card: Card, row: Row, known: Said | None, value: Any) -> Card:
    """The card that says the value where it said another, or else where we say it first."""
    place = known.place if known and known.place.kind not in ("title", "rest") else None
    filled = cards.is_filled(value)
    if place and place.kind == "section":
        return _in_section(card, place.name, row.path, value)
    if place and place.kind == "bullet":
        return _in_bullet(card, place.name, row.path, value)
    if row.key:
        return put(card, row.key, hub_words(card, row, value) if filled else None)
    if not filled:
        return card
    return _new_bullet(card, row, value) if row.bullet else _new_section(card, row, value)


def hub_words(card: Card, row: Row, value: Any) -> Any:
    """A value in the Hub's words; None where it has none. One item stays as it stood: alone, or in a list."""
    items = list(value) if isinstance(value, list) else [str(value)]
    if row.path == "overview.languages":
        items = [item.strip() for item in str(value).split(",") if item.strip()]
    if row.words:
        items = [row.words[item] for item in items if item in row.words]
    if not row.many:
        return items[0]
    before = mapping(card.yaml, "the card").get(row.key)
    alone = isinstance(before, str) and len(items) == 1
    return (items[0] if alone else items) if items else None


def _licence(card: Card, described: Described) -> Card:
    """The licence's ids, unless the card names the same licence already."""
    values = mapping(card.yaml, "the card")
    expression, (before, _) = described.licence.strip(), licence_in(values)
    ids = licences_at_hub(expression)
    if not expression or before == expression or (ids and ids == licences_at_hub(before)):
        return card
    if not ids and name_of(expression) == before:
        return card
    card = put(card, "license", (ids[0] if len(ids) == 1 else ids) or "other")
    card = put(card, "license_name", None if ids else name_of(expression))
    if not ids and described.licence_url and "license_link" not in values:
        card = put(card, "license_link", described.licence_url)
    return card


# --- in the text ---------------------------------------------------------------------------------------------


def _in_section(card: Card, name: str, path: str, value: Any) -> Card:
    lines = lines_of(card.body)
    for section in sections(lines):
        if section.name == name and section.at >= 0:
            start, stop = prose(lines, section, BULLETS)
            if start < stop and cards.is_filled("".join(lines[start:stop])):
                return _filled(card, lines, section, path, value)
    return card


def _new_section(card: Card, row: Row, value: Any) -> Card:
    lines = lines_of(card.body)
    if row.heading:
        lines, section = with_section(lines, row.heading, card.newline)
    elif head := preamble(sections(lines)):
        section = head
    else:
        lines, section = placed(lines, 0, f"# {table()['title']}", card.newline)
    return _filled(card, lines, section, row.path, value)


def _filled(card: Card, lines: list[str], section: Section, path: str, value: Any) -> Card:
    """The card with that value as the section's own text; hints before it and bullets behind it stay."""
    start, stop = prose(lines, section, BULLETS)
    text = shapes.shown(cards.field_at(path), value) if cards.is_filled(value) else ""
    new = [f"{line}{card.newline}" for line in text.split("\n")] if text else []
    before, after = ended(lines[:start], card.newline) if new else lines[:start], lines[stop:]
    if new and before and before[-1].strip():
        new.insert(0, card.newline)
    if new and after and after[0].strip():
        new.append(card.newline)
    if new and not after and stop > start and not lines[stop - 1].endswith("\n"):
        new[-1] = new[-1].rstrip("\r\n")
    return replace(card, body="".join([*before, *new, *after]))


def _in_bullet(card: Card, name: str, path: str, value: Any) -> Card:
    lines = lines_of(card.body)
    for at, line in outside(lines):
        found = BULLET.match(line.rstrip("\r\n"))
        if found and plain(found["word"]) == name and cards.is_filled(found["value"]):
            end = line[len(line.rstrip("\r\n")) :]
            text = shapes.in_line(cards.field_at(path), value) if cards.is_filled(value) else ""
            lines[at] = line[: found.start("value")] + text + end
            return replace(card, body="".join(lines))
    return card


def _new_bullet(card: Card, row: Row, value: Any) -> Card:
    """A bullet with nothing behind it is filled; else one is added behind those that there are."""
    lines, text = lines_of(card.body), shapes.in_line(cards.field_at(row.path), value)
    for at, line in outside(lines):
        found = BULLET.match(line.rstrip("\r\n"))
        if found and plain(found["word"]) in row.names:
            bare = line[: found.start("value")].rstrip()
            lines[at] = f"{bare} {text}" + line[len(line.rstrip("\r\n")) :]
            return replace(card, body="".join(lines))
    lines, section = with_section(lines, row.under, card.newline)
    at = _last_bullet(lines, section)
    before, after = ended(lines[:at], card.newline), lines[at:]
    gap = [card.newline] if before[-1].strip() and not BULLET.match(before[-1].rstrip("\r\n")) else []
    behind = [card.newline] if after and after[0].strip() else []
    new = f"- **{row.bullet}:** {text}{card.newline}"
    return replace(card, body="".join([*before, *gap, new, *behind, *after]))


def _last_bullet(lines: list[str], section: Section) -> int:
    """The line behind the section's last line with something on it."""
    at = section.stop
    while at > section.start and not lines[at - 1].strip():
        at -= 1
    return at


# --- what has no place of its own ----------------------------------------------------------------------------


def _rest(card: Card, wanted: dict[str, Any]) -> Card:
    """Values that nothing else in the card says, in a last section under their own titles."""
    back = said(card, [])
    for field in cards.fields():
        if field.path in wanted and not _same(back.get(field.path), wanted[field.path]):
            card = _in_rest(card, field.path, wanted[field.path])
    return card


def _in_rest(card: Card, path: str, value: Any) -> Card:
    lines, heading = lines_of(card.body), heading_of(path)
    found = [one for one in in_rest(sections(lines)) if one.name == plain(heading)]
    if not found and not cards.is_filled(value):
        return card
    if not found:
        lines, around = with_section(lines, table()["rest"], card.newline)
        later = (one.at for one in sections(lines) if one.at > around.at and one.level <= around.level)
        lines, section = placed(lines, next(later, len(lines)), f"{'#' * (around.level + 1)} {heading}", card.newline)
        return _filled(card, lines, section, path, value)
    if not cards.is_filled(value):
        return replace(card, body="".join([*lines[: found[0].at], *lines[found[0].stop :]]))
    return _filled(card, lines, found[0], path, value)
