"""`manage.py check_manners`: replay a crawl's own log against the robots.txt that it kept."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from rich.console import Group
from rich.table import Table

from crawler import config, store
from crawler.judging import Violation
from crawler.replay import Replay
from datacards.errors import BadInput
from datacards.models import Run
from governance.management.base import FAILED, Ends, facts, table
from governance.management.base import Command as Base

MOST = 1000  # violations that are told one by one


class Command(Base):
    """Replays, and tells violations."""

    help = "Replay a crawl's log against the robots.txt it kept: was anything asked that was forbidden, or too soon?"
    acting = "nothing is changed"
    examples = "examples:\n  manage.py check_manners\n  manage.py check_manners --run 1b3f… --delay 1"

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("--run", metavar="ID", help="the crawl (the newest that ended)")
        parser.add_argument(
            "--delay", type=float, metavar="SECONDS",
            help="the pause that had to be kept between two requests to a host (CONSENTRY_CRAWL_DELAY)",
        )  # fmt: skip

    def do(self, options: Mapping[str, Any]) -> None:
        run = self._run(options["run"])
        manners = config.manners()
        delay = manners.delay if options["delay"] is None else options["delay"]
        replay = Replay(run, store.configured(), replace(manners, delay=delay))
        found = replay.violations()
        told = list(islice(found, MOST))
        more = sum(1 for _ in found)
        counts = {**dict(replay.tally), "violations": len(told) + more}
        plain = {"run": str(run.pk), **counts, "told": [vars(each) for each in told]}
        self.tell(plain, lambda: Group(facts({"run": run.pk, "delay": f"{delay:g} s", **counts}), *_drawn(told)))
        if told:
            raise Ends(FAILED)

    def _run(self, asked: str | None) -> Run:
        crawls = Run.objects.visible_to(self.looker()).filter(kind="crawl")
        try:
            found = crawls.filter(pk=asked).first() if asked else crawls.exclude(ended_at=None).first()
        except (ValidationError, ValueError):
            found = None
        if found is None:
            raise BadInput(f"There is no crawl {asked[:40]!r}." if asked else "No crawl has ended yet.")
        return found


def _drawn(violations: list[Violation]) -> list[Table]:
    if not violations:
        return []
    rows = table("when", "asked for", "why not", "in the log")
    for each in violations:
        rows.add_row(f"{each.at:%Y-%m-%d %H:%M:%S.%f}", each.url, each.why, each.where)
    return [rows]
