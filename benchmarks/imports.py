"""History imported: a robotstxt WARC as Common Crawl makes them, of N domains and M captures of each.

    python -m benchmarks.imports [--domains N] [--captures M] [--unwatched N] [--order captures|domains] [--files …]

1. writes one WARC file, gzipped record by record: month by month (or domain by domain), the robots.txt of each domain
   out of the 4,231 real ones; most months bring the same bytes, now and then a site takes another file;
2. imports it through the run engine into an embedded PostgreSQL, with evidence, levels, signals, spells and changes;
3. imports it again, where everything is known;
4. tells records per second, and how far the memory of this process grew at most, beside the size of the file.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from rich.console import Console
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.robots_files import robots_files

console = Console()
FIRST = datetime(2018, 1, 1, 6, tzinfo=UTC)
MOVES = 0.04  # of the captures of a site bring another file
HEADERS = [("Content-Type", "text/plain"), ("Server", "nginx"), ("Last-Modified", "Mon, 01 Jan 2018 00:00:00 GMT")]


def main() -> None:
    """Write, import, import again."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="imports-") as scratch:
        os.environ["CONSENTRY_HOME"] = scratch
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
        import django

        django.setup()
        from governance.terminal import command_stack

        path = write(options, Path(scratch) / "robotstxt.warc.gz")
        with command_stack():
            run(options, path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, default=2_000)
    parser.add_argument("--captures", type=int, default=24)
    parser.add_argument("--unwatched", type=int, default=0, help="further domains that no corpus has")
    parser.add_argument("--order", choices=["captures", "domains"], default="captures")
    parser.add_argument("--files", type=Path, help="folder of files, or the sdist (default: pip download)")
    return parser.parse_args()


def write(options: argparse.Namespace, path: Path) -> Path:
    """The WARC file; always the same for the same options."""
    begun = time.monotonic()
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for host, at, body in _captures(options):
            record = writer.create_warc_record(
                f"https://{host}/robots.txt", "response", payload=BytesIO(body), length=len(body),
                http_headers=StatusAndHeaders("200 OK", list(HEADERS), protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
            )  # fmt: skip
            writer.write_record(record)
    size = path.stat().st_size / 1e6
    console.print(f"{options.captures} captures of {_hosts(options):,} domains: {size:,.1f} MB, "
                  f"{time.monotonic() - begun:.1f} s to write")  # fmt: skip
    return path


def _hosts(options: argparse.Namespace) -> int:
    return int(options.domains) + int(options.unwatched)


def _captures(options: argparse.Namespace) -> Iterator[tuple[str, datetime, bytes]]:
    bodies = list(robots_files(options.files).values())
    chance, hosts = random.Random(1), _hosts(options)
    shown = [chance.randrange(len(bodies)) for _ in range(hosts)]
    months, domains = range(options.captures), range(hosts)
    pairs = ((m, d) for m in months for d in domains)
    if options.order == "domains":
        pairs = ((m, d) for d in domains for m in months)
    for month, domain in pairs:
        if month and chance.random() < MOVES:
            shown[domain] = chance.randrange(len(bodies))
        at = FIRST + timedelta(days=30 * month, seconds=domain % 86_400)
        yield f"site{domain}.example.org", at, bodies[shown[domain]]


def run(options: argparse.Namespace, path: Path) -> None:
    """Import twice."""
    from crawler.models import ConsentChange, Content, Snapshot, Spell
    from datacards.interning import registrable, shard
    from datacards.models import Domain

    names = [f"site{number}.example.org" for number in range(options.domains)]
    owner = registrable(names[0])
    Domain.objects.bulk_create(Domain(name=name, registrable=owner, shard=shard(owner)) for name in names)
    records = _hosts(options) * options.captures
    for word in ("imported", "imported again"):
        before = _peak()
        seconds, busy, outcome = _import(path)
        assert sum(outcome[name] for name in ("stored", "known", "unwatched")) == records, outcome["findings"]
        told = ", ".join(f"{outcome[name]:,} {name}" for name in ("stored", "known", "unwatched", "changes"))
        console.print(f"{word}: {records:,} records in {seconds:.1f} s ({records / seconds:,.0f}/s): {told}")
        console.print(f"  {records / busy:,.0f} a second of this process's CPU, the database's not counted")
        console.print(f"  peak memory {_peak():,.0f} MiB, {_peak() - before:,.0f} more than before")
    rows = ", ".join(f"{model.objects.count():,} {word}" for model, word in (
        (Snapshot, "snapshots"), (Content, "contents"), (Spell, "spells"), (ConsentChange, "changes")))  # fmt: skip
    console.print(f"in the store: {rows}")


def _import(path: Path) -> tuple[float, float, dict[str, int]]:
    """Seconds by the clock and of CPU, and what came of it."""
    from datacards import runs

    begun, idle = time.monotonic(), time.process_time()
    asked = runs.start("import", by=None, params={"path": str(path), "source": "benchmark"}, wake=False)
    ended = runs.work_until_done(asked)
    if not ended.outcome:
        raise SystemExit(ended.sentence)
    return time.monotonic() - begun, time.process_time() - idle, ended.outcome


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
