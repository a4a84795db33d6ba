"""What the demo's stewards wrote in the Data Cards."""

from typing import Any

from governance.demo.world import FILTERED, FORUM, NEWS, TABLE, UNLABELLED, Corpus

Value = str | list[str]

SHARED: dict[str, Value] = {
    "overview.languages": "en",
    "authorship.publisher": "The Consentry demo",
    "authorship.contact": "data@demo.example",
    "subjects.people": "No people",
    "use.intended": "Trying out Consentry with numbers that can be checked by hand.",
    "use.unsuitable": "Training anything: a small grammar wrote every sentence.",
    "quality.known_limits": "The prose repeats a few hundred words in a dozen patterns.",
    "maintenance.plan": "Limited maintenance",
}
OWN: dict[str, dict[str, Value]] = {
    FILTERED.name: {
        "collection.method": ["Derived from other corpora"],
        "collection.selection": "Documents whose score in harbour/web-2026 is 60 or more.",
    },
    FORUM.name: {
        "subjects.people": "Synthetic people only",
        "quality.known_limits": "Forty answers hold identifiers from ranges that are reserved for examples.",
    },
    NEWS.name: {"use.access": "On request"},
    TABLE.name: {
        "overview.modality": ["Tables"],
        "quality.known_limits": "It counts; it holds no texts, so nothing in it can be scanned.",
    },
}
UNFINISHED = ("overview.title", "overview.summary")


def card(corpus: Corpus) -> dict[str, Any]:
    """The values by path; the unlabelled crawl's card has a title and a summary and no more."""
    told: dict[str, Value] = {
        "overview.title": corpus.title,
        "overview.summary": corpus.summary,
        "overview.modality": ["Text"],
        "collection.method": ["Web crawl"],
    }
    if corpus is UNLABELLED:
        return {path: told[path] for path in UNFINISHED}
    return told | SHARED | OWN.get(corpus.name, {})
