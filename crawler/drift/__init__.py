"""What changed between two readings of a site, as typed events (`KINDS`), without what only looks like a change.

events(Reading(State.OK, levels={"GPTBot": "none"}), Reading(State.OK, levels={"GPTBot": "all"}))
# [Event("agent-newly-blocked", before="none", after="all", direction="tightened", agent="GPTBot")]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawler.channels.signals import Signal
from crawler.drift.clauses import AXES, terms_events
from crawler.drift.events import EVERYONE, KINDS, LOOSENED, NEUTRAL, TIGHTENED, Event, direction_of
from crawler.drift.levels import (
    UNREACHABLE,
    LevelChange,
    changes,
    direction,
    effective,
    level_events,
    state_events,
)
from crawler.drift.signals import signal_events
from crawler.drift.telling import Change
from crawler.drift.terms import Account, terms_account, terms_changes
from crawler.states import State
from crawler.terms.verdict import TermsVerdict

__all__ = [
    "AXES", "EVERYONE", "KINDS", "LOOSENED", "NEUTRAL", "TIGHTENED", "UNREACHABLE", "Account", "Change", "Event",
    "LevelChange", "Reading", "changes", "direction", "direction_of", "effective", "events", "level_events",
    "signal_events", "terms_account", "terms_changes",
]  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What one fetch of a document came to: its state, the levels of agents, the signals, what its terms say.

    `levels` are those of `effective`; leave out what the document has none of.
    """

    state: State = State.OK
    levels: Mapping[str, str] = field(default_factory=dict)
    signals: Sequence[Signal] = ()
    terms: TermsVerdict | None = None


def events(before: Reading, after: Reading) -> list[Event]:
    """What changed in meaning, the state first. A site that cannot be reached has taken nothing back.

    So where either side is unreachable, neither signals nor terms are compared: nobody has said anything.
    """
    moved = level_events(before.levels, after.levels)
    told = any(event.kind == "fetch-state-changed" for event in moved)
    found = moved if told else [*state_events(before.state, after.state), *moved]
    if State.UNREACHABLE in (before.state, after.state):
        return found
    return [*found, *signal_events(before.signals, after.signals), *terms_events(before.terms, after.terms)]
