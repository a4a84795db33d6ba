"""History at scale: 14,000 domains, 100 monthly snapshots each, levels of 60 agents derived again from stored bytes.

    python -m benchmarks.history [--domains N] [--months N] [--agents N] [--files …] [--home FOLDER]

1. makes a history out of the 4,231 real files: most months bring the same bytes, now and then a site adds, drops or
   changes a line or an AI group, goes back, or does not answer; contents are kept once, in WARC files;
2. loads it by COPY into an embedded PostgreSQL, all levels under an older roll;
3. derives every level again under the roll of N agents (`crawler.derive`), and every spell from its snapshots
   (`crawler.spells`): seconds, contents a second, peak memory;
4. asks what one corpus over all domains permitted in each month at once (`crawler.series`), and compares some months
   with the question about their ends alone (`crawler.consent.restriction`), which must say the same;
5. opens the pages that show it, each in a process of its own that has answered nobody before: what a first visitor
   waits for once the server has started (its routes are loaded), and beside it what a second one waits. Seconds of
   the processor, the database's included, are told beside those of the clock: on a quiet machine they are the same.

With `--home` the data stays, and a second run goes on at step 4. `--monthly` names another function of a revision.
"""

import argparse
import importlib
import multiprocessing
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.robots_files import robots_files
from crawler.agents import shipped

if TYPE_CHECKING:
    from crawler.series import Months
    from datacards.models import Revision

console = Console()
COMPARED = 5  # months asked about alone
PAGES = (
    "consent/over-time/", "consent/over-time/?agent=GPTBot", "consent/over-time/?channel=robots&by=domains",
    "consent/over-time/?estimate=1", "consent/takedown/?acquired=2020-01-01", "consent/",
)  # fmt: skip


def main() -> None:
    """Make, load, derive, ask, visit."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="history-") as scratch:
        os.environ["CONSENTRY_HOME"] = str(options.home or scratch)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
        import django

        django.setup()
        from governance.terminal import command_stack

        with command_stack():
            run(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, default=14_000)
    parser.add_argument("--months", type=int, default=100)
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--files", type=Path, help="folder of files, or the sdist (default: pip download)")
    parser.add_argument("--home", type=Path, help="data folder to keep (default: a temporary one)")
    parser.add_argument("--monthly", default="crawler.series:months", help="MODULE:FUNCTION (%(default)s)")
    return parser.parse_args()


def run(options: argparse.Namespace) -> None:
    """The steps in order, each told with its time and memory."""
    from benchmarks.history_world import CORPUS
    from datacards.models import Revision

    revision = Revision.objects.filter(corpus__name=CORPUS).first() or made(options)
    with step(f"asked by {options.monthly}") as told:
        found = hook(options.monthly)(revision)
        told.append(f"{len(found.groups):,} groups in {len(found.ends)} months")
    with step(f"{COMPARED} months asked about alone") as told:
        told.append(compare(revision, found))
    for page in PAGES:
        visit(f"/corpora/{revision.corpus_id}/{page}")


def made(options: argparse.Namespace) -> "Revision":
    """Make and load the history, derive all that it says."""
    from benchmarks.history_world import History, load, register
    from crawler.models import Agent, Spell
    from crawler.spells import rebuild_all
    from crawler.store import configured

    revision, domains = register(options.domains)
    names = [agent.name for agent in shipped()][: options.agents]
    Agent.objects.exclude(name__in=names).update(active=False)
    history = History(list(robots_files(options.files).values()), options.months, names)
    with step("made and kept") as told:
        histories = history.write(configured(), len(domains))
        told.append(f"{len(history.places):,} different contents, {history.size / 1e6:,.0f} MB")
    with step("loaded by COPY") as told:
        told.append(f"{load(history, histories, domains):,} snapshots")
    derive_all()
    with step("spells made from snapshots") as told:
        done = max(rebuild_all(), default=0)
        told.append(f"{Spell.objects.count():,} spells of {done:,} domains")
    return revision


def derive_all() -> None:
    """Read every kept content again under the roll of today."""
    from crawler import registry
    from crawler.derive import derive, stale
    from crawler.models import LevelVector
    from crawler.store import configured

    roll = registry.current_roll()
    with step(f"levels derived again for {len(roll.names)} agents") as told:
        waiting, began = stale(roll), time.monotonic()
        done = max(derive(roll, configured()), default=0)
        told.append(f"{done:,} of {waiting:,} contents, {done / (time.monotonic() - began):,.0f}/s")
        told.append(f"{LevelVector.objects.filter(roll_id=roll.version).count():,} different readings")


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Times a block and tells its peak memory, this process's alone, and what the block adds to the list."""
    Path("/proc/self/clear_refs").write_text("5")  # begin the peak anew
    began, used, told = time.monotonic(), busy(), list[str]()
    yield told
    clock, processor = time.monotonic() - began, busy() - used
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    mib = int(peak.group(1)) // 1024 if peak else 0
    said = "; ".join([f"{name}: {clock:,.2f} s ({processor:,.2f} s of the processor), peak {mib} MiB", *told])
    console.print(said, soft_wrap=True)


def busy() -> float:
    """Seconds of the processor that this process and its connection's server process have used."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def hook(name: str) -> "Callable[[Revision], Months]":
    """The function that a `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[[Revision], Months] = getattr(importlib.import_module(module), function)
    return found


# --- questions ---------------------------------------------------------------------------------------------


def compare(revision: "Revision", found: "Months") -> str:
    """Some months of a series against the question about their ends. Raises AssertionError where they differ."""
    from crawler.consent import restriction

    seconds, last = [], len(found.ends) - 1
    for place in sorted({last * part // (COMPARED - 1) for part in range(COMPARED)}):
        began = time.monotonic()
        alone = restriction(revision, found.ends[place])
        seconds.append(time.monotonic() - began)
        held = found.at(place)
        assert (held.refused(), held.by_channel(), held.total) == (alone.refused(), alone.by_channel(), alone.total)
    first, now = (f"{found.at(place).refused_share():.1%}" for place in (0, last))
    return f"all the same, {max(seconds) * 1000:,.0f} ms at worst; refused to training {first} → {now}"


def visit(path: str) -> None:
    """Open a page twice in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (first, used), (second, _), size, peak = pool.apply(visited, (path,))
    what = re.sub(r"^/corpora/[^/]+/", "", path)
    console.print(
        f"page {what}: {first:.2f} s ({used:.2f} s of the processor), again {second:.2f} s; {size / 1024:,.0f} KiB, "
        f"peak {peak} MiB",
        soft_wrap=True,
    )


Seconds = tuple[float, float]  # of the clock, of the processor


def visited(path: str) -> tuple[Seconds, Seconds, int, int]:
    """Seconds of a first and a second visit, the page's bytes, and the peak memory of a process that does no more."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from django.urls import get_resolver

    from governance.locally import local_person

    settings.ALLOWED_HOSTS = ["testserver"]
    connections["default"].settings_dict["CONN_MAX_AGE"] = None  # so that its server process can be watched
    client, seconds, size = Client(), list[Seconds](), 0
    client.force_login(local_person())
    _ = get_resolver().url_patterns
    for _ in range(2):
        began, used = time.monotonic(), busy()
        response = client.get(path)
        size = len(response.content)
        seconds.append((time.monotonic() - began, busy() - used))
        assert response.status_code == 200, (path, response.status_code)
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return seconds[0], seconds[1], size, int(peak.group(1)) // 1024 if peak else 0


if __name__ == "__main__":
    main()
