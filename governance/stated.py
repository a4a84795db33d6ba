"""What the record of a dataset states of it, each with the words that say so and where they stand.

A record tells it in the member `Facts`, a list of objects: Fact, Value, Quote, Source, Source URL. Records come from
anywhere and are kept as they were, so what has another shape is passed over here, and nothing is filled in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FACTS = "Facts"
MOST = 60  # on a page
LONGEST = 600  # characters of each text


@dataclass(frozen=True)
class Stated:
    """One thing that somebody states of a dataset; `quote` holds their words, `url` is where one can read them."""

    name: str
    value: str
    quote: str
    source: str
    url: str


def stated(record: Mapping[str, Any]) -> list[Stated]:
    """What a record states that names its source; a statement without one is nobody's word, and is left out."""
    return list(_each(record.get(FACTS)))[:MOST]


def _each(facts: Any) -> Iterator[Stated]:
    for item in facts if isinstance(facts, list) else ():
        if not isinstance(item, dict):
            continue
        found = Stated(*(_text(item.get(name)) for name in ("Fact", "Value", "Quote", "Source", "Source URL")))
        if found.name and found.value and found.source:
            yield found


def _text(value: Any) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""
