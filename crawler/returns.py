"""Which changes lasted: a site that takes a change back within the settling window has changed nothing."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SETTLING, SETTLED, RETURNED = "settling", "settled", "returned"
WHAT = ("agent", "channel", "purpose", "axis", "location", "url")  # what an event is about, whatever its kind


@dataclass(frozen=True)
class Move:
    """A change of one document that is settling: until when, what it led from and to, and its events."""

    key: Hashable
    at: datetime
    settles_at: datetime
    before: Hashable
    after: Hashable
    events: tuple[Mapping[str, Any], ...] = ()

    def undoes(self, earlier: "Move") -> bool:
        """It leads back, in time, to where the earlier one came from: the same bytes, or the opposite events."""
        if self.at > earlier.settles_at:
            return False
        back = _moves(self.events, "before", "after") == _moves(earlier.events, "after", "before")
        return self.after == earlier.before or (bool(self.events) and back)


def _moves(events: Iterable[Mapping[str, Any]], source: str, target: str) -> set[tuple[str, ...]]:
    return {(*(str(e.get(name, "")) for name in WHAT), str(e.get(source)), str(e.get(target))) for e in events}


def standings(moves: Iterable[Move], now: datetime) -> dict[Hashable, str]:
    """Each move's standing at a moment, for the moves of one document of one domain.

    A move and the one that takes it back are both `returned`, for nobody was told of the first. Of A→B→A→B the last
    move is left, which is what changed on the whole. Every move is looked at once: linear time.
    """
    found: dict[Hashable, str] = {}
    lasting: list[Move] = []
    for move in sorted(moves, key=lambda move: move.at):
        if lasting and move.undoes(lasting[-1]):
            found[lasting.pop().key] = found[move.key] = RETURNED
        else:
            lasting.append(move)
    return found | {move.key: SETTLED if move.settles_at <= now else SETTLING for move in lasting}
