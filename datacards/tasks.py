"""Messages that wake workers. They carry an id and nothing else; the rows say what is to be done."""

import logging
from uuid import UUID

from celery import shared_task
from django.db import OperationalError, close_old_connections

from datacards import runs

NEXT: dict[runs.Step | None, int] = {
    runs.Step.PLANNED: runs.WIDTH,
    runs.Step.WORKED: 1,
}  # how many workers a step calls

log = logging.getLogger(__name__)


@shared_task(name=runs.WAKE_UP, ignore_result=True)
def work_on(run_id: str) -> None:
    """Do one step of a run, and ask for the next; a second delivery finds nothing to claim and leaves."""
    close_old_connections()
    try:
        step = runs.work_once(run_id)
        runs.wake_worker(UUID(run_id), NEXT.get(step, 0))
    except OperationalError:
        log.warning("the database does not answer; run %s goes on at a later sweep", run_id)


@shared_task(name="datacards.tasks.revive", ignore_result=True)
def revive() -> None:
    """Wake workers for every run with something to claim (beat, every few seconds)."""
    close_old_connections()
    try:
        for run_id in runs.waiting():
            runs.wake_worker(run_id, runs.WIDTH)
    except OperationalError:
        log.warning("the database does not answer; the next sweep tries again")
