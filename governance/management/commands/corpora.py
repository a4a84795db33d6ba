"""`manage.py corpora [NAME]`: which corpora there are and where they stand; or all that is known of one."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from datacards.errors import BadInput
from datacards.models import User
from datacards.models.corpus import Audience
from governance import telling
from governance.api.corpora import SORTS, CorpusRow, RevisionItem
from governance.catalogue import standings
from governance.management.base import Command as Base
from governance.management.base import facts, table
from governance.models import Outcome, Standing
from governance.summary import badge, share_bar
from governance.watch import add_missing_standings
from governance.words import ago, compact, percent

REASONS = 3


class Command(Base):
    """Lists corpora, or shows one."""

    help = "List the corpora and where they stand, or show one of them."
    acting = "only what that person may read is shown"
    examples = """\
examples:
  manage.py corpora --outcome blocked --sort -tokens
  manage.py corpora acme/web-2026
  manage.py corpora --json | jq -r '.items[].name'"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="show this one")
        parser.add_argument("--search", default="", metavar="TEXT", help="a part of the name or title")
        parser.add_argument("--outcome", choices=Outcome.values, help="what the newest decision says")
        parser.add_argument("--licence", default="", help="the licence that counts")
        parser.add_argument("--owner", default="", metavar="NAME", help="whose they are")
        parser.add_argument("--audience", choices=Audience.values, help="who may read them")
        parser.add_argument("--sort", default="-changed", help=f"{', '.join(SORTS)}; with a - the other way round")
        parser.add_argument("--limit", type=int, default=50, help="at most so many (%(default)s)")

    def do(self, options: Mapping[str, Any]) -> None:
        reader = self.looker()
        add_missing_standings()  # of what was registered while no beat was running
        if options["name"]:
            self._one(reader, options["name"])
        else:
            self._list(reader, options)

    def _list(self, reader: User, options: Mapping[str, Any]) -> None:
        sort = SORTS.get(options["sort"].removeprefix("-"))
        if sort is None:
            raise BadInput(f"--sort takes {', '.join(SORTS)}, each also with a - in front.")
        chosen = {name: options[name] for name in ("outcome", "licence", "owner", "audience")}
        rows = standings(reader, {"q": options["search"], **chosen})
        down = options["sort"].startswith("-")
        found = list(sort.order.sorted(rows, backwards=down)[: max(1, options["limit"])])
        items = [CorpusRow.of(row).model_dump(mode="json") for row in found]
        self.tell({"items": items}, lambda: _table(found))

    def _one(self, reader: User, name: str) -> None:
        corpus = self.corpus(name, reader)
        rows = Standing.objects.select_related("corpus__owner", "decision__policy_version__policy")
        row = rows.filter(corpus=corpus).first() or Standing(corpus=corpus, tokens=corpus.revision.tokens)
        plain = CorpusRow.of(row).model_dump(mode="json")
        plain |= {"summary": corpus.summary, "location": corpus.location}
        plain |= {"revision": RevisionItem.of(corpus.revision).model_dump(mode="json")}
        self.tell(plain, lambda: _card(row))


def _table(rows: list[Standing]) -> RenderableType:
    drawn = table("corpus", "decision", "refuses training", "licence", "card", "tokens", "changed", right=("tokens",))
    for row in rows:
        drawn.add_row(
            Text(row.corpus.name, style="bold"), badge(row.outcome), share_bar(row.refused_share), row.licence or "–",
            percent(row.card_share), compact(row.tokens), ago(row.changed_at),
        )  # fmt: skip
    return drawn if rows else Text("There is none. `register` adds one.")


def _card(row: Standing) -> RenderableType:
    corpus, revision = row.corpus, row.corpus.revision
    known: dict[str, Any] = {
        "title": corpus.title, "owner": corpus.owner.get_username(), "audience": corpus.get_audience_display(),
        "location": corpus.location, "licence": row.licence or "nobody has stated one",
        "revision": f"{revision.number}, {revision.documents:,} documents, {revision.tokens:,} tokens",
        "refuses training": share_bar(row.refused_share), "card": share_bar(row.card_share, "green"),
    }  # fmt: skip
    head = Table.grid(padding=(0, 2))
    head.add_row(Text(corpus.name, style="bold"), badge(row.outcome, heading=True))
    reasons = [Text(f"· {reason.sentence}") for reason in telling.reasons(row.decision, REASONS)]
    return Group(head, Text(telling.sentence(row.decision)), *reasons, facts(known))
