"""Stores what a crawling child tells: contents once, each domain's snapshots together and once per run."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from crawler import interned, registry
from crawler.agents import Roll
from crawler.changes import Changes, newest
from crawler.models import ROBOTS, Content, Snapshot
from crawler.store import Store
from crawler.wire import Answer, Fetch
from datacards.errors import Cancelled
from datacards.models import Unit
from datacards.models.work import LIVING

Row = tuple[int, Fetch]  # domain's id


class Ingest:
    """Takes the answers of one unit, batch by batch. `domains` are the unit's: name → id."""

    def __init__(self, unit: Unit, domains: Mapping[str, int], roll: Roll, store: Store) -> None:
        self._unit, self._domains, self._store = unit, domains, store
        self._row, self._changes = registry.stored(roll), Changes(roll, store)

    def take(self, answers: Iterable[Answer]) -> int:
        """Store a batch in one transaction, if the unit is still ours; returns how many domains were new.

        Raises Cancelled when the run has ended or another worker has the unit, so nothing is ever stored twice.
        """
        with transaction.atomic():
            self._hold()
            fresh = self._not_stored(answers)
            rows = [(domain, fetch) for domain, answer in fresh.items() for fetch in answer.fetches]
            self._store_contents([fetch for _, fetch in rows])
            before = newest((domain, fetch.document.value) for domain, fetch in rows)
            snapshots = Snapshot.objects.bulk_create(self._snapshots(rows))
            letters = [fetch.letters for _, fetch in rows]
            self._changes.store(zip(snapshots, letters, strict=True), before)
        return len(fresh)

    def _hold(self) -> None:
        mine = Unit.objects.select_for_update(of=("self",)).filter(
            pk=self._unit.pk, fence=self._unit.fence, run__state__in=LIVING
        )
        if not mine.values_list("pk"):
            raise Cancelled

    def _not_stored(self, answers: Iterable[Answer]) -> dict[int, Answer]:
        """Robots.txt is asked for in every visit, so its snapshot says whether the visit is stored."""
        told = {self._domains[answer.domain]: answer for answer in answers}
        stored = Snapshot.objects.filter(run=self._unit.run_id, channel=ROBOTS, domain__in=told)
        have = set(stored.values_list("domain_id", flat=True))
        return {pk: answer for pk, answer in told.items() if pk not in have}

    def _store_contents(self, fetches: list[Fetch]) -> None:
        vectors = registry.vectors(self._row, {fetch.letters for fetch in fetches if fetch.letters})
        Content.objects.bulk_create(
            [
                Content(
                    digest=f.digest, size=f.size, warc_file=f.warc_file, warc_offset=f.warc_offset,
                    levels_id=vectors.get(f.letters), first_seen=f.fetched_at,
                )
                for f in sorted(fetches, key=lambda f: not f.letters) if f.fresh
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        levels = {fetch.digest: vectors[fetch.letters] for fetch in fetches if fetch.letters}
        self._give_levels(levels)

    def _give_levels(self, levels: dict[str, int]) -> None:
        """Bytes that came under another name before are a robots.txt now."""
        unread = list(Content.objects.filter(digest__in=levels, levels=None))
        for content in unread:
            content.levels_id = levels[content.digest]
        Content.objects.bulk_update(unread, ["levels"])

    def _snapshots(self, rows: list[Row]) -> list[Snapshot]:
        sets = interned.signal_sets(fetch.signals for _, fetch in rows if fetch.signals is not None)
        return [self._snapshot(domain, fetch, sets) for domain, fetch in rows]

    def _snapshot(self, domain: int, fetch: Fetch, sets: dict[str, int]) -> Snapshot:
        return Snapshot(
            domain_id=domain, channel=fetch.document.value, fetched_at=fetch.fetched_at, state=fetch.state,
            http_status=fetch.http_status, final_url=fetch.final_url, hops=list(fetch.hops),
            content_id=fetch.digest or None, warc_file=fetch.warc_file,
            warc_offset=fetch.warc_offset if fetch.warc_offset >= 0 else None,
            signals_id=sets[interned.digest(fetch.signals)] if fetch.signals is not None else None,
            headers=fetch.headers, error=fetch.error, run_id=self._unit.run_id,
        )  # fmt: skip
