"""A worker killed in the middle of a count: nothing is lost, nothing is counted twice."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from datacards import register, runs
from datacards.models import Corpus, Role, RunState, Unit, UnitState, User
from tests.processes import until

FILES, LINES = 1000, 20


@pytest.fixture
def folder(tmp_path):
    """A thousand files: five units."""
    place = tmp_path / "web"
    place.mkdir()
    for n in range(FILES):
        line = json.dumps({"url": f"https://site-{n % 70}.example/", "text": "one two three"}) + "\n"
        (place / f"{n:04}.jsonl").write_text(line * LINES)
    return place


def test_a_count_survives_the_death_of_its_worker(worker, folder):
    steward = User.objects.create_user("steward", role=Role.STEWARD)
    run = register.submit(steward, location=str(folder), name="acme/web")
    until(lambda: run.units.filter(state=UnitState.DONE).exists(), 30)
    worker.kill()
    left = run.units.exclude(state=UnitState.DONE).count()
    Unit.objects.filter(run=run, state=UnitState.RUNNING).update(lease_until=timezone.now())
    runs.work_until_done(run)
    assert left > 0
    assert (run.state, run.units.count()) == (RunState.COMPLETED, 5)
    assert Corpus.objects.get().revision.tokens == FILES * LINES * 3
    assert Corpus.objects.get().revision.shares.count() == 70
    assert not list((Path(settings.CONSENTRY_STORE) / "registrations").rglob("*.parquet"))
