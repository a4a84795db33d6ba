"""The Data Card as data: its fields, what counts as filled, and how complete a card is. Pure."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from datacards.errors import BadInput

FIELDS_FILE = Path(__file__).parent / "data" / "card_fields.toml"
MAX_TEXT = 20_000
BOILERPLATE = re.compile(r"(more information needed|todo|tbd|n/?a|none|unknown|x+|lorem ipsum.*)?", re.I)


@dataclass(frozen=True)
class Field:
    """One question of the card. `type` is line, text, choice or choices."""

    path: str
    section: str
    title: str
    help: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Completeness:
    """How many required fields are filled, and the titles of those that are not."""

    filled: int
    required: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """0..1; a card without required fields is complete."""
        return self.filled / self.required if self.required else 1.0


@cache
def fields() -> tuple[Field, ...]:
    """All fields in the order in which they are asked."""
    table = tomllib.loads(FIELDS_FILE.read_text(encoding="utf-8"))
    return tuple(Field(**{**row, "choices": tuple(row.get("choices", ()))}) for row in table["field"])


def field_at(path: str) -> Field:
    """The field of that path; `BadInput` names the path when there is none."""
    for field in fields():
        if field.path == path:
            return field
    raise BadInput(f"The card has no field “{path[:80]}”; its fields are {', '.join(f.path for f in fields())}.")


def clean(path: str, value: Any) -> str | list[str]:
    """A value fit to be stored under that path; `BadInput` says what is wrong with it."""
    field = field_at(path)
    if field.type == "choices":
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise BadInput(f"“{field.title}” takes a list of choices.")
        return [_choice(field, v) for v in dict.fromkeys(value)]
    if not isinstance(value, str):
        raise BadInput(f"“{field.title}” takes a text.")
    return _text(field, value.strip())


def _text(field: Field, text: str) -> str:
    if "\x00" in text or len(text) > MAX_TEXT:
        raise BadInput(f"“{field.title}” takes at most {MAX_TEXT:,} characters, without NUL.")
    if field.type == "line" and "\n" in text:
        raise BadInput(f"“{field.title}” takes one line.")
    return _choice(field, text) if field.type == "choice" and text else text


def _choice(field: Field, value: str) -> str:
    if value not in field.choices:
        raise BadInput(f"“{field.title}” takes one of: {', '.join(field.choices)}.")
    return value


def is_filled(value: Any) -> bool:
    """A value that says something: not empty, and not a template's filler such as “[More Information Needed]”."""
    if isinstance(value, str):
        return not BOILERPLATE.fullmatch(_inner(value))
    return bool(value)


def _inner(text: str) -> str:
    """From the first letter or digit to the last. No expression does this in linear time: anybody may write a card."""
    first, last = re.search(r"\w", text), re.search(r"\w", text[::-1])
    return text[first.start() : len(text) - last.start()] if first and last else ""


def completeness(values: Mapping[str, Mapping[str, Any]]) -> Completeness:
    """How complete a card's values (path → {value, source, …}) are."""
    required = [field for field in fields() if field.required]
    missing = [field.title for field in required if not is_filled(values.get(field.path, {}).get("value"))]
    return Completeness(len(required) - len(missing), len(required), tuple(missing))
