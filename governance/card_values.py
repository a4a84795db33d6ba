"""A card's values as they are scored: what is stored, and the licence that counts, which is stated beside the card."""

from collections.abc import Mapping
from typing import Any

from datacards.models import CardVersion, LicenceClaim
from governance.computed import states

LICENCE = "licence.expression"


def scored(version: CardVersion | None, claim: LicenceClaim | None) -> dict[str, Mapping[str, Any]]:
    """Path → entry; `claim` is the one that counts."""
    values: dict[str, Mapping[str, Any]] = dict(version.values) if version else {}
    if claim and claim.expression.strip():
        values[LICENCE] = {
            "value": claim.expression, "source": "computed", "evidence": f"licence claim:{claim.pk}",
            "at": claim.claimed_at.isoformat(),
        }  # fmt: skip
    return values


def stale_paths(values: Mapping[str, Mapping[str, Any]], version: CardVersion | None = None) -> frozenset[str]:
    """What says of itself that its evidence has moved on, and what is computed and does not hold any more."""
    moved = (path for path, state in states(version).items() if not state.fresh and state.differs is None)
    return frozenset((*moved, *(path for path, entry in values.items() if entry.get("stale"))))
