"""The fields of the Data Card: versioned data, from `datacards/data/card_fields.toml` and a file for each section.

Between them they cover the 177 fields of the Data Cards template (Pushkarna, Zaldivar, Kjartansson, 2022), whose three
scopes they keep, and what catalogues, regulations and the literature on risks ask for beyond it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from datacards.cards.profiles import default_profile
from datacards.errors import BadInput

DATA = Path(__file__).parent.parent / "data"
SCOPES = ("telescope", "periscope", "microscope")  # at first sight, for who considers using it, for who does


@dataclass(frozen=True)
class Field:
    """One question of the card.

    `type` is line, text, choice, choices, number, date, link, list or rows; `scope` is one of SCOPES, or empty where
    the template gives none; `template` says which of the template's fields it covers, counted from 0; `required` is
    what the default profile asks; `life` is how many days a value lasts until it should be confirmed again; `computed`
    fields are filled from evidence, never typed.
    """

    path: str
    section: str
    title: str
    help: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()
    subsection: str = ""
    scope: str = ""
    columns: tuple[str, ...] = ()
    template: tuple[int, ...] = ()
    life: int = 365
    computed: bool = False


@dataclass(frozen=True)
class Section:
    """Fields that are asked together; `name` is its file's, `title` what people read."""

    name: str
    title: str
    fields: tuple[Field, ...]


@cache
def sections() -> tuple[Section, ...]:
    """All sections in the order in which they are asked."""
    told = _read("card_fields.toml")
    return tuple(_section(name, told["life"]) for name in told["sections"])


@cache
def fields() -> tuple[Field, ...]:
    """All fields in the order in which they are asked."""
    return tuple(field for section in sections() for field in section.fields)


def field_at(path: str) -> Field:
    """The field of that path; `BadInput` names the path when there is none."""
    try:
        return _by_path()[path]
    except KeyError:
        raise BadInput(f"The card has no field “{path[:80]}”; `card-fields` of the API lists those it has.") from None


def knows(path: str) -> bool:
    """The card has a field of that path."""
    return path in _by_path()


@cache
def _by_path() -> dict[str, Field]:
    return {field.path: field for field in fields()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _section(name: str, life: int) -> Section:
    told = {"life": life, "computed": False} | _read(f"card/{name}.toml")
    return Section(name, told["title"], tuple(_fields(told)))


def _fields(told: dict[str, Any]) -> Iterator[Field]:
    for part in told["part"]:
        for row in part["fields"]:
            covers = row.get("template", [])
            listed = {
                "choices": tuple(row.get("choices", ())),
                "columns": tuple(row.get("columns", ())),
                "template": tuple(covers) if isinstance(covers, list) else (covers,),
            }
            place = {
                "section": told["title"],
                "subsection": part.get("title", ""),
                "required": row["path"] in default_profile().paths,
                "life": told["life"],
            }
            yield Field(**{"computed": told["computed"], **row, **place, **listed})
