"""`manage.py consent WORD CORPUS`: consent over time, exported, estimated, and weighed."""

from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.text import Text

from crawler import by_paper, proof, registry, store
from crawler.consent import LEVELS, Restriction, restriction
from crawler.estimates import HEAD, KNOWN
from crawler.series import Question, months
from crawler.weighing import Scales, Weighed
from datacards.errors import BadInput
from datacards.models import Revision
from governance import consent_tables, overtime
from governance.consent_forms import CHANNEL_CHOICES, HONOURED
from governance.management.base import Command as Base
from governance.management.base import table
from governance.reports import WRITERS
from governance.summary import share_bar
from governance.words import percent

READ_AS = {
    "": "as asked", "ours": "robots.txt, our reading", "paper": "robots.txt, the paper's code",
    "latest": "robots.txt, its latest code",
}  # fmt: skip
WORDS = ("series", "export", "estimate", "what-if", "takedown")


def day(text: str) -> datetime:
    """The end of a day written as 2026-11-30."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time.max, UTC)
    except ValueError:
        raise ArgumentTypeError(f"{text[:40]!r} is no day; write it as 2026-11-30.") from None


class Command(Base):
    """Asks and exports consent."""

    help = "Show a corpus's consent month by month, export it with its evidence, estimate it, weigh what to honour."
    acting = "only what that person may read is shown"
    examples = """\
examples:
  manage.py consent series acme/web-2026 --agent GPTBot
  manage.py consent export acme/web-2026 --at 2025-06-30 --out consent/
  manage.py consent what-if acme/web-2026 --honour robots --honour terms
  manage.py consent takedown acme/web-2026 --acquired 2024-03-01"""

    def take(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True, metavar="|".join(WORDS))
        series = tasks.add_parser("series", help="levels month by month, with a forecast")
        export = tasks.add_parser("export", help="tables, the card's section, and a WARC of the evidence")
        estimate = tasks.add_parser("estimate", help="the whole from the largest sites and a sample")
        what_if = tasks.add_parser("what-if", help="what honouring only some channels loses")
        takedown = tasks.add_parser("takedown", help="who refuses now, and what they said when the data was acquired")
        for task in (series, export, estimate, what_if, takedown):
            task.add_argument("corpus", help="the corpus's name, such as acme/web-2026")
            task.add_argument("--at", type=day, metavar="DAY", help="as of the end of that day; now, unless told")
            self.take_common(task, again=True)
        for task in (series, export, estimate, what_if):
            _questions(task)
        export.add_argument("--out", type=Path, default=Path("consentry-consent"), help="folder (%(default)s)")
        export.add_argument("--no-evidence", action="store_true", help="leave the WARC file out")
        estimate.add_argument("--published", choices=sorted(KNOWN), default="", help="whose head the paper weighs by")
        estimate.add_argument(
            "--paper", action="store_true", help="robots.txt alone, also as the paper's code reads it"
        )
        estimate.add_argument("--head", type=int, default=HEAD, help="so many of the largest sites (%(default)s)")
        channels = [name for name, _ in HONOURED]
        what_if.add_argument(
            "--honour", action="append", choices=channels, help="a channel, again for more; all, unless told"
        )
        what_if.add_argument(
            "--ignore", action="append", default=[], metavar="AGENT", help="what is refused to it alone; again for more"
        )
        what_if.add_argument("--unreachable", action="store_true", help="leave out what could not be reached as well")
        takedown.add_argument("--acquired", type=day, metavar="DAY", help="registered, unless told")

    def do(self, options: Mapping[str, Any]) -> None:
        revision = self.corpus(options["corpus"], self.looker()).revision
        tasks = {"series": self._series, "export": self._export, "estimate": self._estimate}
        tasks |= {"what-if": self._what_if, "takedown": self._takedown}
        tasks[options["task"]](revision, options)

    def _series(self, revision: Revision, options: Mapping[str, Any]) -> None:
        found, question = months(revision, options["at"]), _question(options)
        shares, told = found.shares(question), overtime.outlook(found, question, "tokens")
        drawn = table(
            "month", *(overtime.LEVEL_NAMES[level] for level in LEVELS), right=tuple(overtime.LEVEL_NAMES.values())
        )
        for place, start in enumerate(found.starts):
            drawn.add_row(f"{start:%Y-%m}", *(percent(shares[level][place]) for level in LEVELS))
        plain = {
            "months": consent_tables.series_table(found, question).dicts,
            "forecast": told.__dict__ if told else None,
        }
        self.tell(plain, lambda: drawn)

    def _export(self, revision: Revision, options: Mapping[str, Any]) -> None:
        question, at = _question(options), options["at"]
        tables = (
            consent_tables.domains_table(revision, at, question),
            consent_tables.series_table(months(revision, at), question),
        )
        files = {f"{t.name}.{suffix}": write(t) for t in tables for suffix, write in WRITERS.items()}
        files["consent_card.md"] = consent_tables.card_markdown(revision, at).encode()
        files["consent_card.json"] = consent_tables.card_json(revision, at).encode()
        written = _write(options["out"], files)
        if not options["no_evidence"]:
            read = by_paper.sites(revision, store.configured(), at, question)
            made = consent_tables.readings_table(read)
            written += _write(
                options["out"], {f"{made.name}.{suffix}": write(made) for suffix, write in WRITERS.items()}
            )
            written.append(_evidence(options["out"], revision, at))
        names = ", ".join(file.name for file in written)
        self.tell({"files": [str(file) for file in written]}, lambda: Text(f"In {options['out']}: {names}."))

    def _estimate(self, revision: Revision, options: Mapping[str, Any]) -> None:
        if options["head"] < 1:
            raise BadInput("--head must be at least 1.")
        ways = {
            "": overtime.estimate(revision, options["at"], _question(options), options["head"], options["published"])
        }
        if options["paper"]:
            ways |= _as_read(revision, options)
        found = ways[""]
        plain = {**found.estimate.__dict__, "head": found.head, "pooled_share": found.pooled}
        plain |= {"paper_share": found.papers.share, "head_weight": found.head_weight}
        plain |= {f"robots_{name}": asdict(way) for name, way in ways.items() if name}
        self.tell(plain, lambda: _estimates(ways))

    def _what_if(self, revision: Revision, options: Mapping[str, Any]) -> None:
        found = restriction(revision, options["at"])
        _known(options["ignore"], found)
        scales = Scales(found, _question(options), options["unreachable"])
        told = scales.weigh(options["honour"], options["ignore"])
        self.tell(asdict(told), lambda: _weighed(told, found.total_tokens))

    def _takedown(self, revision: Revision, options: Mapping[str, Any]) -> None:
        made = consent_tables.takedown_table(consent_tables.worklist(revision, options["acquired"], options["at"]))
        self.tell({"domains": made.dicts}, lambda: _drawn(made.dicts))


def _questions(task: Any) -> None:
    task.add_argument("--agent", default="", help="one agent; those that train, unless told")
    task.add_argument("--company", default="", help="an operator of agents")
    task.add_argument("--purpose", default="", choices=["train", "search", "user-fetch", "dataset", "undocumented"])
    task.add_argument("--channel", default="", choices=[name for name, _ in CHANNEL_CHOICES if name])


def _question(options: Mapping[str, Any]) -> Question:
    question = Question(options["agent"], options["purpose"], options["company"], options["channel"])
    if not question.agents(registry.active()):
        raise BadInput("The registry has no active agent of this name, company and purpose; `GET /agents` lists them.")
    return question


def _as_read(revision: Revision, options: Mapping[str, Any]) -> dict[str, overtime.Estimated]:
    """The estimate by robots.txt alone, for each way to read it."""
    read = by_paper.sites(revision, store.configured(), options["at"], _question(options))
    asked = {each.verdict.domain_id for each in by_paper.asked(read)}
    return {
        reading: overtime.estimated(
            [(e.verdict.tokens, bool(e.refused[reading]), e.verdict.domain_id in asked) for e in read],
            options["head"], options["published"],
        )
        for reading in by_paper.READINGS
    }  # fmt: skip


def _estimates(ways: Mapping[str, overtime.Estimated]) -> RenderableType:
    drawn = table("refused share of all tokens", "ours", "95 %", "as the paper weighs", "thrown together")
    for name, way in ways.items():
        low, high = way.estimate.low, way.estimate.high
        between = f"{percent(low)} to {percent(high)}" if low is not None and high is not None else "too few sites"
        drawn.add_row(
            READ_AS[name], percent(way.estimate.share), between, percent(way.papers.share), percent(way.pooled)
        )
    found = ways[""]
    said = f"From {found.head} large sites and {found.estimate.sampled} others, if those were drawn at random."
    return Group(drawn, Text(said))


def _known(names: Sequence[str], found: Restriction) -> None:
    missing = sorted(set(names) - {agent.name for agent in found.registered})
    if missing:
        raise BadInput(f"--ignore: the registry has no active agent {missing[0][:60]!r}; `GET /agents` lists them.")


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise BadInput(f"--out: {folder} cannot be written: {error.strerror}.") from None
    return [folder / name for name in files]


def _evidence(folder: Path, revision: Revision, at: datetime | None) -> Path:
    file = folder / "evidence.warc.gz"
    with file.open("wb") as out:
        for piece in proof.stream(revision, store.configured(), at):
            out.write(piece)
    return file


def _weighed(told: Weighed, total: int) -> RenderableType:
    drawn = table("", "refuses alone", "spared if ignored", right=("refuses alone", "spared if ignored"))
    for part in (*told.channels, *told.agents[:20]):
        drawn.add_row(part.name, *(percent(each.tokens / (total or 1)) for each in (part.alone, part.spared)))
    return Group(
        Text(f"Lost: {told.lost.tokens:,} tokens of {told.lost.domains:,} sites"), share_bar(told.share), drawn
    )


def _drawn(rows: list[dict[str, Any]]) -> RenderableType:
    drawn = table("domain", "tokens", "then", "now by", "kind", right=("tokens",))
    for row in rows:
        drawn.add_row(row["domain"], f"{row['tokens']:,}", row["then"], row["channels_now"], row["kind"])
    return drawn if rows else Text("No site refuses AI training.")
