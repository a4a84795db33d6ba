"""`manage.py demo`: a small world, from registration to a decision that flips, in one terminal."""

import asyncio
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console

from datacards.errors import Conflict, Expected
from governance.demo.play import Halted, Play
from governance.demo.web import LOOPBACK, Web
from governance.demo.world import SITES
from governance.management.commands.up import shown_address
from governance.parts import beat, web, worker
from governance.terminal import embedded_stack, migrate
from governance.up import Log, Up, listen, only_one

LOOK_AGAIN = "2"  # seconds between governance's looks; the clock of a real installation is slower
WORKERS = 2


class Command(BaseCommand):
    """The demo, with everything that it shows done by the product's own workers."""

    help = (
        "Load a small world of our own and show it through: register, crawl, scan, decide, then one site changes its "
        "mind and two decisions flip. Serves the pages until Ctrl-C. Everything stays on this machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when everything was shown, and stop it all")
        parser.add_argument("--port", type=int, help="port of the pages (default: the first free one from 8000 on)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Demo(Console(file=sys.stdout), options["once"]).run(options["port"])
        except Expected as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before the demo began.", returncode=130) from None


class Demo:
    """The whole product with the demo's web beside it, and the play on top."""

    def __init__(self, console: Console, once: bool) -> None:
        self.console = console
        self.once = once
        self.error: Exception | None = None

    def run(self, port: int | None) -> None:
        """Show everything; returns when the demo has ended and nothing of it runs any more."""
        _refuse_foreign_database()
        settings.HOME.prepare()
        with Web(SITES) as sites, listen(LOOPBACK, port) as listening:
            _point_crawler_at(sites)
            address = shown_address(LOOPBACK, listening.getsockname()[1])
            with only_one(settings.HOME.run, address):
                self._up(sites, listening.fileno(), address)
        if self.error:
            raise self.error

    def _up(self, sites: Web, descriptor: int, address: str) -> None:
        log_file = settings.HOME.log / "demo.log"
        self.console.print(f"[bold]Consentry's demo[/]: data folder {settings.CONSENTRY_HOME}, log {log_file}")
        with log_file.open("a") as written, embedded_stack() as stack:
            migrate()
            connection.close()
            parts = [web(descriptor), worker(WORKERS), beat(settings.CONSENTRY_HOME / "beat")]
            up = Up(stack, parts, [descriptor], Log(written))
            play = Play(self.console, sites, address, halted=up.stopping.is_set)
            thread = threading.Thread(target=self._play, args=(play,), name="play")
            asyncio.run(up.run(thread.start))
            if thread.ident:
                thread.join()
        self.console.print("Everything has stopped.")

    def _play(self, play: Play) -> None:
        """Runs beside the product's loop; whatever ends it ends the demo, but the end of the play itself."""
        try:
            play.run()
        except Halted:
            return
        except Exception as error:
            self.error = None if play.halted() else error
        finally:
            connection.close()
        if self.once or self.error:
            os.kill(os.getpid(), signal.SIGINT)
        elif not play.halted():
            self.console.print("Serving until Ctrl-C.")


def _refuse_foreign_database() -> None:
    if os.environ.get("DATABASE_URL"):
        raise Conflict("The demo fills its own database and no other: unset DATABASE_URL, and run it again.")


def _point_crawler_at(sites: Web) -> None:
    """For this process and for the parts that it will start."""
    os.environ["CONSENTRY_CRAWL_LOOPBACK"] = settings.CONSENTRY_CRAWL_LOOPBACK = sites.address
    os.environ["CONSENTRY_RECONSIDER_SECONDS"] = LOOK_AGAIN
