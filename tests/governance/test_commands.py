"""The terminal: one sentence per error, one JSON document for programs, exit statuses that a script can use."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.test import Client

from datacards.models import Corpus, Run, User
from governance.management import base
from tests.conftest import HOME
from tests.factories import card, corpus, licence, person, run

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def told(*words: str) -> str:
    """What a command prints; a status other than 0 raises."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def plain(*words: str) -> Any:
    """The JSON document that a command prints."""
    return json.loads(told(*words, "--json"))


def refused(*words: str) -> str:
    """The one sentence of a command that cannot do it."""
    with pytest.raises(CommandError) as error:
        told(*words)
    assert error.value.returncode == base.FAILED
    return str(error.value)


@pytest.fixture
def stella() -> User:
    return person("stella", "steward")


@pytest.fixture
def web(stella: User) -> Corpus:
    return corpus(stella, "harbour/web", {"news.example": 700, "wiki.example": 300}, title="The harbour web")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = ({"url": f"https://site{i % 3}.example/{i}", "text": "five words in each row"} for i in range(30))
    (tmp_path / "part.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return tmp_path


# --- looking -----------------------------------------------------------------------------------------------


def test_corpora_are_listed_with_where_they_stand(web: Corpus) -> None:
    assert "harbour/web" in told("corpora")
    assert "Undecided" in told("corpora")


def test_a_list_for_programs_has_the_keys_of_the_api(web: Corpus) -> None:
    client = Client()
    client.force_login(web.owner)
    listed = plain("corpora")["items"]
    assert listed[0].keys() == client.get("/api/v1/corpora").json()["items"][0].keys()
    assert [row["name"] for row in listed] == ["harbour/web"]


def test_one_corpus_is_shown_with_its_newest_revision(web: Corpus) -> None:
    assert plain("corpora", "harbour/web")["revision"]["tokens"] == 1000
    assert "1,000 tokens" in told("corpora", "harbour/web")


def test_a_list_is_filtered_as_the_pages_filter_it(web: Corpus) -> None:
    assert plain("corpora", "--outcome", "approved")["items"] == []
    assert len(plain("corpora", "--search", "HARBOUR", "--owner", "stella")["items"]) == 1


def test_looking_as_somebody_shows_what_they_may_read(web: Corpus) -> None:
    Corpus.objects.update(audience="named")
    person("rita", "reader")
    assert plain("corpora", "--as", "rita")["items"] == []
    assert "There is no corpus" in refused("corpora", "harbour/web", "--as", "rita")
    assert len(plain("corpora")["items"]) == 1


def test_a_run_is_found_by_the_beginning_of_its_id(web: Corpus, stella: User) -> None:
    failed = run("crawl", "failed", stella, web, 1, 4, sentence="No site answers.")
    shown = plain("runs", str(failed.pk)[:8])
    assert shown["id"] == str(failed.pk)
    assert shown["log"][0]["text"] == "Planned in 4 parts."
    assert "No site answers." in told("runs", str(failed.pk))


def test_runs_are_listed_newest_first(web: Corpus, stella: User) -> None:
    made = [run("crawl", state, stella, web) for state in ("completed", "running")]
    assert [each["id"] for each in plain("runs")["items"]] == [str(r.pk) for r in reversed(made)]
    assert [each["id"] for each in plain("runs", "--living")["items"]] == [str(made[1].pk)]


# --- doing -------------------------------------------------------------------------------------------------


def test_registering_reads_the_data_here_and_tells_what_it_found(data: Path, stella: User) -> None:
    made = plain("register", str(data), "--name", "acme/web", "--as", "stella")
    assert made["revision"]["tokens"] == 150
    assert made["revision"]["documents"] == 30
    assert Corpus.objects.get(name="acme/web").owner == stella


def test_registering_detached_leaves_the_work_to_a_worker(data: Path, stella: User) -> None:
    made = plain("register", str(data), "--name", "acme/web", "--as", "stella", "--detach")
    assert made["state"] == "pending"
    assert Run.objects.get().state == "pending"


def test_what_is_done_without_a_name_is_recorded_as_the_operating_systems_user(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    told("register", str(data), "--name", "acme/web")
    otto = Corpus.objects.get(name="acme/web").owner
    assert (otto.username, otto.role, otto.has_usable_password()) == ("otto", "steward", False)


def test_a_decision_that_blocks_ends_with_status_3(web: Corpus) -> None:
    with pytest.raises(SystemExit) as end:
        told("decide", "harbour/web", "--as", "stella")
    assert end.value.code == base.BLOCKED


def test_a_decision_without_evidence_ends_with_status_4(web: Corpus, stella: User) -> None:
    licence(web, "CC-BY-4.0", stella)
    card(web, stella)
    with pytest.raises(SystemExit) as end:
        told("decide", "harbour/web", "--as", "stella")
    assert end.value.code == base.INDETERMINATE


def test_a_scan_of_a_registered_corpus_is_done_here(data: Path, stella: User) -> None:
    told("register", str(data), "--name", "acme/web", "--as", "stella")
    done = plain("start", "scan", "acme/web", "--as", "stella", "--reason", "Before the release.")
    assert (done["state"], done["reason"], done["total"]) == ("completed", "Before the release.", 30)


def test_a_run_is_cancelled_from_the_terminal(web: Corpus, stella: User) -> None:
    pending = run("crawl", "pending", stella, web)
    assert plain("runs", str(pending.pk), "--cancel")["sentence"] == "Cancelled by terminal."


def test_a_report_is_written_with_its_tables(web: Corpus, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        told("decide", "harbour/web", "--as", "stella")
    written = plain("report", "harbour/web", "--out", str(tmp_path / "out"))["report"]
    assert {"report.html", "findings.csv", "findings.parquet"} <= {Path(name).name for name in written}
    assert all(Path(name).stat().st_size for name in written)


# --- people and tokens -------------------------------------------------------------------------------------


def test_the_first_admin_comes_from_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    told("people", "add", "ada", "--role", "admin", "--password-stdin")
    assert Client().login(username="ada", password="correct horse battery")


def test_a_weak_password_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    assert refused("people", "add", "ada", "--password-stdin").startswith("password:")
    assert not User.objects.exists()


def test_a_new_password_ends_sessions(stella: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(stella)
    monkeypatch.setattr("sys.stdin", io.StringIO("another horse battery\n"))
    told("people", "password", "stella", "--password-stdin")
    assert client.get("/api/v1/me").status_code == 401


def test_a_role_is_given_from_the_terminal(stella: User) -> None:
    assert plain("people", "role", "stella", "approver")["role"] == "approver"


def test_a_person_without_the_right_gives_no_roles(stella: User) -> None:
    assert "Only an admin" in refused("people", "role", "stella", "admin", "--as", "stella")


def test_a_token_from_the_terminal_works(stella: User) -> None:
    secret = plain("token", "make", "ci", "--as", "stella", "--scope", "read")["secret"]
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["username"] == "stella"


def test_a_token_is_listed_without_its_secret_and_revoked(stella: User) -> None:
    made = plain("token", "make", "ci", "--as", "stella")
    assert made["secret"] not in told("token", "list", "--as", "stella")
    assert plain("token", "revoke", made["id"], "--as", "stella")["revoked_at"]


# --- errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["corpora", "nobody/knows"], "There is no corpus called 'nobody/knows'; `corpora` lists them."),
        (["corpora", "--as", "eve"], "Nobody here is called 'eve'; `people` lists everybody."),
        (["corpora", "--sort", "colour"], "--sort takes name, decision"),
        (["runs", "zz"], "There is no run 'zz'; `runs` lists them."),
        (["runs", "--cancel"], "Say which run"),
        (["report", "harbour/web"], "Nobody has decided on harbour/web yet; `decide harbour/web` does."),
        (
            ["crawl", "harbour/web", "--as", "rita"],
            "Only stella, who owns harbour/web, or an admin may crawl its sites.",
        ),
        (["register", "/nowhere", "--name", "x"], "/nowhere does not exist"),
        (["register", "/tmp", "--name", "a b c"], "name"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(web: Corpus, words: list[str], sentence: str) -> None:
    person("rita", "reader")
    said = refused(*words)
    assert sentence in said
    assert "\n" not in said


def test_a_refusal_of_the_terminals_own_account_says_how_to_be_somebody_else(
    web: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    assert refused("crawl", "harbour/web").endswith("Say --as NAME to do it with somebody else's rights.")


def test_a_bug_is_told_in_one_sentence_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.management.commands.corpora.standings", lambda *_: 1 / 0)
    with pytest.raises(CommandError, match="made a mistake") as error:
        told("corpora")
    assert error.value.returncode == base.MISTAKE


# --- for real ----------------------------------------------------------------------------------------------


@pytest.fixture
def terminal() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`manage.py …` as a process of its own, on the session's embedded database."""

    def ran(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        environment = os.environ | {"CONSENTRY_HOME": str(HOME)}
        return subprocess.run(
            command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=90
        )

    return ran


def test_a_real_terminal_gets_one_line_and_status_1(terminal: Any) -> None:
    ended = terminal("corpora", "nobody/knows")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "CommandError: There is no corpus called 'nobody/knows'; `corpora` lists them."
    ]


def test_a_real_terminal_gets_only_json_on_standard_output(terminal: Any) -> None:
    ended = terminal("people", "--json")
    assert ended.returncode == 0
    assert isinstance(json.loads(ended.stdout)["items"], list)


def test_wrong_usage_ends_with_status_2(terminal: Any) -> None:
    assert terminal("runs", "--colour").returncode == 2


def test_a_password_is_never_an_argument(terminal: Any) -> None:
    ended = terminal("people", "add", "ada", "--password", "correct horse battery")
    assert ended.returncode == 2
    assert not User.objects.exists()


def test_every_command_says_its_exit_statuses(terminal: Any) -> None:
    assert "130  cancelled by Ctrl-C" in terminal("decide", "--help").stdout


def test_the_handbook_lists_every_command_of_the_product() -> None:
    ours = ("governance", "crawler", "audits", "datacards")
    names = {name for name, app in get_commands().items() if app in ours}
    told = " ".join(re.findall(r"^\| `(.*)` \|", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE))
    assert names
    assert [name for name in names if not re.search(rf"\b{name}\b", told)] == []
