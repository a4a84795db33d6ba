"""Profiles: what somebody asks of a card, as data (`datacards/data/profiles.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from datacards.errors import BadInput

FILE = Path(__file__).parent.parent / "data" / "profiles.toml"
DEFAULT = "house"


@dataclass(frozen=True)
class Ask:
    """One thing asked: any of these paths answers it. `term` is the profile's own word for it, where it has one."""

    paths: tuple[str, ...]
    term: str = ""


@dataclass(frozen=True)
class Profile:
    """Whose demands, where they are written, and what they are."""

    id: str
    title: str
    about: str
    source: str
    asks: tuple[Ask, ...]

    @property
    def paths(self) -> frozenset[str]:
        """Every path that answers one of the asks."""
        return frozenset(path for ask in self.asks for path in ask.paths)


@cache
def profiles() -> tuple[Profile, ...]:
    """All profiles; the first is the default."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["profile"]
    return tuple(
        Profile(
            id=row["id"], title=row["title"], about=row["about"], source=row["source"],
            asks=tuple(Ask(tuple(ask["any"]), ask.get("term", "")) for ask in row["asks"]),
        )
        for row in told
    )  # fmt: skip


def default_profile() -> Profile:
    """The house policy, which `card.completeness` of policies means."""
    return profile_at(DEFAULT)


def profile_at(id: str) -> Profile:
    """The profile of that id; `BadInput` names those there are."""
    for profile in profiles():
        if profile.id == id:
            return profile
    raise BadInput(f"profile: there is no “{id[:80]}”; there are {', '.join(each.id for each in profiles())}.")
