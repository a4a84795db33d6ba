"""What claims of licences come to: an adapter between the rules and the records (interim rules)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from datacards.errors import BadInput
from datacards.licenses import LICENCES_FILE, terms_of

Said = tuple[str, str]  # source, expression


@dataclass(frozen=True)
class Verdict:
    """What licences come to: its word in the data, for people, its tone, and how it ends “N …”."""

    name: str
    title: str
    tone: str
    sentence: str
    commercial: bool = False


VERDICTS = (
    Verdict("commercial", "Commercial use", "good", "are commercial", True),
    Verdict("non-commercial", "Non-commercial", "bad", "turn out non-commercial"),
    Verdict("academic", "Academic only", "warn", "are for academic use only"),
    Verdict("none", "No licence found", "quiet", "have no licence that could be found"),
    Verdict("unknown", "Not clear", "open", "are not clear"),
)
COMPONENTS = {"commercial": "Commercial use", "derivatives": "Derivatives", "share_alike": "Share-alike"}
WORDS = ("yes", "no", "not known")
VALUES = dict.fromkeys(COMPONENTS, WORDS)


@dataclass(frozen=True)
class Entry:
    """A licence of the table."""

    id: str
    title: str
    values: Mapping[str, str]
    source: str = ""
    why: str = ""
    overridden: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Table:
    """The licences that are known."""

    entries: Mapping[str, Entry] = field(repr=False)
    ambiguous: Mapping[str, tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True)
class Judged:
    verdict: str
    hub_verdict: str
    disputed: bool
    satisfiable: bool | None
    conflict: tuple[str, str] | None
    differing: frozenset[str]
    sentence: str
    why: str = ""


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return tomllib.loads(Path(LICENCES_FILE).read_text())


def made(overrides: Mapping[str, Mapping[str, str]]) -> Table:
    entries = {}
    for pk, row in _shipped()["licence"].items():
        values = {n: WORDS[0] if row.get(n, False) else WORDS[1] for n in COMPONENTS}
        changes = overrides.get(pk, {})
        entries[pk] = Entry(pk, pk, values | changes, overridden=frozenset(changes))
    return Table(entries, dict.fromkeys(_shipped()["ambiguous"]["words"], ()))


def shipped() -> Table:
    """The table without overrides."""
    return made({})


def checked(changes: Mapping[str, str]) -> dict[str, str]:
    """Changes of components. Raises BadInput for a component or a value that there is not."""
    for name, value in changes.items():
        if name not in COMPONENTS:
            raise BadInput(f"changes: {name!r} is not one of {', '.join(COMPONENTS)}.")
        if value not in VALUES[name]:
            raise BadInput(f"{name}: {value!r} is not one of {', '.join(VALUES[name])}.")
    return dict(changes)


def components(expression: str, table: Table) -> dict[str, str]:
    t = terms_of(expression)
    if t.expression in table.entries:
        return dict(table.entries[t.expression].values)
    return {n: {True: "yes", False: "no", None: "not known"}[getattr(t, n)] for n in COMPONENTS}


def known(expression: str, table: Table) -> str:
    """The id in the table that an expression is, or ""."""
    found = terms_of(expression).expression
    return found if found in table.entries else ""


def _v(exprs: Iterable[str], table: Table) -> str:
    exprs = list(exprs)
    ts = [terms_of(e) for e in exprs]
    if not ts or all(t.ambiguous for t in ts):
        return "none"
    uses = [components(e, table)["commercial"] for e in exprs]
    return "non-commercial" if "no" in uses else "commercial" if "yes" in uses else "unknown"


def judge(claims: Iterable[Said], table: Table, vendors: bool = True) -> Judged:
    return _judge(tuple(claims), table, vendors)


@lru_cache(maxsize=10000)
def _judge(claims: tuple[Said, ...], table: Table, vendors: bool) -> Judged:
    hub = _v((e for s, e in claims if s == "hub"), table)
    person = [e for s, e in claims if s == "person"]
    found = _v(person or [e for s, e in claims if s == "register"], table)
    return Judged(found, hub, hub != found, None, None, frozenset(), "")
