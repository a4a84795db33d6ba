"""Entry point of `manage.py` and of the installed `consentry` command."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

# Django's own commands that ask the database; the product's commands see to the embedded one themselves.
ASKING = {
    "changepassword", "clearsessions", "createsuperuser", "dbshell", "dumpdata", "flush", "inspectdb", "loaddata",
    "runserver", "shell", "sqlflush",
}  # fmt: skip
MIGRATING = {"migrate", "showmigrations", "sqlmigrate"}


def main() -> int:
    """Run one management command; returns the process's exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    from django.core.management import execute_from_command_line

    from datacards.errors import Expected

    try:
        with database_for(sys.argv[1] if len(sys.argv) > 1 else ""):
            execute_from_command_line(sys.argv)
    except Expected as error:
        sys.exit(str(error))
    return 0


def database_for(command: str) -> AbstractContextManager[object]:
    """The embedded database for the life of one of Django's own commands; `up` need not run for that."""
    if command not in ASKING | MIGRATING:
        return nullcontext()
    import django

    django.setup()
    from governance.terminal import command_stack, embedded_stack, lend_psql

    lend_psql()

    return embedded_stack(broker=False) if command in MIGRATING else command_stack()


if __name__ == "__main__":
    sys.exit(main())
