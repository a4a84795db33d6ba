"""History from elsewhere as a run: every sighting once, with the changes between neighbours, whatever dies between."""

import gzip
import json
import os
import random
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from crawler import registry, store
from crawler.changes import newest
from crawler.consent import restriction
from crawler.documents import Document
from crawler.domain_terms import terms_of
from crawler.import_files import Reading
from crawler.keeping import Keeper
from crawler.models import ConsentChange, Content, Snapshot, Spell
from crawler.permissions import UNSTATED
from crawler.robots import parse
from crawler.sayings import saying
from crawler.states import State
from crawler.warc import Exchange, writing
from crawler.wire import Fetch
from datacards import runs
from datacards.models import Domain, Run, RunState, Unit
from tests.conftest import address
from tests.crawler.conftest import revision_of
from tests.crawler.histories import (
    CLOSED,
    OPEN,
    SHUT,
    asked,
    day,
    drift,
    dump,
    history,
    imported,
    provenance,
    repository,
    warc,
    watched,
)  # fmt: skip
from tests.factories import terms
from tests.processes import Program, until

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "terms_history.jsonl.xz"
Crawl = Callable[[str, float, bytes], Snapshot]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.CONSENTRY_STORE = str(tmp_path / "store")


# --- every sighting once -----------------------------------------------------------------------------------


def test_every_sighting_of_a_watched_host_is_a_snapshot_with_its_source(tmp_path: Path) -> None:
    watched("a.example", "b.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN), ("b.example", 1, CLOSED)]), "CC 2023")
    assert (run.state, run.sentence) == (RunState.COMPLETED, "")
    rows = Snapshot.objects.order_by("fetched_at").values_list("domain__name", "fetched_at", "state", "source")
    assert list(rows) == [("a.example", day(0), "ok", "CC 2023"), ("b.example", day(1), "ok", "CC 2023")]
    assert not Snapshot.objects.exclude(run=None).exists()


def test_a_snapshot_leads_to_a_record_of_ours_with_the_bytes_the_address_and_the_date(tmp_path: Path) -> None:
    watched("a.example")
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, CLOSED)]), "CC 2023")
    snapshot = Snapshot.objects.get()
    kept = store.configured().read(snapshot.warc_file, snapshot.warc_offset or 0)
    assert (kept.kind, kept.body, kept.url) == ("response", CLOSED, "https://a.example/robots.txt")
    assert (kept.fetched_at, kept.digest) == (day(0), snapshot.content_id)


def test_hosts_that_nobody_watches_are_counted_and_left_out(tmp_path: Path) -> None:
    watched("a.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN), ("x.example", 0, OPEN)]))
    assert (run.outcome["stored"], run.outcome["unwatched"], Snapshot.objects.count()) == (1, 1, 1)
    assert not Domain.objects.filter(name="x.example").exists()


def test_hosts_that_nobody_watches_are_added_when_told_so(tmp_path: Path) -> None:
    run = imported(warc(tmp_path / "a.warc.gz", [("www.x.org", 0, OPEN)]), add=True)
    assert (run.outcome["stored"], run.outcome["added"]) == (1, 1)
    assert Domain.objects.get(name="www.x.org").registrable == "x.org"


def test_an_import_done_twice_stores_nothing_twice(tmp_path: Path) -> None:
    watched("a.example")
    path = warc(tmp_path / "a.warc.gz", [("a.example", n, body) for n, body in enumerate((OPEN, CLOSED, SHUT))])
    imported(path)
    once = (history(), drift())
    again = imported(path)
    assert (history(), drift()) == once
    assert (again.outcome["stored"], again.outcome["known"]) == (0, 3)


def test_the_same_capture_from_another_source_is_known(tmp_path: Path) -> None:
    watched("a.example")
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN)]), "one")
    again = imported(provenance(tmp_path / "b.json", {"a.example": {0: OPEN, 1: CLOSED}}), "another")
    assert (again.outcome["known"], again.outcome["stored"]) == (1, 1)


def test_bodies_that_are_kept_are_not_kept_again(tmp_path: Path) -> None:
    watched("a.example")
    imported(warc(tmp_path / "a.warc.gz", [("a.example", n, OPEN) for n in range(4)]))
    kinds = [
        store.configured().read(file, offset).kind
        for file, offset in Snapshot.objects.order_by("fetched_at").values_list("warc_file", "warc_offset")
    ]
    assert (Content.objects.count(), kinds) == (1, ["response", "revisit", "revisit", "revisit"])


def test_what_came_without_its_answer_is_kept_as_no_answer(tmp_path: Path) -> None:
    watched("a.example")
    imported(provenance(tmp_path / "a.json", {"a.example": {0: OPEN, 1: None, 2: OPEN}}))
    rows = Snapshot.objects.order_by("fetched_at")
    kinds = [store.configured().read(row.warc_file, row.warc_offset or 0).kind for row in rows]
    assert kinds == ["resource", "metadata", "metadata"]
    assert [row.state for row in rows] == ["ok", "unavailable", "ok"]


def test_small_batches_come_to_the_same_as_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = watched(*(f"h{n}.example" for n in range(5)))
    captures = [(host, at, (OPEN, CLOSED, SHUT)[(at + n) % 3]) for at in range(6) for n, host in enumerate(hosts)]
    path = warc(tmp_path / "a.warc.gz", captures)
    imported(path)
    once = (history(), drift())
    for model in (ConsentChange, Spell, Snapshot):
        model.objects.all().delete()
    monkeypatch.setattr("crawler.import_files.BATCH", 3)
    imported(path)
    assert (history(), drift()) == once


def test_a_remote_store_gets_complete_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.CONSENTRY_STORE = "memory://history"
    monkeypatch.setattr("crawler.import_files.BATCH", 4)
    watched("a.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", n, b"# %d\n" % n) for n in range(10)]))
    places = list(Content.objects.values_list("warc_file", "warc_offset"))
    assert (run.state, len({file for file, _ in places})) == (RunState.COMPLETED, 3)
    assert {store.configured().read(*place).body for place in places} == {b"# %d\n" % n for n in range(10)}


def test_two_workers_with_the_same_captures_store_them_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.import_job.LARGEST", 1)
    monkeypatch.setattr("crawler.import_files.BATCH", 10)
    watched("a.example")
    captures = [("a.example", 3 * n, (OPEN, CLOSED)[n % 2]) for n in range(60)]
    for name in ("a.warc.gz", "b.warc.gz"):
        warc(tmp_path / name, captures)
    run = asked(tmp_path)

    def work() -> None:
        runs.work_until_done(Run.objects.get(pk=run.pk), pause=0.05)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run.refresh_from_db()
    assert (run.state, run.units.count(), Snapshot.objects.count()) == (RunState.COMPLETED, 2, 60)
    assert (run.outcome["stored"], run.outcome["known"], len(drift())) == (60, 60, 59)


# --- changes between historic states -----------------------------------------------------------------------


def test_neighbours_that_differ_make_a_settled_historic_change(tmp_path: Path) -> None:
    watched("a.example")
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN), ("a.example", 30, OPEN), ("a.example", 60, CLOSED)]))
    change = ConsentChange.objects.get()
    (event,) = change.changes
    assert (event["kind"], event["agent"]) == ("agent-newly-blocked", "GPTBot")
    assert (change.before.fetched_at, change.at, change.direction) == (day(30), day(60), "tightened")
    assert (change.standing, change.historic, change.settles_at) == ("settled", True, None)


def test_a_change_taken_back_within_the_window_is_returned(tmp_path: Path) -> None:
    watched("a.example")
    imported(provenance(tmp_path / "a.json", {"a.example": {0: OPEN, 10: CLOSED, 10.5: OPEN, 40: CLOSED, 60: OPEN}}))
    assert [(row[1], row[6]) for row in drift()] == [
        (day(10), "returned"), (day(10.5), "returned"), (day(40), "settled"), (day(60), "settled"),
    ]  # fmt: skip


def test_files_in_any_order_come_to_the_same_changes(tmp_path: Path) -> None:
    watched("a.example")
    bodies = [OPEN, CLOSED, CLOSED, SHUT, OPEN]
    files = [warc(tmp_path / f"{n}.warc.gz", [("a.example", n * 30, body)]) for n, body in enumerate(bodies)]
    for file in files:
        imported(file)
    once = (history(), drift())
    for model in (ConsentChange, Spell, Snapshot):
        model.objects.all().delete()
    for n in (2, 4, 0, 3, 1):
        imported(files[n])
    assert (history(), drift()) == once


@pytest.mark.parametrize("seed", range(6))
def test_changes_are_what_a_naive_reading_of_the_neighbours_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whatever files the history comes in, and in whatever order and batches."""
    chance = random.Random(seed)
    watched("a.example", "b.example")
    told = {host: {at: chance.choice((OPEN, CLOSED, SHUT, None)) for at in range(0, 60, 2)} for host in "ab"}
    parts: list[dict[str, dict[float, bytes | None]]] = [{} for _ in range(5)]
    for host, days in told.items():
        for at, body in days.items():
            chance.choice(parts).setdefault(f"{host}.example", {})[at] = body
    for number, part in enumerate(parts):
        monkeypatch.setattr("crawler.import_files.BATCH", chance.randint(1, 9))
        imported(provenance(tmp_path / f"{number}.json", part))
    levels = {OPEN: "none", None: "none", CLOSED: "some agents", SHUT: "all"}
    moves = {
        (f"{host}.example", day(at + 2), day(at))
        for host, days in told.items()
        for at in range(0, 58, 2)
        if levels[days[at]] != levels[days[at + 2]]
    }
    assert {row[:3] for row in drift()} == moves
    assert len(drift()) == len(moves)


def test_a_redirect_says_nothing_and_is_a_finding(tmp_path: Path) -> None:
    watched("a.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, b"")], 301, Location="https://www.a.example/"))
    assert (run.outcome["stored"], Snapshot.objects.count()) == (0, 0)
    assert list(run.outcome["findings"].values()) == [[1, "a.warc.gz, sighting 1"]]
    assert "leads elsewhere" in run.lines.last().text


# --- beside our own crawls ---------------------------------------------------------------------------------


@pytest.fixture
def crawl() -> Crawl:
    """A crawl's visit to a host: what its robots.txt was on a day, kept as the crawl keeps it."""

    def crawl(host: str, at: float, body: bytes) -> Snapshot:
        roll = registry.current_roll()
        exchange = Exchange(f"https://{host}/robots.txt", day(at), 200, (), body)
        with store.configured().spool() as folder, writing(folder, f"own-{at}", "tests") as writer:
            place = writer.response(exchange)
        fetch = Fetch(
            Document.ROBOTS, State.OK, day(at), 200, exchange.url, digest=exchange.digest, size=len(body), fresh=True,
            warc_file=place.file, warc_offset=place.offset, letters=roll.letters(parse(body)), signals=(),
        )  # fmt: skip
        with transaction.atomic():
            return Keeper(roll, store.configured()).keep([(watched(host)[host].pk, fetch)], [])[0]

    return crawl


def test_history_before_the_first_crawl_leads_up_to_it(tmp_path: Path, crawl: Crawl) -> None:
    first = crawl("a.example", 100, CLOSED)
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN)]))
    change = ConsentChange.objects.get()
    assert (change.before.fetched_at, change.after, change.historic) == (day(0), first, True)


def test_what_a_crawl_has_found_stays_as_it_was_told(tmp_path: Path, crawl: Crawl) -> None:
    crawl("a.example", 0, OPEN)
    crawl("a.example", 100, CLOSED)
    told = ConsentChange.objects.values().get()
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 50, SHUT)]))
    assert ConsentChange.objects.values().get(historic=False) == told
    assert [(row[1], row[7]) for row in drift()] == [(day(50), True), (day(100), False)]


def test_what_a_crawl_has_told_is_not_told_again_because_it_began_earlier(tmp_path: Path, crawl: Crawl) -> None:
    crawl("a.example", 0, OPEN)
    crawl("a.example", 100, CLOSED)
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 50, CLOSED)]))
    assert [(row[1], row[7]) for row in drift()] == [(day(100), False)]
    assert Spell.objects.get(since=day(50)).until == day(100)


def test_between_two_crawls_that_say_the_same_history_finds_the_way_there_and_back(
    tmp_path: Path, crawl: Crawl
) -> None:
    crawl("a.example", 0, OPEN)
    back = crawl("a.example", 100, OPEN)
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 50, CLOSED)]))
    assert [(row[1], row[6], row[7]) for row in drift()] == [(day(50), "settled", True), (day(100), "settled", True)]
    assert ConsentChange.objects.get(after=back).direction == "loosened"


def test_a_crawl_after_an_import_finds_news(tmp_path: Path, crawl: Crawl) -> None:
    watched("a.example")
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN)]))
    crawl("a.example", 100, CLOSED)
    assert [(row[1], row[6], row[7]) for row in drift()] == [(day(100), "settling", False)]


def test_history_answers_for_days_before_the_first_crawl(tmp_path: Path, crawl: Crawl) -> None:
    crawl("a.example", 100, CLOSED)
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN), ("a.example", 20, SHUT)]))
    host, agent = Domain.objects.get(), ("CCBot", "crawl")
    said = [saying(host, day(at)).table.get(agent, UNSTATED).value for at in (-1, 10, 30, 101)]
    assert said == ["unstated", "allowed", "disallowed", "allowed"]


def test_consent_at_acquisition_and_now_differ_once_history_is_there(tmp_path: Path, crawl: Crawl) -> None:
    crawl("a.example", 100, SHUT)
    revision = revision_of({"a.example": 900, "b.example": 100})
    assert not restriction(revision, as_of=day(10)).asked
    imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN)]))
    shares = [restriction(revision, as_of=day(at)).refused_share() for at in (10, 101)]
    assert shares == [0.0, 0.9]


# --- terms -------------------------------------------------------------------------------------------------

PLAIN = "Terms of Service\n\nYou may read our pages and share links to them with the people you know.\n" * 3
STRICT = PLAIN + "\nYou must not use any robot, spider or scraper to collect content from this site.\n"


def test_versions_of_terms_become_clauses_that_were_added(tmp_path: Path) -> None:
    watched("a.example")
    path = dump(tmp_path / "v.jsonl.xz", [("Ours", 0, PLAIN, False), ("Ours", 50, STRICT, False)])
    run = imported(path, services={"ours": "a.example"})
    assert run.outcome["documents"] == {"terms": {"ok": 2}}
    (change,) = ConsentChange.objects.all()
    assert [(event["kind"], event["axis"]) for event in change.changes] == [("clause-added", "scraping")]
    assert (change.channel, change.standing) == ("terms", "settled")


def test_an_upgrade_of_the_recorder_is_no_change_of_the_site(tmp_path: Path) -> None:
    watched("a.example")
    versions = [("Ours", 0, PLAIN, False), ("Ours", 50, STRICT, True), ("Ours", 99, STRICT + "\nBye.", False)]
    imported(dump(tmp_path / "v.jsonl.xz", versions), services={"ours": "a.example"})
    assert (Snapshot.objects.count(), ConsentChange.objects.count()) == (3, 0)


def test_what_an_archive_made_of_terms_is_not_compared_with_what_we_make_of_them(tmp_path: Path) -> None:
    """Two recorders extract two texts from one page."""
    host = watched("a.example")["a.example"]
    terms(host, STRICT + "\nOur menu, our footer.\n", at=day(40))
    versions = [("Ours", 0, PLAIN, False), ("Ours", 50, PLAIN, False), ("Ours", 99, STRICT, False)]
    imported(dump(tmp_path / "v.jsonl.xz", versions), services={"ours": "a.example"})
    assert [(row[1], row[2]) for row in drift()] == [(day(99), day(50))]
    assert not newest([(host.pk, "terms")])[host.pk, "terms"].at > day(40)


def test_a_repository_of_terms_is_read_commit_by_commit(tmp_path: Path) -> None:
    watched("a.example")
    path = repository(tmp_path / "versions", [("Ours", 0, PLAIN), ("Other", 1, PLAIN), ("Ours", 50, STRICT)])
    run = imported(path, services={"ours": "a.example"})
    assert (run.outcome["stored"], Snapshot.objects.count()) == (2, 2)
    assert terms_of(Domain.objects.get(), day(60)).axis("scraping").verdict == "prohibited"  # type: ignore[union-attr]
    assert terms_of(Domain.objects.get(), day(10)).axis("scraping").verdict == "not_mentioned"  # type: ignore[union-attr]


def test_terms_without_a_table_of_services_fail_in_one_sentence(tmp_path: Path) -> None:
    run = imported(dump(tmp_path / "v.jsonl.xz", [("Ours", 0, PLAIN, False)]))
    assert (run.state, run.sentence.count("\n")) == (RunState.FAILED, 0)
    assert "service,domain" in run.sentence


@pytest.mark.skipif(not REAL.exists(), reason="../shared/data/terms_history.jsonl.xz is not on this machine")
def test_recorded_terms_of_real_services_are_imported_once(tmp_path: Path) -> None:
    watched("x.ai", "mistral.ai")
    services = {"grok": "x.ai", "le chat": "mistral.ai"}
    run = imported(REAL, "Open Terms Archive", services=services)
    assert run.outcome["documents"]["terms"]["ok"] == 33
    assert set(ConsentChange.objects.values_list("historic", flat=True)) == {True}
    assert imported(REAL, "Open Terms Archive", services=services).outcome["stored"] == 0


# --- what is broken, hostile, killed or cancelled ----------------------------------------------------------


def test_a_bomb_ends_in_one_bounded_sighting(tmp_path: Path) -> None:
    watched("a.example")
    packed = gzip.compress(b"# " + b" " * 80_000_000)
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, packed)], **{"Content-Encoding": "gzip"}))
    assert run.state == RunState.COMPLETED
    assert all(content.size <= 500 * 1024 for content in Content.objects.all())


def test_a_record_longer_than_its_file_is_a_finding_with_its_place(tmp_path: Path) -> None:
    watched("a.example", "b.example")
    path = warc(tmp_path / "a.warc", [("a.example", 0, OPEN), ("b.example", 0, CLOSED)])
    path.write_bytes(path.read_bytes()[:-20])
    run = imported(path)
    assert (run.state, run.outcome["stored"]) == (RunState.COMPLETED, 1)
    ((kind, (count, first)),) = run.outcome["findings"].items()
    assert (kind, count, first.startswith("a.warc at byte")) == ("the file breaks off in it", 1, True)


def test_equal_troubles_are_one_finding_with_a_count(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a.example": {f"no date {n}": "x" for n in range(5)}}))
    run = imported(path)
    assert run.outcome["findings"] == {"its date cannot be read": [5, "a.json, entry 1"]}
    assert "5 records were left out: its date cannot be read (first: a.json, entry 1)." in run.lines.last().text


def test_a_file_that_is_no_history_completes_with_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(os.urandom(5000))
    run = imported(tmp_path / "a.warc.gz")
    assert (run.state, run.outcome["stored"]) == (RunState.COMPLETED, 0)


def test_memory_is_bounded_by_the_batch_and_not_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.import_files.MOST_BYTES", 1_000_000)
    watched("a.example")
    path = warc(tmp_path / "a.warc.gz", (("a.example", n, b"# %d %s" % (n, b"x" * 400_000)) for n in range(100)))
    tracemalloc.start()
    run = imported(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.outcome["stored"] == 100
    assert peak < 12e6 < 100 * 400_000


def test_a_cancelled_import_keeps_what_it_stored_and_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.import_files.BATCH", 5)
    watched("a.example")
    path = warc(tmp_path / "a.warc.gz", [("a.example", 2 * n, (OPEN, CLOSED)[n % 2]) for n in range(40)])
    run, kept = asked(path), Reading._count

    def cancelling(self: Reading, *args: Any) -> None:
        kept(self, *args)
        if Snapshot.objects.count() == 10 and not run.ended:
            runs.cancel(run)

    monkeypatch.setattr(Reading, "_count", cancelling)
    runs.work_until_done(run, pause=0.05)
    assert (run.state, Snapshot.objects.count()) == (RunState.CANCELLED, 10)
    assert imported(path).outcome["stored"] == 30
    assert [row[6] for row in drift()] == ["settled"] * 39


def test_an_import_killed_in_the_middle_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = watched(*(f"h{n}.example" for n in range(40)))
    captures = [(h, at * 30, b"# %d\n" % (at // 2) + (OPEN, CLOSED)[at % 2]) for at in range(20) for h in hosts]
    path = warc(tmp_path / "a.warc.gz", captures)
    run = asked(path)
    worker = Program("-c", WORKER, str(run.pk), log=tmp_path / "log", DATABASE_URL=address(connection),
                     CONSENTRY_STORE=str(tmp_path / "store"))  # fmt: skip
    until(lambda: Snapshot.objects.count() >= 100, 60)
    worker.kill()
    stored = Snapshot.objects.count()
    Unit.objects.filter(run=run).update(lease_until=timezone.now())
    runs.work_until_done(run, pause=0.05)
    ended, outcome = (history(), drift()), run.outcome
    for model in (ConsentChange, Spell, Snapshot):
        model.objects.all().delete()
    assert 100 <= stored < 800
    assert imported(path).outcome == outcome
    assert (history(), drift()) == ended


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
import django
django.setup()
from crawler import import_files
import_files.BATCH = 50
from datacards import runs
from datacards.models import Run
runs.work_until_done(Run.objects.get(pk=sys.argv[1]))
"""
