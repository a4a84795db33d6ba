"""`manage.py audit`: the whole chain from a terminal, over a real database, a real crawl and a real scan."""

import csv
import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from datacards.models import Corpus, Revision, Role, User
from governance.demo import world
from governance.demo.files import write
from governance.demo.responses import Response, text
from governance.demo.web import Web
from governance.models import Policy
from tests.processes import Program, left_of, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
APPROVED, FAILED, BLOCKED, INDETERMINATE, CANCELLED = 0, 1, 3, 4, 130

Audit = Callable[..., int]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(world.SITES) as served:
        yield served


@pytest.fixture
def audit(web: Web, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Audit:
    """Run the command here; returns its exit status. What it sets for the crawler ends with the test."""
    settings.CONSENTRY_CRAWL_LOOPBACK = None
    settings.CONSENTRY_STORE = str(tmp_path / "store")
    monkeypatch.setenv("CONSENTRY_CRAWL_LOOPBACK", "")

    def run(location: object, *options: str, loopback: str = web.address) -> int:
        out = ["--out", str(tmp_path / "report"), "--loopback-web", loopback]
        with pytest.raises(SystemExit) as ended:
            call_command("audit", str(location), *out, *options)
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


def printed(capsys: pytest.CaptureFixture[str]) -> dict:
    found: dict = json.loads(capsys.readouterr().out)
    return found


def complete_the_card() -> None:
    """A policy without the card's rule, so that data without a card can be approved."""
    version = Policy.objects.get(is_default=True).active
    assert version
    version.rules["rules"] = [rule for rule in version.rules["rules"] if rule["id"] != "card-complete"]
    version.save()


def test_what_it_measures_is_what_the_world_says(
    audit: Audit, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    audit(places[world.WEB.name], "--json")
    told = printed(capsys)
    assert (told["documents"], told["tokens"]) == (4000, 1_000_000)
    assert told["facts"]["consent.refused_share"] == 0.044
    assert told["facts"]["consent.unreachable_share"] == 0.005
    assert told["facts"]["scan.personal_share"] == 0


def test_the_exit_status_says_approved(audit: Audit, places: dict[str, Path]) -> None:
    complete_the_card()
    assert audit(places[world.WEB.name]) == APPROVED


def test_the_exit_status_says_blocked(audit: Audit, places: dict[str, Path]) -> None:
    assert audit(places[world.NEWS.name], "--licence", "CC-BY-NC-4.0") == BLOCKED


def test_the_exit_status_says_indeterminate(audit: Audit, tmp_path: Path) -> None:
    complete_the_card()
    table = tmp_path / "table.csv"
    table.write_text(f"domain,tokens\n{next(iter(world.SITES))},1000\n")
    assert audit(table, "--licence", "CC0-1.0") == INDETERMINATE


def test_a_person_reads_the_verdict_its_reasons_and_where_the_report_is(
    audit: Audit, places: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    audit(places[world.FORUM.name], "--licence", "CC-BY-SA-4.0")
    shown = capsys.readouterr().out
    assert "✖ BLOCKED" in shown
    assert "✖ Fail  At most 0.1 % of the rows hold validated personal data" in shown
    assert "email        20 findings in 20 rows" in shown
    assert f"{tmp_path}/report/report.html" in shown.replace("\n", "")  # a long path may go over two lines


def test_the_report_lies_there_as_html_csv_and_parquet(audit: Audit, places: dict[str, Path], tmp_path: Path) -> None:
    audit(places[world.NEWS.name], "--licence", "CC-BY-NC-4.0")
    folder = tmp_path / "report"
    largest = next(csv.DictReader((folder / "domains.csv").read_text().splitlines()))
    assert "52.5 %" in (folder / "report.html").read_text()
    assert largest["domain"] == pq.read_table(folder / "domains.parquet")["domain"][0].as_py()


def test_the_hub_folders_own_licence_counts(
    audit: Audit, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    audit(places[world.WEB.name], "--json")
    assert printed(capsys)["facts"]["licence.recognised"] is True


def test_a_licence_that_is_given_counts_for_data_without_one(
    audit: Audit, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    audit(places[world.UNLABELLED.name], "--licence", "CC0-1.0", "--json")
    assert printed(capsys)["facts"]["licence.stated"] is True


def test_a_second_audit_finds_the_corpus_and_its_revision_again(audit: Audit, places: dict[str, Path]) -> None:
    for _ in range(2):
        audit(places[world.UNLABELLED.name])
    assert (Corpus.objects.count(), Revision.objects.count()) == (1, 1)


def test_two_folders_of_one_name_are_two_corpora(audit: Audit, tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent).mkdir()
        (tmp_path / parent / "shares.csv").write_text(f"domain,tokens\n{parent}.example,10\n")
        audit(tmp_path / parent / "shares.csv")
    assert Corpus.objects.count() == 2


def test_the_corpus_belongs_to_whoever_sits_at_the_terminal(
    audit: Audit, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ines")
    audit(places[world.UNLABELLED.name], "--name", "ines/crawl")
    owner = Corpus.objects.get(name="ines/crawl").owner
    assert (owner.username, owner.role, owner.has_usable_password()) == ("ines", Role.STEWARD, False)


def test_whoever_is_no_steward_is_told_who_can_change_that(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create(username="olu", role=Role.READER)
    monkeypatch.setattr("getpass.getuser", lambda: "olu")
    with pytest.raises(CommandError, match="olu is no steward here; an admin can change that"):
        call_command("audit", str(places[world.UNLABELLED.name]))


def test_without_a_network_every_site_counts_as_refusing_and_that_is_said(
    audit: Audit, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    nobody_listens = "127.0.0.1:9"
    assert audit(places[world.UNLABELLED.name], "--licence", "CC0-1.0", loopback=nobody_listens) == BLOCKED
    assert "None of the sites could be reached: is this machine offline?" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (None, (), "does not exist"),
        (b"", (), "empty"),
        (b"\x00\x01\x02", (), "no rows"),
        (b"a,b\n1,2\n", (), "column"),
        (b"domain,tokens\na.example,5\n", ("--policy", "none-such"), "no active policy 'none-such'"),
        (b"domain,tokens\na.example,5\n", ("--loopback-web", "8.8.8.8:80"), "not an address on this machine"),
        (b"domain,tokens\na.example,5\n", ("--name", "a b/c"), "name"),
        (b"domain,tokens\na.example,5\n", ("--url-column", "address"), "address"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence_and_leaves_nothing(
    content: bytes | None, options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "data.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as told:
        call_command("audit", str(file), *options)
    assert (told.value.returncode, str(told.value).count("\n")) == (FAILED, 0)
    assert not Corpus.objects.exists()


class Hanging:
    """A site that takes its time."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()

    def answer(self, path: str) -> Response:
        self.may_go_on.wait(60)
        return text("")


def test_ctrl_c_cancels_the_runs_and_leaves_nothing_running(tmp_path: Path) -> None:
    site, home, table = Hanging(), tmp_path / "home", tmp_path / "table.csv"
    table.write_text("domain,tokens\nslow.example,10\n")
    with Web({"slow.example": site}) as served:
        options = ["--loopback-web", served.address]
        command = Program(
            "-m", "governance", "audit", str(table), *options, log=tmp_path / "log", CONSENTRY_HOME=str(home)
        )
        until(lambda: served.asked("slow.example"), 90)
        status = command.stop(signal.SIGINT, 30)
        site.may_go_on.set()
    assert (status, command.output.count("Traceback")) == (CANCELLED, 0)
    assert "Cancelled" in command.output
    until(lambda: not left_of(home), 15)
