"""What is wrong with a Croissant 1.1 document, a sentence each, without a network.

mlcroissant accepts a dataset without licence, creator or date, which the specification requires; and it asks for more
than that where it builds its graph. These checks ask for both, so that what passes here passes there.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from datacards.errors import BadInput
from datacards.exchange.croissant.shapes import misfits, shape_of
from datacards.exchange.croissant.table import arrow_type
from datacards.exchange.jsonld import Node, of

CONFORMS = "http://mlcommons.org/croissant/1.1"
REQUIRED = {
    "name": "a name: give the corpus a title",
    "description": "a description: write the summary",
    "license": "a licence: state one",
    "url": "an address of its own: say where its page is",
    "creator": "a creator: name the publishing organisation or the creators",
    "datePublished": "a date of publication: fill “Published on”",
}
DATES = ("datePublished", "dateModified", "dateCreated", "rai:dataCollectionTimeframe")
MEDIA = {"cr:BoundingBox", "AudioObject", "ImageObject", "VideoObject"}
FILES = {"FileObject", "cr:FileObject"}
SETS = {"FileSet", "cr:FileSet"}


def problems(document: Any) -> list[str]:
    """Every problem of the document; none means that it conforms as far as anybody can tell offline."""
    try:
        node = of(document)
    except BadInput as refusal:
        return [str(refusal)]
    return list(dict.fromkeys(problem for check in CHECKS for problem in check(node)))


def _context(node: Node) -> Iterator[str]:
    if not isinstance(node.raw.get("@context", {}), dict):
        yield "Its @context is not written out: readers would have to fetch it."


def _conforms(node: Node) -> Iterator[str]:
    if CONFORMS not in [said.text for said in node.texts("dct:conformsTo")]:
        yield f"It does not say that it conforms to {CONFORMS}."


def _required(node: Node) -> Iterator[str]:
    for key, sentence in REQUIRED.items():
        if not node.texts(key):
            yield f"It lacks {sentence}."


def _addresses(node: Node) -> Iterator[str]:
    for said in node.texts("url"):
        if not re.fullmatch(r"https?://[^\s/]\S*", said.text):
            yield f"{said.at} is no web address: write one that begins with https://."


def _dates(node: Node) -> Iterator[str]:
    for key in DATES:
        for said in node.texts(key):
            if not is_date(said.text):
                yield f"{said.at} is no date of ISO 8601: write one such as 2026-03-31."


def is_date(text: str) -> bool:
    """A year, month, day or moment as ISO 8601 has them."""
    if re.fullmatch(r"\d{4}(-\d{2})?", text, re.ASCII):
        text = (text + "-01-01")[:10]
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _shapes(node: Node) -> Iterator[str]:
    for name in node.keys:
        for at in misfits(node, name):
            yield f"{at} is not what Croissant takes there: write {shape_of(name)}."


def _spaces(node: Node) -> Iterator[str]:
    yield from (f"{at} has white space in its @id: write %20." for at in _spaced(node.raw, node.at))


def _spaced(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        if re.search(r"\s", str(value.get("@id", ""))):
            yield at or "/"
        for key, item in value.items():
            yield from _spaced(item, f"{at}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _spaced(item, f"{at}/{i}")


def _ids(node: Node) -> Iterator[str]:
    seen: dict[str, str] = {}
    for inner in (*node.nodes("distribution"), *_record_sets_and_fields(node)):
        if not inner.id:
            yield f"{inner.at} has no @id, by which others refer to it."
        elif inner.id in seen:
            yield f"{inner.at} has the @id of {seen[inner.id]}: ids are unique."
        seen.setdefault(inner.id, inner.at)


def _record_sets_and_fields(node: Node) -> Iterator[Node]:
    for records in node.nodes("cr:recordSet"):
        yield records
        yield from _fields(records, "cr:field")


def _fields(node: Node, key: str) -> Iterator[Node]:
    for field in node.nodes(key):
        yield field
        yield from _fields(field, "cr:subField")


def _files(node: Node) -> Iterator[str]:
    live = any(said.text == "true" for said in node.texts("cr:isLiveDataset"))
    for inner in node.nodes("distribution"):
        kinds = set(inner.types)
        if not kinds & (FILES | SETS):
            yield f"{inner.at} is neither a FileObject nor a FileSet."
            continue
        if not inner.texts("encodingFormat"):
            yield f"{inner.at} lacks an encodingFormat: say its media type."
        yield from _file(inner, live) if kinds & FILES else _set(inner)


def _file(inner: Node, live: bool) -> Iterator[str]:
    if "cr:containedIn" in inner.keys or "containedIn" in inner.keys:
        return
    if not inner.texts("contentUrl"):
        yield f"{inner.at} lacks a contentUrl: say where its bytes are."
    digests = inner.texts("sha256") + inner.texts("cr:md5") + inner.texts("md5")
    if not digests and not live:
        yield f"{inner.at} lacks a sha256: without one nobody knows whether they have the same file."


def _set(inner: Node) -> Iterator[str]:
    if not inner.texts("cr:includes"):
        yield f"{inner.at} lacks includes: say which files belong to the set."


def _columns(node: Node) -> Iterator[str]:
    known = {inner.id for inner in node.nodes("distribution")}
    known |= {inner.id for inner in _record_sets_and_fields(node)}
    for records in node.nodes("cr:recordSet"):
        for field in _fields(records, "cr:field"):
            yield from _field(field, known)


def _field(field: Node, known: set[str]) -> Iterator[str]:
    types = [field.context.name(said.text) for said in field.texts("cr:dataType")]
    from_field = [source for source in field.nodes("cr:source") if "cr:field" in source.keys or source.id]
    if not ("cr:subField" in field.keys or arrow_type(types) or set(types) & MEDIA or from_field):
        yield f"{field.at} has no data type that is known, such as sc:Text or sc:Integer."
    for source in field.nodes("cr:source"):
        for key in ("cr:fileObject", "cr:fileSet", "cr:field"):
            for target in source.nodes(key):
                if target.id not in known:
                    yield f"{target.at} refers to “{target.id[:80]}”, which is nowhere in the file."
    shapes = field.texts("cr:arrayShape")
    if shapes and not any(said.text == "true" for said in field.texts("cr:isArray")):
        yield f"{field.at} has an arrayShape without isArray."
    if any(not re.fullmatch(r"\(?-?\d+(,\s*-?\d+)*,?\)?", said.text) for said in shapes):
        yield f"{field.at} has an arrayShape that is no list of numbers."


CHECKS: tuple[Callable[[Node], Iterator[str]], ...] = (
    _context, _conforms, _required, _addresses, _dates, _shapes, _spaces, _ids, _files, _columns,
)  # fmt: skip
