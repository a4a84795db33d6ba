"""What governance does by the clock: it looks at what is new and decides again, starts crawls, tells subscribers."""

import logging

from celery import shared_task
from django.db import OperationalError, close_old_connections

from crawler import settling
from governance import deliveries, schedules, watch

log = logging.getLogger(__name__)


@shared_task(name="governance.tasks.reconsider", ignore_result=True)
def reconsider() -> None:
    """Follow up finished runs and decide again where newer evidence exists (beat)."""
    close_old_connections()
    try:
        watch.look()
    except OperationalError:
        log.warning("the database does not answer; governance looks again at the next beat")


@shared_task(name="governance.tasks.run_schedules", ignore_result=True)
def run_schedules() -> None:
    """Start the crawls whose time has come (beat)."""
    close_old_connections()
    try:
        schedules.run_due()
    except OperationalError:
        log.warning("the database does not answer; schedules are looked at again at the next beat")


@shared_task(name="governance.tasks.deliver", ignore_result=True)
def deliver() -> None:
    """Let changes settle, and tell subscribers of those that have (beat)."""
    close_old_connections()
    try:
        settling.settle()
        deliveries.deliver()
    except OperationalError:
        log.warning("the database does not answer; subscribers are told at the next beat")
