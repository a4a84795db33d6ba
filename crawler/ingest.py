"""Stores what a crawling child tells: contents once, snapshots once per run, and the changes that they show."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from crawler import drift, registry
from crawler.agents import Roll
from crawler.models import ROBOTS, ConsentChange, Content, Snapshot
from crawler.robots import parse
from crawler.states import SPEAKING, State
from crawler.store import Store
from crawler.wire import Result
from datacards.errors import Cancelled
from datacards.models import Unit
from datacards.models.work import LIVING


@dataclass(frozen=True)
class Known:
    """The newest snapshot of a domain before this one."""

    snapshot: uuid.UUID
    state: State
    content: str | None
    letters: str
    roll: str


class Ingest:
    """Takes the results of one unit, batch by batch. `domains` are the unit's: name → id."""

    def __init__(self, unit: Unit, domains: Mapping[str, int], roll: Roll, store: Store) -> None:
        self._unit, self._domains, self._store = unit, domains, store
        self._roll, self._row = roll, registry.stored(roll)
        self._levels: dict[str, dict[str, str]] = {}

    def take(self, results: Iterable[Result]) -> int:
        """Store a batch in one transaction, if the unit is still ours; returns how many domains were new.

        Raises Cancelled when the run has ended or another worker has the unit, so nothing is ever stored twice.
        """
        with transaction.atomic():
            self._hold()
            fresh = self._not_stored(results)
            self._store_contents(fresh)
            before = self._known(fresh)
            snapshots = Snapshot.objects.bulk_create([self._snapshot(result) for result in fresh])
            self._store_changes(fresh, snapshots, before)
        return len(fresh)

    def _hold(self) -> None:
        mine = Unit.objects.select_for_update(of=("self",)).filter(
            pk=self._unit.pk, fence=self._unit.fence, run__state__in=LIVING
        )
        if not mine.values_list("pk"):
            raise Cancelled

    def _not_stored(self, results: Iterable[Result]) -> list[Result]:
        told = {self._domains[result.domain]: result for result in results}
        stored = Snapshot.objects.filter(run=self._unit.run_id, channel=ROBOTS, domain__in=told)
        have = set(stored.values_list("domain_id", flat=True))
        return [result for pk, result in told.items() if pk not in have]

    def _store_contents(self, results: list[Result]) -> None:
        fresh = [result for result in results if result.fresh]
        vectors = registry.vectors(self._row, {result.letters for result in fresh})
        Content.objects.bulk_create(
            [
                Content(
                    digest=r.digest, size=r.size, warc_file=r.warc_file, warc_offset=r.warc_offset,
                    levels_id=vectors[r.letters], first_seen=r.fetched_at,
                )
                for r in fresh
            ],
            ignore_conflicts=True,
        )  # fmt: skip

    def _known(self, results: list[Result]) -> dict[int, Known]:
        ids = [self._domains[result.domain] for result in results]
        newest = Snapshot.objects.filter(domain__in=ids, channel=ROBOTS).order_by("domain", "-fetched_at", "-id")
        rows = newest.distinct("domain").values_list(
            "domain_id", "id", "state", "content_id", "content__levels__letters", "content__levels__roll_id"
        )
        return {
            domain: Known(pk, State(state), content, letters or "", roll or "")
            for domain, pk, state, content, letters, roll in rows
        }

    def _snapshot(self, result: Result) -> Snapshot:
        return Snapshot(
            domain_id=self._domains[result.domain], fetched_at=result.fetched_at, state=result.state,
            http_status=result.http_status, final_url=result.final_url, hops=list(result.hops),
            content_id=result.digest or None, warc_file=result.warc_file,
            warc_offset=result.warc_offset if result.warc_offset >= 0 else None,
            headers=result.headers, error=result.error, run_id=self._unit.run_id,
        )  # fmt: skip

    def _store_changes(self, results: list[Result], snapshots: list[Snapshot], before: dict[int, Known]) -> None:
        rows = []
        for result, snapshot in zip(results, snapshots, strict=True):
            known = before.get(snapshot.domain_id)
            if known is not None and (found := self._changes(known, result)):
                rows.append(_change(known, snapshot, found, result.fetched_at))
        ConsentChange.objects.bulk_create(rows)

    def _changes(self, known: Known, result: Result) -> list[drift.LevelChange]:
        speaks = result.state in SPEAKING and known.state in SPEAKING
        if (speaks and known.content == result.digest) or (not speaks and known.state == result.state):
            return []
        names = self._roll.names
        before = drift.effective(known.state, self._levels_of(known), names)
        return drift.changes(before, drift.effective(result.state, self._expand(result.letters), names))

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


def _change(known: Known, after: Snapshot, found: list[drift.LevelChange], at: datetime) -> ConsentChange:
    return ConsentChange(
        domain_id=after.domain_id, at=at, before_id=known.snapshot, after=after,
        changes=[asdict(change) for change in found], direction=drift.direction(found),
    )  # fmt: skip
