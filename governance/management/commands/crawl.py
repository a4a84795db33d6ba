"""`manage.py crawl CORPUS`: ask the sites of a registered corpus what they permit today."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from governance.management.commands.start import Command as Start


class Command(Start):
    """`start crawl`, in short."""

    help = "Ask the sites of a registered corpus what they permit today."
    examples = "example:\n  manage.py crawl acme/web-2026 --reason 'before the release'"

    def take(self, parser: CommandParser) -> None:
        self.take_corpus(parser)

    def do(self, options: Mapping[str, Any]) -> None:
        super().do({**options, "kind": "crawl"})
