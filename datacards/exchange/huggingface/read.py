"""A card from Hugging Face as values of ours, each with the line that says so. Nothing is fetched."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from datacards import cards
from datacards.corpora.frontmatter import CARD_NAME, text_of_card
from datacards.errors import BadInput
from datacards.exchange.croissant.imported import Imported
from datacards.exchange.huggingface import shapes
from datacards.exchange.huggingface.body import BULLET, Section, lines_of, outside, prose, sections
from datacards.exchange.huggingface.front import entries, texts
from datacards.exchange.huggingface.table import Row, around, plain, rows, table
from datacards.plainyaml import Card, mapping, split

FORMAT = "huggingface"
READ = frozenset({"license", "licence", "license_name", *(row.key for row in rows() if row.key)})
BULLETS = frozenset(name for row in rows() for name in row.names if row.bullet or row.also) | {
    plain(word) for word in ("Language(s) (NLP)", "License", "Paper", "Demo", "Leaderboard")
}


@dataclass(frozen=True)
class Place:
    """Where a value was read: a key, a section, or one line; `line` is of the whole card, from 1."""

    kind: str  # key | section | bullet | title
    name: str
    line: int


@dataclass(frozen=True)
class Said:
    """What the card says at a path of ours, and where."""

    path: str
    value: Any
    place: Place


def read(body: bytes) -> Imported:
    """What the card says; `BadInput` says why it cannot be read."""
    text = text_of_card(body)
    if "\0" in text:
        raise BadInput(f"{CARD_NAME} holds a NUL character: it is no text, so send another file.")
    card = split(text)
    values = mapping(card.yaml, CARD_NAME)
    left_out: list[str] = []
    found = said(card, left_out)
    licence, link = licence_in(values)
    keys = entries(card.yaml)
    return Imported(
        format="Hugging Face card",
        values={path: _entry(one) for path, one in found.items() if not cards.field_at(path).computed},
        name=str(values.get("pretty_name") or ""), licence=licence, licence_url=link,
        licence_at=f"{CARD_NAME} line {_line(card, keys, 'license')}" if licence and "license" in keys else "",
        unknown=tuple(str(key) for key in values if key not in READ), left_out=tuple(left_out), original=text,
    )  # fmt: skip


def said(card: Card, left_out: list[str]) -> dict[str, Said]:
    """What the card says at each path; where it says it twice, our own last section counts, then the YAML."""
    found: dict[str, Said] = {}
    for one in (*_rest(card, left_out), *_keys(card, left_out), *_texts(card, left_out)):
        found.setdefault(one.path, one)
    return found


def licence_in(values: dict[str, Any]) -> tuple[str, str]:
    """The licence's expression and address: a list binds together, `other` is what `license_name` calls it."""
    ids, names = texts(values.get("license", values.get("licence"))), texts(values.get("license_name"))
    named = names if list(ids) == ["other"] and names else ids
    link = texts(values.get("license_link"))
    address = link[0] if link and link[0].startswith(("https://", "http://")) else ""
    return " AND ".join(named)[:500], address


def _entry(one: Said) -> dict[str, Any]:
    return {"value": one.value, "source": "import", "evidence": f"{CARD_NAME} line {one.place.line}"}


def _line(card: Card, keys: dict[str, Any], key: str) -> int:
    return card.open.count("\n") + (keys[key].line(card.yaml) if key in keys else 1)


# --- the YAML ------------------------------------------------------------------------------------------------


def _keys(card: Card, left_out: list[str]) -> Iterator[Said]:
    values, keys = mapping(card.yaml, CARD_NAME), entries(card.yaml)
    for row in (row for row in rows() if row.key in values):
        place = Place("key", row.key, _line(card, keys, row.key))
        raw = in_words(row, values[row.key])
        if raw is not None:
            yield from _cleaned(row.path, raw, place, left_out)
        elif texts(values[row.key]):
            left_out.append(f"“{row.key}” on line {place.line} has words that no choice of the card stands for.")


def in_words(row: Row, value: Any) -> Any:
    """A value of the YAML in the card's words; None where they do not suffice."""
    field = cards.field_at(row.path)
    if field.path == "overview.languages":  # YAML reads a bare no, which is Norwegian, as false
        value = ["no" if one is False else one for one in (value if isinstance(value, list) else [value])]
    items = [*texts(value)]
    if row.words:
        ours = {word: choice for choice, word in row.words.items()}
        return [ours[item] for item in items] if items and all(item in ours for item in items) else None
    if not items:
        return None
    if field.type in ("list", "choices"):
        return items
    if field.path == "overview.languages":
        return ", ".join(items)
    return items[0] if len(items) == 1 else None


# --- the text ------------------------------------------------------------------------------------------------


def _texts(card: Card, left_out: list[str]) -> Iterator[Said]:
    lines, above = lines_of(card.body), above_body(card)
    found = sections(lines)
    for row in (row for row in rows() if not row.key):
        for name in row.names:
            for section in named(found, name):
                start, stop = prose(lines, section, BULLETS)
                place = Place("section", section.name, above + start + 1)
                yield from _told(row.path, "".join(lines[start:stop]), place, left_out)
            yield from _bullets(row, name, lines, above, left_out)
    yield from _title(found, above, left_out)


def named(found: list[Section], name: str) -> list[Section]:
    """The sections of that name; the empty name is what stands below the title."""
    head = preamble(found)
    return [one for one in found if one.at >= 0 and one.name == name] if name else [head] if head else []


def above_body(card: Card) -> int:
    """How many lines of the card stand before its text."""
    return (card.open + card.yaml + card.close).count("\n")


def preamble(found: list[Section]) -> Section | None:
    """The section that the title heads: what stands before the first part."""
    return next((section for section in found if section.level == 1), None)


def _bullets(row: Row, name: str, lines: list[str], above: int, left_out: list[str]) -> Iterator[Said]:
    for at, line in outside(lines) if name else ():
        found = BULLET.match(line.rstrip("\r\n"))
        if found and plain(found["word"]) == name and cards.is_filled(found["value"]):
            value = shapes.from_line(cards.field_at(row.path), found["value"].removeprefix(":").strip())
            yield from _cleaned(row.path, value, Place("bullet", name, above + at + 1), left_out)


def _title(found: list[Section], above: int, left_out: list[str]) -> Iterator[Said]:
    head = preamble(found)
    if head and head.heading:
        start = str(table()["title"])
        title, place = head.heading.removeprefix(start).strip(), Place("title", "", above + head.at + 1)
        yield from _cleaned("overview.title", title, place, left_out)


def _rest(card: Card, left_out: list[str]) -> Iterator[Said]:
    """What our own exports say in the last section."""
    lines, above = lines_of(card.body), above_body(card)
    for section in in_rest(sections(lines)):
        path = paths_by_title().get(section.name)
        if path:
            start, stop = prose(lines, section, frozenset())
            place = Place("rest", section.name, above + start + 1)
            yield from _told(path, "".join(lines[start:stop]), place, left_out)


def in_rest(found: list[Section]) -> Iterator[Section]:
    """The sections below the heading of our own last section."""
    inside = False
    for section in found:
        inside = section.name == plain(table()["rest"]) or (inside and section.level > around(table()["rest"])[0])
        if inside:
            yield section


def heading_of(path: str) -> str:
    """The heading of a field in the last section of an export."""
    field = cards.field_at(path)
    return " / ".join(dict.fromkeys(part for part in (field.section, field.subsection, field.title) if part))


@cache
def paths_by_title() -> dict[str, str]:
    """Heading, as it is compared → path."""
    return {plain(heading_of(field.path)): field.path for field in cards.fields()}


def _told(path: str, text: str, place: Place, left_out: list[str]) -> Iterator[Said]:
    if not cards.is_filled(text.strip()):
        return
    value = shapes.told(cards.field_at(path), text)
    if value is None:
        left_out.append(f"What stands at line {place.line} has no shape that “{cards.field_at(path).title}” takes.")
        return
    yield from _cleaned(path, value, place, left_out)


def _cleaned(path: str, raw: Any, place: Place, left_out: list[str]) -> Iterator[Said]:
    try:
        value = cards.clean(path, raw)
    except BadInput as refusal:
        left_out.append(f"Line {place.line}: {refusal}")
        return
    if cards.is_filled(value):
        yield Said(path, value, place)
