"""`manage.py up`: the whole product in one terminal."""

import asyncio
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from datacards.errors import Expected
from governance.checks import LOOPBACK
from governance.parts import beat, web, worker
from governance.stack import Stack
from governance.terminal import embedded_stack, migrate
from governance.up import Log, Up, listen, only_one


class Command(BaseCommand):
    """Database, broker, web server, workers and clock, until Ctrl-C."""

    help = "Run everything in this terminal: database, broker, web server, workers and clock. Ctrl-C stops it all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, help="port to listen on (default: the first free one from 8000 on)")
        parser.add_argument("--workers", type=positive, default=os.cpu_count() or 2, help="processes that do long work")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options["host"], options["port"], options["workers"])
        except Expected as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before everything ran.", returncode=130) from None

    def _run(self, host: str, port: int | None, workers: int) -> None:
        settings.HOME.prepare()
        log = Log(sys.stdout)
        with listen(host, port) as listening:
            address = shown_address(host, listening.getsockname()[1])
            with only_one(settings.HOME.run, address), embedded_stack() as stack:
                self._prepare(stack, log)
                descriptor = listening.fileno()
                parts = [web(descriptor), worker(workers), beat(settings.CONSENTRY_HOME / "beat")]
                up = Up(stack, parts, [descriptor], log)
                asyncio.run(up.run(lambda: log("consentry", f"Consentry is at {address} – Ctrl-C stops it")))

    def _prepare(self, stack: Stack, log: Log) -> None:
        """Say what runs, bring the database up to date, and let go of it: it is the parts' from now on."""
        pids = ", ".join(f"{name} {pid}" for name, pid in stack.pids.items())
        log("consentry", f"data folder {settings.CONSENTRY_HOME} ({pids})")
        applied = migrate()
        if applied:
            log("consentry", f"applied {applied} migrations")
        if not get_user_model().objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
            log("consentry", "nobody can sign in yet: make an account with `manage.py people add NAME --role admin`")
        connection.close()


def positive(text: str) -> int:
    """A number of at least one, for argparse."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("at least 1")
    return number


def shown_address(host: str, port: int) -> str:
    """What to type into a browser."""
    if host in (*LOOPBACK, "0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
