"""`manage.py runs [ID]`: what is being worked on; or one run with its log, to follow, cancel or try again."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.text import Text

from datacards.errors import BadInput
from datacards.models import Run, RunState, User
from datacards.models.work import LIVING
from governance import acts
from governance.api.runs import RunItem
from governance.management.base import Command as Base
from governance.management.base import facts, table
from governance.progress import follow
from governance.summary import badge
from governance.words import ago, duration, percent

LINES = 50


class Command(Base):
    """Lists runs, or shows one."""

    help = "List the runs, newest first; or show one with its log, follow it, cancel it or try it again."
    acting = "only what that person may see is shown"
    examples = """\
examples:
  manage.py runs --living
  manage.py runs 3f0c --follow
  manage.py runs 3f0c --retry"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("id", nargs="?", help="show this run; the first characters of its id are enough")
        parser.add_argument("--living", action="store_true", help="only those that have not ended")
        parser.add_argument("--state", choices=RunState.values, help="only those in this state")
        parser.add_argument("--corpus", default="", metavar="NAME", help="only those of this corpus")
        parser.add_argument("--limit", type=int, default=20, help="at most so many (%(default)s)")
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--follow", action="store_true", help="draw its progress until it ends")
        one.add_argument("--cancel", action="store_true", help="end it; nothing half-done is kept")
        one.add_argument("--retry", action="store_true", help="do it again, here")

    def do(self, options: Mapping[str, Any]) -> None:
        rows = Run.objects.visible_to(self.looker()).select_related("corpus__owner", "started_by")
        if options["id"]:
            self._one(_found(rows, options["id"]), options)
        elif options["follow"] or options["cancel"] or options["retry"]:
            raise BadInput("Say which run: give its id, or the first characters of it.")
        else:
            self._list(rows, options)

    def _list(self, rows: Any, options: Mapping[str, Any]) -> None:
        chosen = {"state": options["state"], "corpus__name": options["corpus"]}
        rows = rows.filter(**{name: value for name, value in chosen.items() if value})
        rows = rows.filter(state__in=LIVING) if options["living"] else rows
        found = list(rows.order_by("-created_at", "-id")[: max(1, options["limit"])])
        self.tell({"items": [RunItem.of(run).model_dump(mode="json") for run in found]}, lambda: _table(found))

    def _one(self, run: Run, options: Mapping[str, Any]) -> None:
        if options["cancel"]:
            run = acts.cancel(self._driver(), run)
        elif options["retry"]:
            run = self.driven(str(run.kind), acts.retry(self.person(), run, wake=False, at_terminal=True))
        elif options["follow"]:
            (run,) = follow({str(run.kind): run}, self.progress)
        lines = list(run.lines.order_by("-id")[:LINES])[::-1]
        log = [{"at": line.at, "level": line.level, "text": line.text} for line in lines]
        plain = RunItem.of(run).model_dump(mode="json") | {"log": log}
        self.tell(plain, lambda: Group(described(run), *(Text(f"{x['at']:%H:%M:%S}  {x['text']}") for x in log)))

    def _driver(self) -> User:
        """Whoever may end a run: at a terminal, everybody."""
        return self.looker()


def _found(rows: Any, asked: str) -> Run:
    try:
        whole = uuid.UUID(asked)
    except ValueError:
        found = list(rows.filter(id__startswith=asked.lower())[:2]) if asked.replace("-", "").isalnum() else []
    else:
        found = list(rows.filter(pk=whole))
    if len(found) != 1:
        raise BadInput(
            f"{asked[:40]!r} is the beginning of more than one run's id; give more of it."
            if found else f"There is no run {asked[:40]!r}; `runs` lists them."
        )  # fmt: skip
    run: Run = found[0]
    return run


def _table(found: list[Run]) -> RenderableType:
    drawn = table("id", "what", "corpus", "state", "done", "asked for", "by", right=("done",))
    for run in found:
        corpus, by = (str(thing) if thing else "–" for thing in (run.corpus, run.started_by))
        done = percent(run.share_done) if run.share_done is not None else "–"
        drawn.add_row(str(run.pk)[:8], run.kind, corpus, badge(run.state), done, ago(run.created_at), by)
    return drawn if found else Text("There is none.")


def described(run: Run) -> RenderableType:
    """One run, below each other."""
    total = f" of {run.total:,}" if run.total is not None else ""
    known = {
        "run": run.pk, "what": f"{run.kind}{f' of {run.corpus.name}' if run.corpus else ''}", "state": badge(run.state),
        "done": f"{run.done:,}{total} {run.unit}", "took": duration(run.seconds) if run.started_at else None,
        "asked for by": run.started_by, "because": run.reason, "told": run.sentence,
    }  # fmt: skip
    return facts(known)
