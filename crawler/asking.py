"""Asking for one document: at the pace of its site, through redirects, only where nothing speaks against it.

Free of Scrapy: `Send` opens the connection, and everything that happens is kept as evidence.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

from crawler.documents import KINDS, Document
from crawler.pace import Pace
from crawler.robots import whole_lines
from crawler.sites import registrable
from crawler.states import MAX_HOPS, REDIRECTS, NotDecodable, decode
from crawler.warc import Exchange, Place, read
from crawler.wire import Copy, Manners

OTHER_BODY = 64 * 1024  # of an answer that is not what was asked for, this much is kept as evidence
_TEXT = "text/plain,*/*;q=0.1"
_PAGE = "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.1"
ACCEPT = {
    Document.ROBOTS: _TEXT, Document.AI_TXT: _TEXT, Document.LLMS_TXT: _TEXT, Document.HOME: _PAGE,
    Document.TERMS: _PAGE, Document.TDMREP: "application/json,*/*;q=0.1",
    Document.RSL: "application/rsl+xml,application/xml;q=0.9,*/*;q=0.1",
}  # fmt: skip


class NoAnswer(Exception):
    """A request without an answer: why, and whether asking again is no use."""

    def __init__(self, reason: str, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.hopeless = hopeless


@dataclass(frozen=True)
class Raw:
    """An answer as it came; `stopped` where the transfer was ended because more came than is ever read."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    ip: str = ""
    stopped: bool = False

    def header(self, name: str) -> str:
        """The first header of a name in lower case; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


Send = Callable[[str, Mapping[str, str], int], Awaitable[Raw]]
May = Callable[[str], Awaitable[str | None]]


class Outbox(Protocol):
    """Where answers are kept."""

    def keep(self, exchange: Exchange, known: bool) -> Place:
        """Write an answer to the evidence: its body too, unless that is known."""
        ...

    def unchanged(self, exchange: Exchange, digest: str) -> Place:
        """Write that a server has nothing newer than the body of a digest."""
        ...


@dataclass(frozen=True)
class Question:
    """One document: the URLs under which to ask until one answers, and our copy, which may still be good."""

    document: Document
    urls: tuple[str, ...]
    copy: Copy | None = None


@dataclass(frozen=True)
class Reply:
    """How it ended, at `url`: with an exchange, whose body is our copy's where `same`; forbidden; or with an error."""

    url: str
    hops: tuple[str, ...]
    at: datetime
    exchange: Exchange | None = None
    same: Copy | None = None
    status: int | None = None
    error: str = ""
    forbidden: bool = False


class Asker:
    """Asks for documents. `folder` is where copies may lie; a copy that does not is asked for anew."""

    def __init__(self, manners: Manners, send: Send, outbox: Outbox, folder: str) -> None:
        self._manners, self._gate, self._send, self._outbox = manners, manners.gate, send, outbox
        self._folder = Path(folder)
        self.pace = Pace(manners.concurrency)

    async def ask(self, question: Question, site: str, delay: float, may: May) -> Reply:
        """Ask for a document of a site. `may` tells what speaks against a URL; it is asked before each request."""
        trip = _Trip(question)
        while True:
            if objection := self._gate.objection(trip.url):
                return trip.ended(error=objection)
            if objection := await may(trip.url):
                return trip.ended(error=objection, forbidden=True)
            try:
                raw = await self._sent(trip, site, delay)
            except NoAnswer as error:
                if trip.goes_on_after(error):
                    continue
                return trip.ended(error=str(error))
            reply = self._considered(trip, raw)
            if reply is not None:
                return reply

    async def _sent(self, trip: "_Trip", site: str, delay: float) -> Raw:
        host = urlsplit(trip.url).hostname or ""
        place = site if host == site or host.endswith(f".{site}") else registrable(host)
        headers = {
            "User-Agent": self._manners.user_agent,
            "Accept": ACCEPT[trip.question.document],
            "Accept-Encoding": "gzip",
        } | self._conditions(trip)
        async with self.pace.turn(place, delay):
            return await self._send(trip.url, headers, KINDS[trip.question.document].limit)

    def _conditions(self, trip: "_Trip") -> dict[str, str]:
        """The headers that ask for a newer document only (RFC 9110 section 13.1)."""
        copy = trip.copy
        if copy is None or copy.url != trip.url or not copy.digest or not (self._folder / copy.file).is_file():
            return {}
        names = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
        return {header: copy.headers[name] for header, name in names.items() if copy.headers.get(name)}

    def _considered(self, trip: "_Trip", raw: Raw) -> Reply | None:
        """The end, or None where there is more to ask."""
        if not 100 <= raw.status <= 999:  # Twisted passes any number on
            return trip.ended(error="the status has not three digits")
        if raw.status in REDIRECTS:
            self._outbox.keep(_exchange(raw, trip.question.document, OTHER_BODY), False)
            return self._followed(trip, raw)
        if raw.status >= 500 and not trip.retried:
            trip.retried = True
            return None
        if raw.status == 304 and self._conditions(trip):
            return self._unchanged(trip, raw)
        successful = 200 <= raw.status < 300
        limit = KINDS[trip.question.document].limit if successful else OTHER_BODY
        try:
            return trip.ended(_exchange(raw, trip.question.document, limit), status=raw.status)
        except NotDecodable as error:
            return trip.ended(error=str(error), status=raw.status)

    def _followed(self, trip: "_Trip", raw: Raw) -> Reply | None:
        target = target_of(raw.url, raw.header("location"))
        objection = self._gate.objection(target) if target else "a redirect without a target"
        if len(trip.hops) == MAX_HOPS:
            objection = f"more than {MAX_HOPS} redirects"
        if objection:
            return trip.ended(error=objection, status=raw.status)
        trip.hops.append(target)
        trip.url = target
        return None

    def _unchanged(self, trip: "_Trip", raw: Raw) -> Reply | None:
        """304: the copy is good, if it can still be read; else it is asked for without conditions."""
        copy = trip.copy
        assert copy is not None
        try:
            with (self._folder / copy.file).open("rb") as file:
                body = read(file, copy.offset).body
        except (OSError, LookupError):
            body = b""
        found = Exchange(raw.url, datetime.now(UTC), raw.status, raw.headers, body, raw.ip)
        if found.digest != copy.digest:
            trip.copy = None
            return None
        return trip.ended(found, status=raw.status, same=copy)


class _Trip:
    """How far a question has come."""

    def __init__(self, question: Question) -> None:
        self.question, self.copy = question, question.copy
        self.url, *self._others = question.urls
        self.hops: list[str] = []
        self.retried = False

    def goes_on_after(self, error: NoAnswer) -> bool:
        """Whether there is another URL or another try; another URL is the second try."""
        if error.hopeless:
            return False
        if self._others and not self.hops:
            self.url = self._others.pop(0)
        elif self.retried:
            return False
        self.retried = True
        return True

    def ended(
        self,
        exchange: Exchange | None = None,
        *,
        same: Copy | None = None,
        status: int | None = None,
        error: str = "",
        forbidden: bool = False,
    ) -> Reply:
        """The reply at this point."""
        at = exchange.fetched_at if exchange else datetime.now(UTC)
        return Reply(self.url, tuple(self.hops), at, exchange, same, status, error, forbidden)


def header_pairs(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Header pairs as text; octets beyond ASCII are kept as Latin-1."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def target_of(url: str, location: str) -> str:
    """Where a redirect leads; empty where it does not say."""
    try:
        return urljoin(url, safe_url_string(location.encode("latin-1"))).partition("#")[0] if location else ""
    except ValueError:
        return ""


def _exchange(raw: Raw, document: Document, limit: int) -> Exchange:
    """The answer with its body decoded and cut; a robots.txt that is cut ends with its last whole line."""
    found = decode(raw.body, raw.header("content-encoding"), limit, raw.stopped)
    cut_file = found.cut and document == Document.ROBOTS and limit == KINDS[document].limit
    body = whole_lines(found.body, limit - 1) if cut_file else found.body
    return Exchange(raw.url, datetime.now(UTC), raw.status, raw.headers, body, ip=raw.ip, cut=found.cut)
