"""One machine-readable statement of a site about the use of its content, whatever channel it came by."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from crawler.channels.words import Purpose, Scope, Value

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
USES: tuple[Purpose, ...] = ("search", "ai-input", "ai-train")  # what may be done with content once it is fetched
EVERYBODY = "*"

MOST = 500  # signals kept of one document
_MADE = 20_000  # signals that one document may make before it is taken for an attack
_LENGTHS = {"agent": 100, "where": 200, "quote": 300, "note": 300}
_LONGEST_PATH = 300
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_STRICTNESS: dict[str, int] = {"disallowed": 0, "allowed": 1, "unstated": 2}


@dataclass(frozen=True)
class Signal:
    """What a site says to `agent` (a product token, or `*` for everybody) about one purpose, and where it says so.

    `path` is a pattern as in robots.txt; a page or an asset is its exact path and `$`. `rank` orders statements of one
    channel that match the same path: those of rank 0 always count, of the others only the highest.
    Text is kept on one line, without control characters, cut to a length that a database row can bear.
    """

    channel: str
    purpose: Purpose
    agent: str
    value: Value
    where: str
    path: str = "/"
    scope: Scope = "site"
    line: int | None = None
    rank: int = 0
    quote: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name, length in _LENGTHS.items():
            object.__setattr__(self, name, clean(getattr(self, name), length))
        # A pattern that is cut covers more, which a refusal may; of anything else it is made to match no path.
        cut = self.path[:_LONGEST_PATH] if self.value == "disallowed" else self.path
        object.__setattr__(self, "path", clean(cut, _LONGEST_PATH))

    def as_dict(self) -> dict[str, Any]:
        """The fields that differ from their defaults, ready for JSON."""
        return {
            name: value for name, value in asdict(self).items() if name not in _DEFAULTS or value != _DEFAULTS[name]
        }

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "Signal":
        """The inverse of `as_dict`; fields that this version does not know are left out."""
        return cls(**{name: value for name, value in told.items() if name in _NAMES})


_NAMES = frozenset(field.name for field in fields(Signal))
_DEFAULTS = {field.name: field.default for field in fields(Signal)} | dict.fromkeys(
    ("channel", "purpose", "agent", "value", "where"), object()
)


def clean(text: str, length: int) -> str:
    """One line without control characters or halves of surrogate pairs, at most `length` characters long."""
    if len(text) <= length and text.isprintable():
        return text.strip()
    text = _UNWRITABLE.sub(" ", text[: 2 * length]).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def ordered(signals: Iterable[Signal]) -> list[Signal]:
    """Each signal once, in the one order that is stored."""
    return sorted(set(signals), key=_order)


def bounded(signals: Iterable[Signal]) -> list[Signal]:
    """The signals of one document, at most MOST of them.

    Where there are more, refusals are kept before permissions; and where a refusal has to go as well, its purposes are
    refused to everybody, so that no flood of lines can hide one.
    """
    kept: dict[Signal, None] = {}
    flooded: Signal | None = None
    for made, signal in enumerate(signals):
        if made >= _MADE:
            flooded = signal
            break
        kept[signal] = None
    if flooded is None and len(kept) <= MOST:
        return ordered(kept)
    by_strictness = sorted(kept, key=lambda signal: (_STRICTNESS[signal.value], *_order(signal)))
    left = [signal for signal in by_strictness[MOST - len(PURPOSES) :] if signal.value == "disallowed"]
    told = USES if flooded else sorted({signal.purpose for signal in left})
    extra = [_flood(flooded or left[0], purpose) for purpose in told]
    return ordered([*by_strictness[: MOST - len(extra)], *extra])


def _flood(example: Signal, purpose: Purpose) -> Signal:
    return Signal(
        example.channel, purpose, EVERYBODY, "disallowed", example.where.partition(" line")[0],
        note=f"more than {MOST} statements: taken as a refusal",
    )  # fmt: skip


def _order(signal: Signal) -> tuple[Any, ...]:
    return (
        signal.channel, signal.scope, signal.agent.lower(), signal.agent, PURPOSES.index(signal.purpose), signal.path,
        signal.line or 0, -signal.rank, signal.where, signal.value, signal.quote, signal.note,
    )  # fmt: skip


def dump(signals: Iterable[Signal]) -> str:
    """Canonical JSON: equal sets of signals give equal text."""
    told = [signal.as_dict() for signal in ordered(signals)]
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def load(text: str) -> list[Signal]:
    """The inverse of `dump`."""
    return [Signal.from_dict(told) for told in json.loads(text)]
