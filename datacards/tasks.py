"""Messages that wake workers. They carry an id and nothing else; the rows say what is to be done."""

import logging

from celery import shared_task
from django.db import OperationalError, close_old_connections

from datacards import runs

log = logging.getLogger(__name__)


@shared_task(name="datacards.tasks.work_on", ignore_result=True)
def work_on(run_id: str) -> None:
    """Do one step of a run, and ask for the next; a second delivery finds nothing to claim and leaves."""
    close_old_connections()
    try:
        if runs.work_once(run_id):
            work_on.delay(run_id)
    except OperationalError:
        log.warning("the database does not answer; run %s goes on at a later sweep", run_id)


@shared_task(name="datacards.tasks.revive", ignore_result=True)
def revive() -> None:
    """Wake workers for every run with something to claim (beat, every few seconds)."""
    close_old_connections()
    try:
        for run_id in runs.waiting():
            work_on.delay(str(run_id))
    except OperationalError:
        log.warning("the database does not answer; the next sweep tries again")
