"""`manage.py import_records FILE`: what a register records of datasets, with who says under which licence they are."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType

from datacards.models import Run
from governance import board_acts
from governance.api.runs import RunItem
from governance.management.base import Command as Base
from governance.management.base import facts
from governance.management.commands.runs import described


class Command(Base):
    """Imports records."""

    help = "Import a register's records of datasets: licences with who says so, sources, parents."
    examples = """\
examples:
  manage.py import_records licence_records.jsonl.xz --register 'Data Provenance Initiative'
  manage.py import_records records.jsonl.zst --detach"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="JSON Lines, one record a line: .jsonl, .jsonl.xz, .jsonl.gz or .jsonl.zst")
        parser.add_argument("--register", default="", metavar="NAME", help="whose records (default: the file's name)")
        parser.add_argument("--reason", default="", help="why; it is kept with the run")
        parser.add_argument("--detach", action="store_true", help="leave the work to the workers of `up`")

    def do(self, options: Mapping[str, Any]) -> None:
        run = board_acts.import_records(
            self.person(), path=options["file"], register=options["register"], reason=options["reason"],
            wake=options["detach"],
        )  # fmt: skip
        if not options["detach"]:
            run = self.driven(f"import {run.params['register']}", run)
        self.tell(RunItem.of(run), lambda: _drawn(run))


def _drawn(run: Run) -> RenderableType:
    return Group(described(run), facts(_counted(run.outcome))) if run.ended else described(run)


def _counted(outcome: Mapping[str, Any]) -> dict[str, str]:
    names = {
        "new": "new records", "changed": "changed", "same": "as they were", "claims": "claims added",
        "resolved": "parents found", "repeated": "identifiers used twice",
    }  # fmt: skip
    return {title: f"{outcome[name]:,}" for name, title in names.items() if outcome.get(name)}
