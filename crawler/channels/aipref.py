"""AI Preferences (IETF): the Content-Usage header, and the rule of that name in robots.txt.

Sources: draft-ietf-aipref-attach for where, draft-ietf-aipref-vocab (05 and later) for what. Labels of earlier drafts
are historic, others only proposed: their refusals count, for the site has said no; their permissions do not, for the
drafts that we read have them ignored.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import http_sf

from crawler.channels.documents import MAX_FIELD, Documents
from crawler.channels.groups import Line, lines, path_and_rest
from crawler.channels.signals import EVERYBODY, USES, Signal
from crawler.channels.words import Purpose, Value
from crawler.patterns import escaped

NAME = "aipref"
LABELS: dict[str, Purpose] = {"train-ai": "ai-train", "search": "search"}
HISTORIC: dict[str, tuple[Purpose, ...]] = {
    "bots": USES, "all": USES, "tdm": ("ai-train",), "ai": ("ai-train",), "genai": ("ai-train",),
    "train-genai": ("ai-train",), "ai-output": ("ai-input",), "ai-use": ("ai-input",), "inference": ("ai-input",),
}  # fmt: skip
MAX_DICTIONARY = 4 * MAX_FIELD  # octets of all header lines together
PROPOSED: dict[str, tuple[Purpose, ...]] = {"infer-user": ("ai-input",), "infer-system": ("ai-input",)}
_VALUES: dict[str, Value] = {"y": "allowed", "n": "disallowed"}
_UNREADABLE = "not a dictionary of RFC 9651: nothing is known from it"


class Preference(NamedTuple):
    """One purpose of a statement of preference."""

    purpose: Purpose
    value: Value
    note: str = ""


def preferences(text: bytes) -> list[Preference] | None:
    """The preferences of a dictionary; None where it does not parse, which makes all unknown (vocab, section 6)."""
    if len(text) > MAX_DICTIONARY:
        return None
    try:
        members = http_sf.parse(text, tltype="dictionary")
    except (http_sf.StructuredFieldError, ValueError, OverflowError):
        return None
    assert isinstance(members, dict)
    found: list[Preference] = []
    for label, member in members.items():
        token = str(member[0]) if isinstance(member, tuple) and isinstance(member[0], http_sf.Token) else ""
        found.extend(_preference(label, token))
    return found


def _preference(label: str, token: str) -> Iterator[Preference]:
    value = _VALUES.get(token, "unstated")
    if label in LABELS:
        yield Preference(LABELS[label], value, "" if token in _VALUES else "a value other than y and n is unknown")
    for kind, labels in (("historic", HISTORIC), ("proposed", PROPOSED)):
        for purpose in labels.get(label, ()):
            yield Preference(purpose, "disallowed" if value == "disallowed" else "unstated", f"{kind} label {label}")


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of the response's headers."""
    given = list(documents.fields("content-usage"))
    whole = b", ".join(field.value for field in given if field.value.strip())
    broken = any(field.cut for field in given) or preferences(whole) is None
    for field in given:
        told = None if broken else preferences(field.value)
        for preference in _or_unknown(told):
            yield Signal(
                NAME, preference.purpose, EVERYBODY, preference.value, "header Content-Usage", documents.place, "page",
                quote=_quote(field.value), note=preference.note,
            )  # fmt: skip


def read_robots(documents: Documents) -> Iterator[Signal]:
    """The signals of the rules in robots.txt; the longest path that matches counts, for all purposes."""
    found = lines(documents.robots or b"", "content-usage")
    for (agents, _), group in groupby(found, key=lambda line: (line.agents, line.scope)):
        rules = list(_rules(group))
        for agent in agents if rules else ():
            for line, path, told in rules:
                yield _signal(line, agent, path, told)


def _rules(group: Iterator[Line]) -> Iterator[tuple[Line, str, Preference]]:
    """Each preference of a group's rules; a rule that leaves out what another path's rule says makes that unknown."""
    split = [(line, *path_and_rest(line.value)) for line in group]
    read = [(line, path, _or_unknown(preferences(rest))) for line, path, rest in split]
    purposes = dict.fromkeys(told.purpose for _, _, all_told in read for told in all_told)
    several = len({path for _, path, _ in read}) > 1
    for line, path, all_told in read:
        yield from ((line, path, told) for told in all_told)
        if several:
            said = {told.purpose for told in all_told}
            silent = (Preference(purpose, "unstated", "this path has its own rule") for purpose in purposes)
            yield from ((line, path, told) for told in silent if told.purpose not in said)


def _or_unknown(found: list[Preference] | None) -> list[Preference]:
    if found is None:
        return [Preference(purpose, "unstated", _UNREADABLE) for purpose in LABELS.values()]
    return found


def _signal(line: Line, agent: str, path: str, told: Preference) -> Signal:
    return Signal(
        NAME, told.purpose, agent, told.value, f"robots.txt line {line.number}", path, line.scope, line.number,
        rank=len(escaped(path.encode())), quote=f"Content-Usage: {_quote(line.value)}", note=told.note,
    )  # fmt: skip


def _quote(value: bytes) -> str:
    return value[:400].decode("utf-8", "replace")
