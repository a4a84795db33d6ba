"""Runs driven from a terminal: by this process, beside any workers there may be, cancelled by Ctrl-C."""

import getpass
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress

from django.db import connection, transaction
from rich.console import Console

from datacards import runs
from datacards.errors import Conflict, Refused, Unavailable
from datacards.models import Role, Run, RunState, User
from governance.progress import follow


def local_person() -> User:
    """The account of whoever sits at this terminal: a steward without a password, made on first use.

    Who can run commands on this machine can do all of this anyway; the account says who it was.
    """
    name = getpass.getuser()
    with transaction.atomic():
        person, made = User.objects.get_or_create(username=name, defaults={"role": Role.STEWARD})
        if made:
            person.set_unusable_password()
            person.save(update_fields=["password"])
    if not person.stewards:
        raise Refused(f"{name} is no steward here; an admin can change that: manage.py people role {name} steward.")
    return person


def drive(asked: Mapping[str, Run], console: Console) -> list[Run]:
    """Do the runs here, each in a thread, under a progress bar each; returns them completed.

    Raises `Unavailable` with the run's own sentence when one does not complete. Ctrl-C cancels them all.
    """
    threads = [threading.Thread(target=_work, args=(run.pk,), name=name) for name, run in asked.items()]
    for thread in threads:
        thread.start()
    try:
        ended = follow(asked, console)
    except KeyboardInterrupt:
        _cancel(asked)
        raise
    finally:
        for thread in threads:
            thread.join()
    for run in ended:
        if run.state != RunState.COMPLETED:
            raise Unavailable(run.sentence)
    return ended


def _work(run_id: uuid.UUID) -> None:
    try:
        runs.work_until_done(Run.objects.get(pk=run_id))
    finally:
        connection.close()


def _cancel(asked: Mapping[str, Run]) -> None:
    for run in asked.values():
        with suppress(Conflict):  # it ended meanwhile
            runs.cancel(run)
