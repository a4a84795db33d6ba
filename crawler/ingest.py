"""Stores what a crawling child tells: each domain's documents together, and once per run."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from crawler.agents import Roll
from crawler.keeping import Keeper
from crawler.models import ROBOTS, Snapshot
from crawler.store import Store
from crawler.wire import Answer
from datacards.errors import Cancelled
from datacards.models import Unit
from datacards.models.work import LIVING


class Ingest:
    """Takes the answers of one unit, batch by batch. `domains` are the unit's: name → id."""

    def __init__(self, unit: Unit, domains: Mapping[str, int], roll: Roll, store: Store) -> None:
        self._unit, self._domains = unit, domains
        self._keeper = Keeper(roll, store)

    def take(self, answers: Iterable[Answer]) -> int:
        """Store a batch in one transaction, if the unit is still ours; returns how many domains were new.

        Raises Cancelled when the run has ended or another worker has the unit, so nothing is ever stored twice.
        """
        told = {self._domains[answer.domain]: answer for answer in answers}
        read = self._keeper.read([(domain, fetch) for domain, answer in told.items() for fetch in answer.fetches])
        with transaction.atomic():
            hold(self._unit)
            fresh = self._not_stored(told)
            rows = [(domain, fetch) for domain, answer in fresh.items() for fetch in answer.fetches]
            self._keeper.keep(rows, read, run=self._unit.run_id)
            if fresh:  # a unit that gets on is in no loop of crashes
                Unit.objects.filter(pk=self._unit.pk).update(attempts=1)
        return len(fresh)

    def _not_stored(self, told: Mapping[int, Answer]) -> dict[int, Answer]:
        """Robots.txt is asked for in every visit, so its snapshot says whether the visit is stored."""
        stored = Snapshot.objects.filter(run=self._unit.run_id, channel=ROBOTS, domain__in=told)
        have = set(stored.values_list("domain_id", flat=True))
        return {pk: answer for pk, answer in told.items() if pk not in have}


def hold(unit: Unit) -> None:
    """Keep the unit to the end of the transaction; Cancelled where it is no longer this worker's."""
    mine = Unit.objects.select_for_update(of=("self",)).filter(pk=unit.pk, fence=unit.fence, run__state__in=LIVING)
    if not mine.values_list("pk"):
        raise Cancelled
