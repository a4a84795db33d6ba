"""A described revision as a Datasheet for Datasets (Gebru et al., 2018), in Markdown: its seven sections, our words."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from datacards import cards
from datacards.exchange.described import Described

TABLE_FILE = Path(__file__).parents[1] / "data" / "exchange_datasheet.toml"
SILENT = "*The card does not say.*"


@cache
def parts() -> list[dict[str, Any]]:
    """The sections with their questions; each names the paths of the card that answer it."""
    found: list[dict[str, Any]] = tomllib.loads(TABLE_FILE.read_text(encoding="utf-8"))["section"]
    return found


def write(described: Described) -> str:
    """The whole sheet; a question that the card does not answer says so."""
    title = _line(described.text("overview.title") or described.title or described.name)
    facts = [f"- {name}: {text}" for name, text in _facts(described) if text]
    made = [f"# Datasheet: {title}", "\n".join(facts)]
    for number, part in enumerate(parts(), 1):
        made.append(f"## {number}. {part['title']}")
        for ask in part["asks"]:
            made += [f"**{ask['question']}**", answer(described, ask["paths"]) or SILENT]
    return "\n\n".join(filter(None, made)) + "\n"


def _facts(described: Described) -> list[tuple[str, str]]:
    tokens = f"{described.documents:,} documents, {described.tokens:,} tokens" if described.tokens else ""
    return [
        ("Name", _line(described.name)), ("Revision", described.version), ("Licence", _line(described.licence)),
        ("Size", tokens), ("Page", described.url),
        ("Read on", f"{described.made_at:%Y-%m-%d}" if described.made_at else ""),
    ]  # fmt: skip


def answer(described: Described, paths: list[str]) -> str:
    """What the card says at those paths, one after the other."""
    told = []
    for path in paths:
        value, field = described.values.get(path, {}).get("value"), cards.field_at(path)
        if cards.is_filled(value):
            text = "\n".join(f"> {line}".rstrip() for line in cards.shown(value, field).split("\n"))
            told.append(text if len(paths) == 1 else f"{field.title}:\n\n{text}")
    return "\n\n".join(told)


def _line(text: str) -> str:
    return " ".join(text.split())
