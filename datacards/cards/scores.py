"""How good a card is: four scores side by side, never blended, each with what would raise it.

- completeness: of what a profile asks, how much is answered;
- evidence: of what the card claims, how much is computed, names its source, or was confirmed by somebody else;
- freshness: of what the card claims, how much is younger than its life and not stale;
- FAIR: F-UJI's points that metadata alone can earn (`datacards.cards.fair`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from datacards.cards.fair import Fair, fair
from datacards.cards.filled import is_filled
from datacards.cards.profiles import Ask, Profile, default_profile
from datacards.cards.table import field_at, knows

Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Completeness:
    """How many of the things a profile asks are answered; the titles and paths of those that are not."""

    filled: int
    required: int
    missing: tuple[str, ...]
    missing_paths: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """0..1; a card of which nothing is asked is complete."""
        return self.filled / self.required if self.required else 1.0


@dataclass(frozen=True)
class Claims:
    """How many of a card's claims hold up by one measure, and the paths of those that do not."""

    good: int
    all: int
    lacking: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """0..1; None for a card that claims nothing."""
        return self.good / self.all if self.all else None


@dataclass(frozen=True)
class Scores:
    """The four, by one profile, at one moment."""

    profile: Profile
    completeness: Completeness
    evidence: Claims
    freshness: Claims
    fair: Fair


def scores(
    values: Values, profile: Profile | None = None, *, now: datetime, stale: Collection[str] = frozenset()
) -> Scores:
    """All four; `stale` names paths whose evidence has moved on, besides entries that say so themselves."""
    profile = profile or default_profile()
    return Scores(profile, completeness(values, profile), evidence(values), freshness(values, now, stale), fair(values))


def completeness(values: Values, profile: Profile | None = None) -> Completeness:
    """How complete a card's values (path → {value, source, …}) are by a profile, the house's unless told."""
    asks = (profile or default_profile()).asks
    missing = [ask for ask in asks if not answered(values, ask)]
    paths = tuple(ask.paths[0] for ask in missing)
    titles = tuple(field_at(path).title for path in paths)
    return Completeness(len(asks) - len(missing), len(asks), titles, paths)


def answered(values: Values, ask: Ask) -> bool:
    """One of the paths says something."""
    return any(is_filled(values.get(path, {}).get("value")) for path in ask.paths)


def evidence(values: Values) -> Claims:
    """Of the claims: how many are computed, name their source, or were confirmed by another than who made them."""
    return _counted(values, lambda _path, entry: is_evidenced(entry))


def is_evidenced(entry: Mapping[str, Any]) -> bool:
    """More than somebody's word: computed, with its source named, or confirmed by somebody else."""
    confirmed = entry.get("confirmed_by")
    return entry.get("source") == "computed" or bool(entry.get("evidence")) or bool(
        confirmed and confirmed != entry.get("by")
    )  # fmt: skip


def freshness(values: Values, now: datetime, stale: Collection[str] = frozenset()) -> Claims:
    """Of the claims that carry a date: how many are within their field's life since they were made or confirmed."""
    dated = {path: entry for path, entry in values.items() if last_word(entry)}
    return _counted(dated, lambda path, entry: path not in stale and is_fresh(path, entry, now))


def is_fresh(path: str, entry: Mapping[str, Any], now: datetime) -> bool:
    """Not stale, and made or confirmed within the life of its field; a claim without a date is not known to be."""
    said = last_word(entry)
    return bool(said and not entry.get("stale") and now - said <= timedelta(days=field_at(path).life))


def last_word(entry: Mapping[str, Any]) -> datetime | None:
    """When a claim was last made or confirmed."""
    moments = (moment_of(entry.get(name)) for name in ("at", "confirmed_at"))
    return max((moment for moment in moments if moment), default=None)


def moment_of(text: Any) -> datetime | None:
    """A moment as entries write it, ISO 8601; one without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _counted(values: Values, holds: Any) -> Claims:
    claims = {path: entry for path, entry in values.items() if knows(path) and is_filled(entry.get("value"))}
    lacking = tuple(path for path, entry in claims.items() if not holds(path, entry))
    return Claims(len(claims) - len(lacking), len(claims), lacking)
