"""Settings come from the environment, wrong ones are told by id, and every one of them is documented."""

import re
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error, run_checks
from django.db import connections
from pytest_django import Settings

from governance import checks
from governance.environment import Environment, database, kept_secret
from tests.processes import PROJECT, run

DOCUMENTED = (PROJECT / "docs" / "settings.md").read_text()


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


# --- reading -----------------------------------------------------------------------------------------------


def test_an_absent_and_an_empty_value_give_the_default() -> None:
    assert Environment({}).number("N", 3) == Environment({"N": " "}).number("N", 3) == 3


@pytest.mark.parametrize(
    ("read", "value"),
    [("flag", "maybe"), ("number", "-1"), ("number", "ten"), ("origin", "ftp://x"), ("origin", "x/y")],
)
def test_a_value_that_cannot_be_used_is_noted(read: str, value: str) -> None:
    environment = Environment({"NAME": value})
    defaults: dict[str, list[Any]] = {"flag": [], "number": [7], "origin": ["http://localhost"]}
    getattr(environment, read)("NAME", *defaults[read])
    assert "NAME" in environment.mistakes["NAME"]


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flags_read_yes_and_no(value: str, expected: bool) -> None:
    assert Environment({"F": value}).flag("F") is expected


def test_a_database_address_becomes_djangos() -> None:
    read = database("postgresql://ada:s%40fe@db.example:5433/consentry?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == ("ada", "s@fe", "db.example", "5433")
    assert (read["NAME"], read["OPTIONS"]) == ("consentry", {"sslmode": "require"})


def test_a_database_address_may_name_a_folder_of_sockets() -> None:
    assert database("postgresql://ada@/consentry?host=%2Frun%2Fpg")["HOST"] == "/run/pg"


@pytest.mark.parametrize(
    "url", ["mysql://ada:secret@db/x", "postgresql://ada:secret@db", "postgresql://a:secret@b:x/c"]
)
def test_a_wrong_database_address_is_told_without_its_password(url: str) -> None:
    environment = Environment({"DATABASE_URL": url})
    environment.database("DATABASE_URL", "postgresql:///consentry")
    assert "DATABASE_URL cannot be used" in environment.mistakes["DATABASE_URL"]
    assert "secret" not in environment.mistakes["DATABASE_URL"]


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "secret_key"
    assert kept_secret(file) == kept_secret(file)
    assert len(kept_secret(file)) >= 48
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_processes_that_make_the_secret_at_once_get_the_same(tmp_path: Path) -> None:
    made: set[str] = set()
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        made.add(kept_secret(tmp_path / "secret_key"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_a_secret_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = Environment({})
    assert len(environment.secret_key("KEY", tmp_path / "file" / "secret_key")) >= 48
    assert "signs everybody out" in environment.mistakes["KEY"]


# --- what follows from them --------------------------------------------------------------------------------

SHOW = (
    "import json; from django.conf import settings as s; "
    "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper() and n.startswith(PREFIXES)}, default=str))"
)


def settings_with(*prefixes: str, **variables: str) -> dict[str, Any]:
    """Django's settings as a fresh process reads them from the environment."""
    import json

    code = f"PREFIXES = {prefixes!r}; " + SHOW
    done = run("-c", code, DJANGO_SETTINGS_MODULE="governance.settings", **variables)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_https_makes_cookies_and_transport_secure() -> None:
    found = settings_with("SESSION_COOKIE", "CSRF", "SECURE", "ALLOWED", CONSENTRY_URL="https://c.example.org")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert "c.example.org" in found["ALLOWED_HOSTS"]


def test_without_any_setting_the_site_is_for_loopback_and_without_debugging(tmp_path: Path) -> None:
    found = settings_with("DEBUG", "ALLOWED", "CELERY_BROKER_URL", CONSENTRY_HOME=str(tmp_path))
    assert not found["DEBUG"]
    assert set(found["ALLOWED_HOSTS"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert found["CELERY_BROKER_URL"].startswith(f"redis+socket://{tmp_path}")


def test_two_instances_on_one_host_name_their_cookies_apart(tmp_path: Path) -> None:
    names = {
        settings_with("SESSION_COOKIE", CONSENTRY_HOME=str(tmp_path / home))["SESSION_COOKIE_NAME"] for home in "ab"
    }
    assert len(names) == 2


def test_rabbitmq_gets_quorum_queues() -> None:
    code = "from django.conf import settings as s; print([q.queue_arguments for q in s.CELERY_TASK_QUEUES])"
    done = run("-c", code, DJANGO_SETTINGS_MODULE="governance.settings", BROKER_URL="amqp://localhost")
    assert done.stdout.count("'x-queue-type': 'quorum'") == 2


# --- checks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "memory://", "filesystem://", "sqla+postgresql://localhost/x", "sqlalchemy://x", "pgmq://localhost/x", "sqs://",
        "mongodb://localhost", "kafka://localhost", "sentinel://localhost", "", "not an address",
    ],
)  # fmt: skip
def test_a_broker_that_loses_messages_is_refused(url: str, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = url
    assert ids(checks.broker_keeps_messages()) == ["consentry.E001"]


@pytest.mark.parametrize("url", ["amqp://localhost", "amqps://h", "redis://h/1", "rediss://h", "redis+socket:///x"])
def test_a_broker_that_delivers_again_is_accepted(url: str, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = url
    assert checks.broker_keeps_messages() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "celery", "-A", "governance", "worker"],
        ["-m", "celery", "-A", "governance", "beat", "--pidfile="],
        ["-m", "gunicorn", "-c", "python:governance.gunicorn_conf", "--bind=127.0.0.1:0", "--check-config"],
    ],
    ids=["worker", "beat", "web"],
)
def test_no_part_starts_on_an_unsafe_broker(arguments: list[str], tmp_path: Path) -> None:
    refused = run(
        *arguments, BROKER_URL="memory://", DJANGO_SETTINGS_MODULE="governance.settings", TMPDIR=str(tmp_path)
    )
    assert refused.returncode != 0
    assert "consentry.E001" in refused.stderr


@pytest.mark.django_db
def test_an_old_postgres_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.database_is_recent(databases=["default"]) == []
    monkeypatch.setitem(connections["default"].__dict__, "pg_version", 140011)
    assert ids(checks.database_is_recent(databases=["default"])) == ["consentry.E002"]


@pytest.mark.parametrize("key", ["short", "a" * 60])
def test_a_weak_secret_is_refused(key: str, settings: Settings) -> None:
    settings.SECRET_KEY = key
    assert ids(checks.secret_key_is_long()) == ["consentry.E003"]


def test_a_home_and_a_store_that_cannot_be_written_are_refused(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "file").touch()
    settings.CONSENTRY_HOME = tmp_path / "file" / "home"
    settings.CONSENTRY_STORE = str(tmp_path / "file" / "store")
    assert ids(checks.folders_are_writable()) == ["consentry.E004", "consentry.E005"]


def test_a_store_elsewhere_is_no_folder(settings: Settings) -> None:
    settings.CONSENTRY_STORE = "s3://bucket/consentry"
    assert checks.folders_are_writable() == []


def test_debugging_on_a_public_site_is_refused(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert checks.debugging_stays_home() == []
    settings.ALLOWED_HOSTS = ["consentry.example.org"]
    assert ids(checks.debugging_stays_home()) == ["consentry.E006"]


def test_a_remote_database_with_an_embedded_broker_and_a_local_store_is_doubted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.example.org")
    assert ids(checks.other_machines_find_everything()) == ["consentry.W001", "consentry.W002"]


def test_a_public_site_without_encryption_is_doubted(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.public_site_is_encrypted()) == ["consentry.W003", "consentry.W004"]


def test_a_misspelt_and_a_wrong_setting_are_told() -> None:
    done = run(str(PROJECT / "manage.py"), "check", CONSENTRY_ALOWED_HOSTS="x", CONSENTRY_API_RATE="many")
    assert "consentry.W005) CONSENTRY_ALOWED_HOSTS is not a setting" in done.stderr
    assert "consentry.E007) CONSENTRY_API_RATE must be a whole number" in done.stderr


def test_a_complete_deployment_has_no_fault() -> None:
    site = {"CONSENTRY_URL": "https://c.example.org", "CONSENTRY_CRAWL_CONTACT": "https://c.example.org/about"}
    done = run(str(PROJECT / "manage.py"), "check", "--deploy", CONSENTRY_BEHIND_PROXY="1", **site)
    assert "no issues" in done.stdout, done.stderr


def test_the_default_configuration_has_no_fault() -> None:
    assert [found for found in run_checks() if isinstance(found, Error)] == []


# --- documentation -----------------------------------------------------------------------------------------


def sources() -> str:
    folders = ("governance", "crawler", "audits", "datacards")
    return "\n".join(path.read_text() for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    read = r"""(?:env\.\w+|environ\.get|environ)[(\[]\s*"(CONSENTRY_[A-Z_]+|DATABASE_URL|BROKER_URL)"""
    known = set(re.findall(read, sources()))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENTED, re.MULTILINE))
    assert {"CONSENTRY_HOME", "DATABASE_URL", "BROKER_URL"} < known
    assert known == documented


def test_every_check_is_documented() -> None:
    known = set(re.findall(r'id="((?:consentry|crawler|audits|datacards)\.[EW]\d+)"', sources()))
    known |= set(re.findall(r'"(consentry\.E00[45])"', sources()))
    documented = set(re.findall(r"^\| `([a-z]+\.[EW]\d+)` \|", DOCUMENTED, re.MULTILINE))
    assert known == documented


def test_deployment_examples_use_only_settings_that_exist() -> None:
    text = "".join(path.read_text() for path in (PROJECT / "docs" / "deploy").iterdir())
    used = set(re.findall(r"\b(CONSENTRY_[A-Z_]+|DATABASE_URL|BROKER_URL)\b", text))
    assert len(used) > 8
    assert all(f"| `{name}` |" in DOCUMENTED for name in used)


def test_collected_static_files_are_named_after_their_content(tmp_path: Path) -> None:
    done = run(str(PROJECT / "manage.py"), "collectstatic", "--noinput", CONSENTRY_STATIC_ROOT=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "staticfiles.json").exists()
    assert list((tmp_path / "admin" / "css").glob("base.????????????.css.gz"))
