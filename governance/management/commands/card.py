"""`manage.py card WORD …`: Data Cards in the formats of others, out and in."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.text import Text

from datacards import hub_cards
from datacards.corpora.frontmatter import CARD_NAME
from datacards.errors import BadInput
from datacards.exchange.formats import FORMATS, format_at, format_of_file
from datacards.exchange.loss import losses
from datacards.hub import place_of
from datacards.models import Corpus, User
from governance import exchange, exchange_acts
from governance.describe import described, exported
from governance.exchange_acts import Plan
from governance.management.base import Command as Base
from governance.management.base import table

MAX_FILE = 10 << 20
WORDS = ("export", "import", "loss", "registry")


class Command(Base):
    """Exchanges cards."""

    help = "Write a corpus's Data Card in the formats of others, read one, tell what a round trip loses."
    examples = """\
examples:
  manage.py card export acme/web-2026 --format huggingface --diff
  manage.py card export acme/web-2026 --format pdf --out card.pdf
  manage.py card import acme/web-2026 hf://datasets/acme/web@main --preview
  manage.py card registry --out registry.csv"""

    def take(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True, metavar="|".join(WORDS))
        out = tasks.add_parser("export", help="write the card to a file, as a diff, or as a pull request")
        out.add_argument("corpus")
        out.add_argument("--format", default="huggingface", choices=tuple(FORMATS))
        way = out.add_mutually_exclusive_group(required=True)
        way.add_argument("--out", metavar="FILE", help="the file to write; - for standard output")
        way.add_argument("--diff", action="store_true", help="only what it would change in the file imported")
        way.add_argument("--pull-request", metavar="OWNER/NAME", help="propose it at the Hub; HF_TOKEN is needed")
        into = tasks.add_parser("import", help="take a card into a new version")
        into.add_argument("corpus")
        into.add_argument("place", help="a file, a folder with README.md, or hf://datasets/OWNER/NAME@REVISION")
        into.add_argument("--format", default="", choices=tuple(name for name, one in FORMATS.items() if one.read))
        into.add_argument("--preview", action="store_true", help="say what would change, and store nothing")
        lost = tasks.add_parser("loss", help="what a round trip loses, by field")
        lost.add_argument("corpus")
        every = tasks.add_parser("registry", help="all cards as one CSV")
        every.add_argument("--out", metavar="FILE", required=True)
        for task in (out, into, lost, every):
            self.take_common(task, again=True)

    def do(self, options: Mapping[str, Any]) -> None:
        getattr(self, f"_{options['task']}")(options)

    def _export(self, options: Mapping[str, Any]) -> None:
        person = self.looker()
        corpus, name = self.corpus(options["corpus"], person), options["format"]
        if options["diff"]:
            self.stdout.write(exchange.diff(corpus, person, name), ending="")
        elif options["pull_request"]:
            self._propose(corpus, person, options["pull_request"])
        else:
            self._write(options["out"], exported(corpus, person, name))

    def _propose(self, corpus: Corpus, person: User, repository: str) -> None:
        """The card as a pull request, laid over what the repository says now."""
        token = os.environ.get("HF_TOKEN", "")
        if not token:
            raise BadInput("A pull request needs a token of the Hub: set HF_TOKEN in the environment.")
        before, commit = hub_cards.fetch(repository)
        after = format_at("huggingface").write(described(corpus, person), before)
        if after == before:
            raise BadInput(f"{repository} says all of it already: there is nothing to propose.")
        address = hub_cards.propose(repository, after, commit, token)
        self.tell({"pull_request": address}, lambda: Text(address))

    def _write(self, out: str, body: bytes) -> None:
        if out == "-":
            self.stdout.write(body.decode("utf-8", "replace"), ending="")
            return
        try:
            Path(out).write_bytes(body)
        except OSError as error:
            raise BadInput(f"{out[:200]!r} cannot be written ({error.strerror}): choose another file.") from None
        self.tell({"file": out, "bytes": len(body)}, lambda: Text(f"{out}: {len(body):,} bytes"))

    def _import(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        corpus = self.corpus(options["corpus"], person)
        body, name = fetched(options["place"])
        file: dict[str, Any] = {"format": options["format"] or format_of_file(name, body), "body": body, "name": name}
        if options["preview"]:
            version, plan = None, exchange_acts.preview(person, corpus, **file)
        else:
            version, plan = exchange_acts.import_card(person, corpus, **file)
        told = {key: value for key, value in asdict(plan).items() if key != "read"}
        self.tell(told | {"version": version.number if version else None}, lambda: _drawn(plan))

    def _loss(self, options: Mapping[str, Any]) -> None:
        person = self.looker()
        reports = losses(described(self.corpus(options["corpus"], person), person))
        drawn = table("format", "field", "outcome", "comes back as")
        for report in reports:
            for row in report.rows:
                drawn.add_row(report.format, row.path, row.outcome, row.after if row.outcome == "changed" else "")
            if report.refused:
                drawn.add_row(report.format, "", "refused", report.refused)
        self.tell({"formats": [asdict(report) for report in reports]}, lambda: drawn)

    def _registry(self, options: Mapping[str, Any]) -> None:
        self._write(options["out"], "".join(exchange.registry(self.looker())).encode())


def fetched(place: str) -> tuple[bytes, str]:
    """A card's bytes and where they come from: a file, a folder's README.md, or the Hub at a commit."""
    at = place_of(place) if place.startswith("hf://") else None
    if at:
        body, commit = hub_cards.fetch(at.repository, at.revision)
        return body, f"hf://datasets/{at.repository}@{commit}/{CARD_NAME}"
    path = Path(place)
    path = path / CARD_NAME if path.is_dir() else path
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1), path.name
    except (OSError, ValueError):
        raise BadInput(f"{place[:200]!r} cannot be read: give a file, a folder with {CARD_NAME}, or hf://….") from None


def _drawn(plan: Plan) -> RenderableType:
    rows = table("field", "what happens", "now", "the file says")
    kinds = (("new", plan.new), ("changed", plan.changed), ("conflict, stays", plan.conflicts))
    for kind, found in kinds:
        for one in found:
            rows.add_row(one.path, kind, one.before[:200], one.after[:200])
    notes = [f"not understood and kept: {', '.join(plan.unknown)}"] if plan.unknown else []
    return Group(rows, *(Text(line) for line in [*notes, *plan.left_out]))
