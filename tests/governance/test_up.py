"""`manage.py up`: the whole product in one process tree, under accidents."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psycopg
import pytest

from governance.stack import Home, Stack
from tests.processes import PROJECT, Program, gone, left_of, run, until

pytestmark = pytest.mark.timeout(400)

MANAGE = str(PROJECT / "manage.py")
READY = "Ctrl-C stops it"


def start(home: Path, log: Path, *options: str) -> Program:
    program = Program(MANAGE, "up", "--workers=1", *options, log=log, CONSENTRY_HOME=str(home))
    program.wait_for(READY)
    return program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(up: Program, path: str = "/") -> HTTPResponse:
    """One page of a running product, as a browser on this machine asks for it."""
    found = re.search(r"http://localhost:(\d+) ", up.output)
    assert found
    connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
    connection.request("GET", path, headers={"Host": "localhost"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def pid_of(up: Program, name: str) -> int:
    """The pid of PostgreSQL or Valkey when it was started first."""
    found = re.search(rf"{name} (\d+)", up.output)
    assert found
    return int(found[1])


def child_of(up: Program, words: str) -> int:
    """The pid of the one child of `up` whose command line holds `words`."""
    children = Path(f"/proc/{up.pid}/task/{up.pid}/children").read_text().split()
    return next(int(pid) for pid in children if words in Path(f"/proc/{pid}/cmdline").read_text())


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One running product for the accidents that it must survive."""
    folder = tmp_path_factory.mktemp("up")
    program = start(folder / "home", folder / "log")
    yield program
    program.stop(signal.SIGINT)
    until(lambda: not left_of(folder), 5)


@pytest.fixture
def home(up: Program) -> Home:
    return Home(up.log.parent / "home")


def test_pages_carry_strict_security_headers(up: Program) -> None:
    headers = get(up).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_are_served_by_the_web_process(up: Program) -> None:
    response = get(up, "/static/admin/css/base.css")
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/css")


def test_a_host_that_is_not_allowed_is_refused(up: Program) -> None:
    found = re.search(r"http://localhost:(\d+) ", up.output)
    assert found
    connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 400
    connection.close()


def test_a_second_up_of_one_home_says_where_the_first_is(up: Program, home: Home) -> None:
    second = run(MANAGE, "up", CONSENTRY_HOME=str(home.root))
    assert second.returncode == 1
    assert re.search(rf"Consentry is up already .* at http://localhost:\d+ \(process {up.pid}\)", second.stderr)


def test_commands_attach_to_the_running_database(up: Program, home: Home) -> None:
    code = "from django.db import connection as c; c.ensure_connection(); print(c.info if 0 else c.pg_version)"
    shell = run(MANAGE, "shell", "-v0", "-c", code, CONSENTRY_HOME=str(home.root))
    assert shell.stdout.strip().isdecimal()
    assert up.process.poll() is None


def test_a_killed_postgres_is_started_again_and_pages_come_back(up: Program, home: Home) -> None:
    before = up.output.count("postgres  runs again")
    with psycopg.connect(home.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT generate_series(1, 500) AS number")
    os.kill(pid_of(up, "postgres"), signal.SIGKILL)
    up.wait_for("postgres  runs again", times=before + 1)
    with psycopg.connect(home.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (500,)
    assert get(up, "/admin/login/").status < 500


def test_a_killed_valkey_is_started_again_and_the_worker_comes_back(up: Program) -> None:
    connected = up.output.count("Connected to redis+socket")
    os.kill(pid_of(up, "valkey"), signal.SIGKILL)
    up.wait_for("valkey    runs again")
    up.wait_for("Connected to redis+socket", times=connected + 1)


@pytest.mark.parametrize(("words", "name"), [("gunicorn", "web"), ("worker", "worker"), ("beat", "beat")])
def test_a_killed_part_is_started_again(up: Program, words: str, name: str) -> None:
    os.kill(child_of(up, words), signal.SIGKILL)
    up.wait_for(f"{name:<9} ended (killed by SIGKILL)")
    up.wait_for(f"{name:<9} runs again")
    assert get(up).status < 500


def test_ctrl_c_stops_everything_in_a_few_seconds(tmp_path: Path) -> None:
    program = start(tmp_path / "home", tmp_path / "log")
    began = time.monotonic()
    assert program.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 12
    until(lambda: not left_of(tmp_path), 1)


def test_nothing_is_left_after_kill_9_and_a_new_start_works(tmp_path: Path) -> None:
    program = start(tmp_path / "home", tmp_path / "log")
    assert len(left_of(tmp_path)) > 8
    os.kill(program.pid, signal.SIGKILL)
    until(lambda: gone(program.pid))
    until(lambda: not left_of(tmp_path), 5)
    program.kill()
    again = start(tmp_path / "home", tmp_path / "log2")
    assert get(again).status < 500
    again.kill()
    until(lambda: not left_of(tmp_path), 5)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(MANAGE, "up", f"--port={port}", CONSENTRY_HOME=str(tmp_path / "home"))
    assert refused.returncode == 1
    assert f"Nothing can listen on 127.0.0.1:{port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_up_runs_on_a_database_and_a_broker_elsewhere(tmp_path: Path) -> None:
    with Stack(tmp_path / "elsewhere") as stack:
        elsewhere = {"DATABASE_URL": stack.database_url, "BROKER_URL": stack.broker_url}
        program = Program(MANAGE, "up", log=tmp_path / "log", CONSENTRY_HOME=str(tmp_path / "home"), **elsewhere)
        program.wait_for(READY)
        assert get(program).status < 500
        assert not (tmp_path / "home" / "postgres").exists()
        assert program.stop(signal.SIGTERM) == 0
    assert "embedded services" not in program.output
    until(lambda: not left_of(tmp_path), 5)


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    address = f"postgresql://ada:secret@127.0.0.1:{free_port()}/x"
    refused = run(MANAGE, "up", CONSENTRY_HOME=str(tmp_path / "home"), DATABASE_URL=address)
    assert refused.returncode == 1
    assert "The database does not answer" in refused.stderr
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_up_refuses_an_unsafe_broker(tmp_path: Path) -> None:
    refused = run(MANAGE, "up", CONSENTRY_HOME=str(tmp_path / "home"), BROKER_URL="sqs://")
    assert refused.returncode == 1
    assert "consentry.E001" in refused.stderr


def test_django_commands_work_while_nothing_runs(tmp_path: Path) -> None:
    variables = {"CONSENTRY_HOME": str(tmp_path / "home"), "DJANGO_SUPERUSER_PASSWORD": "correct horse battery"}
    options = ["--noinput", "--username=ada", "--email=ada@example.org"]
    assert run(MANAGE, "createsuperuser", *options, **variables).returncode == 0
    shown = run(MANAGE, "showmigrations", "datacards", **variables)
    assert "[X] 0001_initial" in shown.stdout
    until(lambda: not left_of(tmp_path), 1)
