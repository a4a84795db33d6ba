"""The visit to one domain: robots.txt first, then what it lets this crawler ask, each document in turn.

Whatever happens, a visit ends in one answer with one fetch of robots.txt at its head. Where that file cannot be
obtained nothing else is asked; where it forbids a document, that is what the document's fetch says.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.asking import Asker, Outbox, Question, Reply
from crawler.channels import read_signals
from crawler.channels import rsl as licences
from crawler.channels.documents import Documents, header_lines, text_file
from crawler.documents import KINDS, Document
from crawler.hearing import READ_AS, own, telling, told
from crawler.obeying import Rules
from crawler.robots import parse
from crawler.states import SPEAKING, State, document_state, refusal
from crawler.terms.find import find
from crawler.wire import Answer, Errand, Fetch, Job

NOT_UTF8 = "the file is not in UTF-8 (RFC 9309 section 2.3): lines that are not understood say nothing"
_LICENCES = 3  # documents fetched of those that a site declares
_TERMS_PAGES = 3  # candidates asked until one speaks
_NEIGHBOURS = 1000


class Neighbourhood:
    """The rules of hosts that are not visited themselves but are led to: each is asked once for all visits."""

    def __init__(self, asker: Asker, job: Job) -> None:
        self._asker, self._job = asker, job
        self._known: OrderedDict[str, asyncio.Task[Rules]] = OrderedDict()

    async def rules(self, url: str, outbox: Outbox) -> Rules:
        """The rules of a URL's host."""
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc.lower()}"
        if key not in self._known:
            self._known[key] = asyncio.ensure_future(self._asked(key, parts.hostname or "", outbox))
            if len(self._known) > _NEIGHBOURS:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return await self._known[key]

    async def _asked(self, origin: str, host: str, outbox: Outbox) -> Rules:
        manners = self._job.manners
        question = Question(Document.ROBOTS, (f"{origin}/robots.txt",))
        reply = await self._asker.ask(question, host, manners.delay, _anything)
        if reply.exchange is None:
            return Rules(host, manners.token)
        outbox.keep(reply.exchange, False)
        state = document_state(Document.ROBOTS, reply.exchange.status, reply.exchange.body, reply.exchange.cut)
        return Rules.of(host, manners.token, state, reply.exchange.body)


class Visit:
    """One errand. `known` are the digests of bodies that the store has."""

    def __init__(
        self, errand: Errand, job: Job, asker: Asker, outbox: Outbox, neighbours: Neighbourhood, known: set[str]
    ) -> None:
        self._errand, self._job, self._asker, self._outbox = errand, job, asker, outbox
        self._neighbours, self._known = neighbours, known
        self._rules: dict[str, Rules] = {}
        self._delay = job.manners.delay
        self._site = errand.site or errand.domain
        self._scheme = job.manners.schemes[0]
        self._terms: list[str] = []
        self._declared: list[str] = []
        self._declaring = Documents()

    async def answer(self) -> Answer:
        """Ask for everything that is wanted and permitted."""
        robots = await self._robots()
        fetches = [robots]
        if robots.state != State.UNREACHABLE:
            fetches += [fetch async for fetch in self._others()]
        return Answer(self._errand.domain, tuple(fetches), self._delay)

    async def _robots(self) -> Fetch:
        host = self._errand.domain
        urls = tuple(f"{scheme}://{host}/robots.txt" for scheme in self._job.manners.schemes)
        reply = await self._asked(Document.ROBOTS, urls, _anything)
        fetch = self._concluded(Document.ROBOTS, reply)
        body = reply.exchange.body if reply.exchange and fetch.digest else b""
        rules = Rules.of(host, self._job.manners.token, fetch.state, body)
        self._scheme = urlsplit(reply.hops[0] if reply.hops else reply.url).scheme
        self._obey(host, rules)
        if urlsplit(reply.url).path == "/robots.txt":
            self._rules.setdefault(_host(reply.url), replace(rules, host=_host(reply.url)))
        if fetch.digest:
            fetch = replace(fetch, letters=self._job.roll.letters(rules.file or parse(body)))
        if fetch.state not in SPEAKING:
            return fetch
        self._declaring = Documents(robots=text_file(body), url=self._url(Document.HOME))
        self._declared = licences.addresses(self._declaring)
        return replace(fetch, signals=own(read_signals(robots=body, url=self._declaring.url), self._declared))

    def _obey(self, host: str, rules: Rules) -> None:
        self._rules[host] = rules
        if self._delay:
            self._delay = max(self._delay, min(rules.delay, self._job.manners.longest_delay))

    async def _others(self) -> AsyncIterator[Fetch]:
        if Document.HOME in self._job.documents:
            yield await self._home()
        for document in (Document.TDMREP, Document.AI_TXT, Document.LLMS_TXT):
            if document in self._job.documents:
                yield await self._file(document)
        if Document.RSL in self._job.documents:
            async for fetch in self._licences():
                yield fetch
        if Document.TERMS in self._job.documents:
            yield await self._terms_page()

    async def _home(self) -> Fetch:
        reply = await self._asked(Document.HOME, (self._url(Document.HOME),), self._may)
        fetch = self._concluded(Document.HOME, reply)
        if reply.exchange is None or fetch.state not in (*SPEAKING, State.EMPTY):
            return fetch
        headers, html = _in_force(reply), reply.exchange.body
        whole = replace(self._declaring, headers=header_lines(headers), html=html, url=reply.url)
        self._declared = licences.addresses(whole)
        if self._declared:  # else the page is not kept any longer than it has to be
            self._declaring = whole
        self._terms = [candidate.url for candidate in find(html, reply.url)]
        return replace(fetch, signals=own(read_signals(headers=headers, html=html, url=reply.url), self._declared))

    async def _file(self, document: Document) -> Fetch:
        reply = await self._asked(document, (self._url(document),), self._may)
        fetch = self._concluded(document, reply)
        if reply.exchange is None or fetch.state not in SPEAKING:
            return fetch
        said = read_signals(**{READ_AS[document]: reply.exchange.body}, url=self._url(document))  # type: ignore[arg-type]
        return replace(fetch, signals=told(said))

    async def _licences(self) -> AsyncIterator[Fetch]:
        """The first licence that speaks stands for all in the row; the statements of all are in its signals."""
        if not self._declared:
            before = self._errand.copy(Document.RSL)
            if before is not None and before.state != State.UNAVAILABLE:
                yield _gone(Document.RSL, "the site declares no licence any more")
            return
        fetches, bodies = [], dict.fromkeys(self._declared)
        for url in self._declared[:_LICENCES]:
            reply = await self._asked(Document.RSL, (url,), self._may)
            fetches.append(self._concluded(Document.RSL, reply))
            if reply.exchange is not None and fetches[-1].state in SPEAKING:
                bodies[url] = reply.exchange.body
        first = next((fetch for fetch in fetches if fetch.state in SPEAKING), fetches[0])
        whole = self._declaring
        said = read_signals(
            robots=whole.robots, headers=[(field.name, field.value) for field in whole.headers], html=whole.html,
            rsl=bodies, url=whole.url,
        )  # fmt: skip
        yield replace(first, signals=told(signal for signal in said if signal.channel == licences.NAME))
        self._declaring = Documents()

    async def _terms_page(self) -> Fetch:
        fetch = _gone(Document.TERMS, "no terms page was found")
        pages = [self._errand.terms] if self._errand.terms else self._terms[:_TERMS_PAGES]
        for url in pages:
            fetch = self._concluded(Document.TERMS, await self._asked(Document.TERMS, (url,), self._may))
            if fetch.state in SPEAKING:
                break
        return fetch

    async def _asked(self, document: Document, urls: tuple[str, ...], may: Any) -> Reply:
        question = Question(document, urls, self._errand.copy(document))
        return await self._asker.ask(question, self._site, self._delay, may)

    async def _may(self, url: str) -> str | None:
        host = _host(url)
        if host not in self._rules:
            self._rules[host] = await self._neighbours.rules(url, self._outbox)
        return self._rules[host].objection(url)

    def _url(self, document: Document) -> str:
        return f"{self._scheme}://{self._errand.domain}{KINDS[document].path}"

    def _concluded(self, document: Document, reply: Reply) -> Fetch:
        """The fetch that a reply comes to; its evidence is kept."""
        hops, url = tuple(hop[:2000] for hop in reply.hops), reply.url[:2000]
        if reply.exchange is None:
            state = State.FORBIDDEN if reply.forbidden else State.UNREACHABLE
            return Fetch(document, state, reply.at, reply.status, url, hops, error=reply.error[:500])
        exchange = reply.exchange
        headers = telling(_in_force(reply))
        if reply.same is not None:
            state = State.REDIRECTED if hops else State.OK
            place = self._outbox.unchanged(exchange, reply.same.digest)
        else:
            state = document_state(document, exchange.status, exchange.body, exchange.cut, len(hops))
            speaks = 200 <= exchange.status < 300 and state not in (State.EMPTY, State.UNREACHABLE)
            known = speaks and exchange.digest in self._known
            place = self._outbox.keep(exchange, known)
            if not speaks:  # the body of a 404 is in no content's evidence, though another host may send it under 200
                error = refusal(exchange.status, headers) or (
                    f"status {exchange.status}" if state == State.UNREACHABLE else ""
                )
                return Fetch(
                    document, state, exchange.fetched_at, exchange.status, url, hops, warc_file=place.file,
                    warc_offset=place.offset, headers=headers, error=error,
                )  # fmt: skip
        fresh = exchange.digest not in self._known
        self._known.add(exchange.digest)
        error = NOT_UTF8 if document == Document.ROBOTS and state in SPEAKING and not _is_utf8(exchange.body) else ""
        return Fetch(
            document, state, exchange.fetched_at, exchange.status, url, hops, exchange.digest, len(exchange.body),
            fresh, place.file, place.offset, headers=headers, error=error,
        )  # fmt: skip


async def _anything(url: str) -> str | None:
    """A robots.txt itself may always be asked for (RFC 9309 section 2.2.2)."""
    return None


def unreachable(errand: Errand, error: str) -> Answer:
    """The answer of a domain that was not visited to the end."""
    fetch = Fetch(Document.ROBOTS, State.UNREACHABLE, datetime.now(UTC), error=error[:500])
    return Answer(errand.domain, (fetch,))


def _gone(document: Document, error: str) -> Fetch:
    return Fetch(document, State.UNAVAILABLE, datetime.now(UTC), error=error)


def _is_utf8(body: bytes) -> bool:
    """Whether a file can be told to be in UTF-8: one in UTF-16 holds NULs, which no line may (section 2.2)."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _in_force(reply: Reply) -> list[tuple[str, str]]:
    """The headers that count: after a 304 the copy's, but for those that came with it (RFC 9110 section 15.4.5)."""
    assert reply.exchange is not None
    came = list(reply.exchange.headers)
    if reply.same is None:
        return came
    names = {name.lower() for name, _ in came}
    return [*came, *((name, value) for name, value in reply.same.headers.items() if name not in names)]
