"""Drift in history that came late: the changes between neighbours in time, made again where something came between.

History is no news. Its changes are `historic`: settled, or returned where they were taken back within the window, and
nobody is told of them. What a crawl has found was told, and stays as it is: where a crawl told of what a document came
to say, history does not tell it again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise

from django.db.models.fields.json import KeyTextTransform

from crawler import settling
from crawler.changes import MUTE, Changes, Key, Known, known_of, row_of
from crawler.documents import Document
from crawler.models import ROBOTS, ChangeStanding, ConsentChange, Snapshot, Spell
from crawler.moments import Moment, stored_at
from crawler.returns import Move, standings
from crawler.sighted import TECHNICAL

LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
FIELDS = (
    "snapshot_id", "since", "state", "content_id", "signals_id", "content__levels__letters",
    "content__levels__roll_id",
)  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """A spell as history looks at it: its first snapshot, its last fetch, and whether the recorder moved, not the
    site."""

    known: Known
    until: datetime
    technical: bool
    source: str

    @property
    def since(self) -> datetime:
        """Its first fetch."""
        return self.known.at


@dataclass(frozen=True)
class Window:
    """The stretches of one document that new snapshots may have moved, and the one before them."""

    stretches: tuple[Stretch, ...]
    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a change at a moment is one of these."""
        return self.start < at <= self.end


def retell(touched: Mapping[Key, tuple[datetime, datetime]], changes: Changes) -> int:
    """Make the historic changes of documents again, around the first and last new snapshot of each; returns how many
    are new. In the caller's transaction, which has made their spells and lets no other history in."""
    spells, told = _spells(touched), _told(touched)
    steps: list[Step] = []
    gone: list[ConsentChange] = []
    for key, (first, last) in touched.items():
        for heard, rows in _by_recorder(key[1], spells.get(key, []), told.get(key, [])):
            held, stale = _steps(key, _window(heard, first, last), rows, changes)
            steps.extend(held)
            gone.extend(stale)
    made = [step.row for step in steps if step.new]
    if gone:
        ConsentChange.objects.filter(pk__in=[row.pk for row in gone]).delete()
    ConsentChange.objects.bulk_update(_begin_next_to(steps), ["before"])
    ConsentChange.objects.bulk_create(made)
    _stand({(row.domain_id, row.channel) for row in (*made, *gone)})
    return len(made)


# --- what is there -----------------------------------------------------------------------------------------


def _spells(keys: Iterable[Key]) -> dict[Key, list[Stretch]]:
    keys = set(keys)
    rows = Spell.objects.filter(domain__in={k[0] for k in keys}, channel__in={k[1] for k in keys})
    rows = rows.order_by("domain", "channel", "since").annotate(
        technical=KeyTextTransform(TECHNICAL, "snapshot__headers")
    )
    found: dict[Key, list[Stretch]] = {}
    fields = ("domain_id", "channel", "until", "technical", "snapshot__source", *FIELDS)
    values = rows.order_by("domain", "channel", "since").values_list(*fields)
    for domain, channel, until, technical, source, *told in values:
        if (domain, channel) in keys:
            stretch = Stretch(known_of(*told), until, technical is not None, source)
            found.setdefault((domain, channel), []).append(stretch)
    return found


def _told(keys: Iterable[Key]) -> dict[Key, list[ConsentChange]]:
    keys = set(keys)
    rows = ConsentChange.objects.filter(domain__in={k[0] for k in keys}, channel__in={k[1] for k in keys})
    found: dict[Key, list[ConsentChange]] = {}
    for row in rows.select_related("before").order_by("at", "id"):
        if (row.domain_id, row.channel) in keys:
            found.setdefault((row.domain_id, row.channel), []).append(row)
    return found


def _by_recorder(
    channel: str, spells: list[Stretch], told: list[ConsentChange]
) -> Iterator[tuple[list[Stretch], list[ConsentChange]]]:
    """The stretches that say anything (silence of robots.txt does, for it refuses), with the changes that are told.

    Terms are compared with those of the same archive alone: two recorders make two texts of one page.
    """
    heard = [each for each in spells if channel == ROBOTS or each.known.state not in MUTE]
    if channel != Document.TERMS:
        yield heard, told
        return
    for source in sorted({each.source for each in heard if each.source}):
        rows = [row for row in told if row.historic and row.before.source == source]
        yield [each for each in heard if each.source == source], rows


def _window(heard: list[Stretch], first: datetime, last: datetime) -> Window:
    start = max((n for n, each in enumerate(heard) if each.since < first), default=0)
    end = next((n for n, each in enumerate(heard) if each.since > last), len(heard) - 1)
    opened, closed = heard and heard[start].since < first, heard and heard[end].since > last
    return Window(
        tuple(heard[start : end + 1]), heard[start].since if opened else FIRST, heard[end].since if closed else LAST
    )


# --- what is to be there -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A historic change, and when the document last said what it said before."""

    row: ConsentChange
    until: datetime
    new: bool


def _steps(
    key: Key, window: Window, told: list[ConsentChange], changes: Changes
) -> tuple[list[Step], list[ConsentChange]]:
    """The changes that hold, and those that hold no longer."""
    own = [row for row in told if not row.historic]
    mine = {row.after_id: row for row in told if row.historic and window.holds(row.at)}
    steps = []
    for before, after in pairwise(window.stretches):
        if after.technical or any(after.since <= row.at <= after.until for row in own):
            continue
        held = mine.get(after.known.snapshot)
        if held is not None and _same(held.before, before.known):
            steps.append(Step(mine.pop(after.known.snapshot), before.until, False))
            continue
        earlier = replace(before.known, at=before.until)
        if found := changes.events(key[1], earlier, after.known):
            steps.append(Step(row_of(*key, earlier, after.known, found, news=False), before.until, True))
    return steps, list(mine.values())


def _same(held: Snapshot, known: Known) -> bool:
    return (held.state, held.content_id, held.signals_id) == (known.state, known.content, known.signals)


def _begin_next_to(steps: list[Step]) -> list[ConsentChange]:
    """Let each change begin at its neighbour in time; returns the stored ones that began elsewhere."""
    ends = stored_at(map(_end, steps))
    moved = []
    for step in steps:
        neighbour = ends[_end(step)][-1].snapshot
        if step.row.before_id != neighbour:
            step.row.before_id = neighbour
            moved += [] if step.new else [step.row]
    return moved


def _end(step: Step) -> Moment:
    return (step.row.domain_id, step.row.channel, step.until)


# --- what was taken back -----------------------------------------------------------------------------------


def _stand(keys: set[Key]) -> None:
    for (_, channel), rows in _histories(keys):
        moves = [_move(channel, row) for row in rows]
        found = standings(moves, LAST)
        for row in rows:
            if row.standing != found[row.pk]:
                ConsentChange.objects.filter(pk=row.pk).update(standing=ChangeStanding(found[row.pk]))


def _histories(keys: set[Key]) -> Iterator[tuple[Key, list[ConsentChange]]]:
    rows = ConsentChange.objects.filter(
        historic=True, domain__in={k[0] for k in keys}, channel__in={k[1] for k in keys}
    ).select_related("before", "after")
    rows = rows.order_by("domain", "channel", "at", "id")
    for key, found in groupby(rows, key=lambda row: (row.domain_id, row.channel)):
        if key in keys:
            yield key, list(found)


def _move(channel: str, row: ConsentChange) -> Move:
    before, after = settling.said(row.before), settling.said(row.after)
    return Move(row.pk, row.at, row.at + settling.window(channel), before, after, tuple(row.changes))
