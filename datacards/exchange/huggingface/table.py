"""The table that ties the card to a dataset's card on Hugging Face, and the words that the Hub knows (data)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

TABLE_FILE = Path(__file__).parents[2] / "data" / "exchange_huggingface.toml"
_OPTIONAL = re.compile(r"\s*\[optional\]", re.IGNORECASE)
_NAME = re.compile(r"[^a-z0-9.-]+")


@dataclass(frozen=True)
class Row:
    """One path of the card and where a Hugging Face card says the same: a key, a section or a bullet."""

    path: str
    key: str = ""
    many: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    heading: str | None = None
    level: int = 2
    under: str = ""
    bullet: str = ""
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The headings, or words of bullets, that say it: what we write first."""
        return tuple(plain(name) for name in (self.bullet or self.heading or "", *self.also))


@cache
def table() -> dict[str, Any]:
    """The whole file."""
    return tomllib.loads(TABLE_FILE.read_text(encoding="utf-8"))


@cache
def rows() -> tuple[Row, ...]:
    """All rows in the order in which they are written."""
    return tuple(Row(**{**row, "also": tuple(row.get("also", ()))}) for row in table()["row"])


@cache
def hub(name: str) -> frozenset[str]:
    """The words that the Hub knows: licences, tasks, sizes, multilinguality, …"""
    return frozenset(table()["hub"][name])


def around(heading: str) -> tuple[int, str]:
    """How deep the section of that heading is, and the heading around it."""
    for row in rows():
        if row.heading == heading:
            return row.level, row.under
    told = table()["around"][heading]
    return told["level"], told.get("under", "")


def plain(heading: str) -> str:
    """A heading as it is compared: without “[optional]”, emphasis, case and the last colon."""
    bare = _OPTIONAL.sub("", heading).strip().strip("*_").strip()
    return " ".join(bare.rstrip(":").split()).casefold()


def licences_at_hub(expression: str) -> list[str]:
    """The Hub's ids for an expression whose parts all bind; empty where the Hub has none for one of them."""
    parts = [part.strip(" ()").lower() for part in re.split(r"\s+AND\s+", expression.strip()) if part.strip(" ()")]
    ids = [table()["hub"]["spdx"].get(part, part) for part in parts]
    return list(dict.fromkeys(ids)) if all(one in hub("licences") for one in ids) else []


def name_of(expression: str) -> str:
    """A licence's name as the Hub takes it beside `license: other`: small letters, digits, points and hyphens."""
    return _NAME.sub("-", expression.lower()).strip("-.")[:100] or "custom"
