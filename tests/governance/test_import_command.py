"""`import_consent`: the terminal, the page of its run, and that nobody is told of history as news."""

import io
import json
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from crawler.models import ConsentChange, Snapshot
from datacards.errors import Conflict
from datacards.models import Run, RunState, User
from governance import acts, deliveries, subscriptions
from governance.subscription_models import Subscription
from tests.conftest import address
from tests.crawler.histories import CLOSED, OPEN, START, day, drift, dump, history, provenance, warc, watched
from tests.factories import corpus, person
from tests.governance.asking import asker
from tests.governance.pages import Pages
from tests.processes import PROJECT, Program, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.CONSENTRY_STORE = str(tmp_path / "store")


@pytest.fixture
def stella() -> User:
    return person("stella", "steward")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history of a site that is watched and of one that is not."""
    watched("a.example")
    return warc(tmp_path / "cc.warc.gz", [("a.example", 0, OPEN), ("a.example", 30, CLOSED), ("x.example", 0, OPEN)])


def told(*words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("import_consent", *words, stdout=out)
    return out.getvalue()


def plain(*words: str) -> Any:
    return json.loads(told(*words, "--json"))


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as error:
        told(*words)
    assert error.value.returncode == 1
    return str(error.value)


# --- the terminal ------------------------------------------------------------------------------------------


def test_what_came_in_is_told_to_people(path: Path, stella: User) -> None:
    seen = told(str(path), "--source", "CC 2023", "--as", "stella")
    assert "2 sightings, 2023-01-01 to 2023-01-31" in seen
    assert "not watched" in seen
    assert set(Snapshot.objects.values_list("source", flat=True)) == {"CC 2023"}


def test_what_came_in_is_told_to_programs_with_the_keys_of_the_api(path: Path, stella: User) -> None:
    made = plain(str(path), "--as", "stella", "--reason", "Before we publish.")
    assert (made["kind"], made["state"], made["unit"], made["reason"]) == (
        "import", "completed", "bytes", "Before we publish.",
    )  # fmt: skip
    assert (made["outcome"]["stored"], made["outcome"]["unwatched"], made["outcome"]["changes"]) == (2, 1, 1)
    assert asker(stella)("get", f"runs/{made['id']}").json()["outcome"] == made["outcome"]


def test_a_source_without_a_name_is_called_as_its_file(path: Path, stella: User) -> None:
    told(str(path), "--as", "stella")
    assert Snapshot.objects.first().source == "cc.warc.gz"  # type: ignore[union-attr]


def test_a_folder_is_read_file_by_file(path: Path, tmp_path: Path, stella: User) -> None:
    (tmp_path / "store").mkdir(exist_ok=True)
    folder = tmp_path / "histories"
    folder.mkdir()
    path.rename(folder / "cc.warc.gz")
    provenance(folder / "dpi.json", {"a.example": {60: OPEN, 90: None}})
    assert plain(str(folder), "--as", "stella")["outcome"]["stored"] == 4


def test_terms_need_a_table_of_services(tmp_path: Path, stella: User) -> None:
    watched("a.example")
    path = dump(tmp_path / "v.jsonl.xz", [("Ours", 0, "You may read our pages. " * 20, False)])
    assert "service,domain" in refused(str(path), "--as", "stella")
    (tmp_path / "services.csv").write_text("service,domain\nOurs,a.example\n")
    made = plain(str(path), "--services", str(tmp_path / "services.csv"), "--as", "stella")
    assert made["outcome"]["documents"] == {"terms": {"ok": 1}}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["/nowhere/at-all"], "/nowhere/at-all: there is no such file or folder."),
        ([str(PROJECT / "manage.py")], "this is none of the histories that are read"),
        ([str(PROJECT / "manage.py"), "--format", "warc", "--as", "rita"], "Only a steward or an admin may"),
        ([str(PROJECT / "manage.py"), "--format", "warc", "--source", "a\nb"], "source: a name on one line"),
        ([str(PROJECT / "manage.py"), "--format", "terms", "--services", "/nowhere"], "services: /nowhere cannot"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(words: list[str], sentence: str, stella: User) -> None:
    person("rita", "reader")
    said = refused(*words, *([] if "--as" in words else ["--as", "stella"]))
    assert sentence in said
    assert said.count("\n") == 0


def test_asking_twice_while_it_lives_is_one_run(path: Path, stella: User) -> None:
    runs = {plain(str(path), "--as", "stella", "--detach")["id"] for _ in range(2)}
    assert len(runs) == 1
    assert plain(str(path), "--as", "stella")["id"] in runs


def test_ctrl_c_cancels_and_the_same_words_again_complete_it(tmp_path: Path, stella: User) -> None:
    hosts = watched(*(f"h{n}.example" for n in range(30)))
    captures = [(h, at * 30, b"# %d\n" % at + (OPEN, CLOSED)[at % 2]) for at in range(40) for h in hosts]
    path = warc(tmp_path / "cc.warc.gz", captures)
    words = ("import_consent", str(path), "--as", "stella", "--source", "cc")
    program = Program(str(PROJECT / "manage.py"), *words, log=tmp_path / "log", CONSENTRY_STORE=str(tmp_path / "store"),
                      DATABASE_URL=address(connection), CONSENTRY_HOME=os.environ["CONSENTRY_HOME"])  # fmt: skip
    until(lambda: Snapshot.objects.exists(), 60)
    assert program.stop(signal.SIGINT, 60) == 130, program.output
    assert Run.objects.get().state == RunState.CANCELLED
    left = 1200 - Snapshot.objects.count()
    assert plain(*words[1:])["outcome"]["stored"] == left
    assert (len(history()), len(drift())) == (1200, 30 * 39)


def test_a_run_of_the_terminal_is_tried_again_there_alone(stella: User) -> None:
    failed = Run.objects.create(kind="import", state="failed", started_by=stella, params={"path": "/x", "source": "x"})
    with pytest.raises(Conflict, match="at a terminal"):
        acts.retry(stella, failed)


# --- the page of the run -----------------------------------------------------------------------------------


def test_the_page_of_an_import_tells_what_came_in_and_what_was_left_out(path: Path, stella: User) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    made = plain(str(path), "--source", "CC 2023", "--as", "stella")
    seen = Pages(stella).text("run", made["id"])
    assert "Import of consent history from CC 2023" in seen
    assert "Stored 2" in seen
    assert "cc.warc.gz" in seen
    assert "Import of consent history from CC 2023" in Pages(stella).text("runs")


# --- no news -----------------------------------------------------------------------------------------------


def test_nobody_is_told_of_history_however_young(tmp_path: Path, stella: User) -> None:
    corpus(stella, "harbour/web", {"a.example": 700})
    since = timezone.now() - timedelta(days=9)
    subscription = Subscription.objects.create(person=stella, way="webhook", url="https://hook.example", since=since)
    age = (timezone.now() - timedelta(hours=20) - START) / timedelta(days=1)
    told(str(provenance(tmp_path / "a.json", {"a.example": {0: OPEN, age: CLOSED}})), "--as", "stella")
    change = ConsentChange.objects.get()
    assert (change.standing, change.at) == ("settled", day(age))
    assert not subscriptions.tellable(subscription).exists()
    assert deliveries.match() == 0
    ConsentChange.objects.update(historic=False)  # what would be told, were it no history
    assert deliveries.match() == 1
