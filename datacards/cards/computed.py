"""Computed claims of a card: what an entry holds, how entries of newer evidence replace older ones, and when one is
stale. Pure: `governance.computed` says what is computed from which evidence.

A computed entry is that of a person (value, source, evidence, by, at) and three names more: `revision`, the number of
the revision that it is about; `measured_at`, of the oldest evidence in it; `life_days`, after which it is stale, or
None. Where a person, a card or an import has filled a path that can be computed, their entry stays, and the computed
one is kept beside it under the name `computed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Entry = Mapping[str, Any]
COMPUTED = "computed"
BESIDE = "computed"
NOUNS = {"audit": "audit", "licence claim": "statement", "revision": "registration"}  # consent is its own


@dataclass(frozen=True)
class Told:
    """What evidence says of a path. `evidence` holds ids of rows, such as ``audit:4f…`` or ``consent:9a…``."""

    value: Any
    evidence: tuple[str, ...]
    revision: int
    measured_at: datetime
    life: timedelta | None = None

    def entry(self, at: datetime) -> dict[str, Any]:
        """As it is stored in a card that was made at a moment."""
        return {
            "value": self.value, "source": COMPUTED, "evidence": ", ".join(self.evidence), "by": "",
            "at": at.isoformat(), "revision": self.revision, "measured_at": self.measured_at.isoformat(),
            "life_days": self.life.days if self.life else None,
        }  # fmt: skip


@dataclass(frozen=True)
class State:
    """Whether a computed value still holds. `why` says why not, in words; `differs` is what evidence says where
    somebody's own value says something else."""

    fresh: bool
    why: str
    evidence: tuple[str, ...]
    differs: Any = None


def replaced(before: Mapping[str, Entry], told: Mapping[str, Told], at: datetime) -> dict[str, Any]:
    """The card's values with what is computed now; what is not told of now stays as it was.

    An entry whose value and evidence are the same is left alone: equal to `before`, if nothing changed at all.
    """
    after = dict(before)
    for path, claim in told.items():
        known, made = before.get(path), claim.entry(at)
        if known is None or known.get("source") == COMPUTED:
            after[path] = known if known and same(known, made) else made
        elif not (known.get(BESIDE) and same(known[BESIDE], made)):
            after[path] = {**known, BESIDE: made}
    return after


def same(one: Entry, other: Entry) -> bool:
    """Two entries say the same by the same evidence."""
    return all(one.get(name) == other.get(name) for name in ("value", "evidence", "revision"))


def states(values: Mapping[str, Entry], revision: int, now: datetime) -> dict[str, State]:
    """The state of each path that was computed, in a card read while `revision` is the newest."""
    found = {}
    for path, entry in values.items():
        computed = computed_of(entry)
        if computed:
            found[path] = _state(entry, computed, revision, now)
    return found


def computed_of(entry: Entry) -> Entry:
    """What is computed at a path: the entry itself, or what it keeps beside somebody's own value; empty if nothing."""
    beside: Entry = entry if entry.get("source") == COMPUTED else entry.get(BESIDE) or {}
    return beside


def _state(entry: Entry, computed: Entry, revision: int, now: datetime) -> State:
    why = stale_because(computed, revision, now)
    other = computed["value"] if computed is not entry and computed["value"] != entry.get("value") else None
    evidence = str(computed.get("evidence") or "")
    return State(not why, why, tuple(evidence.split(", ")) if evidence else (), other)


def stale_because(entry: Entry, revision: int, now: datetime) -> str:
    """Why a computed entry is stale: an empty text while it is fresh."""
    about, measured, days = entry.get("revision"), entry.get("measured_at"), entry.get("life_days")
    if about is not None and about != revision:
        return f"of revision {about}; this is revision {revision}"
    age = (now - datetime.fromisoformat(measured)).days if measured else 0
    if days is not None and age > days:
        kind = str(entry.get("evidence") or "").partition(":")[0]
        return f"the {NOUNS.get(kind, kind or 'evidence')} is {age} days old"
    return ""
