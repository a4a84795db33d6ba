"""`manage.py derive_levels`"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import Progress

from crawler import derive, registry, store
from datacards.errors import Expected


class Command(BaseCommand):
    """Read the kept files again under today's registry and parser."""

    help = "Derive levels again from the kept bytes, after agents or the parser changed; this is no drift."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON, without a progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        """Derive and tell."""
        roll, done = registry.current_roll(), 0
        with Progress(disable=options["json"] or not self.stdout.isatty()) as progress:
            task = progress.add_task("reading", total=derive.stale(roll))
            try:
                for done in derive.derive(roll, store.configured()):
                    progress.update(task, completed=done)
            except Expected as error:
                raise CommandError(str(error)) from error
        told = {"derived": done, "roll": roll.version}
        self.stdout.write(
            json.dumps(told) if options["json"] else f"{done} contents were read again under roll {roll.version}."
        )
