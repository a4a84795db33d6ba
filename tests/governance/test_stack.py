"""The embedded PostgreSQL and Valkey: real servers under real accidents."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from governance.stack import Home, Stack, StackError
from governance.stack.orphans import servers_at
from tests.processes import Program, gone, left_of, until

HOLD = """
import json, sys
from governance.stack import Stack, StackError
try:
    with Stack(sys.argv[1]) as stack:
        print(json.dumps(stack.pids), flush=True)
        sys.stdin.read()
        import time; time.sleep(60)
except StackError as error:
    print(error)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder of this test's own; whatever still runs in it at the end is a failure."""
    yield tmp_path / "home"
    until(lambda: not left_of(tmp_path), 5)
    shutil.rmtree(Home.at(tmp_path / "home").run, ignore_errors=True)


def query(stack: Stack, statement: str) -> list[tuple]:
    with psycopg.connect(stack.database_url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def answers(stack: Stack) -> bool:
    with suppress(psycopg.OperationalError):
        return bool(query(stack, "SELECT 1"))
    return False


def broker(stack: Stack) -> Redis:
    return Redis(unix_socket_path=str(stack.home.valkey_socket))


def holder(home: Path, log: Path, **variables: str) -> Program:
    """Another process that needs the home's services."""
    program = Program("-c", HOLD, str(home), log=log, **variables)
    program.wait_for("}")
    return program


def test_an_empty_folder_becomes_a_database_and_a_broker(home: Path) -> None:
    with Stack(home) as stack:
        assert query(stack, "SELECT current_database(), current_user") == [("consentry", "consentry")]
        with broker(stack) as valkey:
            assert valkey.ping()


def test_rows_and_messages_are_there_after_a_restart(home: Path) -> None:
    with Stack(home) as stack, broker(stack) as valkey:
        query(stack, "CREATE TABLE kept AS SELECT 7 AS number")
        valkey.lpush("cpu", "message")
    with Stack(home) as stack, broker(stack) as valkey:
        assert query(stack, "SELECT number FROM kept") == [(7,)]
        assert valkey.lrange("cpu", 0, -1) == [b"message"]


def test_nothing_runs_after_the_last_client_has_left(home: Path) -> None:
    with Stack(home) as stack:
        pids = list(stack.pids.values())
    until(lambda: all(gone(pid) for pid in pids), 1)


def test_a_second_process_attaches_to_the_living_servers(home: Path, tmp_path: Path) -> None:
    with Stack(home) as stack:
        other = holder(home, tmp_path / "log")
        other.kill()
        assert other.output == repr(stack.pids).replace("'", '"') + "\n"


def test_servers_outlive_their_first_client_while_another_needs_them(home: Path, tmp_path: Path) -> None:
    first = holder(home, tmp_path / "log")
    with Stack(home) as stack:
        first.kill()
        time.sleep(0.3)
        assert query(stack, "SELECT 1") == [(1,)]


def test_two_homes_run_side_by_side(home: Path) -> None:
    with Stack(home / "a") as first, Stack(home / "b") as second:
        query(first, "CREATE TABLE only_in_a ()")
        assert query(second, "SELECT to_regclass('only_in_a')") == [(None,)]


def test_many_processes_starting_at_once_share_one_pair_of_servers(home: Path, tmp_path: Path) -> None:
    programs = [Program("-c", HOLD, str(home), log=tmp_path / f"log{number}") for number in range(5)]
    for program in programs:
        program.wait_for("}")
    said = {program.output for program in programs}
    for program in programs:
        program.kill()
    assert len(said) == 1


def test_a_killed_postgres_comes_back_with_its_rows(home: Path) -> None:
    with Stack(home) as stack:
        query(stack, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        os.kill(stack.pids["postgres"], signal.SIGKILL)
        until(lambda: answers(stack))
        assert query(stack, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_killed_postgres_child_costs_no_rows(home: Path) -> None:
    with Stack(home) as stack:
        query(stack, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        data = next(stack.home.postgres.glob("[0-9]*"))
        os.kill(max(servers_at(data)), signal.SIGKILL)
        until(lambda: answers(stack))
        assert query(stack, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_killed_valkey_comes_back_with_its_messages(home: Path) -> None:
    with Stack(home, postgres=False) as stack, broker(stack) as valkey:
        valkey.lpush("cpu", "message")
        os.kill(stack.pids["valkey"], signal.SIGKILL)
        until(lambda: gone(stack.pids["valkey"]))
        until(lambda: stack.home.valkey_socket.exists() and valkey.ping())
        assert valkey.lrange("cpu", 0, -1) == [b"message"]


def test_servers_end_when_their_only_client_is_killed_and_start_again(home: Path, tmp_path: Path) -> None:
    client = holder(home, tmp_path / "log")
    assert len(left_of(home)) >= 4  # the client, the supervisor, PostgreSQL and its children, Valkey
    client.kill()
    until(lambda: not left_of(home), 5)
    with Stack(home) as stack:
        assert answers(stack)


def test_a_new_client_may_come_while_the_old_servers_still_stop(home: Path, tmp_path: Path) -> None:
    for number in range(3):
        holder(home, tmp_path / f"log{number}").kill()
        with Stack(home) as stack:
            assert answers(stack)


def test_servers_end_when_their_supervisor_is_killed_and_start_again(home: Path) -> None:
    with Stack(home) as stack:
        query(stack, "CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(stack.pids["supervisor"], signal.SIGKILL)
        until(lambda: all(gone(pid) for pid in stack.pids.values()))
        while stack.hear():
            pass
    with Stack(home) as stack:
        assert query(stack, "SELECT number FROM kept") == [(7,)]


def test_a_stale_pid_file_that_names_a_foreign_process_is_no_obstacle(home: Path) -> None:
    with Stack(home, broker=False) as stack:
        data = next(stack.home.postgres.glob("[0-9]*"))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n/tmp\n\n  0  0\nready\n")
    (stack.home.run / ".s.PGSQL.5432").touch()
    with Stack(home, broker=False) as stack:
        assert answers(stack)


def test_a_shell_in_the_data_folder_is_left_alone(home: Path) -> None:
    with Stack(home, broker=False) as stack:
        data = next(stack.home.postgres.glob("[0-9]*"))
    with subprocess.Popen(["sleep", "60"], cwd=data) as shell:
        with Stack(home, broker=False) as stack:
            assert answers(stack)
        assert shell.poll() is None
        shell.kill()


def test_an_interrupted_first_start_is_made_up_for(home: Path) -> None:
    half = home / "postgres" / "18.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Stack(home, broker=False) as stack:
        assert answers(stack)


def test_a_deep_home_gets_short_socket_paths(home: Path) -> None:
    deep = home.joinpath(*["a-folder-with-a-long-name"] * 8)
    with Stack(deep) as stack:
        assert len(str(stack.home.valkey_socket)) < 107 < len(str(deep))
        assert answers(stack)
        shutil.rmtree(stack.home.run)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_a_socket_folder_that_somebody_else_has_made_is_refused(home: Path) -> None:
    deep = home.joinpath(*["a-folder-with-a-long-name"] * 8)
    run = Home.at(deep).run
    run.mkdir(mode=0o700)
    os.chown(run, 12345, 12345)
    with pytest.raises(StackError, match="belongs to another user"):
        Stack(deep).start()
    run.rmdir()


def test_servers_listen_on_no_network(home: Path) -> None:
    with Stack(home) as stack, broker(stack) as valkey:
        assert query(stack, "SHOW listen_addresses") == [("",)]
        assert valkey.config_get("port") == {"port": "0"}


def test_folders_and_sockets_are_the_owners_alone(home: Path) -> None:
    with Stack(home) as stack:
        folders = [home, stack.home.run, stack.home.valkey, stack.home.postgres, stack.home.log]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_pages_on_disk_carry_checksums(home: Path) -> None:
    with Stack(home, broker=False) as stack:
        assert query(stack, "SHOW data_checksums") == [("on",)]


def test_servers_see_no_secret_of_the_environment(home: Path, tmp_path: Path) -> None:
    with Stack(home) as stack:
        seen = Path(f"/proc/{stack.pids['postgres']}/environ").read_text()
    assert "CONSENTRY" not in seen
    assert "DJANGO" not in seen


def test_the_log_holds_no_value_of_a_failed_statement(home: Path) -> None:
    with Stack(home, broker=False) as stack:
        query(stack, "CREATE TABLE people (mail text UNIQUE)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            query(stack, "INSERT INTO people VALUES ('jo@example.org'), ('jo@example.org')")
    text = (stack.home.log / "postgres.log").read_text()
    assert "duplicate key" in text
    assert "jo@example.org" not in text


def test_own_postgres_settings_win(home: Path) -> None:
    home.mkdir()
    (home / "postgres.conf").write_text("work_mem = '3MB'\n")
    with Stack(home, broker=False) as stack:
        assert query(stack, "SHOW work_mem") == [("3MB",)]


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="set CONSENTRY_HOME to a folder that you may write"):
        Stack(tmp_path / "file" / "home").start()


def test_data_of_another_postgres_is_refused(home: Path) -> None:
    older = home / "postgres" / "13"
    older.mkdir(parents=True)
    (older / "PG_VERSION").write_text("13\n")
    with pytest.raises(StackError, match="was made by PostgreSQL 13"):
        Stack(home).start()


def test_a_broken_setting_is_told_in_the_servers_words(home: Path) -> None:
    home.mkdir()
    (home / "postgres.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StackError, match='unrecognized configuration parameter "no_such_setting"'):
        Stack(home).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told(home: Path) -> None:
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(home)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets root mount nothing")
    try:
        with pytest.raises(StackError, match=r"has \d+ MB left; Consentry needs"):
            Stack(home).start()
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)


CONTAINER = """
import sys
from governance.stack import privileges, supervisor
privileges._namespaces_work = lambda nobody: False
sys.exit(supervisor.main(*sys.argv[1:]))
"""


class InContainer(Stack):
    """A machine that refuses user namespaces to root, as most containers do."""

    supervisor = ("-c", CONTAINER)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become nobody")
def test_root_without_namespaces_runs_postgres_as_nobody(home: Path) -> None:
    with InContainer(home) as stack:
        query(stack, "CREATE TABLE kept AS SELECT 7 AS number")
        owner = Path(f"/proc/{stack.pids['postgres']}").stat().st_uid
        assert owner == 65534
    with Stack(home) as stack:
        assert query(stack, "SELECT number FROM kept") == [(7,)]


DAEMON, NAMELESS = pwd.getpwnam("daemon").pw_uid, 12345


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize("user", [DAEMON, NAMELESS])
def test_an_ordinary_user_runs_the_servers_as_itself(user: int, tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="cst-user-", dir="/tmp"))  # pytest's folders are root's alone
    os.chown(home, user, user)
    before = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    program = Program(
        "-c", HOLD, str(home), log=tmp_path / "log", before=[*before, python_for_everybody()], PYTHONPATH=packages
    )
    program.wait_for("\n")
    if "no name for user" in program.output:
        pytest.skip("this machine refuses user namespaces, so a nameless user cannot run PostgreSQL")
    owners = {path.stat().st_uid for path in home.rglob("*")}
    program.kill()
    until(lambda: not left_of(home), 5)
    shutil.rmtree(home)
    assert owners == {user}


def python_for_everybody() -> str:
    """This Python, or the system's of the same version where this one lies in a folder of root's."""
    for path in (os.path.realpath(sys.executable), f"/usr/bin/python3.{sys.version_info.minor}"):
        folders = Path(path).parents
        if Path(path).exists() and all(folder.stat().st_mode & stat.S_IXOTH for folder in folders):
            return path
    return pytest.skip("no Python here that an ordinary user may run")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_root_refuses_a_data_folder_of_another_user(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    os.chown(home / "postgres", 12345, 12345)
    with pytest.raises(StackError, match="belongs to user 12345: run as that user"):
        Stack(home).start()
