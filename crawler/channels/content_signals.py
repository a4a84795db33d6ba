"""Content Signals: `Content-Signal: search=yes, ai-input=no, ai-train=no` in robots.txt, or as a response header.

Source: contentsignals.org. A signal that is absent is neither granted nor denied; outside any group it is everybody's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crawler.channels.documents import Documents
from crawler.channels.groups import lines, path_and_rest
from crawler.channels.signals import EVERYBODY, USES, Signal
from crawler.channels.words import Purpose, Value

NAME = "content-signals"
_VALUES: dict[str, Value] = {"yes": "allowed", "no": "disallowed"}
_KINDS_OF_USE = frozenset({"immediate", "reference", "full"})
_LONGEST = 4096  # octets of one line; three signals need sixty
_PURPOSES: dict[str, Purpose] = {purpose: purpose for purpose in USES}


class Told(NamedTuple):
    """One signal of a line."""

    purpose: Purpose
    value: Value
    note: str


def signals_of(value: bytes) -> list[Told]:
    """The signals of one line's value. `use` limits how content may be consumed; it is noted beside the others."""
    pairs = [pair.partition("=") for pair in value[:_LONGEST].decode("utf-8", "replace").split(",")]
    known = [(key.strip().lower(), told.strip().lower()) for key, _, told in pairs]
    use = next((f"use={told}" for key, told in known if key == "use" and told in _KINDS_OF_USE), "")
    found = [_told(_PURPOSES[key], told, use) for key, told in known if key in _PURPOSES]
    return found or ([Told("ai-input", "unstated", use)] if use else [])


def _told(purpose: Purpose, value: str, use: str) -> Told:
    unknown = "" if value in _VALUES else "a value other than yes and no is unknown"
    return Told(purpose, _VALUES.get(value, "unstated"), "; ".join(note for note in (unknown, use) if note))


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of the response's headers."""
    for field in documents.fields("content-signal"):
        quote = field.value[:400].decode("utf-8", "replace")
        for told in signals_of(field.value):
            yield Signal(
                NAME, told.purpose, EVERYBODY, told.value, "header Content-Signal", documents.place, "page",
                quote=quote, note=told.note,
            )  # fmt: skip


def read_robots(documents: Documents) -> Iterator[Signal]:
    """The signals of the lines in robots.txt."""
    for line in lines(documents.robots or b"", "content-signal"):
        path, rest = path_and_rest(line.value)
        quote = "Content-Signal: " + line.value[:400].decode("utf-8", "replace")
        all_told = signals_of(rest)
        for agent in line.agents if all_told else ():
            for told in all_told:
                yield Signal(
                    NAME, told.purpose, agent, told.value, f"robots.txt line {line.number}", path, line.scope,
                    line.number, quote=quote, note=told.note,
                )  # fmt: skip
