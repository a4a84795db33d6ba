"""What can happen to a site's consent, as typed events. `KINDS` is the one table of them.

Every event has words for before and after, and a direction; `agent` is `*` where it concerns everybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

TIGHTENED, LOOSENED, NEUTRAL = "tightened", "loosened", "neutral"
EVERYONE = "*"
LONGEST = 400  # characters of a quote or of one side of an event


@dataclass(frozen=True)
class Kind:
    """A kind of event: what it means, and what its `before` and `after` are."""

    name: str
    meaning: str
    sides: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("agent-newly-blocked", "an agent may fetch nothing any more", "levels"),
        Kind("agent-freed", "an agent that could fetch nothing may fetch something", "levels"),
        Kind("level-up", "an agent may fetch less than before", "levels"),
        Kind("level-down", "an agent may fetch more than before", "levels"),
        Kind("fetch-state-changed", "the document is there, is not, or cannot be reached", "levels, else fetch states"),
        Kind("channel-added", "a site begins to speak by a channel", "the values by purpose; before is empty"),
        Kind("channel-removed", "a site no longer speaks by a channel", "the values by purpose; after is empty"),
        Kind("usage-flipped", "a channel says something else of a purpose", "allowed, disallowed or unstated"),
        Kind("clause-added", "terms begin to speak of an axis", "what the terms say of the axis"),
        Kind("clause-removed", "terms no longer speak of an axis", "what the terms say of the axis"),
        Kind("clause-changed", "terms say something else of an axis, or the same in other words", "what they say"),
        Kind("terms-appeared", "a text is there that was not", "document classes; before is empty"),
        Kind("terms-vanished", "no text is there any more", "document classes; after is empty"),
        Kind("text-changed", "the text says something else, of no axis that is read", "the sentences that differ"),
    )
}


@dataclass(frozen=True)
class Event:
    """One change of consent between two readings. `quotes` are the site's own words before and after."""

    kind: str
    before: str
    after: str
    direction: str = NEUTRAL
    agent: str = EVERYONE
    channel: str = ""
    purpose: str = ""
    axis: str = ""
    location: str = ""
    quotes: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of event; the kinds are {', '.join(KINDS)}.")

    def as_dict(self) -> dict[str, Any]:
        """For JSON: kind, agent, before, after and direction always, of the rest what is told."""
        told = {name: getattr(self, name) for name in _NAMES}
        kept = {name: value for name, value in told.items() if name in _ALWAYS or any(value)}
        return kept | ({"quotes": list(self.quotes)} if "quotes" in kept else {})

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Event":
        """The inverse of `as_dict`; fields that this version does not know are left out."""
        known = {name: value for name, value in told.items() if name in _NAMES}
        if "quotes" in known:
            known["quotes"] = tuple(known["quotes"])
        return cls(**known)


_NAMES = tuple(field.name for field in fields(Event))
_ALWAYS = frozenset({"kind", "agent", "before", "after", "direction"})


def direction_of(events: Iterable[Event]) -> str:
    """`tightened` when something tightened and nothing loosened, `loosened` the other way round, else `neutral`."""
    ways = {event.direction for event in events} - {NEUTRAL}
    return ways.pop() if len(ways) == 1 else NEUTRAL


def excerpt(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text, cut to a length that a person reads."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
