"""The crawl as a run: every domain asked once, whatever dies in between."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from crawler import registry, shard, store
from crawler.jobs import CrawlJob
from crawler.models import Agent, ConsentChange, Content, LevelVector, Snapshot
from datacards import runs
from datacards.models import Run, RunState, Unit
from tests.crawler.conftest import revision_of
from tests.processes import Program, until
from tests.site import Answer, serving

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = Answer(b"User-agent: *\nDisallow:\n")
CLOSED = Answer(b"User-agent: GPTBot\nDisallow: /\n")
SHORT = {"documents": ["robots"]}
Crawled = Callable[..., Run]


def web(count: int, wait: float = 0.0) -> dict[str, dict[str, Answer]]:
    """Hosts of which every third forbids GPTBot."""
    bodies = (b"User-agent: GPTBot\nDisallow: /\n", b"User-agent: *\nDisallow: /x\n", b"# nothing\n")
    return {f"d{i}.test": {"/robots.txt": Answer(bodies[i % 3], wait=wait)} for i in range(count)}


def small_shards(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Cut runs into small units."""
    monkeypatch.setattr(CrawlJob, "size", size)


def test_a_run_asks_each_domain_once_and_counts_what_came(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    small_shards(monkeypatch, 7)
    with serving(web(20)) as site:
        run = crawled(site, revision_of({**dict.fromkeys(web(20), 10), "gone.test": 5, "": 100}))
    assert (run.state, run.done, run.total) == (RunState.COMPLETED, 21, 21)
    assert run.outcome == {"fetched": 21, "reused": 0, "states": {"ok": 20, "unavailable": 1}, "changed": 0,
                           "documents": {"robots": {"ok": 20, "unavailable": 1}}}  # fmt: skip
    assert run.units.count() >= 3
    assert set(site.asked.values()) == {1}


def test_equal_contents_and_levels_are_stored_once(crawled: Crawled) -> None:
    with serving(web(12)) as site:
        crawled(site, revision_of(dict.fromkeys(web(12), 1)))
    assert (Snapshot.objects.count(), Content.objects.count(), LevelVector.objects.count()) == (12, 3, 3)


def test_a_body_first_met_under_404_is_evidence_where_it_comes_under_200(crawled: Crawled) -> None:
    hosts = {"gone.test": {"/robots.txt": Answer(CLOSED.body, 404)},
             "here.test": {"/robots.txt": Answer(CLOSED.body, wait=0.5)}}  # fmt: skip
    with serving(hosts) as site:
        run = crawled(site, revision_of(dict.fromkeys(hosts, 1)))
    assert (run.state, run.sentence) == (RunState.COMPLETED, "")
    content = Snapshot.objects.get(domain__name="here.test").content
    assert content is not None
    assert store.configured().read(content.warc_file, content.warc_offset).body == CLOSED.body


def test_a_status_or_a_header_that_no_database_keeps_does_not_end_the_run(crawled: Crawled, settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_HANDLER = "twisted"
    hosts = {"odd.test": Answer(status=99999), "nul.test": Answer(OPEN.body, headers={"Server": "a\0b"})}
    with serving({host: {"/robots.txt": answer} for host, answer in hosts.items()}) as site:
        run = crawled(site, revision_of(dict.fromkeys(hosts, 1)))
    assert (run.state, run.outcome["states"]) == (RunState.COMPLETED, {"ok": 1, "unreachable": 1})


def test_a_snapshot_leads_to_its_bytes(crawled: Crawled) -> None:
    with serving(web(3)) as site:
        crawled(site, revision_of(dict.fromkeys(web(3), 1)))
    snapshot = Snapshot.objects.get(domain__name="d0.test")
    assert snapshot.content is not None
    kept = store.configured().read(snapshot.content.warc_file, snapshot.content.warc_offset)
    assert (kept.body, kept.digest) == (b"User-agent: GPTBot\nDisallow: /\n", snapshot.content_id)
    assert snapshot.content.levels.levels()["GPTBot"] == "all"


def test_young_snapshots_are_reused_but_not_those_of_unreachable_hosts(crawled: Crawled) -> None:
    hosts = {**web(4), "down.test": {"/robots.txt": Answer(status=500)}}
    with serving(hosts) as site:
        revision = revision_of(dict.fromkeys(hosts, 1))
        crawled(site, revision)
        again = crawled(site, revision)
    assert (again.outcome["fetched"], again.outcome["reused"]) == (1, 4)
    assert site.count("d0.test") == 1


def test_only_the_largest_domains_are_asked_when_told_so(crawled: Crawled) -> None:
    with serving(web(5)) as site:
        run = crawled(site, revision_of({host: i for i, host in enumerate(web(5))}), largest=2)
    assert {host for host, _ in site.asked} == {"d3.test", "d4.test"}
    assert run.total == 2


def test_a_revision_without_domains_fails_with_a_sentence(crawled: Crawled) -> None:
    with serving({}) as site:
        run = crawled(site, revision_of({"": 10}))
    assert run.state == RunState.FAILED
    assert "register its URL column" in run.sentence


def test_drift_is_recorded_with_both_snapshots(crawled: Crawled) -> None:
    with serving({"a.test": {"/robots.txt": OPEN}, "b.test": {"/robots.txt": OPEN}}) as site:
        revision = revision_of({"a.test": 1, "b.test": 1})
        crawled(site, revision)
        site.hosts = {"a.test": {"/robots.txt": CLOSED}, "b.test": {"/robots.txt": OPEN}}
        run = crawled(site, revision, fresh_for_hours=0)
    change = ConsentChange.objects.get()
    (event,) = change.changes
    assert (event["kind"], event["agent"], event["before"], event["after"]) == (
        "agent-newly-blocked", "GPTBot", "none", "all",
    )  # fmt: skip
    assert (change.domain.name, change.direction, run.outcome["changed"]) == ("a.test", "tightened", 1)
    assert (change.before.state, change.after.run_id) == ("ok", run.pk)


def test_a_host_that_falls_silent_changes_for_every_agent(crawled: Crawled) -> None:
    with serving({"a.test": {"/robots.txt": OPEN}}) as site:
        revision = revision_of({"a.test": 1})
        crawled(site, revision)
        site.hosts = {"a.test": {"/robots.txt": Answer(status=503)}}
        crawled(site, revision, fresh_for_hours=0)
        crawled(site, revision, fresh_for_hours=0)
    change = ConsentChange.objects.get()
    (event,) = change.changes
    assert (event["agent"], event["before"], event["after"]) == ("*", "none", "unreachable")
    assert change.direction == "tightened"


def test_an_upgrade_of_ours_is_no_drift_of_a_site(crawled: Crawled) -> None:
    body = b"User-agent: GPTBot\nDisallow: /\n"
    registry.load()
    with serving({"a.test": {"/robots.txt": Answer(body)}}) as site:
        revision = revision_of({"a.test": 1})
        crawled(site, revision)
        Agent.objects.filter(name="CCBot").update(aliases=["GPTBot"])
        Agent.objects.filter(name="GPTBot").update(active=False)
        site.hosts = {"a.test": {"/robots.txt": Answer(body + b"# a new comment\n")}}
        crawled(site, revision, fresh_for_hours=0)
    assert LevelVector.objects.values("roll").distinct().count() == 2
    assert not ConsentChange.objects.exists()


def test_a_remote_store_gets_complete_files_only(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "ROTATE", 4)
    monkeypatch.setattr("tests.crawler.conftest.STORE", "memory://evidence")
    hosts = {f"d{i}.test": {"/robots.txt": Answer(b"# %d\n" % i)} for i in range(10)}
    with serving(hosts) as site:
        run = crawled(site, revision_of(dict.fromkeys(hosts, 1)))
    assert (run.state, Snapshot.objects.count()) == (RunState.COMPLETED, 10)
    places = Content.objects.values_list("warc_file", "warc_offset")
    assert len({file for file, _ in places}) == 3
    assert sorted(store.configured().read(*place).body for place in places) == sorted(b"# %d\n" % i for i in range(10))


def test_a_killed_child_costs_no_finished_domain(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "BATCH", 5)
    late = {f"late{i}.test": {"/robots.txt": Answer(b"", wait=1.5)} for i in range(30)}
    hosts = {**web(30, wait=0.2), **late}
    with serving(hosts) as site:
        from crawler.ingest import Ingest

        killed: list[set[str]] = []
        take = Ingest.take

        def take_and_kill(self: Ingest, results: list) -> int:
            new = take(self, results)
            if not killed:
                killed.append({s.domain.name for s in Snapshot.objects.select_related("domain")})
                children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
                os.kill(int(children[-1]), signal.SIGKILL)
            return new

        monkeypatch.setattr(Ingest, "take", take_and_kill)
        run = crawled(site, revision_of(dict.fromkeys(hosts, 1)))
    assert (run.state, Snapshot.objects.count()) == (RunState.COMPLETED, 60)
    assert 0 < len(killed[0]) < 60
    assert {site.count(host) for host in killed[0]} == {1}
    assert max(site.asked.values()) == 2


def test_a_child_that_dies_again_and_again_fails_the_run(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.child._environment", lambda: {"PYTHONHOME": "/nowhere"})
    with serving(web(2)) as site:
        run = crawled(site, revision_of(dict.fromkeys(web(2), 1)))
    assert run.state == RunState.FAILED
    assert "died 3 times" in run.sentence


def test_a_cancelled_run_kills_its_child_and_keeps_what_came(settings: Settings, tmp_path: Path) -> None:
    hosts = {**web(3), "slow.test": {"/robots.txt": Answer(wait=30)}}
    with serving(hosts) as site:
        settings.CONSENTRY_CRAWL_LOOPBACK, settings.CONSENTRY_STORE = site.address, str(tmp_path)
        revision = revision_of(dict.fromkeys(hosts, 1))
        run = runs.start("crawl", by=None, revision=revision, corpus=revision.corpus, params=SHORT, wake=False)

        def cancel() -> None:
            from django.db import connection

            until(lambda: Snapshot.objects.count() == 3)
            runs.cancel(run)
            connection.close()

        thread = threading.Thread(target=cancel)
        thread.start()
        runs.work_until_done(run, pause=0.05)
        thread.join()
    assert run.state == RunState.CANCELLED
    assert Snapshot.objects.count() == 3
    assert Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split() == []


@pytest.mark.slow
def test_a_killed_worker_costs_no_finished_domain(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hosts = web(300, wait=0.4)
    with serving(hosts) as site:
        monkeypatch.setenv("CONSENTRY_CRAWL_LOOPBACK", site.address)
        monkeypatch.setenv("CONSENTRY_CRAWL_CONCURRENCY", "20")
        monkeypatch.setenv("CONSENTRY_STORE", str(tmp_path))
        worker: Program = request.getfixturevalue("worker")
        revision = revision_of(dict.fromkeys(hosts, 1))
        run = runs.start("crawl", by=None, revision=revision, corpus=revision.corpus, params=SHORT)
        until(lambda: Snapshot.objects.count() >= 20, 30)
        worker.kill()
        finished = set(Snapshot.objects.values_list("domain__name", flat=True))
        Unit.objects.filter(run=run).update(lease_until=timezone.now())
        runs.work_until_done(run, pause=0.1)
    assert len(finished) < 300
    assert (run.state, Snapshot.objects.count()) == (RunState.COMPLETED, 300)
    assert {site.count(host) for host in finished} == {1}
