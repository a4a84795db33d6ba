"""What has to be true of a crawl after kills, and how much it takes: asked of the rows, the evidence and the web."""

import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import connection
from rich.console import Console

from crawler import store
from crawler.models import Snapshot
from crawler.shard import folder_of
from datacards.models import Run, RunState

_SIZES = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
WHERE relkind = 'r' AND (relname LIKE 'crawler\\_%' OR relname = 'datacards_domain') ORDER BY pg_table_size(oid) DESC
"""
Stored = tuple[float, set[str]]  # a moment, and the domains stored by then


def faults(run: Run, names: Sequence[str], stored: Sequence[Stored], last: dict[str, float]) -> Iterator[str]:
    """What is wrong; `last` is when the web was last asked for each host."""
    if run.state != RunState.COMPLETED:
        yield f"the run is {run.state}: {run.sentence}"
    rows = Counter(Snapshot.objects.filter(run=run).values_list("domain__name", "channel"))
    lost = [name for name in names if not rows[name, "robots"]]
    if lost:
        yield f"{len(lost)} domains were lost, such as {lost[0]}"
    twice = [row for row, count in rows.items() if count > 1]
    if twice:
        yield f"{len(twice)} documents were stored twice, such as {twice[0]}"
    again = {name for moment, done in stored for name in done if last.get(name, 0.0) > moment}
    if again:
        yield f"{len(again)} finished domains were asked again, such as {min(again)}"
    yield from _damaged(evidence(run))
    yield from _misled(run)


def evidence(run: Run) -> list[Path]:
    """The run's files of evidence, in a local store."""
    with store.configured().spool() as folder:
        return sorted((folder / folder_of(run)).glob("*.warc.gz"))


def _damaged(files: list[Path]) -> Iterator[str]:
    """Files that `warcio check` finds fault with, or that end in the middle of a member."""
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, files)]
    done = subprocess.run(check, capture_output=True, text=True)
    if done.returncode or "digest failed" in done.stdout or "digest pass" not in done.stdout:
        yield f"warcio check fails: {(done.stdout + done.stderr)[-300:]}"
    for file in files:
        try:
            with gzip.open(file) as members:
                while members.read(1 << 20):
                    pass
        except (OSError, EOFError) as error:
            yield f"{file.name} is cut: {error}"


def _misled(run: Run) -> Iterator[str]:
    """Snapshots that do not lead to the record of their own fetch, or to the content that they name."""
    evidence = store.configured()
    rows = Snapshot.objects.filter(run=run).exclude(warc_file="").select_related("content")
    for snapshot in rows.order_by("warc_file", "warc_offset").iterator(2000):
        assert snapshot.warc_offset is not None
        kept = evidence.read(snapshot.warc_file, snapshot.warc_offset)
        if kept.url != snapshot.final_url or (snapshot.content_id and kept.digest != snapshot.content_id):
            yield f"{snapshot} leads to another record: {kept.url}"
            return


def sizes(run: Run, console: Console) -> None:
    """Tell what a domain takes in the store and in the database, and how fast the run was."""
    domains = run.total or 1
    snapshots = Snapshot.objects.filter(run=run).count()
    kept = sum(file.stat().st_size for file in evidence(run))
    console.print(
        f"{run.rate:,.0f} domains/s from start to finish; {snapshots:,} snapshots, {snapshots / domains:.1f} a domain; "
        f"WARC {kept / domains:,.0f} bytes a domain, {kept / max(snapshots, 1):,.0f} a snapshot"
    )
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        for table, heap, indexes in cursor.fetchall():
            if heap >= domains:
                console.print(
                    f"  {table:24} {heap / domains:8,.0f} + {indexes / domains:6,.0f} bytes of indexes a domain"
                )
