"""The Data Card as a page asks for it: fields grouped by lens and section, with what was typed, errors and notes.

No Django form: a card has some 250 fields, and widgets of their own would cost more than all the rest of the page.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from datacards import cards
from datacards.errors import BadInput, Expected, Refused
from datacards.models import CardNote, CardVersion
from governance.computed import State

ASKED = "asked"
LENSES = (
    (ASKED, "Asked", "what the profile above asks for"),
    ("telescope", "Telescope", "at first sight"),
    ("periscope", "Periscope", "for those who consider using it"),
    ("microscope", "Microscope", "for those who work with it"),
)
SCOPELESS = "periscope"  # where the template gives no scope


def key_of(path: str) -> str:
    """A path as an id that every selector takes."""
    return path.replace(".", "-").replace("_", "-")


@dataclass
class Shown:
    """One field as the page shows it."""

    known: cards.Field
    entry: Mapping[str, Any]
    typed: Any
    asked: str = ""  # the profile's term, or the title, where the profile asks for it
    wanted: bool = False  # asked, and nothing answers it
    stale: bool = False
    state: State | None = None  # of what is computed at it
    error: str = ""
    notes: list[CardNote] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Its path; also what its input is called."""
        return self.known.path

    @property
    def key(self) -> str:
        """Its path as an id that every selector takes."""
        return key_of(self.path)

    @property
    def locked(self) -> bool:
        """Filled from evidence, so nobody types it."""
        return self.known.computed or self.entry.get("source") == "computed"

    @property
    def wide(self) -> bool:
        """It takes the whole width of the form."""
        return self.known.type in ("text", "choices", "rows")

    @property
    def long(self) -> bool:
        """It takes several lines."""
        return self.known.type in ("text", "list", "rows")

    @property
    def filled(self) -> bool:
        """What is stored says something."""
        return cards.is_filled(self.entry.get("value"))

    @property
    def text(self) -> str:
        """What stands in its input, or what a reader sees."""
        return self.typed if isinstance(self.typed, str) else cards.shown(self.typed, self.known)

    @property
    def chosen(self) -> list[tuple[str, bool]]:
        """Every choice, and whether it is chosen."""
        taken = self.typed if isinstance(self.typed, list) else [self.typed]
        return [(choice, choice in taken) for choice in self.known.choices]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a value of rows."""
        value = self.entry.get("value")
        return (
            [[row.get(column, "") for column in self.known.columns] for row in value] if isinstance(value, list) else []
        )

    @property
    def at(self) -> datetime | None:
        """When the value was last written."""
        return cards.moment_of(self.entry.get("at"))

    @property
    def confirmed_at(self) -> datetime | None:
        """When somebody last said that it holds."""
        return cards.moment_of(self.entry.get("confirmed_at"))

    @property
    def linked(self) -> str:
        """Its evidence, where that is an address."""
        evidence = str(self.entry.get("evidence") or "")
        return evidence if evidence.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Group:
    """The fields of one section under one lens, by their part."""

    title: str
    key: str
    parts: list[tuple[str, list[Shown]]]

    @property
    def fields(self) -> list[Shown]:
        """All of them."""
        return [shown for _, fields in self.parts for shown in fields]

    @property
    def filled(self) -> int:
        """How many say something."""
        return sum(shown.filled for shown in self.fields)

    @property
    def share(self) -> float:
        """0..1 of its fields."""
        return self.filled / len(self.fields)

    @property
    def wanted(self) -> int:
        """How many the profile still misses."""
        return sum(shown.wanted for shown in self.fields)

    @property
    def opened(self) -> bool:
        """It is not folded: the profile asks for it, or there is an error or an open note in it."""
        return self.key.startswith(ASKED) or any(shown.error or shown.notes for shown in self.fields)


@dataclass(frozen=True)
class Lens:
    """What is asked, or one of the three scopes."""

    key: str
    title: str
    about: str
    groups: list[Group]


class CardForm:
    """A card's values, what somebody sent (if anything), and the notes; what is not sent stays as it is."""

    def __init__(self, version: CardVersion | None, sent: QueryDict | None = None) -> None:
        self.version, self.sent = version, sent
        self.values: Mapping[str, Mapping[str, Any]] = version.values if version else {}
        self.errors: dict[str, str] = {}

    def save(self, act: Callable[[Mapping[str, Any]], CardVersion]) -> CardVersion | None:
        """Do the act with what was sent; None when something in it could not be used, which `errors` tells by path."""
        given = dict(self._given())
        if self.errors:
            return None
        try:
            return act(given)
        except Refused as error:
            raise PermissionDenied(str(error)) from error
        except Expected as error:
            self.errors["whole"] = str(error)
            return None

    def _given(self) -> Iterator[tuple[str, Any]]:
        for known in cards.fields():
            if self.sent is None or known.path not in self.sent or Shown(known, self._entry(known.path), "").locked:
                continue
            try:
                yield known.path, cards.clean(known.path, self._typed(known))
            except BadInput as error:
                self.errors[known.path] = str(error)

    def _entry(self, path: str) -> Mapping[str, Any]:
        return self.values.get(path, {})

    def _typed(self, known: cards.Field) -> Any:
        """What was sent, as it came; else what is stored."""
        if self.sent is None or known.path not in self.sent:
            return self._entry(known.path).get("value", cards.empty_of(known.path))
        if known.type == "choices":
            return self.sent.getlist(known.path)
        return str(self.sent[known.path]).replace("\r\n", "\n")

    def shown(
        self,
        profile: cards.Profile,
        values: Mapping[str, Mapping[str, Any]],
        notes: Iterable[CardNote] = (),
        stale: Collection[str] = frozenset(),
        states: Mapping[str, State] = MappingProxyType({}),
    ) -> list[Shown]:
        """Every field; `values` are those that are scored, which hold the licence that counts as well."""
        asked = {path: ask for ask in reversed(profile.asks) for path in ask.paths}
        missing = set(cards.completeness(values, profile).missing_paths)
        by_path = defaultdict(list)
        for note in notes:
            by_path[note.path].append(note)
        return [
            Shown(
                known, values.get(known.path, {}), self._typed(known) if not known.computed else
                values.get(known.path, {}).get("value", ""), asked=_term(asked.get(known.path), known),
                wanted=known.path in missing, stale=known.path in stale, error=self.errors.get(known.path, ""),
                notes=by_path[known.path], state=states.get(known.path),
            )
            for known in cards.fields()
        ]  # fmt: skip


def lenses(fields: Iterable[Shown]) -> list[Lens]:
    """The fields by lens and section: first what the profile asks, whatever its scope, then the template's three."""
    grouped: dict[str, dict[str, dict[str, list[Shown]]]] = {key: {} for key, _, _ in LENSES}
    for shown in fields:
        key = ASKED if shown.asked else shown.known.scope or SCOPELESS
        parts = grouped[key].setdefault(shown.known.section, {})
        parts.setdefault(shown.known.subsection, []).append(shown)
    return [Lens(key, title, about, _groups(key, grouped[key])) for key, title, about in LENSES if grouped[key]]


def _groups(lens: str, sections: Mapping[str, Mapping[str, list[Shown]]]) -> list[Group]:
    names = {section.title: section.name for section in cards.sections()}
    return [Group(title, f"{lens}-{names[title]}", list(parts.items())) for title, parts in sections.items()]


def _term(ask: cards.Ask | None, known: cards.Field) -> str:
    return (ask.term or known.title) if ask else ""
