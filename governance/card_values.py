"""A card's values as they are scored: what is stored, and the licence that counts, which is stated beside the card."""

from collections.abc import Mapping
from typing import Any

from datacards.models import CardVersion, LicenceClaim

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


def stale_paths(values: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """What says of itself that its evidence has moved on."""
    return frozenset(path for path, entry in values.items() if entry.get("stale"))
