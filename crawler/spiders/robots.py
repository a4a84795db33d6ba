"""Asks each domain for its robots.txt, follows redirects itself, and tells what it came to.

Every domain ends in exactly one result, whatever happens: an error nobody foresaw makes it unreachable, too.
"""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from crawler.robots import MAX_BYTES, parse, whole_lines
from crawler.states import MAX_HOPS, REDIRECTS, NotDecodable, State, decode, state_of
from crawler.warc import Exchange, Place, header_pairs
from crawler.wire import Errand, Job, Result

log = logging.getLogger(__name__)

TELLING_HEADERS = (
    "content-type", "last-modified", "etag", "server", "retry-after", "content-usage", "content-signal", "link",
    "tdm-reservation", "tdm-policy", "x-robots-tag",
)  # fmt: skip
OTHER_BODY = 64 * 1024  # of an answer that is no robots.txt, this much is kept as evidence
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class Outbox(Protocol):
    """Where answers are kept and results told."""

    def keep(self, exchange: Exchange, known: bool) -> Place:
        """Write an answer to the evidence: its body too, unless that is known."""
        ...

    def tell(self, result: Result) -> None:
        """Pass a result on."""
        ...


@dataclass
class Visit:
    """How far the asking of one domain has come."""

    errand: Errand
    schemes: list[str]
    hops: list[str] = field(default_factory=list)
    retried: bool = False


class RobotsSpider(Spider):
    """One shard's domains."""

    name = "robots"

    def __init__(self, job: Job, outbox: Outbox, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job, self._outbox = job, outbox
        self._manners, self._gate = job.manners, job.manners.gate
        self._known = {errand.digest for errand in job.errands if errand.digest}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "RobotsSpider":
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.received, signal=signals.bytes_received)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first request for each domain."""
        for errand in self._job.errands:
            if _HOST.fullmatch(errand.domain):
                yield self._first(Visit(errand, list(self._manners.schemes)))
            else:
                self._unreachable(Visit(errand, []), "", "not the name of a host")

    def received(self, data: bytes, request: Request) -> None:
        """End a transfer when more came than is ever parsed."""
        request.meta["received"] += len(data)
        if request.meta["received"] > MAX_BYTES:
            raise StopDownload(fail=False)

    def answered(self, response: Response) -> Iterator[Request]:
        """An answer came: go on, or conclude."""
        visit: Visit = response.meta["visit"]
        try:
            yield from self._consider(visit, response)
        except NotDecodable as error:
            self._unreachable(visit, response.url, str(error), response.status)
        except Exception as error:
            log.exception("an answer of %s could not be understood", visit.errand.domain)
            self._unreachable(visit, response.url, f"not understood: {type(error).__name__}", response.status)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """No answer came: try the other scheme, once more, or conclude."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.meta["visit"]
        error, hopeless = _reason(failure.value or Exception("unknown"))
        if not hopeless and not visit.hops and visit.schemes:
            yield self._first(visit)
        elif not hopeless and not visit.retried:
            yield self._again(visit, request.url)
        else:
            self._unreachable(visit, request.url, error)

    def _first(self, visit: Visit) -> Request:
        scheme = visit.schemes.pop(0)
        visit.retried = scheme != self._manners.schemes[0]  # the second scheme is the second try
        return self._ask(visit, f"{scheme}://{visit.errand.domain}/robots.txt")

    def _again(self, visit: Visit, url: str) -> Request:
        visit.retried = True
        return self._ask(visit, url)

    def _ask(self, visit: Visit, url: str) -> Request:
        headers = {"User-Agent": self._manners.user_agent, "Accept": "text/plain,*/*;q=0.1", "Accept-Encoding": "gzip"}
        meta = {"visit": visit, "received": 0, "download_timeout": self._manners.timeout}
        return Request(url, self.answered, errback=self.failed, headers=headers, meta=meta, dont_filter=True)

    def _consider(self, visit: Visit, response: Response) -> Iterator[Request]:
        if not 100 <= response.status <= 999:  # Twisted passes any number on
            self._unreachable(visit, response.url, "the status has not three digits")
        elif response.status in REDIRECTS:
            self._outbox.keep(_exchange(response, OTHER_BODY), known=False)
            yield from self._follow(visit, response)
        elif response.status >= 500 and not visit.retried:
            yield self._again(visit, response.url)
        else:
            self._conclude(visit, response)

    def _follow(self, visit: Visit, response: Response) -> Iterator[Request]:
        location = response.headers.get("Location")
        target = response.urljoin(safe_url_string(location)).partition("#")[0] if location else ""
        objection = self._gate.objection(target) if target else "a redirect without a target"
        if len(visit.hops) == MAX_HOPS:
            objection = f"more than {MAX_HOPS} redirects"
        if objection:
            self._unreachable(visit, response.url, objection, response.status)
            return
        visit.hops.append(target)
        yield self._ask(visit, target)

    def _conclude(self, visit: Visit, response: Response) -> None:
        successful = 200 <= response.status < 300
        exchange = _exchange(response, MAX_BYTES if successful else OTHER_BODY)
        state = state_of(response.status, exchange.body, exchange.cut, len(visit.hops))
        speaks = successful and state not in (State.EMPTY, State.UNREACHABLE)
        known = speaks and exchange.digest in self._known
        place = self._outbox.keep(exchange, known)
        if speaks:  # the body of a 404 is in no content's evidence, though another host may send it under 200
            self._known.add(exchange.digest)
        self._outbox.tell(
            Result(
                visit.errand.domain, state, exchange.fetched_at, response.status, response.url[:2000],
                tuple(hop[:2000] for hop in visit.hops),
                digest=exchange.digest if speaks else "", size=len(exchange.body) if speaks else 0,
                fresh=speaks and not known, warc_file=place.file, warc_offset=place.offset,
                letters=self._job.roll.letters(parse(exchange.body)) if speaks else "",
                headers=_telling(exchange.headers),
                error=f"status {response.status}" if state == State.UNREACHABLE else "",
            )
        )  # fmt: skip

    def _unreachable(self, visit: Visit, url: str, error: str, status: int | None = None) -> None:
        hops = tuple(hop[:2000] for hop in visit.hops)
        now = datetime.now(UTC)
        self._outbox.tell(
            Result(visit.errand.domain, State.UNREACHABLE, now, status, url[:2000], hops, error=error[:500])
        )


def _exchange(response: Response, limit: int) -> Exchange:
    """The answer with its body decoded and cut; a cut file ends with its last whole line."""
    stopped = "download_stopped" in response.flags
    encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
    found = decode(response.body, encoding, limit, stopped)
    body = whole_lines(found.body, limit - 1) if found.cut and limit == MAX_BYTES else found.body
    pairs = [(name, value) for name, values in response.headers.items() for value in values]
    return Exchange(
        response.url, datetime.now(UTC), response.status, header_pairs(pairs), body,
        ip=str(response.ip_address or ""), cut=found.cut,
    )  # fmt: skip


def _telling(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in TELLING_HEADERS:
            told = value.replace("\0", "\N{REPLACEMENT CHARACTER}")  # Twisted passes NUL on, no database keeps it
            found[name.lower()] = ", ".join(filter(None, [found.get(name.lower()), told]))[:500]
    return found


def _reason(error: BaseException) -> tuple[str, bool]:
    """What went wrong, in words, and whether asking again is no use."""
    # One sentence for both: whether an inner name exists, and where, is nothing that evidence may tell.
    if isinstance(error, CannotResolveHostError) or "not admitted" in f"{error} {_cause(error)}":
        return "the host's name has no public address", True
    if isinstance(error, DownloadTimeoutError):
        return "no complete answer in time", False
    if isinstance(error, ResponseDataLossError):
        return "the answer broke off", False
    if isinstance(error, DownloadConnectionRefusedError):
        return f"no connection: {_cause(error)}", False
    return f"no valid answer: {_cause(error)}", False


def _cause(error: BaseException) -> str:
    """The innermost known cause, without addresses in memory or tracebacks."""
    while error.__cause__ is not None:
        error = error.__cause__
    told = re.sub(r"<[^>]*>|[\0\ud800-\udfff]", "", str(error))
    return " ".join(told.split())[:200] or type(error).__name__
