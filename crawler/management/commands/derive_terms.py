"""`manage.py derive_terms`"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import Progress

from crawler import reread, store, versions
from datacards.errors import Expected


class Command(BaseCommand):
    """Read the kept terms of service again with today's extractor, rules and endpoint."""

    help = (
        "Read the kept terms of service again, after the rules or the configured endpoint changed; this is no drift. "
        "With CONSENTRY_TERMS_ENDPOINT set, their texts are sent to that endpoint."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON, without a progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and tell."""
        done = 0
        with Progress(disable=options["json"] or not self.stdout.isatty()) as progress:
            try:
                classifier = reread.configured()
                task = progress.add_task("reading", total=reread.stale(classifier).count())
                for done in reread.reread(classifier, store.configured()):
                    progress.update(task, completed=done)
            except Expected as error:
                raise CommandError(f"{error} {done} were read, and stay." if done else str(error)) from error
        told = {"read": done, "classifier": versions.name_of(classifier)}
        self.stdout.write(
            json.dumps(told) if options["json"] else f"{done} terms of service were read by {told['classifier']}."
        )
