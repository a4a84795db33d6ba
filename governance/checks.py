"""Wrong configuration is told at start, by id and hint (`manage.py check` lists everything)."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.utils.module_loading import autodiscover_modules

TAG = "consentry"
START = "consentry-start"  # what makes a web server, worker or beat useless or harmful
# Each was killed in the middle of a task: these deliver it again. What is not named here is refused.
SAFE_BROKERS = ("amqp", "amqps", "pyamqp", "redis", "rediss", "redis+socket")
OLDEST_POSTGRES = 150000
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
SHORTEST_SECRET = 32  # characters


def refuse_to_start() -> None:
    """End this process with one line per error; for parts that Django starts without its checks (web, worker, beat)."""
    errors = [found for found in checks.run_checks(tags=[START]) if found.is_serious() and not found.is_silenced()]
    if errors:
        sys.exit("\n".join(f"{error.id}: {error.msg} {error.hint or ''}".rstrip() for error in errors))


@checks.register(TAG, START)
def broker_keeps_messages(**_: Any) -> list[CheckMessage]:
    """E001: the broker must deliver the message of a killed worker again."""
    scheme = urlsplit(settings.CELERY_BROKER_URL).scheme.lower()
    if scheme in SAFE_BROKERS:
        return []
    return [
        Error(
            f"The broker {scheme or 'without a scheme'}:// may lose the message of a worker that is killed.",
            hint="Set BROKER_URL to amqp:// (RabbitMQ) or redis:// (Valkey, Redis), or leave it out: an embedded "
            "Valkey is used then.",
            id="consentry.E001",
        )
    ]


@checks.register(checks.Tags.database)
def database_is_recent(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E002: PostgreSQL 15 or newer."""
    found = [(alias, connections[alias]) for alias in databases or []]
    return [
        Error(
            f"The database {alias!r} is PostgreSQL {connection.pg_version // 10000}.",  # type: ignore[attr-defined]
            hint="Consentry needs PostgreSQL 15 or newer.",
            id="consentry.E002",
        )
        for alias, connection in found
        if connection.pg_version < OLDEST_POSTGRES  # type: ignore[attr-defined]
    ]


@checks.register(TAG, START)
def secret_key_is_long(**_: Any) -> list[CheckMessage]:
    """E003: sessions are signed with a key that cannot be guessed."""
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET and len(set(settings.SECRET_KEY)) >= 8:
        return []
    return [
        Error(
            "CONSENTRY_SECRET_KEY is too short or too regular.",
            hint=f"Give it at least {SHORTEST_SECRET} random characters, or leave it out: one is made and kept in "
            "the data folder.",
            id="consentry.E003",
        )
    ]


@checks.register(TAG, START)
def folders_are_writable(**_: Any) -> list[CheckMessage]:
    """E004, E005: the data folder and a local store can be written."""
    folders = [("data folder", settings.CONSENTRY_HOME, "CONSENTRY_HOME", "consentry.E004")]
    if "://" not in settings.CONSENTRY_STORE:
        folders.append(("store", Path(settings.CONSENTRY_STORE), "CONSENTRY_STORE", "consentry.E005"))
    return [
        Error(f"The {name} {folder} cannot be written.", hint=f"Set {variable} to a folder that you may write.", id=id_)
        for name, folder, variable, id_ in folders
        if not writable(folder)
    ]


def writable(folder: Path) -> bool:
    """Whether the folder, or the first folder above it that exists, can be written."""
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK, effective_ids=True)


@checks.register(TAG, START)
def debugging_stays_home(**_: Any) -> list[CheckMessage]:
    """E006: pages with tracebacks and settings are for loopback only."""
    public = public_hosts(settings.ALLOWED_HOSTS)
    if not settings.DEBUG or not public:
        return []
    return [
        Error(
            f"CONSENTRY_DEBUG is on, and the site answers as {', '.join(public)}.",
            hint="Leave CONSENTRY_DEBUG out in production.",
            id="consentry.E006",
        )
    ]


def public_hosts(hosts: Iterable[str]) -> list[str]:
    return [host for host in hosts if host not in LOOPBACK]


@checks.register(TAG, START)
def environment_is_understood(**_: Any) -> list[CheckMessage]:
    """E007: a value in the environment that cannot be used."""
    return [
        Error(sentence, hint="docs/settings.md describes every setting.", id="consentry.E007")
        for sentence in settings.CONSENTRY_MISTAKES.values()
    ]


@checks.register(TAG, START)
def beat_sends_what_exists(**_: Any) -> list[CheckMessage]:
    """E009: what beat sends must be a task that workers know; else it is dropped without a word to anybody."""
    from governance.celery import app  # which asks this module in turn when a worker starts

    autodiscover_modules("tasks")  # not by Celery, which would have Django check everything, and so on for ever
    return [
        Error(
            f"Beat sends {entry['task']}, which is no task.",
            hint="CELERY_BEAT_SCHEDULE in governance/settings.py names the tasks of the tasks.py modules.",
            id="consentry.E009",
        )
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] not in app.tasks
    ]


@checks.register(TAG)
def settings_are_spelt_right(**_: Any) -> list[CheckMessage]:
    """W005: a variable that looks like a setting, but is none."""
    return [
        Warning(f"{name} is not a setting.", hint="docs/settings.md lists all of them.", id="consentry.W005")
        for name in settings.CONSENTRY_UNKNOWN
    ]


@checks.register(TAG)
def other_machines_find_everything(**_: Any) -> list[CheckMessage]:
    """W001, W002: workers on other machines need a broker and a store that they can reach."""
    host = settings.DATABASES["default"]["HOST"]
    if not host or host.startswith("/") or host in LOOPBACK:
        return []
    found: list[CheckMessage] = []
    if urlsplit(settings.CELERY_BROKER_URL).scheme == "redis+socket":
        hint = "Set BROKER_URL if workers run on more than one machine."
        found.append(Warning("The database is remote, but the broker is embedded.", hint=hint, id="consentry.W001"))
    if "://" not in settings.CONSENTRY_STORE:
        hint = "Set CONSENTRY_STORE to a shared folder or an address such as s3://bucket/consentry."
        found.append(
            Warning("The database is remote, but the store is a local folder.", hint=hint, id="consentry.W002")
        )
    return found


@checks.register(TAG, deploy=True)
def public_site_is_encrypted(**_: Any) -> list[CheckMessage]:
    """W003, W004: a public site is reached by https, under its own names."""
    public = public_hosts(settings.ALLOWED_HOSTS)
    found: list[CheckMessage] = []
    if "*" in public:
        hint = "List the names in CONSENTRY_ALLOWED_HOSTS."
        found.append(Warning("The site answers under every name.", hint=hint, id="consentry.W003"))
    if public and not settings.CONSENTRY_URL.startswith("https://"):
        hint = "Set CONSENTRY_URL to the https:// address, and CONSENTRY_BEHIND_PROXY=1 behind a proxy."
        found.append(Warning("Passwords would travel unencrypted.", hint=hint, id="consentry.W004"))
    return found


@checks.register(TAG, deploy=True)
def mails_are_of_use(**_: Any) -> list[CheckMessage]:
    """W006, W007: the mail server's password is not sent in the clear, and links in mails lead somewhere."""
    found: list[CheckMessage] = []
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_HOST_PASSWORD and not encrypted and settings.EMAIL_HOST not in LOOPBACK:
        hint = "Write CONSENTRY_EMAIL_URL with smtp+tls:// or smtps://."
        found.append(Warning("The mail server's password would travel unencrypted.", hint=hint, id="consentry.W006"))
    if settings.CONSENTRY_EMAIL and urlsplit(settings.CONSENTRY_URL).hostname in LOOPBACK:
        hint = "Set CONSENTRY_URL to the address that people use, or leave CONSENTRY_EMAIL_URL out."
        found.append(Warning("Links in mails would lead to localhost.", hint=hint, id="consentry.W007"))
    return found
