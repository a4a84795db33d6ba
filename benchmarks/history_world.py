"""A history for `benchmarks.history`: sites whose real files change now and then, stored as crawls would have."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from crawler.agents import shipped
from crawler.warc import Exchange, Place, writing

if TYPE_CHECKING:
    from crawler.store import Store
    from datacards.models import Revision

FIRST = datetime(2018, 4, 1, 6, tzinfo=UTC)
MOVES = 0.04  # of the months of a site bring a change
SILENT = 0.02  # of the fetches get no answer
ABSENT = 0.08  # of the sites have no robots.txt
PER_FILE = 4000  # records in a WARC file
CORPUS = "bench/history"
SNAPSHOT = (
    "id", "domain_id", "channel", "fetched_at", "state", "http_status", "final_url", "hops", "content_id",
    "warc_file", "warc_offset", "headers", "error", "source",
)  # fmt: skip


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

    corpus = Corpus.objects.create(name=CORPUS, owner=local_person(), location="/nowhere/history")
    tokens = [10_000_000_000 // (rank + 10) for rank in range(domains)]
    revision = Revision.objects.create(corpus=corpus, number=1, fingerprint="history", tokens=sum(tokens))
    corpus.latest = revision
    corpus.save()
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
                digest if place else None, place.file if place else "", place.offset if place else None, "{}", "", "",
            )  # fmt: skip
