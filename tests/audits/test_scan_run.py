"""A scan as a run: exact, repeatable for nothing, and never twice."""

import gzip
import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audits import execute, portions
from audits.models import Audit
from datacards import register, runs
from datacards.models import RunState, Unit, UnitState
from tests.audits.conftest import SECRETS_OF_THE_TEST, planted_rows, write_jsonl, write_parquet
from tests.conftest import address
from tests.processes import Program, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_portions(monkeypatch):
    monkeypatch.setattr(portions, "PORTION_BYTES", 1500)
    monkeypatch.setattr(execute, "UNIT_BYTES", 1500)


@pytest.fixture(autouse=True)
def own_store(monkeypatch, settings, tmp_path):
    settings.CONSENTRY_STORE = str(tmp_path / "store")
    monkeypatch.setenv("CONSENTRY_STORE", settings.CONSENTRY_STORE)


@pytest.fixture
def parquet(tmp_path, registered):
    return registered(write_parquet(tmp_path / "a.parquet", planted_rows(1000)), rows=1000)


@pytest.fixture
def jsonl(tmp_path, registered):
    return registered(write_jsonl(tmp_path / "a.jsonl", planted_rows(1000)), rows=1000)


def scanned(revision, **params):
    return runs.work_until_done(runs.start("scan", by=None, revision=revision, params=params, wake=False))


def audit_of(run):
    assert run.state == RunState.COMPLETED, run.sentence
    return Audit.objects.get(pk=run.outcome["audit"])


def counts_of(audit):
    return {(c.type, c.column, c.tier): (c.findings, c.rows) for c in audit.counts.all()}


PLANTED = {
    ("email", "text", "validated"): (100, 100),
    ("credit_card", "text", "validated"): (50, 50),
    ("aws_access_key", "text", "validated"): (20, 20),
}


@pytest.mark.parametrize("corpus", ["parquet", "jsonl"])
def test_planted_values_are_recounted_exactly_over_many_units(corpus, request):
    run = scanned(request.getfixturevalue(corpus))
    audit = audit_of(run)
    assert run.units.count() > 5
    assert counts_of(audit) == PLANTED
    assert (audit.rows, audit.personal_rows, audit.secrets, audit.coverage) == (1000, 100, 20, 1.0)


def test_progress_counts_rows_of_rows_known(parquet):
    run = scanned(parquet)
    assert (run.unit, run.done, run.total) == ("rows", 1000, 1000)


def test_a_full_scan_states_its_shares_as_they_are(parquet):
    count = audit_of(scanned(parquet)).counts.get(type="email")
    assert count.upper_share == 0.1


def test_a_second_scan_of_unchanged_data_reads_nothing(parquet):
    first = scanned(parquet)
    kept = store_files()
    second = scanned(parquet)
    assert second.outcome["reused"] == second.outcome["parts"] == first.units.count()
    assert counts_of(audit_of(second)) == PLANTED
    assert store_files() == kept
    assert "scanned before" in second.lines.get().text


def test_only_the_changed_file_of_a_new_revision_is_scanned(tmp_path, registered):
    files = [write_parquet(tmp_path / f"{n}.parquet", planted_rows(100, n * 100)) for n in range(4)]
    scanned(registered(*files, rows=400))
    write_parquet(files[2], planted_rows(100, 5000))
    run = scanned(registered(*files, rows=400))
    assert (run.outcome["parts"], run.outcome["reused"]) == (4, 3)


def test_a_copy_of_the_data_elsewhere_is_known_by_its_content(tmp_path, parquet, registered):
    scanned(parquet)
    (tmp_path / "copy").mkdir()
    copy = shutil.copy(parquet.files.get().location, tmp_path / "copy" / "b.parquet")
    assert scanned(registered(Path(copy), rows=1000, name="acme/copy")).outcome["reused"] > 0


def test_data_that_changed_since_it_was_registered_fails_the_run(parquet):
    path = Path(parquet.files.get().location)
    write_parquet(path, planted_rows(1000, 1))
    run = scanned(parquet)
    assert run.state == RunState.FAILED
    assert "is no longer the file that was registered" in run.sentence
    assert not Audit.objects.exists()


def test_data_that_changes_while_it_is_scanned_fails_the_run_and_keeps_nothing(parquet):
    run = runs.start("scan", by=None, revision=parquet, wake=False)
    assert runs.work_once(run.id)
    write_parquet(Path(parquet.files.get().location), planted_rows(1000, 1))
    runs.work_until_done(run)
    assert run.state == RunState.FAILED
    assert store_files() == {}


def test_a_file_that_is_gone_fails_the_run(parquet):
    Path(parquet.files.get().location).unlink()
    assert "a.parquet is gone since it was registered" in scanned(parquet).sentence


def test_a_table_of_domains_is_refused(tmp_path, registered):
    path = tmp_path / "domains.csv"
    path.write_text("domain,tokens\nexample.org,5\n")
    run = scanned(registered(path, rows=1, text_column=""))
    assert run.sentence == "acme/web is a table of domains without texts, so there is nothing to scan."


def test_a_column_that_is_not_there_is_refused_by_name(parquet):
    assert "no text in a column nme: choose from url, text" in scanned(parquet, columns=["nme"]).sentence


def test_an_unknown_audit_is_refused_by_name(parquet):
    assert (
        scanned(parquet, audit="x").sentence
        == "There is no audit called x: choose one of pii.structured, content.profile."
    )


def test_columns_may_be_chosen(parquet):
    assert counts_of(audit_of(scanned(parquet, columns=["url"]))) == {}


def test_no_value_is_in_the_store_or_the_database(parquet):
    scanned(parquet)
    kept, dump = b"".join(store_files().values()), everything_in_the_database()
    assert kept
    assert b"acme/web" in dump
    for value in SECRETS_OF_THE_TEST:
        assert value.encode() not in kept + dump


def test_findings_tell_rows_and_places(parquet):
    run = scanned(parquet)
    key = run.units.order_by("ordinal").first().spec["portions"][0]["key"]
    (path,) = Path(settings.CONSENTRY_STORE).rglob(f"{key}.parquet")
    first = pq.read_table(path).slice(0, 1).to_pylist()[0]
    assert [first[name] for name in ("row", "column", "type", "start", "end")] == [0, "text", "email", 46, 67]


def test_the_newest_scan_is_the_one_that_was_finished_by_the_date_asked_for(parquet):
    old, new = audit_of(scanned(parquet)), audit_of(scanned(parquet))
    Audit.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=2))
    assert Audit.objects.latest_scan(parquet) == new
    assert Audit.objects.latest_scan(parquet, timezone.now() - timedelta(days=1)) == old
    assert Audit.objects.latest_scan(parquet, timezone.now() - timedelta(days=3)) is None


def store_files():
    """Contents of what is kept, by path; without the marks of files that were compared with their digests."""
    found = [path for path in Path(settings.CONSENTRY_STORE).rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in found if "vouched" not in path.parts}


def everything_in_the_database():
    with connection.cursor() as cursor:
        dumped = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dumped += [str(row) for row in cursor.fetchall()]
    return "\n".join(dumped).encode()


STOPPING = """
import sys, time
import django
django.setup()
from audits import execute, portions
from audits.pii import audit as pii
from datacards import runs
portions.PORTION_BYTES = execute.UNIT_BYTES = 1500
scan = pii.StructuredScan.scan
def stop_in_the_middle(self, portion, seal, progress):
    result = scan(self, portion, seal, progress)
    if sys.argv[2] == "third" and runs.Unit.objects.filter(run=sys.argv[1], state="done").count() == 2:
        print("in the middle", flush=True)
        time.sleep(60)
    return result
pii.StructuredScan.scan = stop_in_the_middle
while runs.work_once(sys.argv[1]):
    pass
print("nothing left", flush=True)
"""


def test_a_worker_killed_in_the_middle_of_a_unit_loses_and_doubles_nothing(parquet, tmp_path):
    undisturbed = counts_of(audit_of(scanned(parquet)))
    shutil.rmtree(settings.CONSENTRY_STORE)
    run = runs.start("scan", by=None, revision=parquet, wake=False)
    where = {"DATABASE_URL": address(connection), "CONSENTRY_STORE": settings.CONSENTRY_STORE}
    first = Program("-c", STOPPING, str(run.id), "third", log=tmp_path / "first.log", **where)
    first.wait_for("in the middle")
    first.kill()
    assert sorted(run.units.values_list("state", flat=True)).count(UnitState.RUNNING) == 1
    Unit.objects.filter(run=run, state=UnitState.RUNNING).update(lease_until=timezone.now())
    second = Program("-c", STOPPING, str(run.id), "", log=tmp_path / "second.log", **where)
    second.wait_for("nothing left")
    second.process.wait()
    run.refresh_from_db()
    assert counts_of(audit_of(run)) == undisturbed == PLANTED
    assert audit_of(run).rows == 1000
    assert run.units.exclude(attempts=1).count() == 1


def test_a_result_is_the_same_bytes_whoever_made_it(parquet):
    scanned(parquet)
    once = {path: hashlib.sha256(content).digest() for path, content in store_files().items()}
    shutil.rmtree(settings.CONSENTRY_STORE)
    scanned(parquet)
    assert {path: hashlib.sha256(content).digest() for path, content in store_files().items()} == once


def test_a_celery_worker_does_a_scan_to_its_end(parquet, worker):
    run = runs.start("scan", by=None, revision=parquet)
    until(lambda: runs.Run.objects.get(pk=run.pk).ended, 60)
    run.refresh_from_db()
    assert counts_of(audit_of(run)) == PLANTED


def test_a_corpus_is_scanned_as_it_was_registered_from_a_folder(tmp_path, owner):
    folder = tmp_path / "data"
    folder.mkdir()
    write_parquet(folder / "a.parquet", planted_rows(500))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(write_jsonl(tmp_path / "b", planted_rows(500, 500)).read_bytes()))
    asked = register.submit(owner, location=str(folder), name="acme/folder", wake=False)
    assert runs.work_until_done(asked).state == RunState.COMPLETED, asked.sentence
    asked.refresh_from_db()
    audit = audit_of(scanned(asked.revision))
    assert counts_of(audit) == PLANTED
    assert (audit.rows, audit.coverage) == (1000, 1.0)
