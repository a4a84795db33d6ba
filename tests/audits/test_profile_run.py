"""A profile as a run: shared out in units, kept by content, and recorded as numbers alone."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from audits import execute, portions
from audits.models import Audit
from datacards import runs
from datacards.models import RunState, Unit
from tests.audits.conftest import planted_rows, write_parquet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.CONSENTRY_STORE = str(tmp_path / "store")


@pytest.fixture
def corpus(tmp_path, registered):
    return registered(write_parquet(tmp_path / "a.parquet", planted_rows(1000)), rows=1000)


def profiled(revision):
    run = runs.work_until_done(runs.start("profile", by=None, revision=revision, wake=False))
    assert run.state == RunState.COMPLETED, run.sentence
    return Audit.objects.get(pk=run.outcome["audit"])


def text_of(audit):
    return next(column for column in audit.summary["profile"]["columns"] if column["name"] == "text")


def test_a_profile_reads_every_row_and_records_its_numbers(corpus):
    audit = profiled(corpus)
    assert (audit.name, audit.rows, audit.coverage) == ("content.profile", 1000, 1.0)
    assert (text_of(audit)["distinct"], text_of(audit)["languages"][0]["code"]) == (1000, "en")


def test_units_share_the_work_and_come_to_the_same(corpus, monkeypatch):
    whole = profiled(corpus).summary["profile"]
    monkeypatch.setattr(portions, "PORTION_BYTES", 1500)
    monkeypatch.setattr(execute, "UNIT_BYTES", 1500)
    shared = profiled(corpus)
    assert shared.run.units.count() > 2
    assert sizes(shared.summary["profile"]) == sizes(whole)


def sizes(profile):
    """All but the languages, whose sample follows from how the file was cut."""
    return [{k: v for k, v in column.items() if k != "languages"} for column in profile["columns"]]


def test_the_same_data_is_not_measured_twice(corpus):
    profiled(corpus)
    assert profiled(corpus).summary["parts_reused"] == 1


def test_a_profile_is_no_scan_and_says_nothing_of_personal_data(corpus):
    audit = profiled(corpus)
    assert Audit.objects.latest_scan(corpus) is None
    assert Audit.objects.latest_profile(corpus) == audit
    assert audit.personal_share is None


def test_no_text_of_the_corpus_is_kept_anywhere(corpus):
    audit = profiled(corpus)
    kept = [path.read_bytes() for path in Path(settings.CONSENTRY_STORE).rglob("*") if path.is_file()]
    told = json.dumps([audit.summary, *Unit.objects.values_list("result", flat=True)]).encode()
    assert not [content for content in [*kept, told] if b"plain prose" in content or b"jane.doe" in content]
