"""What counts as an answer: anything but nothing and a template's filler."""

import re
from typing import Any

BOILERPLATE = re.compile(r"(more information needed|todo|tbd|n/?a|none|unknown|x+|lorem ipsum.*)?", re.I)


def is_filled(value: Any) -> bool:
    """A value that says something: not empty, and not a template's filler such as “[More Information Needed]”.

    In a list “None” is an answer, such as to which sensitive attributes there are; of rows one cell must say something.
    """
    if isinstance(value, str):
        return not BOILERPLATE.fullmatch(_inner(value))
    if isinstance(value, list):
        return any(_says(item) for item in value)
    return isinstance(value, int | float)


def _says(item: Any) -> bool:
    if isinstance(item, dict):
        return any(is_filled(cell) for cell in item.values())
    return is_filled(item) or (isinstance(item, str) and item.strip().lower() == "none")


def _inner(text: str) -> str:
    """From the first letter or digit to the last. No expression does this in linear time: anybody may write a card."""
    first, last = re.search(r"\w", text), re.search(r"\w", text[::-1])
    return text[first.start() : len(text) - last.start()] if first and last else ""
