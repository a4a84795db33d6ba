"""The crawl: a run over the domains of a revision, cut into shards, each asked by a child process of its own."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from crawler import health, store, turns
from crawler.child import ChildDied
from crawler.errands import documents_of, domains_of, to_ask
from crawler.models import ROBOTS, ConsentChange, Snapshot
from crawler.shard import Shard, evidence_of, folder_of, mend_files
from crawler.wire import Errand
from datacards.errors import BadInput, Unavailable
from datacards.leases import Pulse
from datacards.models import Run, Unit
from datacards.runs import UnitSpec

log = logging.getLogger(__name__)

SHARD_SIZE = 2000
DEATHS = 3  # of the crawling process in a row without another domain stored: then it is not chance
KILLS = 25  # the same where it was killed from outside, perhaps for want of memory
PATIENCE = 0.5  # seconds until another look at sites that somebody else is asking


class CrawlJob:
    """Asks the domains of a revision for the documents by which they speak.

    Params: `fresh_for_hours` (domains with younger snapshots are not asked again, unless they were unreachable; 24),
    `documents` (of crawler.documents; all), `largest` (only so many domains, by tokens), or `domains` (names, instead
    of a revision's); `patient` (hosts that failed lately are left alone until their rest is over).
    """

    kind = "crawl"
    unit = "domains"
    size = SHARD_SIZE
    attempts = 10  # of a unit by workers that die: each begins where the last one stored, so another try costs little

    def plan(self, run: Run) -> Iterator[UnitSpec]:
        """One unit per about 2,000 domains; all domains of one registrable name are in the same."""
        documents_of(run)
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
        with store.configured().spool() as folder:
            mend_files(folder, evidence_of(unit))
        deaths = attempt = 0
        least = unit.total + 1
        while todo := to_ask(unit):
            pulse(done=unit.total - len(todo))
            if len(todo) < least:
                least, deaths = len(todo), 0
            ours = _our_turn(unit, todo)
            if not ours:
                time.sleep(PATIENCE)
                continue
            try:
                Shard(unit, ours, pulse, len(todo), attempt).crawl()
            except ChildDied as death:
                deaths += 1
                log.warning("the crawling process of run %s died: %s", unit.run_id, death)
                if deaths >= (KILLS if death.killed else DEATHS):
                    raise Unavailable(f"The crawling process died {deaths} times ({death}); see the log.") from death
            attempt += 1
        return {}

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Nothing is left to store: each batch was, guarded by the unit's fence."""

    def finish(self, run: Run) -> dict[str, Any]:
        """Counts by fetch state of robots.txt, and of each document; domains that were reused are the rest."""
        counts = Snapshot.objects.filter(run=run).values_list("channel", "state").annotate(n=Count("id"))
        documents: dict[str, dict[str, int]] = {}
        for channel, state, number in counts.order_by("channel", "-n"):
            documents.setdefault(channel, {})[state] = number
        states = documents.get(ROBOTS, {})
        fetched, files = sum(states.values()), sum(map(_asked, documents.values()))
        changed = ConsentChange.objects.filter(after__run=run).values("domain").distinct().count()
        reused = (run.total or 0) - fetched
        turns.forget()
        health.recompute(run)
        run.say(f"Asked {fetched} domains for {files} documents; {reused} were fresh enough; {changed} changed.")
        return {"fetched": fetched, "reused": reused, "states": states, "changed": changed, "documents": documents}

    def discard(self, run: Run) -> None:
        """What was fetched before a run was cancelled stays, for it is evidence; a file that a kill cut is ended."""
        with store.configured().spool() as folder:
            mend_files(folder, folder_of(run))


def _our_turn(unit: Unit, todo: dict[str, Errand]) -> dict[str, Errand]:
    """The errands to sites that nobody else is asking."""
    hosts = Counter(errand.site for errand in todo.values())
    ours = turns.claim(unit, hosts)
    return {name: errand for name, errand in todo.items() if errand.site in ours}


def _asked(states: dict[str, int]) -> int:
    return sum(number for state, number in states.items() if state != "forbidden")
