"""The cast of every test: one embedded PostgreSQL per session, and on demand a broker and a real worker."""

import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import django
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from redis import Redis

from governance.stack import Stack
from tests.processes import Program, gone

# Before Django's settings are read: no setting of whoever runs the tests (but the choice of another PostgreSQL), and
# a data folder of this session's own.
for name in [name for name in os.environ if name.startswith("CONSENTRY_") and name != "CONSENTRY_POSTGRES_BIN"]:
    del os.environ[name]
HOME = Path(tempfile.mkdtemp(prefix=f"cst-{os.getpid()}-", dir="/tmp"))
for left in HOME.parent.glob("cst-[0-9]*-*"):  # by a session that was killed
    if gone(int(left.name.split("-")[1])):
        shutil.rmtree(left, ignore_errors=True)
# A shell's background job ignores Ctrl-C, and hands that down to the programs that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["CONSENTRY_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
django.setup()

from tests.quick import hurry  # noqa: E402 - its models need the settings

hurry()
FAST_POSTGRES = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
# What takes longest begins first, so that two processes end together.
LONGEST = (
    "governance/test_demo.py", "test_accidents.py", "governance/test_accessibility.py", "governance/test_guards.py",
    "governance/test_up.py", "governance/test_api_schema.py", "governance/test_audit_command.py", "test_journey.py",
    "governance/test_overtime_pictures.py", "crawler/test_jobs.py", "datacards/test_bad_inputs.py",
    "crawler/test_import_job.py", "governance/test_subscriptions.py", "crawler/test_child.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """File by file: what a file's tests share is made once.

    Of tests with one id, processes that share the tests would run one, and say nothing of the others.
    """
    for item in items:
        if "[" in item.name and "[" not in item.nodeid:  # schemathesis names the operation, which pytest 9.2 drops
            item._id = item.id.with_params(item.name.partition("[")[2].removesuffix("]"))
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"Each test needs an id of its own; several are called {twice[0]}.")
    rank = {f"tests/{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (rank.get(item.location[0], len(rank)), item.location[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The processes that share the tests make homes of their own, and read the settings after that."""
    del os.environ["DJANGO_SETTINGS_MODULE"], os.environ["CONSENTRY_HOME"]


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The session's embedded PostgreSQL; nothing is started when DATABASE_URL names another one."""
    (HOME / "postgres.conf").write_text(FAST_POSTGRES)
    with Stack(HOME, postgres="DATABASE_URL" not in os.environ, broker=False) as started:
        yield started


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, stack: Stack) -> None:
    """Start the database before pytest-django makes its test database in it."""


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """The address of the session's embedded Valkey."""
    with Stack(HOME, postgres=False) as started:
        yield started.broker_url


@pytest.fixture
def worker(transactional_db: None, broker_url: str, tmp_path: Path) -> Iterator[Program]:
    """A real Celery worker (two processes, with beat) on the test database; `kill()` it as you like."""
    from django.db import connection

    with Redis(unix_socket_path=urlsplit(broker_url).path) as broker:
        broker.flushdb()
    options = f"-A governance worker -B --schedule={tmp_path}/beat --concurrency=2 --without-mingle --without-gossip"
    program = Program("-m", "celery", *options.split(), log=tmp_path / "worker.log", DATABASE_URL=address(connection))
    program.wait_for(" ready.")
    yield program
    program.kill()


def address(connection: BaseDatabaseWrapper) -> str:
    """The database's address as DATABASE_URL."""
    found = {name: quote(str(value), safe="") for name, value in connection.settings_dict.items() if name.isupper()}
    login = f"{found['USER']}:{found['PASSWORD']}@"
    return f"postgresql://{login}/{found['NAME']}?host={found['HOST']}&port={found['PORT'] or 5432}"
