"""The licences that are known, as data: what each asks, where its text is, and why it is classified so."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from datacards.errors import BadInput
from datacards.licenses.lattice import CHAINS, SETS, UNKNOWN, Vector, vector

DATA = Path(__file__).parent.parent / "data"
LICENCES_FILE = DATA / "licences.toml"
ALIASES_FILE = DATA / "licence_aliases.toml"
COMPONENTS: dict[str, tuple[str, ...]] = {
    **{n: (*chain, UNKNOWN) for n, chain in CHAINS.items()},
    **dict.fromkeys(SETS, ()),
}


@dataclass(frozen=True)
class Licence:
    """One licence: its id (SPDX's where there is one, else `LicenseRef-…`), what it asks, its text's address, and why.

    `status` is “licence”, “vendor terms” (binds by contract whoever made outputs with a model), “not stated” or
    “unclear”. `overridden` names what an admin said otherwise, with the reason in `reason`.
    """

    id: str
    title: str
    family: str
    vector: Vector
    status: str = "licence"
    source: str = ""
    why: str = ""
    overridden: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """The licences by id, and the families' one-way compatibilities. Compared by identity, so that it can be a key."""

    licences: Mapping[str, Licence] = field(repr=False)
    onward: frozenset[tuple[str, str]] = field(repr=False)

    def get(self, id_: str) -> Licence | None:
        """The licence of that id."""
        return self.licences.get(id_)

    def with_overrides(self, overrides: Mapping[str, "Override"]) -> "Table":
        """The table as an admin sees it. Raises `BadInput` for an id, a component or a value that there is not."""
        changed = {id_: _overridden(self._known(id_), override) for id_, override in overrides.items()}
        return replace(self, licences={**self.licences, **changed})

    def _known(self, id_: str) -> Licence:
        if id_ not in self.licences:
            raise BadInput(f"licence: there is no “{id_[:100]}” in the table; see the list of licences.")
        return self.licences[id_]

    def onward_of(self, family: str) -> frozenset[str]:
        """The families that what is under this one may be passed on under, itself included."""
        return frozenset({family, *(to for came, to in self.onward if came == family)})


@dataclass(frozen=True)
class Override:
    """Components that an admin reads otherwise, and why."""

    changes: Mapping[str, Any]
    reason: str


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes that can be made to a licence. Raises `BadInput` naming the component and its values."""
    for name, value in changes.items():
        if name not in COMPONENTS:
            raise BadInput(f"changes: “{name[:50]}” is not one of {', '.join(COMPONENTS)}.")
        if name in SETS:
            if value != UNKNOWN and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise BadInput(f"{name}: give a list of names, or “unknown”.")
        elif value not in COMPONENTS[name]:
            raise BadInput(f"{name}: “{str(value)[:50]}” is not one of {', '.join(COMPONENTS[name])}.")
    return dict(changes)


@cache
def default_table() -> Table:
    """The shipped classification."""
    data = tomllib.loads(LICENCES_FILE.read_text(encoding="utf-8"))
    licences = {id_: _licence(id_, row, data["class"]) for id_, row in data["licence"].items()}
    return Table(licences, frozenset((one, other) for one, other in data["compatible"]["onward"]))


def _licence(id_: str, row: Mapping[str, Any], classes: Mapping[str, Mapping[str, Any]]) -> Licence:
    told = {**classes[row["class"]], **row}
    terms = vector({name: value for name, value in told.items() if name in COMPONENTS})
    title, source, why = (str(told.get(name, "")) for name in ("title", "source", "why"))
    return Licence(id_, title, str(row["class"]), terms, str(told.get("status", "licence")), source, why)


def _overridden(licence: Licence, override: Override) -> Licence:
    changes = checked(override.changes)
    fresh = vector(changes)
    parts = {name: fresh.parts[name] if name in changes else part for name, part in licence.vector.parts.items()}
    return replace(licence, vector=Vector(parts), overridden=frozenset(changes), reason=override.reason)
