"""`manage.py demo`, as a newcomer runs it: from an empty folder, twice, and interrupted."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import psycopg
import pytest

from governance.demo import world
from governance.demo.sites import CHANGING
from governance.stack import Stack
from tests.processes import PROJECT, Program, left_of, run, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
MANAGE = str(PROJECT / "manage.py")
MINUTES = 3
STANDINGS = """
SELECT c.name, s.outcome, s.refused_share FROM governance_standing s JOIN datacards_corpus c ON c.id = s.corpus_id
"""
HISTORY = """
SELECT d.outcome FROM governance_decision d JOIN datacards_revision r ON r.id = d.revision_id
JOIN datacards_corpus c ON c.id = r.corpus_id WHERE c.name = %s ORDER BY d.decided_at
"""


def perform(home: Path, log: Path, *options: str) -> Program:
    return Program(MANAGE, "demo", *options, log=log, CONSENTRY_HOME=str(home))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Program:
    """The demo on an empty folder, to its end."""
    program = perform(folder / "home", folder / "first", "--once")
    assert program.process.wait(MINUTES * 60) == 0, program.output[-3000:]
    return program


@pytest.fixture(scope="module")
def database(first: Program, folder: Path) -> Iterator[psycopg.Connection]:
    """What the first performance left."""
    with Stack(folder / "home", broker=False) as stack, psycopg.connect(stack.database_url) as connection:
        yield connection


def test_the_first_performance_ends_by_itself_and_leaves_nothing_running(first: Program, folder: Path) -> None:
    until(lambda: not left_of(folder), 5)


def test_it_shows_the_two_decisions_that_flip_with_their_shares(first: Program) -> None:
    flips = re.findall(r"(\S+)  ✔ Approved →  ✖ BLOCKED   refused (\S+ %) → (\S+ %)", first.output)
    assert flips == [(world.WEB.name, "4.4 %", "12.4 %"), (world.FILTERED.name, "4.0 %", "24.0 %")]


def test_it_shows_the_path_down_to_what_was_derived(first: Program) -> None:
    lines = first.output.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{CHANGING}/robots.txt"))
    assert "harbour/web-2026 r1: 80 k of its 1 M tokens, 8.0 %" in lines[at + 1]
    assert "harbour/web-2026-filtered r1 (filtered from it)" in lines[at + 2]


def test_it_gives_every_role_a_password_of_its_own(first: Program) -> None:
    found = re.findall(r"^  (steward|reader|approver|admin|outsider) +(\S{12}) ", first.output, re.MULTILINE)
    assert len({password for _, password in found}) == len(world.PEOPLE)


def test_the_reports_that_it_names_exist(first: Program) -> None:
    found = re.findall(r"^  (/\S+report\.html)$", first.output, re.MULTILINE)
    assert len(found) == 2
    assert all("<svg" in Path(name).read_text() or "<table" in Path(name).read_text() for name in found)


def test_it_puts_ten_datasets_on_record_and_invents_no_licence(first: Program, database: psycopg.Connection) -> None:
    assert "Of 5 of them nobody on record states a licence" in first.output
    unstated = "SELECT count(*), count(*) FILTER (WHERE verdict = 'not found') FROM datacards_dataset"
    assert database.execute(unstated).fetchone() == (10, 5)


def test_every_corpus_stands_where_the_page_on_the_world_says(database: psycopg.Connection) -> None:
    standing = {name: outcome for name, outcome, _ in database.execute(STANDINGS)}
    assert standing == dict.fromkeys([corpus.name for corpus in world.CORPORA], "blocked") | {
        world.ENCYCLOPEDIA.name: "approved"
    }


def test_the_measured_shares_are_those_of_the_arithmetic(database: psycopg.Connection) -> None:
    measured = {name: share for name, _, share in database.execute(STANDINGS)}
    changed = {corpus.name: float(world.training_share(corpus, changed=True)) for corpus in world.CORPORA}
    assert measured == pytest.approx(changed)


def test_only_the_two_were_ever_approved_and_then_blocked(database: psycopg.Connection) -> None:
    histories = {c.name: [row[0] for row in database.execute(HISTORY, [c.name])] for c in world.CORPORA}
    fallen = {name for name, told in histories.items() if "approved" in told and told[-1] == "blocked"}
    assert fallen == {world.WEB.name, world.FILTERED.name}


def test_a_second_performance_shows_the_same_registers_nothing_anew_and_serves_until_ctrl_c(
    database: psycopg.Connection, first: Program, folder: Path
) -> None:
    second = perform(folder / "home", folder / "second")
    second.wait_for("Serving until Ctrl-C.", MINUTES * 60)
    assert second.output.count("→  ✖ BLOCKED") == 2
    assert database.execute("SELECT count(*) FROM datacards_revision").fetchone() == (len(world.CORPORA),)
    assert "/sign-in/" in visited(second)
    assert second.stop(signal.SIGINT, 30) == 0
    parts = ("celery", "gunicorn", "manage.py")  # this module holds the database's services themselves
    until(lambda: not [line for line in left_of(folder / "home") if any(part in line for part in parts)], 5)


def visited(program: Program) -> str:
    """Where the page of the changed site, at the address that the demo prints, leads a stranger."""
    found = re.search(r"domain +http://localhost:(\d+)(/domains/\S+)", program.output)
    assert found
    address = Request(f"http://127.0.0.1:{found[1]}{found[2]}", headers={"Host": "localhost"})
    with urlopen(address, timeout=20) as page:
        return str(page.url)


def test_ctrl_c_in_the_middle_ends_it_quietly(folder: Path) -> None:
    program = perform(folder / "interrupted", folder / "log")
    program.wait_for("▸ Crawl", MINUTES * 60)
    assert program.stop(signal.SIGINT, 30) == 0
    assert "Traceback" not in program.output
    until(lambda: not left_of(folder / "interrupted"), 5)


def test_killed_in_the_middle_it_leaves_nothing_running_and_shows_all_the_next_time(folder: Path) -> None:
    home = folder / "killed"
    program = perform(home, folder / "killed-log")
    program.wait_for("▸ Crawl", MINUTES * 60)
    program.process.kill()
    program.process.wait()
    until(lambda: not left_of(home), 20)
    again = perform(home, folder / "again-log", "--once")
    assert again.process.wait(MINUTES * 60) == 0, again.output[-3000:]
    assert again.output.count("→  ✖ BLOCKED") == 2


def test_it_refuses_to_fill_a_database_that_is_not_its_own(folder: Path) -> None:
    ended = run(MANAGE, "demo", "--once", DATABASE_URL="postgresql://me@db.example/prod", CONSENTRY_HOME=str(folder))
    assert ended.returncode == 1
    assert "unset DATABASE_URL" in ended.stderr.splitlines()[-1]


def test_it_leaves_the_account_of_a_real_admin_alone(folder: Path) -> None:
    home = folder / "real"
    with Stack(home, broker=False):
        made = run(MANAGE, "migrate", CONSENTRY_HOME=str(home))
        assert made.returncode == 0, made.stderr
        password = {"DJANGO_SUPERUSER_PASSWORD": "a long passphrase"}
        run(MANAGE, "createsuperuser", "--noinput", "--username=admin", "--email=ada@acme.example",
            CONSENTRY_HOME=str(home), **password)  # fmt: skip
        ended = run(MANAGE, "demo", "--once", CONSENTRY_HOME=str(home))
    assert ended.returncode == 1
    assert "Somebody is called admin here already" in ended.stderr
