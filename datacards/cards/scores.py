"""How good a card is: scores side by side, never blended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datacards.cards.filled import is_filled
from datacards.cards.profiles import Ask, Profile, default_profile
from datacards.cards.table import field_at

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
