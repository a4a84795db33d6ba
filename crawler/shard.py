"""One child at work on some domains of a unit: it is fed, listened to, and what it tells is stored."""

import logging
import time
import uuid
from collections import Counter
from pathlib import Path

from crawler import config, registry, store, turns
from crawler.child import Answers, ChildDied, crawling
from crawler.errands import documents_of
from crawler.ingest import Ingest
from crawler.warc import mend
from crawler.wire import Answer, Closed, Errand, Job
from datacards.leases import Pulse
from datacards.models import Domain, Run, Unit

log = logging.getLogger(__name__)

BATCH = 100  # answers stored at once: six rows each
SETTLE_SECONDS = 2.0  # or what came so far, for what is not stored is asked again when the worker dies
ROTATE = 500  # answers per file of evidence where the store is remote


class Shard:
    """One child's work; `todo` are domains whose sites are the unit's turn."""

    def __init__(self, unit: Unit, todo: dict[str, Errand], pulse: Pulse, left: int, attempt: int) -> None:
        self._unit, self._todo, self._pulse, self._left = unit, todo, pulse, left
        self._store, self._roll = store.configured(), registry.current_roll()
        ids = dict(Domain.objects.filter(name__in=todo).values_list("name", "id"))
        self._ingest = Ingest(unit, ids, self._roll, self._store)
        self._name = f"{evidence_of(unit)}{unit.fence}-{attempt:03}"
        self._told: list[Answer] = []
        self._settled = time.monotonic()
        self._complete: set[str] = set()
        self._hosts_left = Counter(errand.site for errand in todo.values())

    def crawl(self) -> None:
        """Run the child to its end; what it told is stored even when it dies."""
        with self._store.spool() as spool:
            try:
                with crawling(self._job(spool)) as answers:
                    self._listen(answers, spool)
            except BaseException as end:
                whole = mend_files(spool, self._name)
                if isinstance(end, ChildDied):
                    self._rescue(spool, whole)
                raise
            self._settle()
        if untold := self._hosts_left.total():
            raise ChildDied(f"it ended without an answer for {untold} domains")

    def _listen(self, answers: Answers, spool: Path) -> None:
        for answer in answers:
            self._pulse(done=self._unit.total - self._left)
            if isinstance(answer, Answer):
                self._told.append(answer)
            elif isinstance(answer, Closed):
                self._keep(spool, answer.closed)
            late = time.monotonic() - self._settled >= SETTLE_SECONDS
            if late or not isinstance(answer, Answer) or len(self._told) >= BATCH:
                self._settle()

    def _settle(self) -> None:
        """Store the answers whose evidence is in the store: a remote one has a file only when that is complete."""
        self._settled = time.monotonic()
        ready = [each for each in self._told if self._store.is_local or each.files <= self._complete]
        if not ready:
            return
        self._store.sync(frozenset[str]().union(*(answer.files for answer in ready)))
        self._left -= self._ingest.take(ready)
        done = {answer.domain for answer in ready}
        self._told = [answer for answer in self._told if answer.domain not in done]
        self._give_way(ready)

    def _give_way(self, answers: list[Answer]) -> None:
        """Let others have the sites of which no host is left to ask here."""
        delays: dict[str, float] = {}
        for answer in answers:
            site = self._todo[answer.domain].site
            self._hosts_left[site] -= 1
            delays[site] = max(answer.delay, delays.get(site, 0.0))
        turns.release(self._unit, {site: delay for site, delay in delays.items() if not self._hosts_left[site]})

    def _rescue(self, spool: Path, whole: list[Path]) -> None:
        """What a dead child has told holds, for its files end with their last whole record."""
        for path in whole:
            self._keep(spool, str(path.relative_to(spool)))
        self._settle()
        delay = config.manners().delay
        turns.release(self._unit, {site: delay for site, left in self._hosts_left.items() if left})

    def _keep(self, spool: Path, name: str) -> None:
        self._store.put(spool, name)
        self._complete.add(name)

    def _job(self, spool: Path) -> Job:
        rotate = 0 if self._store.is_local else ROTATE
        wanted = documents_of(self._unit.run)
        return Job(config.manners(), self._roll, str(spool), self._name, rotate, tuple(self._todo.values()), wanted)


def folder_of(run: Run) -> str:
    """Where a run's evidence lies, below the store's folder of WARC files."""
    return f"{run.created_at:%Y/%m}/{uuid.UUID(str(run.pk))}/"


def evidence_of(unit: Unit) -> str:
    """How the names of a unit's files of evidence begin; a lease of its own and a child of its own follow."""
    return f"{folder_of(unit.run)}{unit.ordinal:05}-"


def mend_files(folder: Path, name: str) -> list[Path]:
    """End the files that begin with a name and were cut by a kill; returns those that are left."""
    paths = sorted(folder.glob(f"{name}*.warc.gz"))
    for path in paths:
        if gone := mend(path):
            log.warning("%s was cut by a kill: %d bytes of an unfinished record went", path.name, gone)
    return [path for path in paths if path.exists()]
