"""The board of datasets on the real records: time of the import, counts beside the reference, queries of its pages.

    python -m benchmarks.board [--records ../shared/data/licence_records.jsonl.xz] [--visits 60] [--copies 1]

1. imports all records into an empty embedded PostgreSQL through the run engine, then once more;
2. counts the board's rows by what the Hub says and what is found, beside the reference computation;
3. visits the board, its filters, a dataset and the queue of parents as a reader. `--copies` imports the same records
   under so many registers, to see how pages grow.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.lists import product, queries_of, status

console = Console()
RECORDS = Path(__file__).parents[2] / "shared" / "data" / "licence_records.jsonl.xz"
PAGES = {
    "board": "/datasets/",
    "board, disputed": "/datasets/?flag=disputed",
    "board, exposed": "/datasets/?flag=exposed",
    "board, search": "/datasets/?q=wiki",
    "one dataset": "{dataset}",
    "parents to find": "/datasets/parents/",
    "licences": "/licences/",
}


def main() -> None:
    """Import, count, visit."""
    options = _options()
    if not options.records.exists():
        raise SystemExit(f"The records are not at {options.records}; name them by --records.")
    with tempfile.TemporaryDirectory(prefix="board-") as scratch, product(Path(scratch)):
        from datacards.models import User

        person = User.objects.create(username="vera", role="steward")
        for title in ("into an empty database", "again"):
            _import(person, options.records, "Real", title)
        _counts()
        for copy in range(1, options.copies):
            _import(person, options.records, f"Copy {copy}", f"copy {copy}")
        _visit(person, options.visits)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--visits", type=int, default=60)
    parser.add_argument("--copies", type=int, default=1)
    return parser.parse_args()


def _import(person: Any, path: Path, register: str, title: str) -> None:
    from datacards import runs
    from governance import board_acts

    started, cpu = time.perf_counter(), time.process_time()
    run = runs.work_until_done(board_acts.import_records(person, path=str(path), register=register, wake=False))
    took = f"{time.perf_counter() - started:.2f} s ({time.process_time() - cpu:.2f} s of this process's CPU)"
    console.print(f"import {title}: {took}, {run.state}, {run.outcome} {run.sentence}")


def _counts() -> None:
    from datacards.models import Dataset, ParentMention, SourceMention

    rows = Dataset.objects.values_list("modality", "hub_verdict", "verdict", "satisfiable", "disputed")
    told = Counter((hub, found) for modality, hub, found, *_ in rows if modality == "text")
    for (hub, found), count in sorted(told.items()):
        console.print(f"text, the Hub says {hub or 'nothing':16} we find {found:16} {count:6,}")
    console.print(f"disputed {sum(row[4] for row in rows):,}, unsatisfiable {sum(row[3] is False for row in rows):,}")
    console.print(f"parents by state {dict(Counter(ParentMention.objects.values_list('state', flat=True)))}")
    named = SourceMention.objects.filter(domain__isnull=False)
    console.print(f"sources {SourceMention.objects.count():,}, that name a site {named.count():,}, "
                  f"sites {named.values('domain').distinct().count():,}")  # fmt: skip


def _visit(person: Any, visits: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from datacards.models import Dataset

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    busiest = Dataset.objects.filter(disputed=True).order_by("title")[0]
    console.print(f"{Dataset.objects.count():,} datasets; page, queries, p50, p95 in ms")
    for title, path in PAGES.items():
        url = path.format(dataset=reverse("dataset", args=[busiest.pk]))
        visit = partial(status, client, url)
        times = _times(visit, visits)
        median, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        console.print(f"{title:20} {queries_of(visit):3} {median:8.1f} {high:8.1f}")


def _times(visit: Callable[[], int], visits: int) -> list[float]:
    times = []
    for _ in range(visits + 1):
        started = time.perf_counter()
        assert visit() == 200
        times.append((time.perf_counter() - started) * 1000)
    return times[1:]


if __name__ == "__main__":
    main()
