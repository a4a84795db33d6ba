"""From the word that somebody wrote to the licence that is meant: by rule and by table, never by guess."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from datacards.licenses.table import ALIASES_FILE, default_table

# Words that change nothing about which licence is meant.
NOISE = frozenset(
    {
        "the",
        "license",
        "licence",
        "licensed",
        "licenced",
        "under",
        "version",
        "international",
        "public",
        "agreement",
        "v",
    }
)


@dataclass(frozen=True)
class Named:
    """What a word stands for: one licence, or several that it leaves open, or nothing that we know."""

    id: str = ""
    candidates: tuple[str, ...] = ()
    ambiguous: bool = False  # it leaves open which licence is meant


@lru_cache(maxsize=20_000)
def named(word: str) -> Named:
    """What one word or name stands for."""
    key = normal(word)
    if key in _ambiguous():
        return Named(candidates=_ambiguous()[key], ambiguous=True)
    return Named(_by_name().get(key, ""))


@lru_cache(maxsize=20_000)
def normal(word: str) -> str:
    """A name without case, punctuation and the words that say nothing: “CC-BY-NC-4.0”, “CC BY-NC 4.0” are one."""
    text = re.sub(r"[^\w.+]+", " ", word.lower().replace("_", " "))
    text = re.sub(r"\bv(?=\d)", "", text)
    words = [part for part in text.split() if part not in NOISE]
    return " ".join(words) or text.strip()


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(ALIASES_FILE.read_text(encoding="utf-8"))


@cache
def _ambiguous() -> dict[str, tuple[str, ...]]:
    return {normal(word): tuple(candidates) for word, candidates in _data()["ambiguous"].items()}


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for id_, licence in default_table().licences.items():
        for name in (id_, id_.removeprefix("LicenseRef-"), licence.title):
            found.setdefault(normal(name), id_)
    found |= {normal(name): id_ for id_, names in _data()["names"].items() for name in names}
    return found
