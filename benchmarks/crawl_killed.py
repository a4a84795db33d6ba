"""Kills workers and crawling processes at random moments of one crawl, and looks for what was lost or done twice.

    python -m benchmarks.crawl_killed [--hosts 2000] [--kills 20] [--seed 1] [--workers 2] [--home DIR]

1. Serves a loopback web, of which 5 % is slow, dead or hostile, and starts a PostgreSQL of its own.
2. Starts one crawl of all hosts, and worker processes that drive it, each with its crawling child.
3. `--kills` times, at a random moment, kills one of these processes with SIGKILL; a worker is replaced.
4. When the run has ended, compares what was stored with the web's own log and with the evidence. Exits with 1 when
   fewer kills happened than asked for, the run did not complete, a domain was lost or stored twice, a domain that was
   stored at the moment of a kill was asked again after it, a file of evidence is not valid by `warcio check`, or a
   snapshot does not lead to its record.

With `--kills 0` it measures the whole engine: rate, and bytes per domain in the store and in PostgreSQL.
"""

import argparse
import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from rich.console import Console

from benchmarks.crawl_hosts import hosts
from benchmarks.crawl_rounds import Web, web

console = Console(width=120)
LEASE_SECONDS = 4.0  # instead of 20: after each dead worker its unit waits for the end of its lease
UNIT = 250  # domains, instead of 2,000: so that all workers have something to do


def main() -> None:
    """Serve, crawl, kill, judge."""
    options = _options()
    if options.work:
        _work(options.work, options.unit)
        return
    with tempfile.TemporaryDirectory(prefix="killed-") as scratch, web("127.0.0.1:0") as served:
        os.environ |= {
            "CONSENTRY_HOME": str(options.home or scratch),
            "CONSENTRY_CRAWL_LOOPBACK": served.addresses[0],
            "CONSENTRY_CRAWL_CONCURRENCY": "300" if not options.kills else "20",  # so that there is time to kill
        }
        _set_up()
        from governance.terminal import command_stack

        with command_stack():
            faults = list(_crawl(served, options))
    for fault in faults:
        console.print(f"[red]{fault}")
    console.print(f"{len(faults)} faults")
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--home", type=Path, help="data folder to keep (default: a temporary one)")
    parser.add_argument("--unit", type=int, default=UNIT, help="domains in a unit (%(default)s)")
    parser.add_argument("--work", help="only drive the run of this id")
    return parser.parse_args()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    import django

    django.setup()


def _work(run: str, unit: int) -> None:
    _set_up()
    from datetime import timedelta

    from crawler.jobs import CrawlJob
    from datacards import leases, runs
    from datacards.models import Run

    CrawlJob.size = unit
    leases.LEASE = runs.LEASE = timedelta(seconds=LEASE_SECONDS)  # type: ignore[attr-defined]
    leases.BEAT_SECONDS = 1.0
    runs.work_until_done(Run.objects.get(pk=run))


# --- the crawl, and the kills ------------------------------------------------------------------------------


def _crawl(served: Web, options: argparse.Namespace) -> Iterator[str]:
    from benchmarks.crawl_checks import faults, sizes
    from datacards import runs
    from datacards.models import Domain

    names = list(hosts(options.hosts))
    Domain.objects.bulk_create(Domain(name=name, registrable=name, shard=crc32(name.encode()) % 4096) for name in names)
    run = runs.start("crawl", by=None, params={"domains": names}, wake=False)
    began = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.crawl_killed", "--unit", str(options.unit), "--work", str(run.pk)]
    victims = _Victims(command, options.workers, random.Random(options.seed))
    with contextlib.closing(victims):
        stored = [victims.strike(str(run.pk)) for _ in range(options.kills)]
        victims.wait()
    run.refresh_from_db()
    seconds = time.monotonic() - began
    console.print(f"{run.state}: {options.hosts:,} hosts in {seconds:.0f} s, {victims.told}")
    if not options.kills:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = 1000 * (used.ru_utime + used.ru_stime) / options.hosts
        console.print(
            f"CPU of workers and crawling processes, their starts included: {cpu:.1f} ms a domain; "
            f"the largest held {used.ru_maxrss / 1000:.0f} MB"
        )
        sizes(run, console)
    yield from faults(run, names, [each for each in stored if each], served.last())
    if len(victims.killed) < options.kills:
        yield f"only {len(victims.killed)} processes were killed before the crawl was done: take more hosts"


class _Victims:
    """The workers of a run, which are replaced when they are killed, and their crawling children."""

    def __init__(self, command: list[str], workers: int, chance: random.Random) -> None:
        self._command, self._chance = command, chance
        self._workers = [subprocess.Popen(self._command) for _ in range(workers)]
        self.killed: list[str] = []

    @property
    def told(self) -> str:
        """What was killed, in words."""
        return f"{self.killed.count('worker')} workers and {self.killed.count('child')} crawling processes killed"

    def strike(self, run: str) -> tuple[float, set[str]] | None:
        """Wait for a while and kill one process; when that was, and which domains were stored by then."""
        from crawler.models import Snapshot

        before = len(self.killed)
        while len(self.killed) == before:
            if all(worker.poll() is not None for worker in self._workers):
                return None
            time.sleep(self._chance.uniform(0.5, 6.0))
            stored = set(Snapshot.objects.filter(run__pk=run, channel="robots").values_list("domain__name", flat=True))
            moment = time.monotonic()
            self._kill_one()
        return moment, stored

    def _kill_one(self) -> None:
        worker = self._chance.choice(self._workers)
        children = _children(worker.pid)
        kind = self._chance.choice(["worker", "child"])
        with contextlib.suppress(ProcessLookupError):
            if kind == "child" and children:
                os.kill(self._chance.choice(children), signal.SIGKILL)
                self.killed.append(kind)
            elif kind == "worker" and worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                self._workers[self._workers.index(worker)] = subprocess.Popen(self._command)
                self.killed.append(kind)

    def wait(self) -> None:
        """Until the run has ended, and its workers with it."""
        for worker in self._workers:
            worker.wait()

    def close(self) -> None:
        """End what still runs."""
        for worker in self._workers:
            worker.kill()
            worker.wait()


def _children(pid: int) -> list[int]:
    """The children of all threads of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


if __name__ == "__main__":
    main()
