"""`manage.py import_consent PATH`: what sites permitted before they were crawled here, from the records of others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.text import Text

from crawler.imports import FORMATS, services
from datacards.errors import BadInput
from datacards.models import Run
from governance import acts
from governance.api.runs import RunItem
from governance.management.base import Command as Base
from governance.management.base import facts, table
from governance.management.commands.runs import described
from governance.words import plural

FINDINGS = 20


class Command(Base):
    """Imports history."""

    help = "Import what sites permitted in the past: WARC files, Wayback captures, histories of robots.txt or of terms."
    examples = """\
examples:
  manage.py import_consent CC-MAIN-2023-40-robotstxt/ --source 'Common Crawl 2023-40'
  manage.py import_consent temporal_robots.json --source 'Data Provenance Initiative'
  manage.py import_consent genai-versions/ --services services.csv --source 'Open Terms Archive'"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="a file, a folder of them, or a versions repository")
        known = "; ".join(f"{form.name}: {form.title}" for form in FORMATS.values())
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS], help=f"what it is. {known}")
        parser.add_argument(
            "--source", default="", metavar="NAME", help="whose record it is (default: the file's name)"
        )
        parser.add_argument(
            "--add", action="store_true", help="take sites in that no corpus has; else they are counted"
        )
        parser.add_argument("--services", metavar="FILE", help="CSV service,domain: whose terms an archive has")
        parser.add_argument("--reason", default="", help="why; it is kept with the run")
        parser.add_argument("--detach", action="store_true", help="leave the work to the workers of `up`")

    def do(self, options: Mapping[str, Any]) -> None:
        run = acts.import_history(
            self.person(), path=options["path"], form=options["format"], source=options["source"], add=options["add"],
            services=_services(options["services"]), reason=options["reason"], wake=options["detach"],
        )  # fmt: skip
        if not options["detach"]:
            run = self.driven(f"import {run.params['source']}", run)
        self.tell(RunItem.of(run), lambda: _drawn(run))


def _services(name: str | None) -> dict[str, str]:
    if not name:
        return {}
    try:
        return services(Path(name))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"services: {name} cannot be read as a CSV of service,domain.") from error


def _drawn(run: Run) -> RenderableType:
    outcome, parts = run.outcome, [described(run)]
    if run.ended:
        parts.append(facts(_counted(outcome)))
    if outcome.get("findings"):
        left = table("left out", "why", "first", right=("left out",))
        found = sorted(outcome["findings"].items(), key=lambda item: -item[1][0])
        for kind, (count, first) in found[:FINDINGS]:
            left.add_row(f"{count:,}", kind, first)
        parts += [Text(), left]
    return Group(*parts)


def _counted(outcome: Mapping[str, Any]) -> dict[str, str]:
    span = f", {outcome['earliest'][:10]} to {outcome['latest'][:10]}" if outcome["earliest"] else ""
    returned = outcome["standings"].get("returned", 0)
    return {
        "stored": plural(outcome["stored"], "sighting") + span,
        "known already": f"{outcome['known']:,}",
        "not watched": f"{outcome['unwatched']:,}",
        "sites added": f"{outcome['added']:,}" if outcome["added"] else "",
        "changes": plural(outcome["changes"], "change") + (f", {returned:,} taken back" if returned else ""),
    }
