"""`manage.py audit PATH_OR_HUB_ID`: the whole chain on one's own data, from a terminal."""

import hashlib
import json
import os
import re
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify
from rich.console import Console

from crawler.addresses import parse_loopback
from datacards import runs
from datacards.errors import BadInput, Expected
from datacards.models import Corpus, LicenceClaim, Revision, Run, User
from governance import acts
from governance.decide import decide_revision, default_version
from governance.evidence import PII_AUDIT
from governance.locally import drive, local_person
from governance.models import Decision, Outcome, Policy, PolicyVersion
from governance.reports import Report, report, write_report
from governance.summary import as_json, summary
from governance.terminal import command_stack

EXITS = {Outcome.APPROVED: 0, Outcome.BLOCKED: 3, Outcome.INDETERMINATE: 4}
CANCELLED = 130
ODD = re.compile(r"[^A-Za-z0-9._/-]+")
SUFFIXES = re.compile(r"(\.(parquet|jsonl|json|ndjson|csv|tsv|gz|zst|zip))+$", re.IGNORECASE)
NAME_LENGTH = 100
EPILOG = """\
exit status:
  0  approved            1  it could not be done (one sentence says why)     2  wrong usage
  3  blocked             4  indeterminate: something is not known yet        130  cancelled by Ctrl-C

examples:
  manage.py audit data/web-2026/                     a folder of Parquet, JSONL or CSV files
  manage.py audit acme/web-2026                      a data set of the Hugging Face Hub
  manage.py audit shares.csv --licence ODC-By-1.0    a table domain,tokens[,docs]
"""


class Command(BaseCommand):
    """Registers, crawls consent, scans, decides, prints and writes the report."""

    help = "Decide on your own data: register it, ask its sites for consent, scan it for personal data, report."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, epilog=EPILOG, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("location", help="file, folder, fsspec URL (s3://, hf://), Hub id, or domain table")
        parser.add_argument("--name", help="what the corpus is called here, such as acme/web-2026")
        parser.add_argument("--revision", default="", help="the Hub's revision: a branch, tag or commit")
        parser.add_argument("--licence", help="its licence as an SPDX expression, where the data does not say")
        parser.add_argument("--url-column", default="", help="the column that holds the URL (default: found)")
        parser.add_argument("--text-column", default="", help="the column that holds the text (default: found)")
        parser.add_argument("--policy", help="the policy that decides (default: the one marked as default)")
        parser.add_argument("--loopback-web", metavar="HOST:PORT", help="ask every site there, for tests and demos")
        parser.add_argument("--json", action="store_true", help="print one JSON document and no progress")
        parser.add_argument("--out", type=Path, help="folder of the report (default: below the data folder)")

    def handle(self, *args: Any, **options: Any) -> None:
        # What a program reads goes to standard output; what a person watches must not be mixed into it.
        console = Console(file=sys.stderr if options["json"] else sys.stdout, quiet=options["json"])
        try:
            with command_stack():
                outcome = self._audit(console, options)
        except Expected as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Cancelled; nothing half-done was kept.", returncode=CANCELLED) from None
        sys.exit(EXITS[outcome])

    def _audit(self, console: Console, options: dict[str, Any]) -> Outcome:
        if options["loopback_web"]:
            _point_crawler_at(options["loopback_web"])
        version, person = _version(options["policy"]), local_person()
        revision = _register(console, person, options)
        if options["licence"]:
            _claim(person, revision.corpus, options["licence"])
        _observe(console, person, revision)
        decision = decide_revision(revision, version, because=f"{person} ran an audit.", by=person)
        folder = options["out"] or _folder(decision)
        made, files = report(decision, person), write_report(decision, folder.absolute(), person)
        self._tell(console, made, files, options["json"])
        return Outcome(decision.outcome)

    def _tell(self, console: Console, made: Report, files: list[Path], as_document: bool) -> None:
        if as_document:
            self.stdout.write(json.dumps(as_json(made, files), indent=2, default=str, ensure_ascii=False))
            return
        console.print(summary(made))
        kinds = ", ".join(sorted({file.suffix.lstrip(".").upper() for file in files}))
        console.print(f"Report ({kinds}): {files[0]}", soft_wrap=True, highlight=False)


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


def _register(console: Console, person: User, options: dict[str, Any]) -> Revision:
    location = _absolute(options["location"])
    run = acts.register(
        person, location=location, name=options["name"] or _name(location), location_revision=options["revision"],
        url_column=options["url_column"], text_column=options["text_column"], crawl=False, scan=False,
        at_terminal=True, reason="manage.py audit", wake=False,
    )  # fmt: skip
    (done,) = drive({"count the data": run}, console)
    return Revision.objects.select_related("corpus").get(pk=done.outcome["revision"])


def _absolute(location: str) -> str:
    """A path as it is meant from here; workers have other working folders."""
    path = Path(location).expanduser()
    return str(path.absolute()) if location and path.exists() else location


def _name(location: str) -> str:
    """A name for a corpus that was given none: the one it has already, or one made from its location."""
    known = Corpus.objects.filter(location=location).order_by("created_at").first()
    if known:
        return known.name
    last = location.rstrip("/").rpartition("/")[2] if "://" in location or location.startswith("/") else location
    words = ODD.sub("-", SUFFIXES.sub("", last)).strip("-./") or "corpus"
    if not Corpus.objects.filter(name=words).exists():
        return words[:NAME_LENGTH]
    return f"{words[:NAME_LENGTH]}-{hashlib.sha256(location.encode()).hexdigest()[:6]}"


def _claim(person: User, corpus: Corpus, expression: str) -> None:
    """State the licence, unless that is what stands already."""
    standing = LicenceClaim.objects.effective(corpus)
    if standing is None or standing.expression != expression:
        acts.claim_licence(person, corpus, expression=expression, quote="Given to manage.py audit.")


def _observe(console: Console, person: User, revision: Revision) -> None:
    """Crawl and scan, side by side."""

    def ask(kind: str, **params: Any) -> Run:
        params["revision"] = str(revision.pk)
        return runs.start(kind, by=person, params=params, corpus=revision.corpus, revision=revision, wake=False)

    asked = {"ask the sites": ask("crawl")}
    if revision.text_column:
        asked["scan the texts"] = ask("scan", audit=PII_AUDIT)
    drive(asked, console)


def _folder(decision: Decision) -> Path:
    revision = decision.revision
    name = slugify(revision.corpus.name.replace("/", "--")) or str(revision.corpus_id)
    return Path(settings.CONSENTRY_HOME) / "reports" / name / f"{decision.decided_at:%Y%m%d-%H%M%S}"
