"""`manage.py load_agents`"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from crawler import registry
from crawler.models import Agent


class Command(BaseCommand):
    """Load the shipped registry of AI agents."""

    help = "Load the shipped registry of AI agents; an admin's edits are kept. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("--reset", action="store_true", help="undo an admin's edits of shipped agents as well")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and tell."""
        added, changed = registry.load(reset=options["reset"])
        total = Agent.objects.filter(active=True).count()
        if options["json"]:
            self.stdout.write(json.dumps({"added": added, "changed": changed, "active": total}))
        else:
            self.stdout.write(f"{added} agents added, {changed} changed; {total} are active.")
