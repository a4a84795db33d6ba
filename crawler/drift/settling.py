"""Which changes of one document last, sentence by sentence, over its recorded versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Flip:
    """A sentence came or went with the version of this index."""

    version: int
    came: bool


@dataclass
class Moved:
    """The sentences that came and went with one version, and stayed so."""

    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)


def lasting(
    dates: Sequence[datetime],
    held: Sequence[Mapping[str, object] | None],
    settle: timedelta,
    silent: Iterable[int] = (),
) -> dict[int, Moved]:
    """What each version moved for good. `held` are the sentences of each version, None for one that does not count.

    A flip that is taken back within `settle` is dropped with the one that takes it back. A version in `silent` is our
    own doing: what it moves is no event, but can be taken back. Linear in the number of flips.
    """
    stacks: dict[str, list[Flip]] = {}
    before: Mapping[str, object] | None = None
    for version, now in enumerate(held):
        if now is None:
            continue
        for flip, keys in _flips(version, before, now):
            for key in keys:
                _push(stacks.setdefault(key, []), flip, dates, settle)
        before = now
    return _by_version(stacks, frozenset(silent))


def _flips(
    version: int, before: Mapping[str, object] | None, now: Mapping[str, object]
) -> list[tuple[Flip, list[str]]]:
    if before is None:
        return []
    came, went = [key for key in now if key not in before], [key for key in before if key not in now]
    return [(Flip(version, True), came), (Flip(version, False), went)]


def _push(stack: list[Flip], flip: Flip, dates: Sequence[datetime], settle: timedelta) -> None:
    if stack and dates[flip.version] - dates[stack[-1].version] <= settle:
        stack.pop()
    else:
        stack.append(flip)


def _by_version(stacks: Mapping[str, list[Flip]], silent: frozenset[int]) -> dict[int, Moved]:
    found: dict[int, Moved] = {}
    for key, stack in stacks.items():
        for flip in stack:
            if flip.version not in silent:
                moved = found.setdefault(flip.version, Moved())
                (moved.came if flip.came else moved.went).append(key)
    return found
