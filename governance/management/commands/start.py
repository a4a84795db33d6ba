"""`manage.py start crawl|scan|profile CORPUS`: long work on a registered corpus, done here or left to the workers."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from datacards.models import Corpus, Run, User
from governance import acts
from governance.api.runs import RunItem
from governance.management.base import Command as Base
from governance.management.commands.runs import described


class Command(Base):
    """Starts a run."""

    help = "Start long work on a registered corpus: ask its sites what they permit, search it, or profile it."
    examples = """\
examples:
  manage.py start crawl acme/web-2026
  manage.py start scan acme/web-2026 --columns text title --detach"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=["crawl", "scan", "profile"], help="what to do")
        self.take_corpus(parser)
        parser.add_argument("--columns", nargs="+", metavar="NAME", help="scan: only these (default: all with text)")

    def take_corpus(self, parser: CommandParser) -> None:
        """Which corpus, why, and where the work is done."""
        parser.add_argument("corpus", help="the corpus's name, such as acme/web-2026")
        parser.add_argument("--reason", default="", help="why; it is kept with the run")
        parser.add_argument("--detach", action="store_true", help="leave the work to the workers of `up`")

    def do(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        corpus = self.corpus(options["corpus"], person)
        run = self._asked(person, corpus, options)
        if not options["detach"]:
            run = self.driven(f"{run.kind} {corpus.name}", run)
        self.tell(RunItem.of(run), lambda: described(run))

    def _asked(self, person: User, corpus: Corpus, options: Mapping[str, Any]) -> Run:
        more: dict[str, Any] = {"reason": options["reason"], "wake": options["detach"]}
        if options["kind"] == "crawl":
            return acts.crawl(person, corpus, **more)
        if options["kind"] == "profile":
            return acts.profile(person, corpus, **more)
        return acts.scan(person, corpus, columns=options["columns"], **more)
