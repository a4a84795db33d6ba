"""Kills at random moments of one crawl: nothing finished is asked again, nothing is lost, no evidence is damaged."""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.crawl_checks import Stored, evidence, faults
from crawler import shard
from crawler.models import Snapshot
from datacards.models import Run
from tests.crawler.conftest import revision_of
from tests.site import Answer, serving

pytestmark = pytest.mark.django_db(transaction=True)
Crawled = Callable[..., Run]
HOSTS = {f"d{i}.test": {"/robots.txt": Answer(b"# %d\n" % i, wait=0.4 + i % 20 / 10)} for i in range(60)}


class Killer(threading.Thread):
    """Kills the crawling child of a thread three times, each time after some more domains were stored."""

    def __init__(self, parent: int) -> None:
        super().__init__(daemon=True)
        self._children = Path(f"/proc/self/task/{parent}/children")
        self._chance = random.Random(1)
        self.stored: list[Stored] = []
        self.over = threading.Event()

    def run(self) -> None:
        from django.db import connection

        known = 0
        while len(self.stored) < 3 and not self.over.wait(0.02):
            done = set(Snapshot.objects.values_list("domain__name", flat=True))
            children = self._children.read_text().split()
            if len(done) > known and children:
                known = len(done)
                time.sleep(self._chance.uniform(0.0, 0.3))
                self.stored.append((time.monotonic(), done))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(children[-1]), signal.SIGKILL)
        connection.close()


def test_kills_cost_no_domain_and_no_evidence(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "BATCH", 5)
    last: dict[str, float] = {}

    def answer(host: str, path: str) -> Answer | None:
        last[host] = time.monotonic()
        return HOSTS[host].get(path)

    with serving(answer) as site:
        killer = Killer(threading.get_native_id())
        killer.start()
        run = crawled(site, revision_of(dict.fromkeys(HOSTS, 1)))
        killer.over.set()
        killer.join()
    assert [len(done) < 60 for _, done in killer.stored] == [True] * 3
    assert list(faults(run, list(HOSTS), killer.stored, last)) == []


def test_what_is_wrong_after_a_crawl_is_found(crawled: Crawled) -> None:
    hosts = {host: {"/robots.txt": Answer(b"# here\n")} for host in ("a.test", "b.test")}
    with serving(hosts) as site:
        run = crawled(site, revision_of(dict.fromkeys(hosts, 1)))
    file = evidence(run)[0]
    file.write_bytes(file.read_bytes()[:-20])
    found = " ".join(faults(run, ["a.test", "lost.test"], [(1.0, {"b.test"})], {"b.test": 2.0}))
    for words in ("1 domains were lost", "1 finished domains were asked again, such as b.test", "is cut"):
        assert words in found
