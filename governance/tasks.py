"""Governance's own watch: it looks for rows of the lower apps that it has not considered, and decides again."""

import logging

from celery import shared_task
from django.db import OperationalError, close_old_connections

from governance import watch

log = logging.getLogger(__name__)


@shared_task(name="governance.tasks.reconsider", ignore_result=True)
def reconsider() -> None:
    """Follow up finished runs and decide again where newer evidence exists (beat)."""
    close_old_connections()
    try:
        watch.look()
    except OperationalError:
        log.warning("the database does not answer; governance looks again at the next beat")
