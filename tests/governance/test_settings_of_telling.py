"""Settings of mails, webhooks and beat: wrong ones are told, without what is secret in them."""

from typing import Any

import pytest
from pytest_django import Settings

from governance import checks
from governance.environment import NO_MAIL, Environment, mail


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


# --- mail --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp+tls://ada:s%40fe%2F@mail.example", ("mail.example", 587, "ada", "s@fe/", True, False)),
        ("smtps://ada:x@mail.example:4650", ("mail.example", 4650, "ada", "x", False, True)),
    ],
)
def test_a_mail_server_is_read_from_one_address(url: str, expected: tuple[Any, ...]) -> None:
    assert mail(url) == expected


WRONG = [
    "mail.example:25", "http://ada:hushhush@mail.example", "smtp://ada:hushhush@", "smtp://ada:hushhush/x@mail.example:25",
    "smtps://ada:hushhush@mail.example:port", "smtp://ada:hushhush@mail.example:99999", "smtp://ada:hushhush@[::1",
    "smtp://ada:hushhush\u2100@mail.example",
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_mail_server_is_told_without_its_password(url: str) -> None:
    environment = Environment({"CONSENTRY_EMAIL_URL": url})
    assert environment.mail("CONSENTRY_EMAIL_URL") == NO_MAIL
    said = environment.mistakes["CONSENTRY_EMAIL_URL"]
    assert said.startswith("CONSENTRY_EMAIL_URL cannot be used: it")
    assert "hush" not in said


@pytest.mark.parametrize("url", ["postgresql://ada:hushhush/x@db:5432/c", "postgresql://ada:hushhush\u2100@db/c"])
def test_a_wrong_database_is_told_without_a_part_of_its_password(url: str) -> None:
    environment = Environment({"DATABASE_URL": url})
    environment.database("DATABASE_URL", "postgresql:///consentry")
    assert "hush" not in environment.mistakes["DATABASE_URL"]


@pytest.mark.parametrize("sender", ["c@harbour.example", "Consentry <c@harbour.example>", '"A, B" <c@harbour.example>'])
def test_a_sender_is_an_address_with_or_without_a_name(sender: str) -> None:
    environment = Environment({"FROM": sender})
    assert (environment.sender("FROM", "x@y"), environment.mistakes) == (sender, {})


@pytest.mark.parametrize(
    "sender", ["Consentry", "@harbour.example", "c@", "a@b@c", "<c>", "c@h.example\nBcc: x@y.example"]
)
def test_a_sender_that_is_none_is_told(sender: str) -> None:
    environment = Environment({"FROM": sender})
    assert (environment.sender("FROM", "x@y"), "FROM" in environment.mistakes) == ("x@y", True)


@pytest.mark.parametrize(
    ("password", "tls", "host", "found"),
    [
        ("x", False, "mail.example", ["consentry.W006"]),
        ("x", True, "mail.example", []),
        ("x", False, "127.0.0.1", []),
        ("", False, "mail.example", []),
    ],
)
def test_a_password_in_the_clear_is_doubted(
    settings: Settings, password: str, tls: bool, host: str, found: list[str]
) -> None:
    settings.CONSENTRY_URL, settings.CONSENTRY_EMAIL = "https://c.example.org", True
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS = host, password, tls
    assert ids(checks.mails_are_of_use()) == found


def test_mails_that_link_to_localhost_are_doubted(settings: Settings) -> None:
    settings.CONSENTRY_URL, settings.CONSENTRY_EMAIL = "http://localhost:8000", True
    assert ids(checks.mails_are_of_use()) == ["consentry.W007"]


# --- beat --------------------------------------------------------------------------------------------------


def test_everything_that_beat_sends_is_a_task(settings: Settings) -> None:
    assert "governance.tasks.deliver" in settings.CELERY_BEAT_SCHEDULE
    assert checks.beat_sends_what_exists() == []


def test_a_task_that_does_not_exist_is_told_and_stops_the_start(settings: Settings) -> None:
    missing = {"x": {"task": "governance.tasks.delivr", "schedule": 30}}
    settings.CELERY_BEAT_SCHEDULE = settings.CELERY_BEAT_SCHEDULE | missing
    assert ids(checks.beat_sends_what_exists()) == ["consentry.E009"]
    with pytest.raises(SystemExit, match=r"governance\.tasks\.delivr, which is no task"):
        checks.refuse_to_start()
