"""Leases on rows: a heartbeat beside the work, and the pulse by which the work tells how far it is."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Sum
from django.utils import timezone

from datacards.errors import Cancelled
from datacards.models import Run, Unit
from datacards.models.work import LIVING

LEASE = timedelta(seconds=20)
BEAT_SECONDS = 2.0
PULSE_SECONDS = 0.5


class Heart(threading.Thread):
    """Prolongs the lease of one claimed row until stopped; `lost` is set when the row is no longer ours.

    A thread of its own, so that one long call (a COPY, a model on a GPU) does not cost the lease. It dies
    with the process, and that is the point: a killed worker's row is free again when its lease ends.
    """

    def __init__(self, held: Run | Unit) -> None:
        super().__init__(daemon=True, name="heart")
        self.held = held
        self.lost = threading.Event()
        self._stop_beating = threading.Event()

    def run(self) -> None:
        while not self._stop_beating.wait(BEAT_SECONDS):
            try:
                self.beat()
            except DatabaseError:
                connection.close()  # the database restarts: the fence decides whether the row is still ours
        connection.close()

    def beat(self) -> None:
        """Prolong the lease once."""
        if not self._prolonged():
            self.lost.set()

    def stop(self) -> None:
        """End the thread; the lease stays as it is."""
        self._stop_beating.set()
        self.join()

    def _prolonged(self) -> bool:
        until = timezone.now() + LEASE
        if isinstance(self.held, Run):
            mine = Run.objects.filter(pk=self.held.pk, fence=self.held.fence, state__in=LIVING)
            return bool(mine.update(lease_until=until))
        unit = Unit.objects.filter(pk=self.held.pk, fence=self.held.fence, run__state__in=LIVING)
        return bool(unit.update(lease_until=until))


@contextmanager
def beating(held: Run | Unit) -> Iterator[Heart]:
    """Keep the lease of a claimed row alive while the block runs."""
    heart = Heart(held)
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()


class Pulse:
    """Called by the work as it goes: `pulse(done=…)`, cheap enough for every batch.

    Raises `Cancelled` when the run was cancelled or the lease went to another worker.
    """

    def __init__(self, unit: Unit, heart: Heart) -> None:
        self.unit = unit
        self._heart = heart
        self._written = 0.0

    def __call__(self, done: int | None = None, total: int | None = None) -> None:
        if self._heart.lost.is_set():
            raise Cancelled
        if done is not None and time.monotonic() - self._written >= PULSE_SECONDS:
            self._write(done, total)
            self._written = time.monotonic()

    def _write(self, done: int, total: int | None) -> None:
        changes = {"done": done} | ({} if total is None else {"total": total})
        Unit.objects.filter(pk=self.unit.pk, fence=self.unit.fence).update(**changes)
        recount(self.unit.run_id)


def recount(run_id: uuid.UUID) -> None:
    """Set a run's progress to the sum of its units'."""
    sums = Unit.objects.filter(run_id=run_id).aggregate(done=Sum("done"), total=Sum("total"))
    Run.objects.filter(pk=run_id, state__in=LIVING).update(done=sums["done"] or 0, total=sums["total"] or 0)


def hold(unit: Unit) -> None:
    """Keep the unit to the end of the transaction; Cancelled where it is no longer this worker's."""
    mine = Unit.objects.select_for_update(of=("self",)).filter(pk=unit.pk, fence=unit.fence, run__state__in=LIVING)
    if not mine.values_list("pk"):
        raise Cancelled
