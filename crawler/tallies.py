"""What an import came to: counts that add up over the parts of a run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MOST = 100  # kinds of findings
OTHERS = "other things are wrong with it"
COUNTS = ("stored", "known", "unwatched", "added")


@dataclass
class Tally:
    """Sightings by what became of them; records left out by what is wrong with them, with the first place of each.

    `known` were stored before, by whatever run; `documents` are the stored ones by document and state.
    """

    stored: int = 0
    known: int = 0
    unwatched: int = 0
    added: int = 0
    documents: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: dict[str, tuple[int, str]] = field(default_factory=dict)
    earliest: str = ""
    latest: str = ""

    def keep(self, document: str, state: str, at: str) -> None:
        """Count a sighting that is stored."""
        self.stored += 1
        states = self.documents.setdefault(document, {})
        states[state] = states.get(state, 0) + 1
        self._span(at, at)

    def find(self, kind: str, where: str, count: int = 1) -> None:
        """Count records that were left out."""
        kind = kind if kind in self.findings or len(self.findings) < MOST else OTHERS
        before, first = self.findings.get(kind, (0, where))
        self.findings[kind] = (before + count, first)

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what another part came to, as `as_dict` tells it."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + other.get(name, 0))
        for document, states in other.get("documents", {}).items():
            mine = self.documents.setdefault(document, {})
            for state, count in states.items():
                mine[state] = mine.get(state, 0) + count
        for kind, (count, where) in other.get("findings", {}).items():
            self.find(kind, where, count)
        self._span(other.get("earliest", ""), other.get("latest", ""))

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"findings": {kind: list(found) for kind, found in self.findings.items()}}

    def _span(self, earliest: str, latest: str) -> None:
        self.earliest = min(filter(None, (self.earliest, earliest)), default="")
        self.latest = max(self.latest, latest)
