"""History at scale: 14,000 domains, 100 monthly snapshots each, levels of 60 agents derived again from stored bytes.

    python -m benchmarks.history [--domains N] [--months N] [--agents N] [--files …] [--monthly MODULE:FUNCTION]

1. makes a history out of the 4,231 real files: most months bring the same bytes, now and then a site adds, drops or
   changes a line or an AI group, goes back, or does not answer; contents are kept once, in WARC files;
2. loads it by COPY into an embedded PostgreSQL, all levels under an older roll;
3. derives every level again under the roll of N agents (`crawler.derive`): seconds, contents a second, peak memory;
4. asks what one corpus over all domains permitted in each month (`crawler.consent.restriction`): seconds in all and at
   worst. `--monthly` names a function of a revision that answers for all months at once; it is timed beside it.
"""

import argparse
import importlib
import os
import random
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from rich.console import Console

from benchmarks.robots_files import robots_files
from crawler.agents import shipped
from crawler.warc import Exchange, Place, writing

if TYPE_CHECKING:
    from crawler.store import Store
    from datacards.models import Revision

console = Console()
FIRST = datetime(2018, 4, 1, 6, tzinfo=UTC)
MOVES = 0.04  # of the months of a site bring a change
SILENT = 0.02  # of the fetches get no answer
ABSENT = 0.08  # of the sites have no robots.txt
PER_FILE = 4000  # records in a WARC file
SNAPSHOT = (
    "id", "domain_id", "channel", "fetched_at", "state", "http_status", "final_url", "hops", "content_id",
    "warc_file", "warc_offset", "headers", "error",
)  # fmt: skip


def main() -> None:
    """Make, load, derive, ask."""
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
    parser.add_argument("--monthly", help="MODULE:FUNCTION, called with the revision and timed")
    return parser.parse_args()


def run(options: argparse.Namespace) -> None:
    """The steps in order, each told with its time and memory."""
    from crawler import registry
    from crawler.derive import derive, stale
    from crawler.models import Agent, LevelVector
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
    roll, waiting = registry.current_roll(), 0
    with step(f"levels derived again for {len(roll.names)} agents") as told:
        waiting, began = stale(roll), time.monotonic()
        done = max(derive(roll, configured()), default=0)
        told.append(f"{done:,} of {waiting:,} contents, {done / (time.monotonic() - began):,.0f}/s")
        told.append(f"{LevelVector.objects.filter(roll_id=roll.version).count():,} different readings")
    with step("asked for every month, one by one") as told:
        told.append(ask_each_month(revision, options.months))
    if options.monthly:
        with step(f"asked by {options.monthly}"):
            hook(options.monthly)(revision)


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Times a block and tells its peak memory, this process's alone, and what the block adds to the list."""
    Path("/proc/self/clear_refs").write_text("5")  # begin the peak anew
    began, told = time.monotonic(), list[str]()
    yield told
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    mib = int(peak.group(1)) // 1024 if peak else 0
    console.print(f"{name}: {time.monotonic() - began:,.1f} s, peak {mib} MiB; {'; '.join(told)}", soft_wrap=True)


def hook(name: str) -> Callable[["Revision"], object]:
    """The function that a `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[[Revision], object] = getattr(importlib.import_module(module), function)
    return found


# --- a history ---------------------------------------------------------------------------------------------


@dataclass
class History:
    """Contents as sites had them over the months, each kept once."""

    files: list[bytes]
    months: int
    names: list[str]
    places: dict[str, tuple[Place, int]] = field(default_factory=dict)
    size: int = 0

    def write(self, store: "Store", sites: int) -> list[list[tuple[int, str]]]:
        """Keep all contents; returns for each site the months at which its bytes changed, and their digests."""
        found: list[list[tuple[int, str]]] = []
        with store.spool() as folder:
            for first in range(0, sites, PER_FILE // 4):
                with writing(folder, f"history/{first:06}", "benchmarks.history") as file:
                    for site in range(first, min(first + PER_FILE // 4, sites)):
                        found.append([])
                        for month, body in self._versions(site):
                            exchange = Exchange(f"https://{host(site)}/robots.txt", when(month, site), 200, (), body)
                            if exchange.digest not in self.places:
                                self.places[exchange.digest] = file.response(exchange), len(body)
                                self.size += len(body)
                            found[-1].append((month, exchange.digest))
        return found

    def _versions(self, site: int) -> Iterator[tuple[int, bytes]]:
        chance = random.Random(site)
        if chance.random() < ABSENT:
            return
        body = before = self.files[site % len(self.files)]
        yield 0, body
        for month in range(1, self.months):
            if chance.random() < MOVES:
                back = chance.random() < 0.2
                body, before = before if back else changed(chance, body, self.names), body
                yield month, body


def changed(chance: random.Random, body: bytes, names: list[str]) -> bytes:
    """What a site's owner may do to the file in a month."""
    kind = chance.randrange(4)
    if kind == 0:  # an AI block list
        group = "\n".join(f"User-agent: {name}" for name in chance.sample(names, chance.randrange(1, len(names))))
        return body + f"\n\n{group}\nDisallow: /\n".encode()
    if kind == 1:  # one agent
        return body + f"\n\nUser-agent: {chance.choice(names)}\nDisallow: /\n".encode()
    if kind == 2:  # a line less
        lines = body.splitlines(keepends=True)
        return b"".join(lines[:-1]) if len(lines) > 4 else body
    return body + f"\n\nUser-agent: *\nDisallow: /area-{chance.randrange(40)}/\n".encode()


def host(site: int) -> str:
    """The name of a site."""
    return f"site-{site:05}.example"


def when(month: int, site: int) -> datetime:
    """When a site was fetched in a month: all within the month's first days."""
    start = datetime(FIRST.year + (FIRST.month - 1 + month) // 12, (FIRST.month - 1 + month) % 12 + 1, 1, 6, tzinfo=UTC)
    return start + timedelta(seconds=site * 13 % 259_200)


# --- into the database -------------------------------------------------------------------------------------


def register(domains: int) -> tuple["Revision", list[int]]:
    """A corpus over all sites, their tokens falling as ranks do; its revision and the sites' ids in order."""
    from datacards.models import Corpus, Domain, DomainShare, Revision
    from governance.locally import local_person

    corpus = Corpus.objects.create(name="bench/history", owner=local_person(), location="/nowhere/history")
    tokens = [10_000_000_000 // (rank + 10) for rank in range(domains)]
    revision = Revision.objects.create(corpus=corpus, number=1, fingerprint="history", tokens=sum(tokens))
    names = [host(site) for site in range(domains)]
    rows = [Domain(name=name, registrable=name, shard=crc32(name.encode()) % 4096) for name in names]
    made = Domain.objects.bulk_create(rows, batch_size=5000)
    shares = [
        DomainShare(revision=revision, domain=domain, tokens=each, documents=each // 500)
        for domain, each in zip(made, tokens, strict=True)
    ]
    DomainShare.objects.bulk_create(shares, batch_size=5000)
    return revision, [domain.pk for domain in made]


def load(history: History, histories: list[list[tuple[int, str]]], domains: list[int]) -> int:
    """Copy contents and snapshots in; returns how many snapshots."""
    from django.db import connection

    from crawler import registry
    from crawler.agents import Roll

    older = registry.stored(Roll.of(shipped()[:1]))
    vector = registry.vectors(older, {"n"})["n"]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the rows fit by construction: no check for each
        with cursor.copy(
            "COPY crawler_content (digest, size, warc_file, warc_offset, levels_id, first_seen) FROM STDIN"
        ) as copy:
            for digest, (place, size) in history.places.items():
                copy.write_row((digest, size, place.file, place.offset, vector, FIRST))
        count = 0
        with cursor.copy(f"COPY crawler_snapshot ({', '.join(SNAPSHOT)}) FROM STDIN") as copy:
            for row in snapshots(history, histories, domains):
                copy.write_row(row)
                count += 1
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return count


def snapshots(
    history: History, histories: list[list[tuple[int, str]]], domains: list[int]
) -> Iterator[tuple[object, ...]]:
    """One row for each site and month, as the crawl that month would have stored it."""
    chance = random.Random(1)
    at = [0] * len(domains)
    for month in range(history.months):
        for site, (domain, versions) in enumerate(zip(domains, histories, strict=True)):
            while at[site] + 1 < len(versions) and versions[at[site] + 1][0] <= month:
                at[site] += 1
            digest = versions[at[site]][1] if versions else None
            silent = chance.random() < SILENT
            state = "unreachable" if silent else "ok" if digest else "unavailable"
            place = history.places[digest][0] if digest and not silent else None
            yield (
                uuid.UUID(int=chance.getrandbits(128)), domain, "robots", when(month, site), state,
                None if silent else 200 if digest else 404, f"https://{host(site)}/robots.txt", "[]",
                digest if place else None, place.file if place else "", place.offset if place else None, "{}", "",
            )  # fmt: skip


# --- questions ---------------------------------------------------------------------------------------------


def ask_each_month(revision: "Revision", months: int) -> str:
    """The corpus's consent at each month's end."""
    from crawler.consent import restriction

    seconds, shares = [], []
    for month in range(1, months + 1):
        began = time.monotonic()
        found = restriction(revision, when(month, 0))
        shares.append(found.refused_share())
        seconds.append(time.monotonic() - began)
    middle = statistics.median(seconds)
    first, last = (f"{share:.1%}" if share is not None else "?" for share in (shares[0], shares[-1]))
    return f"median {middle * 1000:,.0f} ms, worst {max(seconds) * 1000:,.0f} ms; refused to training {first} → {last}"


if __name__ == "__main__":
    main()
