"""Reads the process's environment; what cannot be used is noted, and told at start by the system checks."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

YES, NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


@dataclass
class Environment:
    """Typed access to environment variables; `mistakes` maps a variable's name to one sentence about its value."""

    values: Mapping[str, str]
    mistakes: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def text(self, name: str, default: str = "") -> str:
        """The value without outer spaces; empty counts as absent."""
        self.asked.add(name)
        return self.values.get(name, "").strip() or default

    def unasked(self, prefix: str) -> list[str]:
        """Variables that look like settings, but nobody has asked for."""
        return sorted(name for name in self.values if name.startswith(prefix) and name not in self.asked)

    def words(self, name: str, default: str = "") -> list[str]:
        """The value split at commas and spaces."""
        return self.text(name, default).replace(",", " ").split()

    def flag(self, name: str) -> bool:
        """Whether the value says yes; absent means no."""
        value = self.text(name).lower()
        if value not in (*YES, *NO):
            self.mistakes[name] = f"{name} must be 1 or 0."
        return value in YES

    def number(self, name: str, default: int, least: int = 1) -> int:
        """A whole number of at least `least`."""
        value = self.text(name, str(default))
        if not value.isdecimal() or int(value) < least:
            self.mistakes[name] = f"{name} must be a whole number of at least {least}."
            return default
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of `choices`, whatever its case."""
        value = self.text(name, default).upper()
        if value not in choices:
            self.mistakes[name] = f"{name} must be one of {', '.join(choices)}."
            return default
        return value

    def origin(self, name: str, default: str) -> str:
        """An address of the form `https://host[:port]`, without a final slash."""
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
            self.mistakes[name] = f"{name} must look like https://consentry.example.org, without a path."
            return default
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """A PostgreSQL address as Django wants it."""
        try:
            return database(self.text(name, default))
        except ValueError as error:
            self.mistakes[name] = f"{name} cannot be used: {error}."
            return database(default)

    def mail(self, name: str) -> "Mail":
        """A mail server's address; without a host where mail is off."""
        value = self.text(name)
        try:
            return mail(value) if value else NO_MAIL
        except ValueError as error:
            self.mistakes[name] = f"{name} cannot be used: {error}."
            return NO_MAIL

    def sender(self, name: str, default: str) -> str:
        """Who mails are from: `consentry@example.org` or `Consentry <consentry@example.org>`."""
        value = self.text(name, default)
        _, address = parseaddr(value)
        box, at, host = address.partition("@")
        if not (box and at and host) or "@" in host or not value.isprintable():
            self.mistakes[name] = f"{name} must look like Consentry <consentry@example.org>."
            return default
        return value

    def secret_key(self, name: str, file: Path) -> str:
        """The value, else the content of `file`, which is made on first use, for its owner alone."""
        if value := self.text(name):
            return value
        try:
            return kept_secret(file)
        except OSError as error:
            self.mistakes[name] = (
                f"No secret key can be kept in {file} ({error.strerror}): set {name}, or make the folder writable; "
                "until then every start signs everybody out."
            )
            return secrets.token_urlsafe(48)


def database(url: str) -> dict[str, Any]:
    """Django's form of `postgresql://user:password@host:port/name?sslmode=…`; `?host=` may name a socket folder.

    Raises ValueError, without the address in it: it may hold a password.
    """
    parts, port = _parts(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("it must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ValueError("it names no database (postgresql://user@host/database)")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
    }


Mail = tuple[str, int, str, str, bool, bool]  # host, port, user, password, STARTTLS, TLS from the start
NO_MAIL: Mail = ("", 25, "", "", False, False)


def mail(url: str) -> Mail:
    """Django's settings for `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://` `user:password@host:port`.

    Raises ValueError, without the address in it: it may hold a password.
    """
    usual = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    parts, port = _parts(url)
    if parts.scheme not in usual or not parts.hostname:
        raise ValueError("it must look like smtp+tls://user:password@mail.example.org:587")
    login = unquote(parts.username or ""), unquote(parts.password or "")
    return parts.hostname, port or usual[parts.scheme], *login, parts.scheme == "smtp+tls", parts.scheme == "smtps"


def _parts(url: str) -> tuple[SplitResult, int | None]:
    """An address taken apart, and its port. What urllib says of a wrong one may quote the password, so we do not."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        hint = "write / @ : # ? in a password as %2F %40 %3A %23 %3F"
        raise ValueError(f"its host or port cannot be read ({hint})") from None


def kept_secret(file: Path) -> str:
    """The secret in `file`; two processes that make it at the same time get the same one."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(48))
        _link_once(Path(draft), file)
    return file.read_text().strip()


def _link_once(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
