"""The log of a crawl, replayed: was anything asked that robots.txt forbade at that moment, or too soon?

The log is the evidence itself: each answer is a WARC record with its moment, and a request for a document that had no
answer is a snapshot.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from heapq import merge
from itertools import groupby
from pathlib import Path

from crawler.errands import domains_of
from crawler.judging import Judge, Request, Violation
from crawler.models import ROBOTS, Content, Snapshot
from crawler.shard import folder_of
from crawler.states import State
from crawler.store import Store
from crawler.warc import Kept, records
from crawler.wire import Manners
from datacards.models import Run


class Replay:
    """A run's requests, judged for a crawler with these manners; `tally` counts what was looked at."""

    def __init__(self, run: Run, store: Store, manners: Manners) -> None:
        self._run, self._store, self._manners = run, store, manners
        self.tally: Counter[str] = Counter()

    def violations(self) -> Iterator[Violation]:
        """Unit by unit, for a site is in one unit only, which one crawling process after another works on."""
        names = self._store.names(folder_of(self._run))
        for ordinal, files in groupby(sorted(names, key=_numbers), key=lambda name: _numbers(name)[0]):
            shards = self._run.units.get(ordinal=ordinal).spec["shards"]
            hosts = domains_of(self._run).filter(shard__range=shards).values_list("name", flat=True)
            judge = Judge(self._manners, frozenset(hosts))
            for request in merge(self._answered(files), self._unanswered(shards), key=lambda each: each.at):
                yield from judge.judged(request)
            self.tally += judge.tally

    def _answered(self, files: Iterator[str]) -> Iterator[Request]:
        for name in files:
            with self._store.open(name) as file:
                for number, kept in enumerate(records(file), 1):
                    where = f"{Path(name).name}, record {number}"
                    body, location = partial(self._body, kept), kept.headers.get("location", "")
                    yield Request(kept.fetched_at, kept.url, where, kept.status, location, body)

    def _unanswered(self, shards: list[int]) -> Iterator[Request]:
        """A robots.txt without an answer comes first of its host, or leaves what an earlier one said in force."""
        rows = Snapshot.objects.filter(run=self._run, warc_file="", domain__shard__range=shards)
        rows = rows.exclude(final_url="").exclude(state=State.FORBIDDEN).exclude(channel=ROBOTS)
        for snapshot in rows.order_by("fetched_at"):
            yield Request(snapshot.fetched_at, snapshot.final_url, f"snapshot {snapshot.pk}")

    def _body(self, kept: Kept) -> bytes:
        """The body of a record; of a revisit the one that the store has under its digest."""
        if kept.kind == "response":
            return kept.body
        content = Content.objects.filter(digest=kept.digest).first()
        return self._store.read(content.warc_file, content.warc_offset).body if content else b""


def _numbers(name: str) -> tuple[int, ...]:
    """Unit, lease, child and file of a file of evidence, in whose order they were written."""
    return tuple(int(number) for number in Path(name).name.removesuffix(".warc.gz").split("-"))
