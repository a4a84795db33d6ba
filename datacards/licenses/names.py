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

# How licences' names are spelled out, and the words of their ids. In this order.
SPELLED = (
    (r"\bcreative\s*commons\b", "cc"),
    (r"\bnon[\s-]*commercial\b(?=.*\d)", "nc"),
    (r"\bshare[\s-]*alike\b", "sa"),
    (r"\bno[\s-]*deriv(?:ative)?s?(?:\s*works)?\b", "nd"),
    (r"\battribution\b(?=[\s-]*(?:nc|sa|nd|\d))", "by"),
    (r"\bgnu\s+affero\s+general\s+public\s+licen[cs]e\b", "agpl"),
    (r"\bgnu\s+(?:lesser|library)\s+general\s+public\s+licen[cs]e\b", "lgpl"),
    (r"\bgnu\s+general\s+public\s+licen[cs]e\b", "gpl"),
    (r"\bgnu\s+free\s+documentation\s+licen[cs]e\b", "gfdl"),
    (r"\bgnu\b", " "),
    (r"(?<=\d)\s*(?:unported|generic|universal)\b", " "),
    (r"(?<=[a-z]{3})v?(?=\d)", " "),
    (r"(?<=\d)\+|\bor\s+(?:any\s+)?later(?:\s+version)?\b", " or later"),
)
CC_ADDRESS = re.compile(
    r"creativecommons\.org/(?P<kind>licenses|publicdomain)/(?P<code>[a-z-]+)/(?P<version>\d\.\d)"
    r"(?:/(?P<port>[a-z]{2,3})\b)?"
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
    if word.lower().startswith(("http://", "https://")):
        return Named(_at_address(word))
    key = normal(word)
    if key in _ambiguous():
        return Named(candidates=_ambiguous()[key], ambiguous=True)
    return Named(_by_name().get(key, ""))


def _at_address(url: str) -> str:
    """The licence whose text is at an address; empty when we do not know it."""
    if found := CC_ADDRESS.search(url.lower()):
        code = {"zero": "cc0", "mark": "cc pdm"}.get(found["code"], f"cc {found['code']}")
        return _by_name().get(normal(" ".join(filter(None, (code, found["version"], found["port"])))), "")
    return _by_address().get(_address(url), "")


def _address(url: str) -> str:
    """An address without what changes nothing about the text found there."""
    return re.sub(r"^https?://(?:www\.)?|(?:\.(?:html?|txt|php))?/?$", "", url.strip().lower())


@lru_cache(maxsize=20_000)
def normal(word: str) -> str:
    """A name without case, punctuation, spelling and the words that say nothing: “CC-BY-NC-4.0” and
    “Attribution-NonCommercial 4.0 International” are one, “Apache 2” and “Apache License, Version 2.0” too."""
    text = word.lower().replace("_", " ")
    for pattern, by in SPELLED:
        text = re.sub(pattern, by, text)
    text = re.sub(r"[^\w.+]+", " ", text)
    text = re.sub(r"\bv\.?\s*(?=\d)", "", text)
    words = [f"{part}.0" if part.isdigit() else part for part in text.split() if part not in NOISE]
    if words[:1] in (["by"], ["sa"]) and words[-1][:1].isdigit():
        words = ["cc", *words]
    return " ".join(words) or text.strip()


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(ALIASES_FILE.read_text(encoding="utf-8"))


def ambiguous_words() -> dict[str, tuple[str, ...]]:
    """Words that leave open which licence is meant, each with the licences that it might be."""
    return {word: tuple(candidates) for word, candidates in _data()["ambiguous"].items()}


@cache
def _ambiguous() -> dict[str, tuple[str, ...]]:
    return {normal(word): candidates for word, candidates in ambiguous_words().items()}


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for id_, licence in default_table().licences.items():
        for name in (id_, id_.removeprefix("LicenseRef-"), licence.title):
            found.setdefault(normal(name), id_)
    found |= {normal(name): id_ for id_, names in _data()["names"].items() for name in names}
    return found


@cache
def _by_address() -> dict[str, str]:
    found = {_address(one.source): id_ for id_, one in default_table().licences.items() if one.source}
    return found | {_address(url): id_ for id_, urls in _data()["addresses"].items() for url in urls}
