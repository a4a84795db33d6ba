"""`manage.py register LOCATION`: read a corpus where it lies, and put it into the catalogue."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from datacards.models import Revision
from datacards.models.corpus import Audience
from governance import acts
from governance.api.corpora import RevisionItem
from governance.api.runs import RunItem
from governance.management.base import Command as Base
from governance.management.base import facts
from governance.management.commands.runs import described
from governance.words import in_bytes


class Command(Base):
    """Registers a corpus, or new data of one."""

    help = "Register a corpus, or look for new data of one: a file, a folder, a URL (s3://, hf://) or a Hub data set."
    examples = """\
examples:
  manage.py register data/web-2026/ --name acme/web-2026
  manage.py register acme/web-2026 --name acme/web-2026 --revision v1.0 --detach"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("location", help="file, folder, fsspec URL (s3://, hf://) or Hugging Face data set id")
        parser.add_argument("--name", required=True, help="short and unique, such as acme/web-2026")
        parser.add_argument("--title", default="", help="what people call it")
        parser.add_argument("--summary", default="", help="what is in it, and what it is for")
        parser.add_argument(
            "--audience", choices=Audience.values, default=Audience.ORGANISATION, help="who may read it"
        )
        parser.add_argument("--revision", default="", help="of a Hub data set: a branch, tag or commit")
        parser.add_argument("--url-column", default="", help="the column that holds the URL (default: found)")
        parser.add_argument("--text-column", default="", help="the column that holds the text (default: found)")
        parser.add_argument("--tokens-column", default="", help="of a table of domains: the column with their tokens")
        parser.add_argument("--crawl", action="store_true", help="let the workers then ask its sites what they permit")
        parser.add_argument("--scan", action="store_true", help="let the workers then search it for personal data")
        parser.add_argument("--profile", action="store_true", help="let the workers then measure its content")
        parser.add_argument("--detach", action="store_true", help="leave the work to the workers of `up`")

    def do(self, options: Mapping[str, Any]) -> None:
        columns = ("url_column", "text_column", "tokens_column")
        named = ("location", "name", "title", "summary", "audience", *columns, "crawl", "scan", "profile")
        run = acts.register(
            self.person(), location_revision=options["revision"], at_terminal=True, wake=options["detach"],
            **{name: options[name] for name in named},
        )  # fmt: skip
        if options["detach"]:
            self.tell(RunItem.of(run), lambda: described(run))
            return
        done = self.driven(f"register {options['name']}", run)
        made = Revision.objects.select_related("corpus").get(pk=done.outcome["revision"])
        plain: dict[str, Any] = {"corpus": {"id": str(made.corpus_id), "name": made.corpus.name}}
        plain |= {"revision": RevisionItem.of(made).model_dump(mode="json"), "run": str(done.pk)}
        self.tell(plain, lambda: facts(_known(made)))


def _known(made: Revision) -> dict[str, Any]:
    return {
        "registered": str(made), "files": f"{made.files.count():,}, {in_bytes(made.size)}", "rows": f"{made.rows:,}",
        "documents": f"{made.documents:,}", "tokens": f"{made.tokens:,}", "domains": f"{made.shares.count():,}",
        "URL column": made.url_column or "none", "text column": made.text_column or "none",
        "fingerprint": made.fingerprint,
    }  # fmt: skip
