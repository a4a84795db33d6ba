"""Whether requests kept to robots.txt and to the pace, told from a log alone: a judge that takes them in order.

What robots.txt said is read again from its answers in the log, so nothing is believed of what the crawl thought then.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.asking import target_of
from crawler.documents import Document
from crawler.obeying import crawl_delay
from crawler.robots import MAX_BYTES, RobotsFile, parse
from crawler.states import MAX_HOPS, PERMITTING, REDIRECTS, SPEAKING, State, document_state
from crawler.wire import Manners

TOLERANCE = timedelta(milliseconds=100)  # an answer's moment is noted a little after its arrival


@dataclass(frozen=True)
class Request:
    """One request: when it was answered or given up, `where` it is in the log, and its answer; status 0 is none."""

    at: datetime
    url: str
    where: str
    status: int = 0
    location: str = ""
    body: Callable[[], bytes] = bytes


@dataclass(frozen=True)
class Violation:
    """A request that should not have been made, or not yet, and why."""

    at: datetime
    url: str
    where: str
    why: str


@dataclass(frozen=True)
class _Held:
    """What the robots.txt of a host came to."""

    state: State
    file: RobotsFile | None = None
    delay: float = 0.0


class Judge:
    """Takes the requests of one crawler in the order of their moments; `tally` counts what was looked at.

    `hosts` are those that the crawl was about: a Crawl-delay is obeyed towards them.
    """

    def __init__(self, manners: Manners, hosts: frozenset[str]) -> None:
        self._manners, self._hosts = manners, hosts
        self._held: dict[str, _Held] = {}
        self._led: dict[str, dict[str, int]] = {}  # URL → the hosts whose robots.txt it is by redirects, and how many
        self._left: dict[str, datetime] = {}
        self.tally: Counter[str] = Counter()

    def judged(self, request: Request) -> Iterator[Violation]:
        """What is wrong with the next request."""
        parts = urlsplit(request.url)
        host = parts.netloc.lower()
        self.tally["requests"] += 1
        reasons = [self._haste(host, request.at)]
        if parts.path == "/robots.txt" or request.url in self._led:
            self.tally["robots.txt"] += 1
            self._learn(request, host if parts.path == "/robots.txt" else "")
        else:
            self.tally["judged"] += 1
            reasons.append(self._objection(host, request.url))
        yield from (Violation(request.at, request.url, request.where, reason) for reason in reasons if reason)

    def _learn(self, request: Request, own: str) -> None:
        """Note what a robots.txt says, or where it is said to be."""
        hosts = self._led.pop(request.url, {}) | ({own: 0} if own else {})
        if request.status in REDIRECTS:
            target = target_of(request.url, request.location)
            for host, hops in hosts.items():
                self._held.pop(host, None)
                if hops < MAX_HOPS:
                    self._led.setdefault(target, {})[host] = hops + 1
            return
        held = self._read(request)
        self._held |= dict.fromkeys(hosts, held)

    def _read(self, request: Request) -> _Held:
        if not request.status:
            return _Held(State.UNREACHABLE)
        body = request.body()
        state = State.OK if request.status == 304 else document_state(Document.ROBOTS, request.status, body)
        if state not in SPEAKING:
            return _Held(state)
        file = parse(body, MAX_BYTES)
        return _Held(state, file, crawl_delay(body, self._manners.token, file))

    def _objection(self, host: str, url: str) -> str:
        held = self._held.get(host)
        if held is None:
            return f"no robots.txt of {host} had been obtained"
        if held.file is None:
            return "" if held.state in PERMITTING else f"robots.txt of {host} was {held.state}"
        verdict = held.file.check(self._manners.token, url)
        return "" if verdict.allowed else f"robots.txt of {host}, line {verdict.line}: {verdict.rule}"

    def _haste(self, host: str, at: datetime) -> str:
        """Whether the last request to the host was too short a while ago."""
        before, self._left[host] = self._left.get(host), at
        if before is None or not self._manners.delay:
            return ""
        self.tally["pauses"] += 1
        asked = self._held[host].delay if host in self._held and host in self._hosts else 0.0
        delay = max(self._manners.delay, min(asked, self._manners.longest_delay))
        if at - before >= timedelta(seconds=delay) - TOLERANCE:
            return ""
        return f"{(at - before).total_seconds():.2f} s after the last request to {host}, not {delay:g} s"
