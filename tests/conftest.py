"""The cast of every test: one embedded PostgreSQL per session, and on demand a broker and a real worker."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from governance.stack import Stack

# Before Django's settings are read: a data folder of this session's own.
HOME = Path(tempfile.mkdtemp(prefix="cst-", dir="/tmp"))
os.environ["CONSENTRY_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
django.setup()

FAST_POSTGRES = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"


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
