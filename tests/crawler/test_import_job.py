"""History from elsewhere as a run: every sighting once, with the changes between neighbours, whatever dies between."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from crawler import store
from crawler.models import ConsentChange, Content, Snapshot, Spell
from crawler.sayings import saying
from datacards.models import Domain, RunState
from tests.crawler.histories import (
    CLOSED, OPEN, SHUT, asked, day, drift, dump, history, imported, provenance, repository, warc, watched,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.CONSENTRY_STORE = str(tmp_path / "store")


# --- every sighting once -----------------------------------------------------------------------------------


def test_every_sighting_of_a_watched_host_is_a_snapshot_with_its_source(tmp_path: Path) -> None:
    watched("a.example", "b.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, OPEN), ("b.example", 1, CLOSED)]), "CC 2023")
    assert (run.state, run.sentence) == (RunState.COMPLETED, "")
    rows = Snapshot.objects.order_by("fetched_at").values_list("domain__name", "fetched_at", "state", "source", "run")
    assert list(rows) == [("a.example", day(0), "ok", "CC 2023", None), ("b.example", day(1), "ok", "CC 2023", None)]


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


def test_a_redirect_says_nothing_and_is_a_finding(tmp_path: Path) -> None:
    watched("a.example")
    run = imported(warc(tmp_path / "a.warc.gz", [("a.example", 0, b"")], 301, Location="https://www.a.example/"))
    assert (run.outcome["stored"], Snapshot.objects.count()) == (0, 0)
    assert list(run.outcome["findings"].values()) == [[1, "a.warc.gz, sighting 1"]]
    assert "leads elsewhere" in run.lines.last().text
