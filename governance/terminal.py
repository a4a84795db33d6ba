"""What every terminal command needs: services that run, and a database with all migrations."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from datacards.errors import Unavailable
from governance.stack import Stack, StackError
from governance.stack.binaries import postgres_folder

MIGRATING = 0x636F6E73656E7472  # "consentr"; the key of an advisory lock


def embedded_stack(*, broker: bool = True) -> Stack:
    """The part of the stack that no DATABASE_URL and BROKER_URL replaces; not started, and perhaps nothing at all."""
    return Stack(
        settings.CONSENTRY_HOME,
        postgres=not os.environ.get("DATABASE_URL"),
        broker=broker and not os.environ.get("BROKER_URL"),
    )


@contextmanager
def command_stack(*, broker: bool = False) -> Iterator[Stack]:
    """PostgreSQL (and the broker) of this home for the life of a command; attaches where `up` runs already.

    The database has every migration when the block begins. Raises `StackError` with one sentence.
    """
    with embedded_stack(broker=broker) as stack:
        migrate()
        try:
            yield stack
        finally:
            connection.close()


def migrate() -> int:
    """Apply missing migrations and return their number; of several processes, one does it while the others wait."""
    refuse_database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if missing:
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
    return len(missing)


def refuse_database() -> None:
    """`Unavailable`, with one sentence, when the database does not answer or cannot be used."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        said = str(error).strip().splitlines()[0]
        raise Unavailable(f"The database does not answer ({said}): check DATABASE_URL.") from None
    for found in checks.run_checks(tags=[checks.Tags.database], databases=["default"]):
        if found.is_serious() and not found.is_silenced():
            raise Unavailable(f"{found.msg} {found.hint or ''} ({found.id})")


def lend_psql() -> None:
    """Let `dbshell` find the embedded PostgreSQL's psql where the system has none."""
    with suppress(StackError):
        os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(postgres_folder())])
