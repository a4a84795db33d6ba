"""Descriptions of corpora, every kind of them, and the judgement of mlcroissant on what is written of them."""

import json
import warnings
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from datacards.cards import Field, clean, fields
from datacards.errors import BadInput
from datacards.exchange.described import Described, DescribedColumn, DescribedFile, DescribedParent

WORD = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12).filter(lambda text: text.strip())
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
PLAIN = st.sampled_from(["string", "int64", "double", "bool", "timestamp[us, tz=UTC]", "date32[day]", "binary", "null"])
NAMES = st.text("abc ü/%#é", min_size=1, max_size=8).map(lambda text: f"x{text}")
ARROW = st.recursive(
    PLAIN,
    lambda inner: (
        inner.map(lambda type_: f"list<item: {type_}>")
        | st.lists(st.tuples(st.sampled_from("abcd"), inner), min_size=1, max_size=3).map(
            lambda members: f"struct<{', '.join(f'{name}: {type_}' for name, type_ in members)}>"
        )
    ),
    max_leaves=5,
)
LICENCES = st.sampled_from(
    ["", "MIT", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "other", "MIT OR Apache-2.0", "Our own terms"]
)
ADDRESSES = st.sampled_from(["", "https://example.org/a", "https://creativecommons.org/licenses/by-nc-sa/4.0/"])
MOMENTS = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))

BY_TYPE = {
    "line": LINE, "text": TEXT, "number": st.integers(0, 9) | st.floats(0.1, 9),
    "date": st.sampled_from(["2026", "2026-03-31"]),
    "link": st.just("https://example.org/x"), "list": st.lists(LINE, max_size=3),
}  # fmt: skip


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Something that the field takes."""
    if field.choices:
        return (
            st.lists(st.sampled_from(field.choices), unique=True)
            if field.type == "choices"
            else st.sampled_from(field.choices)
        )
    if field.type == "rows":
        return st.lists(st.fixed_dictionaries(dict.fromkeys(field.columns, LINE)), max_size=2)
    return BY_TYPE[field.type]


@st.composite
def values(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """A card: a few fields, each with a value that the card would store."""
    chosen = draw(st.lists(st.sampled_from(fields()), max_size=8, unique_by=lambda field: field.path))
    return {field.path: {"value": clean(field.path, draw(value_of(field))), "source": "person"} for field in chosen}


FILES = st.builds(
    DescribedFile, name=NAMES, size=st.integers(0, 2**40), sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    format=st.sampled_from(["parquet", "jsonl.gz", "csv", "odd"]), url=st.sampled_from(["", "https://example.org/f"]),
)  # fmt: skip
PARTS: dict[str, Any] = {
    "name": WORD, "title": TEXT, "summary": TEXT, "url": st.sampled_from(["", "https://example.org/cards/1/"]),
    "version": st.sampled_from(["", "3", "2026-03"]), "licence": LICENCES, "licence_url": ADDRESSES,
    "made_at": MOMENTS,
    "modified_at": MOMENTS, "publisher": st.just("") | WORD, "creators": st.lists(WORD, max_size=3).map(tuple),
    "languages": st.sampled_from([(), ("en",), ("de-CH", "fr")]), "keywords": st.lists(WORD, max_size=2).map(tuple),
    "citation": TEXT, "values": values(), "files": st.lists(FILES, max_size=3, unique_by=lambda file: file.name),
    "columns": st.lists(st.builds(DescribedColumn, NAMES, ARROW, TEXT), max_size=3, unique_by=lambda one: one.name),
    "parents": st.lists(
        st.builds(DescribedParent, WORD, st.just("filtered"), ADDRESSES, LICENCES), max_size=2,
        unique_by=lambda parent: parent.name,
    ),
}  # fmt: skip
DESCRIPTIONS = st.builds(Described, **PARTS)
COMPLETE = st.builds(
    Described, **PARTS | {"summary": WORD, "url": st.just("https://example.org/cards/1/"), "publisher": WORD,
    "licence": LICENCES.filter(bool), "made_at": MOMENTS.filter(bool)},
)  # fmt: skip


def whole(**more: Any) -> Described:
    """A description that has all that Croissant requires."""
    facts: dict[str, Any] = {
        "name": "corpus", "title": "A corpus", "summary": "Pages of the web.", "url": "https://example.org/cards/1/",
        "licence": "CC-BY-4.0", "publisher": "An Institute", "made_at": datetime(2026, 3, 31, tzinfo=UTC),
        "version": "3",
    }  # fmt: skip
    return Described(**{**facts, **more})


def by_mlcroissant(body: bytes) -> list[str]:
    """The errors that mlcroissant has with a document; it fetches nothing for a context that is written out."""
    import mlcroissant
    from mlcroissant._src.core.issues import ValidationError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib uses a class of its own that it is leaving behind
        try:
            return list(mlcroissant.Dataset(jsonld=json.loads(body)).metadata.ctx.issues.errors)
        except ValidationError as error:
            return [str(error)]


__all__ = ["COMPLETE", "DESCRIPTIONS", "BadInput", "by_mlcroissant", "whole"]
