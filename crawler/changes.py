"""Drift as rows: what the snapshots of a batch say against the ones before them."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from crawler import drift, registry
from crawler.agents import Roll
from crawler.models import ROBOTS, ConsentChange, Content, Snapshot
from crawler.robots import parse
from crawler.states import SPEAKING, State
from crawler.store import Store


@dataclass(frozen=True)
class Known:
    """The newest snapshot of a document before this one."""

    snapshot: uuid.UUID
    state: State
    content: str | None
    letters: str
    roll: str


Key = tuple[int, str]  # domain, channel


def newest(keys: Iterable[Key]) -> dict[Key, Known]:
    """The newest snapshots of these documents of domains."""
    wanted = set(keys)
    rows = (
        Snapshot.objects.filter(domain__in={key[0] for key in wanted}, channel__in={key[1] for key in wanted})
        .order_by("domain", "channel", "-fetched_at", "-id")
        .distinct("domain", "channel")
        .values_list(
            "domain_id", "channel", "id", "state", "content_id", "content__levels__letters", "content__levels__roll_id"
        )
    )
    return {
        (domain, channel): Known(pk, State(state), content, letters or "", roll or "")
        for domain, channel, pk, state, content, letters, roll in rows
        if (domain, channel) in wanted
    }


class Changes:
    """Finds the changes between snapshots under one roll."""

    def __init__(self, roll: Roll, store: Store) -> None:
        self._roll, self._row, self._store = roll, registry.stored(roll), store
        self._levels: dict[str, dict[str, str]] = {}

    def store(self, snapshots: Iterable[tuple[Snapshot, str]], before: dict[Key, Known]) -> None:
        """Write the changes that stored snapshots show, each with its letters."""
        ConsentChange.objects.bulk_create(self._rows(snapshots, before))

    def _rows(self, snapshots: Iterable[tuple[Snapshot, str]], before: dict[Key, Known]) -> Iterator[ConsentChange]:
        for snapshot, letters in snapshots:
            known = before.get((snapshot.domain_id, snapshot.channel))
            if known is None or snapshot.channel != ROBOTS:
                continue
            if found := self._changes(known, snapshot, letters):
                yield ConsentChange(
                    domain_id=snapshot.domain_id, at=snapshot.fetched_at, before_id=known.snapshot, after=snapshot,
                    changes=[asdict(change) for change in found], direction=drift.direction(found),
                    channel=snapshot.channel,
                )  # fmt: skip

    def _changes(self, known: Known, after: Snapshot, letters: str) -> list[drift.Change]:
        state = State(after.state)
        speaks = state in SPEAKING and known.state in SPEAKING
        if (speaks and known.content == after.content_id) or (not speaks and known.state == state):
            return []
        names = self._roll.names
        before = drift.effective(known.state, self._levels_of(known), names)
        return drift.changes(before, drift.effective(state, self._expand(letters), names))

    def _levels_of(self, known: Known) -> dict[str, str]:
        """The earlier levels under today's roll: a new agent or parser of ours is no change of the site's."""
        if known.content is None or known.roll == self._row.pk:
            return self._expand(known.letters)
        content = Content.objects.get(pk=known.content)
        body = self._store.read(content.warc_file, content.warc_offset).body
        return self._expand(self._roll.letters(parse(body)))

    def _expand(self, letters: str) -> dict[str, str]:
        if letters not in self._levels:
            self._levels[letters] = dict(self._roll.levels(letters)) if letters else {}
        return self._levels[letters]
