"""The card's values out of a dataset: each under its path, with the place in the file that says it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from datacards.cards import Field, clean, field_at
from datacards.errors import BadInput
from datacards.exchange.croissant.table import Row, rows
from datacards.exchange.jsonld import Node, Said

CARD_KEY = "card:"
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)

Entry = dict[str, Any]


def values_in(node: Node) -> tuple[dict[str, Entry], list[str]]:
    """Entries by path, and a sentence for each value that does not fit its field."""
    found: dict[str, Entry] = {}
    left_out: list[str] = []
    for path, said in _told(node):
        if path in found:
            continue
        try:
            value = clean(path, fitted(field_at(path), [one.text for one in said]))
        except BadInput as refusal:
            left_out.append(f"{said[0].at}: {refusal}")
            continue
        if value not in ("", []):
            found[path] = {"value": value, "source": "import", "evidence": said[0].at}
    return found, left_out


def _told(node: Node) -> Iterator[tuple[str, list[Said]]]:
    """Our own exact words first, then those of the vocabularies."""
    for key in node.keys:
        if key.startswith(CARD_KEY) and _is_path(key.removeprefix(CARD_KEY)):
            yield key.removeprefix(CARD_KEY), node.texts(key)
    for row in rows():
        said = said_for(node, row)
        if said:
            yield row.path, said


def _is_path(path: str) -> bool:
    try:
        return bool(field_at(path))
    except BadInput:
        return False


def said_for(node: Node, row: Row) -> list[Said]:
    """What the file says for a row: under its key, else under the first other one that says anything."""
    for key in keys_of(row):
        said = [Said(_in_our_words(row, one.text), one.at) for one in _texts(node, key)]
        if said:
            return said if row.many else said[:1]
    return []


def keys_of(row: Row) -> tuple[str, ...]:
    """The keys read for a row; Croissant 0.8 had the words of RAI in its own namespace."""
    old = (row.key.replace("rai:", "cr:"),) if row.key.startswith("rai:") else ()
    return (row.key, *row.also, *old)


def _texts(node: Node, key: str) -> list[Said]:
    special = SPECIAL.get(key)
    return special(node, key) if special else node.texts(key)


def _in_our_words(row: Row, text: str) -> str:
    return next((ours for ours, theirs in row.words.items() if theirs.lower() == text.lower()), text)


def _keywords(node: Node, key: str) -> list[Said]:
    """One text of several keywords has commas between them (schema.org/keywords)."""
    said = node.texts(key)
    if len(said) != 1:
        return said
    return [Said(part.strip(), said[0].at) for part in said[0].text.split(",") if part.strip()]


def _languages(node: Node, key: str) -> list[Said]:
    """A code rather than a name, where an object has both."""
    named = {inner.at: inner.text("alternateName", "identifier", "name") for inner in node.nodes(key)}
    return [named.get(said.at) or said for said in node.texts(key)]


def _identifiers(node: Node, key: str) -> list[Said]:
    """Of a PropertyValue its value, not its name (“DOI”)."""
    valued = {inner.at: inner.text("value", "cr:value", "url", "name") for inner in node.nodes(key)}
    return [valued.get(said.at) or said for said in node.texts(key)] or [said for said in valued.values() if said]


def _period(node: Node, key: str) -> list[Said]:
    """The ends of a period, whether written as two dates or as an interval of ISO 8601."""
    return [
        Said(_day(part), said.at) for said in node.texts(key) for part in said.text.split("/") if part.strip(" .")
    ]  # fmt: skip


SPECIAL: dict[str, Callable[[Node, str], list[Said]]] = {
    "keywords": _keywords,
    "inLanguage": _languages,
    "identifier": _identifiers,
    "rai:dataCollectionTimeframe": _period,
    "temporalCoverage": _period,
}


def fitted(field: Field, texts: list[str]) -> Any:
    """Texts of the file in the shape that the field takes; `clean` judges them afterwards."""
    shape = SHAPES.get(field.type)
    if field.path == "collection.period":
        return " to ".join(texts)
    return shape(texts) if shape else "\n".join(texts)


def _line(texts: list[str]) -> str:
    return ", ".join(" ".join(text.split()) for text in texts)


def _rows(texts: list[str]) -> Any:
    """Rows come as a text of JSON from our own exports."""
    try:
        return json.loads(texts[0])
    except json.JSONDecodeError:
        return texts[0]


def _day(text: str) -> str:
    """The day of a moment: cards hold days."""
    match = _DAY.match(text.strip())
    return match[0] if match else text.strip()


SHAPES: dict[str, Callable[[list[str]], Any]] = {
    "line": _line,
    "list": lambda texts: [" ".join(text.split()) for text in texts],
    "choices": list,
    "choice": lambda texts: texts[0],
    "link": lambda texts: texts[0],
    "date": lambda texts: _day(texts[0]),
    "number": lambda texts: texts[0],
    "rows": _rows,
}
