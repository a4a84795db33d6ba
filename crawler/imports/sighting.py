"""What every history is read into: sightings of a site's documents at a time, and records that could not be used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import idna

from crawler.documents import KINDS, Document

EARLIEST = datetime(1994, 6, 1, tzinfo=UTC)  # robots.txt was proposed on the robots mailing list in that month
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
_BRACKETS = re.compile(r" ?\(.*\)")
_BY_PATH = {kind.path: kind.document for kind in KINDS.values() if kind.path}


@dataclass(frozen=True)
class Sighting:
    """A document of a domain as it was at a time. No body: none was got; no status: the record has none.

    `bare`: recorded without the HTTP answer that it came with, so that the headers name a media type at most.
    `technical` marks what the recorder says is its own upgrade and no change of the site's.
    """

    domain: str
    document: Document
    at: datetime
    url: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    cut: bool = False
    technical: bool = False
    bare: bool = False

    @property
    def media_type(self) -> str:
        """Of the body, as its headers name it."""
        named = (value for name, value in self.headers if name.lower() == "content-type")
        return next(named, "application/octet-stream")


@dataclass(frozen=True)
class Bad:
    """A record that was left out: where it is, and what is wrong with it, without its content.

    What differs from record to record stands in brackets in `why`.
    """

    where: str
    why: str

    @property
    def kind(self) -> str:
        """What is wrong, in the same words for all records with which that is wrong."""
        return _BRACKETS.sub("", self.why)

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


Found = Iterator[Sighting | Bad]


class Unusable(ValueError):
    """One record cannot be used; the text says why."""


def host_of(url: str) -> str:
    """The host of an address as domains are registered: lower case, punycode. Raises Unusable where there is none."""
    if "//" not in url[:12]:
        url = f"//{url}"
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii")
    except (ValueError, idna.IDNAError) as error:
        raise Unusable("its address names no host") from error
    if not _HOST.fullmatch(host):
        raise Unusable("its address names no host")
    return host


def document_of(url: str) -> Document | None:
    """Which document an address is of, judged by its path; None for any other page."""
    parts = urlsplit(url)
    return None if parts.query else _BY_PATH.get(parts.path or "/")


def moment(text: str) -> datetime:
    """A time in ISO 8601, or in the fourteen digits of the Wayback Machine. Raises Unusable outside the web's life."""
    try:
        if text.isdigit():
            found = datetime.strptime(text[:14].ljust(14, "0") if len(text) > 8 else text[:8], _DIGITS[len(text) > 8])
        else:
            found = datetime.fromisoformat(text.strip())
    except (ValueError, KeyError) as error:
        raise Unusable("its date cannot be read") from error
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if not EARLIEST <= found <= datetime.now(UTC) + timedelta(days=1):
        raise Unusable("its date is before the web's first robots.txt or in the future")
    return found


_DIGITS = {True: "%Y%m%d%H%M%S", False: "%Y%m%d"}


def limited(document: Document, body: bytes) -> tuple[bytes, bool]:
    """A body cut to what is read of its document, and whether it was cut."""
    limit = KINDS[document].limit
    return body[:limit], len(body) > limit
