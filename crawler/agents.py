"""The agents that consent is read for, and the roll by which a file's levels are kept as one short string."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import resources

from crawler import robots
from crawler.robots import Level, RobotsFile


class Purpose(StrEnum):
    """What an agent's operator says that its visits are for."""

    TRAIN = "train"
    SEARCH = "search"
    USER_FETCH = "user-fetch"
    DATASET = "dataset"
    UNDOCUMENTED = "undocumented"


@dataclass(frozen=True)
class Agent:
    """One AI user agent. A control token (`fetches` false) never visits; it governs the use of others' visits."""

    name: str
    operator: str
    purpose: Purpose
    fetches: bool = True
    aliases: tuple[str, ...] = ()
    successor: str = ""
    url: str = ""
    note: str = ""

    @property
    def token(self) -> str:
        """The name as a site addresses it in robots.txt."""
        return product_token(self.name)


LETTERS: dict[str, Level] = {"n": "none", "s": "some", "a": "all"}
_LETTER_OF: dict[Level, str] = {level: letter for letter, level in LETTERS.items()}
_STRICTNESS = "nsa"


def product_token(name: str) -> str:
    """The part of a name that RFC 9309 section 2.2.1 allows in a user-agent line: `Kangaroo Bot` → `Kangaroo`.

    A line that names the agent in full is read the same way, so both meet.
    """
    found = re.match(r"[A-Za-z_-]*", name)
    return found.group() if found else ""


@dataclass(frozen=True)
class Roll:
    """Agents in a fixed order, each with the tokens that address it: what a string of level letters is read by.

    A string has one letter per agent, `n` none, `s` some, `a` all. `version` changes with the agents, their tokens or
    the meaning of a level, so levels stored under another version are stale and can be derived from the kept bytes.
    """

    entries: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, agents: Iterable[Agent]) -> "Roll":
        """The roll of a registry, ordered by name."""
        entries = []
        for agent in sorted(agents, key=lambda agent: agent.name.lower()):
            tokens = dict.fromkeys(product_token(name).lower() for name in (agent.name, *agent.aliases))
            entries.append((agent.name, tuple(token for token in tokens if token)))
        return cls(tuple(entries))

    @cached_property
    def version(self) -> str:
        """Sixteen hex digits that stand for the entries and the parser's version."""
        told = json.dumps([robots.VERSION, self.entries], separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def names(self) -> list[str]:
        """The agents' names in order."""
        return [name for name, _ in self.entries]

    def letters(self, file: RobotsFile) -> str:
        """The levels of a file for all agents. Of several names of one agent, those that the file names count."""
        found = [_LETTER_OF[file.level("*")]] * len(self.entries)
        for at in {at for token in file.named for at in self._addressed.get(token, ())}:
            named = [_LETTER_OF[file.level(token)] for token in self.entries[at][1] if file.names(token)]
            found[at] = max(named, key=_STRICTNESS.index)
        return "".join(found)

    @cached_property
    def _addressed(self) -> dict[str, list[int]]:
        """Which entries a token addresses, for files name few agents of the many."""
        found: dict[str, list[int]] = {}
        for at, (_, tokens) in enumerate(self.entries):
            for token in tokens:
                found.setdefault(token.lower(), []).append(at)
        return found

    @cached_property
    def places(self) -> dict[str, int]:
        """Agent's name → place of its letter."""
        return {name: place for place, name in enumerate(self.names)}

    def levels(self, letters: str) -> "Levels":
        """The levels by agent's name; the inverse of `letters`. Raises ValueError for letters of another roll."""
        if len(letters) != len(self.entries):
            raise ValueError(f"{len(letters)} letters for {len(self.entries)} agents")
        return Levels(self.places, letters)


class Levels(Mapping[str, Level]):
    """Levels by agent's name, read from their letters: corpora have tens of thousands of them, too many for dicts."""

    __slots__ = ("letters", "places")

    def __init__(self, places: dict[str, int], letters: str) -> None:
        self.places, self.letters = places, letters

    def __getitem__(self, name: str) -> Level:
        return LETTERS[self.letters[self.places[name]]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def shipped() -> list[Agent]:
    """The registry that comes with the product (`crawler/data/agents.toml`)."""
    text = resources.files("crawler").joinpath("data/agents.toml").read_text(encoding="utf-8")
    return [_agent(row) for row in tomllib.loads(text)["agent"]]


def _agent(row: dict[str, object]) -> Agent:
    aliases = row.pop("aliases", [])
    assert isinstance(aliases, list)
    return Agent(purpose=Purpose(str(row.pop("purpose"))), aliases=tuple(aliases), **row)  # type: ignore[arg-type]
