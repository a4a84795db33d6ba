"""Drift as rows: what snapshots say against the ones before them, as typed events."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler import drift, interned, registry, settling
from crawler.agents import Roll
from crawler.channels import Signal
from crawler.documents import Document
from crawler.models import ROBOTS, ChangeStanding, ConsentChange, Content, SignalSet, Snapshot, TermsVersion
from crawler.robots import parse
from crawler.states import PERMITTING, SPEAKING, State
from crawler.store import Store

MUTE = frozenset({State.UNREACHABLE, State.FORBIDDEN})  # nobody has said anything
Key = tuple[int, str]  # domain, channel


@dataclass(frozen=True)
class Known:
    """A snapshot as drift looks at it; `letters` are its levels under `roll`."""

    snapshot: uuid.UUID
    at: datetime
    state: State
    content: str | None
    signals: int | None
    letters: str = ""
    roll: str = ""


FIELDS = (
    "id", "fetched_at", "state", "content_id", "signals_id", "content__levels__letters", "content__levels__roll_id",
)  # fmt: skip


def newest(keys: Iterable[Key]) -> dict[Key, Known]:
    """The newest snapshots of these documents of domains; but for robots.txt, whose silence refuses, of those that
    said anything. Terms that an archive recorded are left out: its text of a page is another than ours."""
    wanted = set(keys)
    rows = Snapshot.objects.filter(domain__in={key[0] for key in wanted}, channel__in={key[1] for key in wanted})
    found: dict[Key, Known] = {}
    ours = rows.exclude(channel=Document.TERMS, source__gt="")
    for heard in (rows.filter(channel=ROBOTS), ours.exclude(channel=ROBOTS).exclude(state__in=MUTE)):
        last = heard.order_by("domain", "channel", "-fetched_at", "-id").distinct("domain", "channel")
        for domain, channel, *told in last.values_list("domain_id", "channel", *FIELDS):
            if (domain, channel) in wanted:
                found[domain, channel] = known_of(*told)
    return found


def known_of(
    pk: uuid.UUID, at: datetime, state: str, content: str | None, signals: int | None, letters: str | None,
    roll: str | None,
) -> Known:  # fmt: skip
    """From the row's FIELDS."""
    return Known(pk, at, State(state), content, signals, letters or "", roll or "")


class Changes:
    """Finds the changes between snapshots under one roll."""

    def __init__(self, roll: Roll, store: Store) -> None:
        self._roll, self._row, self._store = roll, registry.stored(roll), store
        self._levels: dict[str, dict[str, str]] = {}
        self._signals: dict[int, tuple[Signal, ...] | None] = {}

    def store(self, snapshots: Iterable[tuple[Snapshot, str]], before: Mapping[Key, Known]) -> None:
        """Write the changes that stored snapshots show, each with its letters."""
        ConsentChange.objects.bulk_create(self._rows(snapshots, before))

    def _rows(self, snapshots: Iterable[tuple[Snapshot, str]], before: Mapping[Key, Known]) -> Iterator[ConsentChange]:
        for snapshot, letters in snapshots:
            known = before.get((snapshot.domain_id, snapshot.channel))
            after = Known(
                snapshot.pk, snapshot.fetched_at, State(snapshot.state), snapshot.content_id, snapshot.signals_id,
                letters, self._row.pk,
            )  # fmt: skip
            if known is not None and (found := self.events(snapshot.channel, known, after)):
                yield row_of(snapshot.domain_id, snapshot.channel, known, after, found)

    def events(self, channel: str, known: Known, after: Known) -> list[drift.Event]:
        """What a later snapshot of a document says differently."""
        if (known.state, known.content, known.signals) == (after.state, after.content, after.signals):
            return []
        if channel == ROBOTS:
            return self._of_robots(known, after)
        if after.state in MUTE:
            return []
        return self._of_signals(known, after) + (_of_terms(known, after) if channel == Document.TERMS else [])

    def _of_robots(self, known: Known, after: Known) -> list[drift.Event]:
        speaks = after.state in SPEAKING and known.state in SPEAKING
        found: list[drift.Event] = []
        if (known.content != after.content) if speaks else (known.state != after.state):
            names = self._roll.names
            before = drift.effective(known.state, self._levels_of(known), names)
            found = drift.level_events(before, drift.effective(after.state, self._levels_of(after), names))
        return found if {known.state, after.state} & MUTE else found + self._of_signals(known, after)

    def _of_signals(self, known: Known, after: Known) -> list[drift.Event]:
        if known.signals == after.signals:
            return []
        said = [self._signals_of(side) for side in (known, after)]
        return drift.signal_events(*said) if None not in said else []  # type: ignore[arg-type]

    def _signals_of(self, side: Known) -> tuple[Signal, ...] | None:
        """None where they were not read, or by another reader: our own upgrade is no drift."""
        if side.state in PERMITTING:
            return ()
        if side.signals is None:
            return None
        if side.signals not in self._signals:
            row = SignalSet.objects.get(pk=side.signals)
            current = row.reader == interned.READER
            self._signals[side.signals] = tuple(map(Signal.from_dict, row.signals)) if current else None
        return self._signals[side.signals]

    def _levels_of(self, side: Known) -> dict[str, str]:
        """The levels under today's roll: a new agent or parser of ours is no change of the site's."""
        if side.content is None or side.roll == self._row.pk:
            return self._expand(side.letters)
        content = Content.objects.get(pk=side.content)
        body = self._store.read(content.warc_file, content.warc_offset).body
        return self._expand(self._roll.letters(parse(body)))

    def _expand(self, letters: str) -> dict[str, str]:
        if letters not in self._levels:
            self._levels[letters] = dict(self._roll.levels(letters)) if letters else {}
        return self._levels[letters]


def row_of(
    domain: int, channel: str, before: Known, after: Known, found: list[drift.Event], news: bool = True
) -> ConsentChange:
    """The row of events between two snapshots. History is no news: it has settled long ago."""
    wait = settling.window(channel) if news else timedelta()
    return ConsentChange(
        domain_id=domain, at=after.at, before_id=before.snapshot, after_id=after.snapshot, channel=channel,
        changes=[event.as_dict() for event in found], direction=drift.direction_of(found),
        standing=ChangeStanding.SETTLING if wait else ChangeStanding.SETTLED,
        settles_at=after.at + wait if wait else None, historic=not news,
    )  # fmt: skip


def _of_terms(known: Known, after: Known) -> list[drift.Event]:
    """What the texts say differently. Texts of two extractors are not compared: that is our own upgrade."""
    if known.content == after.content:
        return []
    sides = [_version(side) for side in (known, after)]
    before, now = sides
    if before is None or now is None:
        gone = before is not None and after.state in PERMITTING
        return [drift.Event("terms-vanished", before.stance.paper_class, "")] if gone and before else []
    if (before.extractor, before.classifier) != (now.extractor, now.classifier) or before.text == now.text:
        return []
    told = drift.terms_changes([(known.at, before.text), (after.at, now.text)], settle=timedelta())
    return [_event(change) for change in told]


def _version(side: Known) -> TermsVersion | None:
    if side.content is None:
        return None
    versions = TermsVersion.objects.filter(content=side.content).select_related("stance")
    return versions.order_by("-made_at", "-id").first()


def _event(change: drift.Change) -> drift.Event:
    before, after = change.said if any(change.said) else (change.before, change.after)
    quotes = (change.before, change.after) if any(change.said) else ("", "")
    return drift.Event(change.kind, before, after, change.direction, axis=change.axis, quotes=quotes)
