"""`manage.py audit PATH_OR_HUB_ID`: the whole chain on one's own data, from a terminal."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.text import slugify
from rich.console import Group, RenderableType
from rich.text import Text

from crawler.addresses import parse_loopback
from datacards import runs
from datacards.errors import BadInput
from datacards.models import Corpus, LicenceClaim, Revision, Run, User
from governance import acts, computed
from governance.decide import decide_revision, default_version
from governance.evidence import PII_AUDIT
from governance.locally import drive
from governance.management.base import DECIDED, Ends
from governance.management.base import Command as Base
from governance.management.commands.decide import Command as Decide
from governance.models import Decision, Outcome, Policy, PolicyVersion
from governance.reports import report, write_report
from governance.summary import as_json, summary

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
ODD = re.compile(r"[^A-Za-z0-9._/-]+")
SUFFIXES = re.compile(r"(\.(parquet|jsonl|json|ndjson|csv|tsv|gz|zst|zip))+$", re.IGNORECASE)
NAME_LENGTH = 100


class Command(Base):
    """Registers, crawls consent, scans, decides, prints and writes the report."""

    help = "Decide on your own data: register it, ask its sites for consent, scan it for personal data, report."
    exits = Decide.exits
    examples = """\
examples:
  manage.py audit data/web-2026/                     a folder of Parquet, JSONL or CSV files
  manage.py audit acme/web-2026                      a data set of the Hugging Face Hub
  manage.py audit shares.csv --licence ODC-By-1.0    a table domain,tokens[,docs]"""

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("location", help="file, folder, fsspec URL (s3://, hf://), Hub id, or domain table")
        parser.add_argument("--name", help="what the corpus is called here, such as acme/web-2026 (default: made up)")
        parser.add_argument("--revision", default="", help="of a Hub data set: a branch, tag or commit")
        parser.add_argument("--licence", help="its licence as an SPDX expression, where the data does not say")
        parser.add_argument("--url-column", default="", help="the column that holds the URL (default: found)")
        parser.add_argument("--text-column", default="", help="the column that holds the text (default: found)")
        parser.add_argument("--tokens-column", default="", help="of a table of domains: the column with their tokens")
        parser.add_argument("--policy", help="the policy that decides (default: the one marked as default)")
        parser.add_argument("--loopback-web", metavar="HOST:PORT", help="ask every site there, for tests and demos")
        parser.add_argument("--out", type=Path, help="folder of the report (default: below the data folder)")

    def do(self, options: Mapping[str, Any]) -> None:
        if options["loopback_web"]:
            _point_crawler_at(options["loopback_web"])
        version, person = _version(options["policy"]), self.person()
        revision = self._registered(person, options)
        if options["licence"]:
            _claim(person, revision.corpus, options["licence"])
        drive(_observations(person, revision), self.progress)
        computed.refresh(revision.corpus)
        decision = decide_revision(revision, version, because=f"{person} ran an audit.", by=person)
        self._report(decision, person, options["out"] or _folder(decision))
        raise Ends(DECIDED[Outcome(decision.outcome)])

    def _registered(self, person: User, options: Mapping[str, Any]) -> Revision:
        location = _absolute(options["location"])
        run = acts.register(
            person, location=location, name=options["name"] or _name(location), location_revision=options["revision"],
            url_column=options["url_column"], text_column=options["text_column"],
            tokens_column=options["tokens_column"], crawl=False, scan=False, profile=False, at_terminal=True,
            reason="manage.py audit", wake=False,
        )  # fmt: skip
        done = self.driven("count the data", run)
        return Revision.objects.select_related("corpus").get(pk=done.outcome["revision"])

    def _report(self, decision: Decision, person: User, folder: Path) -> None:
        made = report(decision, person)
        try:
            files = write_report(decision, folder.absolute(), person)
        except OSError as error:
            raise BadInput(f"--out: {folder} cannot be written: {error.strerror}.") from None
        self.tell(as_json(made, files), lambda: _drawn(summary(made), files))


def _drawn(said: RenderableType, files: list[Path]) -> RenderableType:
    kinds = ", ".join(sorted({file.suffix.lstrip(".").upper() for file in files}))
    return Group(said, Text.assemble((f"Report ({kinds})  ", "bold"), str(files[0]), overflow="fold"))


def _point_crawler_at(address: str) -> None:
    try:
        parse_loopback(address)
    except ValueError:
        raise BadInput(
            f"--loopback-web: {address!r} is not an address on this machine, such as 127.0.0.1:8080."
        ) from None
    os.environ["CONSENTRY_CRAWL_LOOPBACK"] = settings.CONSENTRY_CRAWL_LOOPBACK = address


def _version(slug: str | None) -> PolicyVersion:
    if slug is None:
        return default_version()
    policy = Policy.objects.filter(slug=slug).first()
    if policy is None or policy.active is None:
        known = ", ".join(Policy.objects.values_list("slug", flat=True))
        raise BadInput(f"--policy: there is no active policy {slug!r}; there are {known}.")
    return policy.active


def _absolute(location: str) -> str:
    """A path as it is meant from here; workers have other working folders."""
    path = Path(location).expanduser()
    return str(path.absolute()) if location and path.exists() else location


def _name(location: str) -> str:
    """A name for a corpus that was given none: the one it has already, or one made from its location."""
    known = Corpus.objects.filter(location=location).order_by("created_at").first()
    if known:
        return known.name
    last = location if HUB_ID.fullmatch(location) else location.rstrip("/").rpartition("/")[2]
    words = ODD.sub("-", SUFFIXES.sub("", last)).strip("-._") or "corpus"
    if not Corpus.objects.filter(name=words).exists():
        return words[:NAME_LENGTH]
    return f"{words[:NAME_LENGTH]}-{hashlib.sha256(location.encode()).hexdigest()[:6]}"


def _claim(person: User, corpus: Corpus, expression: str) -> None:
    """State the licence, unless that is what stands already."""
    standing = LicenceClaim.objects.effective(corpus)
    if standing is None or standing.expression != expression:
        acts.claim_licence(person, corpus, expression=expression, quote="Given to manage.py audit.")


def _observations(person: User, revision: Revision) -> dict[str, Run]:
    """The crawl, the scan and the profile, to be done side by side."""

    def ask(kind: str, **params: Any) -> Run:
        params["revision"] = str(revision.pk)
        return runs.start(kind, by=person, params=params, corpus=revision.corpus, revision=revision, wake=False)

    read = {}
    if revision.text_column:
        read = {"scan the texts": ask("scan", audit=PII_AUDIT), "profile the texts": ask("profile")}
    return {"ask the sites": ask("crawl"), **read}


def _folder(decision: Decision) -> Path:
    revision = decision.revision
    name = slugify(revision.corpus.name.replace("/", "--")) or str(revision.corpus_id)
    return Path(settings.CONSENTRY_HOME) / "reports" / name / f"{decision.decided_at:%Y%m%d-%H%M%S}"
