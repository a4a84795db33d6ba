"""The YAML at the top of a foreign text, found and read safely.

Only plain values are read: no tags, no aliases (with merge keys a few lines of them fill any memory), a limited size.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from datacards.errors import BadInput

MAX_YAML = 1 << 18
MAX_DEPTH = 20  # of YAML: the parser's own recursion would end the process
# The Hub's client takes such a block for the metadata; what comes after the second line of --- is text.
BLOCK = re.compile(r"\A(\ufeff?\s*---[ \t]*\r?\n)(.*?)(^---[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """A card's text in parts that make the whole again: before, YAML, after it the line of ---, and the text."""

    open: str
    yaml: str
    close: str
    body: str

    @property
    def text(self) -> str:
        """All of it."""
        return self.open + self.yaml + self.close + self.body

    @property
    def newline(self) -> str:
        """How its lines end."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"


def split(text: str) -> Card:
    """The parts of a card; without YAML the first three are empty."""
    found = BLOCK.match(text)
    return Card(found[1], found[2], found[3], text[found.end() :]) if found else Card("", "", "", text)


def mapping(text: str, where: str) -> dict[str, Any]:
    """The values of the YAML at the top of `where`; raises `BadInput` unless it is a plain mapping."""
    if len(text) > MAX_YAML:
        raise BadInput(f"The YAML at the top of {where} is larger than {MAX_YAML >> 10} kB: shorten it.")
    try:
        _refuse_traps(text, where)
        loaded = yaml.load(text, yaml.CSafeLoader)
        repr(loaded)  # a whole number of too many digits is refused here
    except yaml.YAMLError as error:
        raise BadInput(f"The YAML at the top of {where} cannot be read{_place(error)}: mend it.") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise BadInput(f"The YAML at the top of {where} holds a value that cannot be read: mend it.") from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise BadInput(f"The YAML at the top of {where} is no list of names with values: mend it.")
    return {str(key): value for key, value in loaded.items()}


def _refuse_traps(text: str, where: str) -> None:
    """Raise `BadInput` for aliases and for deep nesting, before anything is built."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise BadInput(f"The YAML at the top of {where} uses aliases (*name): write the values out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BadInput(f"The YAML at the top of {where} is nested more than {MAX_DEPTH} deep: flatten it.")


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 2})" if mark else ""
