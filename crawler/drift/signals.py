"""What a site's machine-readable statements came to, before and after.

A statement is what it says to whom, of which purpose, on which path. Where it stands, in which words and how often is
no part of it, so that reordered groups, comments and moved lines are no event.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crawler.channels.signals import EVERYBODY, Signal
from crawler.drift.events import EVERYONE, LOOSENED, NEUTRAL, TIGHTENED, Event, excerpt

UNSTATED = "unstated"
_STRICTNESS = {"unstated": 0, "allowed": 1, "disallowed": 2}


class Key(NamedTuple):
    """What one question is about, within a channel."""

    purpose: str
    scope: str
    path: str
    agent: str


Said = dict[Key, Signal]  # of several statements on one question the one that counts


def signal_events(before: Iterable[Signal], after: Iterable[Signal]) -> list[Event]:
    """Channels that came and went, and within the others the questions that are answered otherwise."""
    old, new = _by_channel(before), _by_channel(after)
    found: list[Event] = []
    for channel in sorted(old.keys() | new.keys()):
        if channel in old and channel in new:
            found += _flips(channel, old[channel], new[channel])
        else:
            found += [_came_or_went(channel, old.get(channel, {}), new.get(channel, {}))]
    return found


def _by_channel(signals: Iterable[Signal]) -> dict[str, Said]:
    questions: dict[tuple[str, Key], list[Signal]] = {}
    for signal in signals:
        agent = signal.agent.lower()
        key = Key(signal.purpose, signal.scope, signal.path, agent)
        questions.setdefault((signal.channel, key), []).append(signal)
    found: dict[str, Said] = {}
    for (channel, key), told in questions.items():
        found.setdefault(channel, {})[key] = _counting(told)
    return found


def _counting(told: Sequence[Signal]) -> Signal:
    """Of the statements on one question those of rank 0 and the highest count, and of these the strictest."""
    highest = max(signal.rank for signal in told)
    counting = [signal for signal in told if signal.rank in (0, highest)]
    return max(counting, key=lambda signal: _STRICTNESS[signal.value])


def _came_or_went(channel: str, old: Said, new: Said) -> Event:
    held = new or old
    agents, purposes = {signal.agent for signal in held.values()}, {key.purpose for key in held}
    return Event(
        "channel-added" if new else "channel-removed", _summary(old), _summary(new),
        way([(_value(old, key), _value(new, key)) for key in held]),
        agent=agents.pop() if len(agents) == 1 else EVERYONE, channel=channel,
        purpose=purposes.pop() if len(purposes) == 1 else "", quotes=(_quote(old), _quote(new)),
    )  # fmt: skip


def _flips(channel: str, old: Said, new: Said) -> list[Event]:
    """One event for each question that moved; where all of several agents moved alike, one for everybody."""
    names = {key.agent: signal.agent for said in (old, new) for key, signal in said.items()}
    moves: dict[tuple[str, str, str, str, str], list[Key]] = {}
    for key in sorted(old.keys() | new.keys()):
        sides = (_value(old, key), _value(new, key))
        if sides[0] != sides[1]:
            moves.setdefault((key.purpose, key.scope, key.path, *sides), []).append(key)
    found = []
    for (purpose, _, path, value, now), keys in moves.items():
        told = [(names[key.agent], key) for key in keys]
        if len(told) == len(names) > 1 or any(key.agent == EVERYBODY for key in keys):
            told = [(EVERYONE, next((key for key in keys if key.agent == EVERYBODY), keys[0]))]
        found += [
            Event(
                "usage-flipped", value, now, way([(value, now)]), agent=agent, channel=channel, purpose=purpose,
                location="" if path == "/" else path, quotes=(_quote_of(old, key), _quote_of(new, key)),
            )
            for agent, key in told
        ]  # fmt: skip
    return found


def way(moves: Iterable[tuple[str, str]]) -> str:
    """Refusals decide: one more tightens, one less loosens, both together are neutral.

    Only where no refusal moved does a permission count that was not stated before, or no longer is.
    """
    told = list(moves)
    refusals = {new == "disallowed" for old, new in told if old != new and "disallowed" in (old, new)}
    if refusals:
        return NEUTRAL if len(refusals) == 2 else TIGHTENED if True in refusals else LOOSENED
    grants = {new == "allowed" for old, new in told if old != new}
    return NEUTRAL if len(grants) != 1 else LOOSENED if True in grants else TIGHTENED


def _value(said: Said, key: Key) -> str:
    """What an agent is told; one that is not named is told what everybody is."""
    signal = said.get(key) or said.get(key._replace(agent=EVERYBODY))
    return signal.value if signal else UNSTATED


def _summary(said: Said) -> str:
    """`ai-train disallowed, search allowed`: the strictest value of each purpose."""
    values: dict[str, str] = {}
    for key, signal in sorted(said.items()):
        values[key.purpose] = max(values.get(key.purpose, UNSTATED), signal.value, key=_STRICTNESS.__getitem__)
    return ", ".join(f"{purpose} {value}" for purpose, value in values.items())


def _quote(said: Said) -> str:
    return excerpt(" ".join(dict.fromkeys(signal.quote for _, signal in sorted(said.items()) if signal.quote)))


def _quote_of(said: Said, key: Key) -> str:
    signal = said.get(key) or said.get(key._replace(agent=EVERYBODY))
    return signal.quote if signal else ""
