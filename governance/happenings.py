"""The typed events of a change as people read them: whom it is about, what happened, from what to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.channels import CHANNELS
from crawler.drift.events import KINDS
from crawler.reviews import AXES
from governance import words

GROUPED = ("kind", "channel", "purpose", "axis", "location", "before", "after", "direction")
NOTHING = {"channel": "said nothing", "terms": "no text"}


@dataclass(frozen=True)
class Word:
    """One side of an event: what it said, as a badge where it is a verdict, of a use where it names several."""

    text: str
    badge: bool = False
    use: str = ""


@dataclass(frozen=True)
class Happening:
    """Equal events of several agents, told once."""

    kind: str
    subject: str
    agents: tuple[str, ...]
    what: str
    about: tuple[str, ...]
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    direction: str
    quotes: tuple[str, str]

    @property
    def spoken(self) -> bool:
        """The site's own words are the event: there is no verdict to show beside them."""
        return self.kind == "text-changed"


def happenings(events: Sequence[Mapping[str, Any]]) -> list[Happening]:
    """Events of the same move together, that of most agents first."""
    moves: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for event in events:
        moves.setdefault(tuple(str(event.get(name) or "") for name in GROUPED), []).append(event)
    return [_happening(same) for same in sorted(moves.values(), key=lambda same: -len(same))]


def headline(events: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """What happened to most agents, and what it is about: for one line of a list."""
    told = happenings(events)
    if not told:
        return "", ""
    others = len(told) - 1
    more = f", and {words.plural(others, 'other event')}" if others else ""
    return f"{told[0].what or 'permits something else'}{more}", told[0].subject


def _happening(same: Sequence[Mapping[str, Any]]) -> Happening:
    first = same[0]
    kind = str(first.get("kind") or "")
    agents = tuple(str(event.get("agent") or "*") for event in same)
    sides = [str(first.get(side) or "") for side in ("before", "after")]
    before, after = ((), ()) if kind == "text-changed" else (_words(kind, side) for side in sides)
    return Happening(
        kind, _subject(first), agents, KINDS[kind].meaning if kind in KINDS else "", _about(first), before, after,
        str(first.get("direction") or ""), _quotes(kind, same, sides),
    )  # fmt: skip


def _subject(event: Mapping[str, Any]) -> str:
    """An axis of terms or a channel; empty where the agents are what it is about."""
    if axis := str(event.get("axis") or ""):
        return axis_title(axis)
    if channel := str(event.get("channel") or ""):
        return channel_title(channel)
    return "Terms of service" if str(event.get("kind") or "").startswith(("terms-", "text-")) else ""


def _about(event: Mapping[str, Any]) -> tuple[str, ...]:
    purpose, location = (str(event.get(name) or "") for name in ("purpose", "location"))
    told = [words.USES.get(purpose, purpose) if purpose else "", f"at {location}" if location else ""]
    return tuple(filter(None, told))


def axis_title(axis: str) -> str:
    """The name of an axis of terms."""
    known = AXES.get(axis) or AXES.get(axis.removesuffix("_or_competition"))
    return known.title if known else axis.replace("_", " ").capitalize()


def channel_title(channel: str) -> str:
    """The name of a channel of consent."""
    known = CHANNELS.get(channel)
    return known.title if known else channel


def _words(kind: str, side: str) -> tuple[Word, ...]:
    if not side:
        return (Word(NOTHING.get(kind.split("-")[0], "nothing")),)
    if kind.startswith("channel-"):
        return tuple(_of_use(part) for part in side.split(", "))
    return (Word(side, side in words.LOOKS),)


def _of_use(part: str) -> Word:
    """`ai-train disallowed` as the events of channels tell it."""
    purpose, _, value = part.rpartition(" ")
    return Word(value, True, words.USES[purpose]) if purpose in words.USES and value in words.LOOKS else Word(part)


def _quotes(kind: str, same: Sequence[Mapping[str, Any]], sides: Sequence[str]) -> tuple[str, str]:
    if kind == "text-changed":
        return sides[0], sides[1]
    told = [event["quotes"] for event in same if event.get("quotes")]
    return (str(told[0][0]), str(told[0][1])) if told else ("", "")
