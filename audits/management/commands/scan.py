"""`manage.py scan PATH`: scan files for personal data and secrets without registering them; needs no database."""

import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from audits.pii import TYPES
from audits.protocol import AuditedFile, Portion, Tally
from audits.registry import AUDITS, DEFAULT, audit_named
from datacards import hub
from datacards.corpora import Listing, is_url, list_path, list_url
from datacards.errors import Expected
from datacards.terminals import SafeConsole

BAD_INPUT = 2


class Command(BaseCommand):
    """Exit status: 0 nothing found, 1 something found, 2 the files cannot be scanned."""

    help = (
        "Scan a file, a folder, a URL (s3://, hf://) or a Hub dataset for personal data and secrets, in full. "
        "Exit status: 0 nothing found, 1 something found, 2 cannot be scanned."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="Parquet, JSON Lines, CSV or TSV; a folder of them; a URL; owner/name")
        parser.add_argument("--columns", nargs="+", default=[], metavar="NAME", help="only these (all with text)")
        parser.add_argument("--audit", default=DEFAULT, choices=list(AUDITS), help="what to look for (%(default)s)")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (%(default)s)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            tally = _scanned(options["path"], options["audit"], options["columns"], max(1, options["workers"]))
        except Expected as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from None
        seconds = time.monotonic() - begun
        told = _as_json(options, tally, seconds) if options["json"] else None
        if told is None:
            _show(tally, seconds, audit_named(options["audit"]).recorded(tally).get("profile"))
        else:
            self.stdout.write(told)
        if tally.counts:
            raise SystemExit(1)


def _scanned(path: str, name: str, columns: list[str], workers: int) -> Tally:
    audit = audit_named(name)
    files = [AuditedFile(file, "", 0) for file in _listed(path).files]
    portions = list(audit.portions(files, columns))
    with _progress() as drawn:
        task = drawn.add_task("scanning", total=sum(portion.part.size for portion in portions))
        tallies = []
        for portion, tally in _each(name, portions, min(workers, len(portions))):
            tallies.append(tally)
            drawn.advance(task, portion.part.size)
    return audit.combine(tallies)


def _listed(path: str) -> Listing:
    """What is at a path, else at a URL, else on the Hub."""
    if Path(path).exists() or not (is_url(path) or hub.place_of(path)):
        return list_path(path)
    place = hub.place_of(path)
    return hub.list_dataset(place) if place else list_url(path)


def _each(name: str, portions: list[Portion], workers: int) -> Iterator[tuple[Portion, Tally]]:
    """Each portion with what it holds, as they are done."""
    if workers <= 1:
        yield from ((portion, _tally(name, portion)) for portion in portions)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        waiting: dict[Future[Tally], Portion] = {pool.submit(_tally, name, portion): portion for portion in portions}
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _tally(name: str, portion: Portion) -> Tally:
    return audit_named(name).scan(portion, None, lambda rows: None).tally


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
        console=SafeConsole(stderr=True), transient=True,
    )  # fmt: skip


def _as_json(options: dict[str, Any], tally: Tally, seconds: float) -> str:
    names = ("column", "type", "tier", "findings", "rows")
    counts = [dict(zip(names, count, strict=True)) for count in tally.counts]
    head = {"path": options["path"], "audit": options["audit"], "pack": audit_named(options["audit"]).digest}
    numbers = tally.as_dict() | {"extra": {}} | audit_named(options["audit"]).recorded(tally)
    return json.dumps(head | numbers | {"counts": counts, "seconds": round(seconds, 3)}, indent=2)


def _show(tally: Tally, seconds: float, profile: dict[str, Any] | None) -> None:
    console = SafeConsole()
    if profile is not None:
        console.print(_profiled(profile))
    if tally.counts:
        console.print(_table(tally))
    speed = tally.size / 1e6 / seconds if seconds else 0.0
    found = f"{tally.personal_rows:,} rows with validated personal data, {tally.secrets:,} secrets"
    said = "" if profile is not None else f": {found if tally.counts else 'nothing found'}"
    console.print(
        f"{tally.rows:,} rows read, {tally.size / 1e6:,.1f} MB of text in {seconds:.1f} s ({speed:,.0f} MB/s){said}."
    )


def _profiled(profile: dict[str, Any]) -> Table:
    table = Table()
    table.add_column("column", overflow="fold")
    for heading in ("texts", "empty", "tokens", "middle", "different", "repeating"):
        table.add_column(heading, justify="right")
    table.add_column("languages")
    for column in profile["columns"]:
        tokens, repeated = column["tokens"], column["repeated"]
        spoken = ", ".join(f"{each['code']} {each['share']:.1%}" for each in column["languages"][:3])
        counts = (column["texts"], column["empty"], tokens["total"], tokens["quantiles"]["0.5"] or 0)
        share = f"{repeated['share']:.1%}" if repeated else ""
        table.add_row(column["name"], *(f"{n:,}" for n in (*counts, column["distinct"])), share, spoken)
    return table


def _table(tally: Tally) -> Table:
    table = Table()
    for heading in ("column", "type", "tier"):
        table.add_column(heading, overflow="fold")
    for heading in ("findings", "rows", "share of rows"):
        table.add_column(heading, justify="right")
    for column, kind, tier, findings, rows in sorted(tally.counts, key=lambda count: -count[4]):
        title = TYPES[kind].title if kind in TYPES else kind
        table.add_row(column, title, tier, f"{findings:,}", f"{rows:,}", f"{rows / tally.rows:.3%}")
    return table
