"""The crawl: a run over the domains of a revision, cut into shards, each asked by a child process of its own."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from crawler import config, health, registry, store
from crawler.child import Answers, ChildDied, crawling
from crawler.ingest import Ingest
from crawler.models import ROBOTS, ConsentChange, Snapshot
from crawler.states import State
from crawler.wire import Closed, Errand, Job, Result
from datacards.errors import BadInput, Unavailable
from datacards.leases import Pulse
from datacards.models import Domain, DomainShare, Revision, Run, Unit
from datacards.runs import UnitSpec

log = logging.getLogger(__name__)

FRESH_FOR_HOURS = 24  # RFC 9309 section 2.4: a cached robots.txt should not be used longer
SHARD_SIZE = 2000
BATCH = 200
ROTATE = 500  # results per file of evidence where the store is remote
DEATHS = 3


class CrawlJob:
    """Asks the domains of a revision for their robots.txt.

    Params: `fresh_for_hours` (domains with a younger snapshot are not asked again, unless it was unreachable; 24),
    `largest` (only so many domains, by tokens), or `domains` (names, instead of a revision's); `patient` (hosts that
    failed lately are left alone until their rest is over).
    """

    kind = "crawl"
    unit = "domains"
    size = SHARD_SIZE

    def plan(self, run: Run) -> Iterator[UnitSpec]:
        """One unit per about 2,000 domains; all domains of one registrable name are in the same."""
        counts = domains_of(run).values_list("shard").annotate(n=Count("id")).order_by("shard")
        first, total, last = 0, 0, None
        for shard, count in counts:
            if last is not None and total + count > self.size:
                yield UnitSpec({"shards": [first, last]}, total)
                first, total = shard, 0
            first, last = (shard, shard) if last is None else (first, shard)
            total += count
        if last is None:
            raise BadInput("The revision names no web domain, so there is nobody to ask: register its URL column.")
        yield UnitSpec({"shards": [first, last]}, total)

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Ask the unit's domains that this run has not asked yet; a child that dies is started again."""
        deaths = 0
        while todo := to_ask(unit):
            pulse(done=unit.total - len(todo))
            try:
                Shard(unit, todo, pulse, attempt=deaths).crawl()
            except ChildDied as death:
                deaths += 1
                log.warning("the crawling process of run %s died: %s", unit.run_id, death)
                if deaths == DEATHS:
                    raise Unavailable(f"The crawling process died {DEATHS} times ({death}); see the log.") from death
        return {}

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Nothing is left to store: each batch was, guarded by the unit's fence."""

    def finish(self, run: Run) -> dict[str, Any]:
        """Counts by fetch state; what was reused, or left alone, is the rest."""
        health.recompute(run)
        asked = Snapshot.objects.filter(run=run)
        states = dict(asked.values_list("state").annotate(n=Count("id")).order_by("-n"))
        fetched = sum(states.values())
        changed = ConsentChange.objects.filter(after__run=run).count()
        reused = (run.total or 0) - fetched
        run.say(f"Asked {fetched} domains; {reused} were fresh enough; {changed} changed what they permit.")
        return {"fetched": fetched, "reused": reused, "states": states, "changed": changed}

    def discard(self, run: Run) -> None:
        """What was fetched before a run was cancelled stays: it is evidence."""


class Shard:
    """One child's work on some domains of a unit."""

    def __init__(self, unit: Unit, todo: dict[str, Errand], pulse: Pulse, attempt: int) -> None:
        self._unit, self._pulse, self._left = unit, pulse, len(todo)
        self._store, roll = store.configured(), registry.current_roll()
        ids = dict(Domain.objects.filter(name__in=todo).values_list("name", "id"))
        self._ingest = Ingest(unit, ids, roll, self._store)
        self._roll, self._errands = roll, tuple(todo.values())
        self._name = f"{unit.run.created_at:%Y/%m}/{unit.run_id}/{unit.ordinal:05}-{unit.fence}{'abc'[attempt]}"
        self._told: list[Result] = []

    def crawl(self) -> None:
        """Run the child to its end; what it told is stored even when it dies."""
        with self._store.spool() as spool, crawling(self._job(spool)) as answers:
            try:
                self._listen(answers, spool)
            except ChildDied:
                self._settle(spool)
                raise
            self._settle(spool)

    def _listen(self, answers: Answers, spool: Path) -> None:
        for answer in answers:
            self._pulse(done=self._unit.total - self._left)
            if isinstance(answer, Result):
                self._told.append(answer)
            if self._due(answer):
                self._settle(spool)

    def _due(self, answer: Result | Closed | None) -> bool:
        """A remote store has the evidence only when its file is complete."""
        if not self._store.is_local:
            return isinstance(answer, Closed)
        return answer is None or len(self._told) >= BATCH

    def _settle(self, spool: Path) -> None:
        if not self._told:
            return
        for name in {result.warc_file for result in self._told if result.warc_file}:
            self._store.put(spool, name)
        self._left -= self._ingest.take(self._told)
        self._told.clear()

    def _job(self, spool: Path) -> Job:
        rotate = 0 if self._store.is_local else ROTATE
        return Job(config.manners(), self._roll, str(spool), self._name, rotate, self._errands)


def domains_of(run: Run) -> QuerySet[Domain]:
    """The domains that a run is about."""
    names = run.params.get("domains")
    if names is not None:
        return Domain.objects.filter(name__in=names).exclude(name="")
    revision = _revision(run)
    domains = Domain.objects.filter(shares__revision=revision).exclude(name="")
    if largest := run.params.get("largest"):
        shares = DomainShare.objects.filter(revision=revision).exclude(domain__name="")
        domains = domains.filter(pk__in=shares.order_by("-tokens", "domain").values("domain")[: int(largest)])
    return domains


def to_ask(unit: Unit) -> dict[str, Errand]:
    """The unit's domains that neither this run has asked yet nor anybody lately, by name."""
    run = unit.run
    hours = float(run.params.get("fresh_for_hours", FRESH_FOR_HOURS))
    since = run.created_at - timedelta(hours=hours)
    of_domain = Snapshot.objects.filter(domain=OuterRef("pk"), channel=ROBOTS)
    fresh = Q(fetched_at__gte=since) & ~Q(state=State.UNREACHABLE)
    done = of_domain.filter(Q(run=run) | fresh)
    last = of_domain.order_by("-fetched_at").values("content")[:1]
    domains = health.to_ask(domains_of(run), run).filter(~Exists(done), shard__range=unit.spec["shards"])
    rows = domains.order_by("shard", "id").values_list("name", Subquery(last))
    return {name: Errand(name, digest or "") for name, digest in rows}


def _revision(run: Run) -> Revision:
    if run.revision is not None:
        return run.revision
    if run.corpus is not None:
        return run.corpus.revision
    raise BadInput("A crawl needs a corpus, a revision or a list of domains.")
