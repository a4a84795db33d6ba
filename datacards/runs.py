"""Drives long work: every run is cut into units, and both are rows.

A message (or a terminal) only wakes a worker. What keeps work from being lost or done twice are the rows:

1. a worker *claims* a run's plan, a unit, or a run's finish by compare-and-set: it gets a lease and a fence number;
2. while it works, a heartbeat prolongs the lease; a worker that dies stops doing so, and another claims the row;
3. what the work changes is stored in the transaction that marks the row done, and only if the fence still holds.

So work happens at least once and its effects exactly once.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from datacards.errors import Cancelled, Conflict, Expected
from datacards.leases import LEASE, Pulse, beating, recount
from datacards.models import Corpus, Revision, Run, RunState, Unit, UnitState, User
from datacards.models.work import LIVING

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
INSERT_BATCH = 1000
WIDTH = 8  # workers woken for one run at a time: enough to be quick, few enough to be fair
WAKE_UP = "datacards.tasks.work_on"
WAKE_EXPIRES = 30  # seconds


@dataclass(frozen=True)
class UnitSpec:
    """A part of a run: what to do (JSON, no secrets) and how much it is, in the job's unit."""

    spec: dict[str, Any]
    total: int = 0


class Job(Protocol):
    """A kind of long work. All four steps may raise `Expected`: the run has then failed with that sentence.

    A kind may say how many workers may die at one unit before its run fails: `attempts` (MAX_ATTEMPTS).
    """

    kind: str
    unit: str

    def plan(self, run: Run) -> Iterable[UnitSpec]:
        """Cut the run into units; called once, in the transaction that stores them."""
        ...

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Do one unit; may be called again after a crash, so nothing outside `store` may count twice."""
        ...

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Write the unit's effects, in the transaction that marks it done: exactly once."""
        ...

    def finish(self, run: Run) -> dict[str, Any]:
        """Write the run's effects, in the transaction that completes it; returns its outcome."""
        ...

    def discard(self, run: Run) -> None:
        """Remove what units left outside the database, after the run ended in any way."""
        ...


JOBS: dict[str, Job] = {}


def register_job(job: Job) -> None:
    """Make a kind of work known; called by each app when it is ready."""
    JOBS[job.kind] = job


# --- asking for work ---------------------------------------------------------------------------------------


def start(
    kind: str,
    *,
    by: User | None,
    params: dict[str, Any] | None = None,
    reason: str = "",
    corpus: Corpus | None = None,
    revision: Revision | None = None,
    retry_of: Run | None = None,
    wake: bool = True,
) -> Run:
    """Record the wish; a worker is woken when the surrounding transaction commits."""
    run = Run.objects.create(
        kind=kind, unit=JOBS[kind].unit, started_by=by, params=params or {}, reason=reason,
        corpus=corpus, revision=revision, retry_of=retry_of,
    )  # fmt: skip
    if wake:
        transaction.on_commit(lambda: wake_worker(run.id))
    return run


def cancel(run: Run, by: User | None = None) -> None:
    """End a living run; its workers notice at their next heartbeat and leave no trace."""
    sentence = f"Cancelled by {by.get_username()}." if by else "Cancelled."
    if not Run.objects.filter(pk=run.pk).move(to=RunState.CANCELLED, sentence=sentence, lease_until=None):
        raise Conflict("The run has already ended, so there is nothing to cancel.")
    run.refresh_from_db()
    JOBS[run.kind].discard(run)


def retry(run: Run, by: User | None = None, wake: bool = True) -> Run:
    """Ask again for a run that ended without success."""
    if not run.ended or run.state == RunState.COMPLETED:
        raise Conflict(f"Only a run that failed or was cancelled can be tried again; this one is {run.state}.")
    return start(
        run.kind, by=by, params=run.params, reason=run.reason, corpus=run.corpus, revision=run.revision,
        retry_of=run, wake=wake,
    )  # fmt: skip


def wake_worker(run_id: uuid.UUID, workers: int = 1) -> None:
    """Send workers a message; without a broker nothing is lost, because beat looks for open rows.

    Messages go stale: a worker that comes late drops them, so they cannot pile up and keep other runs waiting.
    """
    try:
        for _ in range(workers):
            current_app.send_task(WAKE_UP, (str(run_id),), expires=WAKE_EXPIRES)
    except BrokerError:
        log.warning("the broker does not answer; run %s waits for the next sweep", run_id)


# --- doing it ----------------------------------------------------------------------------------------------


class Step(StrEnum):
    """What a worker did."""

    PLANNED = "planned"
    WORKED = "worked"
    FINISHED = "finished"


def work_once(run_id: uuid.UUID | str) -> Step | None:
    """Plan the run, or do one of its units, or finish it. None when nothing is left that can be claimed."""
    run = Run.objects.filter(pk=run_id, state__in=LIVING).first()
    if run is None:
        return None
    if not run.planned:
        return _guarded(run, _plan, Step.PLANNED) if _claimed(run) else None
    unit = claim_unit(run)
    if unit is not None:
        return _guarded(run, lambda r: _work(r, unit), Step.WORKED)
    if run.units.exclude(state=UnitState.DONE).exists() or not _claimed(run):
        return None
    return _guarded(run, _finish, Step.FINISHED)


def work_until_done(run: Run, on_progress: Callable[[Run], None] | None = None, pause: float = 0.5) -> Run:
    """Drive a run to its end from this process, beside any workers there may be."""
    while True:
        claimed = _patiently(run.id)
        run.refresh_from_db()
        if on_progress:
            on_progress(run)
        if run.ended:
            return run
        if not claimed:
            time.sleep(pause)


def _patiently(run_id: uuid.UUID) -> Step | None:
    """`work_once`, bridging a restart of the database."""
    for wait in (0.5, 1, 2, 4, 8):
        try:
            return work_once(run_id)
        except OperationalError:
            time.sleep(wait)
    return work_once(run_id)


def claim_unit(run: Run) -> Unit | None:
    """Lease one open unit of the run: pending, or running under a lease that has ended."""
    now = timezone.now()
    with transaction.atomic():
        unit = run.units.select_for_update(skip_locked=True).filter(_free(now)).order_by("ordinal").first()
        if unit is None:
            return None
        unit.fence, unit.attempts = unit.fence + 1, unit.attempts + 1
        unit.state, unit.lease_until = UnitState.RUNNING, now + LEASE
        unit.save(update_fields=["fence", "attempts", "state", "lease_until"])
    return unit


def _claimed(run: Run) -> bool:
    """Lease the run itself, to plan or to finish it."""
    now = timezone.now()
    with transaction.atomic():
        free = Run.objects.select_for_update(skip_locked=True).filter(pk=run.pk, fence=run.fence, state__in=LIVING)
        free = free.filter(planned=run.planned)  # read before another worker planned it: not ours to plan again
        mine = free.filter(Q(lease_until=None) | Q(lease_until__lt=now)).first()
        if mine is None:
            return False
        run.fence, run.attempts = mine.fence + 1, mine.attempts + 1
        Run.objects.filter(pk=run.pk).update(fence=run.fence, attempts=run.attempts, lease_until=now + LEASE)
    return True


def _plan(run: Run) -> None:
    job = JOBS[run.kind]
    _refuse_crash_loop(run.attempts, "the plan")
    Run.objects.filter(pk=run.pk).move(to=RunState.RUNNING, started_at=timezone.now())
    with beating(run), transaction.atomic():
        specs = list(job.plan(run))
        _hold(run)
        Unit.objects.bulk_create(
            (Unit(run=run, ordinal=i, spec=s.spec, total=s.total) for i, s in enumerate(specs)), INSERT_BATCH
        )
        total = sum(s.total for s in specs)
        Run.objects.filter(pk=run.pk).update(planned=True, total=total, lease_until=None, attempts=0)


def _work(run: Run, unit: Unit) -> None:
    job = JOBS[run.kind]
    most = getattr(job, "attempts", MAX_ATTEMPTS)
    _refuse_crash_loop(unit.attempts, f"part {unit.ordinal + 1} of the run", most)
    with beating(unit) as heart:
        result = job.work(unit, Pulse(unit, heart))
        json.dumps(result)
        with transaction.atomic():
            _hold(run, unit)
            job.store(unit, result)
            Unit.objects.filter(pk=unit.pk).update(
                state=UnitState.DONE, result=result, lease_until=None, done=unit.total
            )
            recount(run.pk)


def _finish(run: Run) -> None:
    job = JOBS[run.kind]
    _refuse_crash_loop(run.attempts, "the end")
    with beating(run), transaction.atomic():
        _hold(run)
        outcome = job.finish(run)
        done = run.total if run.total is not None else 0
        Run.objects.filter(pk=run.pk).move(to=RunState.COMPLETED, outcome=outcome, done=done, lease_until=None)
    job.discard(run)


def _hold(run: Run, unit: Unit | None = None) -> None:
    """Lock the claimed row to the transaction's end; a lost lease or a cancelled run stops the work here."""
    living = Run.objects.select_for_update().filter(pk=run.pk, state__in=LIVING)
    if unit is None:
        living = living.filter(fence=run.fence)
    if not living.values_list("pk"):
        raise Cancelled
    if unit and not Unit.objects.select_for_update().filter(pk=unit.pk, fence=unit.fence).values_list("pk"):
        raise Cancelled


def _refuse_crash_loop(attempts: int, where: str, most: int = MAX_ATTEMPTS) -> None:
    if attempts > most:
        raise Expected(f"A worker died {most} times at {where}; look at the server's memory, then retry.")


def _guarded(run: Run, step: Callable[[Run], None], name: Step) -> Step:
    """Do a step; an expected error fails the run, a lost database leaves it to the lease, a bug is an error."""
    try:
        step(run)
    except Cancelled:
        return name
    except Expected as error:
        _end(run, RunState.FAILED, str(error))
    except Exception as error:
        if _database_lost(error):
            connection.close()
            raise OperationalError("the database went away in the middle of a step") from error
        reference = uuid.uuid4().hex[:8]
        log.exception("run %s errored, reference %s", run.id, reference)
        _end(run, RunState.ERRORED, f"Consentry made a mistake here; the server's log has it as {reference}.")
    return name


def _database_lost(error: Exception) -> bool:
    """Whether a step ended because the database did, in whatever form that surfaced."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return connection.connection is not None and not connection.is_usable()


def _end(run: Run, state: RunState, sentence: str) -> None:
    Run.objects.filter(pk=run.pk).move(to=state, sentence=sentence, lease_until=None)
    run.refresh_from_db()
    JOBS[run.kind].discard(run)


# --- sweeping ----------------------------------------------------------------------------------------------


def waiting(limit: int = 100) -> list[uuid.UUID]:
    """Living runs with something to claim now: their wake-up was lost, or their worker died."""
    now = timezone.now()
    units = Unit.objects.filter(run=OuterRef("pk"))
    open_unit = Exists(units.filter(_free(now)))
    unfinished = Exists(units.exclude(state=UnitState.DONE))
    unleased = Q(lease_until=None) | Q(lease_until__lt=now)
    runs = Run.objects.living().filter(open_unit | (unleased & (Q(planned=False) | ~unfinished)))
    return list(runs.order_by("created_at").values_list("id", flat=True)[:limit])


def _free(now: datetime) -> Q:
    return Q(state=UnitState.PENDING) | Q(state=UnitState.RUNNING, lease_until__lt=now)
