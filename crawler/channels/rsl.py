"""Really Simple Licensing 1.0: where a site declares its licences, and what they come to.

Source: rslstandard.org/rsl. A licence is declared in robots.txt (`License: URL`; in a group for its agents, before any
group for all), in the Link header, in a `link` element, or stands in the page. One that is declared and was not
obtained, or cannot be read, licenses nothing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.channels.documents import Documents
from crawler.channels.groups import lines
from crawler.channels.page import RSL_TYPE, media_type
from crawler.channels.rsl_document import Content, Document, NotReadable, read_document
from crawler.channels.signals import EVERYBODY, USES, Signal
from crawler.channels.words import Scope
from crawler.robots import path_of

NAME = "rsl"
ANY = ""  # the address of a document that was given without one
_LINK = re.compile(
    rb'\s*<([^<>]{0,2000})>((?:\s*;\s*[A-Za-z0-9*_-]{1,40}(?:\s*=\s*(?:"[^"]{0,500}"|[^\s,;"]{0,500}))?)*)\s*(?:,|$)'
)
_PARAMETER = re.compile(rb';\s*([A-Za-z0-9*_-]{1,40})(?:\s*=\s*(?:"([^"]{0,500})"|([^\s,;"]{0,500})))?')
_LINKS = 100
MOST_FETCHED = 10
_LOOKED_AT = 10_000


class Declared(NamedTuple):
    """One licence that the site points to, by where, for whom and for what."""

    url: str
    where: str
    agent: str
    path: str
    scope: Scope
    line: int | None
    quote: str


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of all licences that are declared, stand in the page, or were given."""
    # Taken one by one: a file of many agents and many lines would make millions before the bound on signals is met.
    declares = False
    for declared in _declared(documents):
        declares = True
        yield from _licence(documents, declared)
    for text in documents.page.licences:
        here = Declared(documents.url, "script in the page", EVERYBODY, documents.place, "page", None, "")
        yield from _document(documents, text.encode("utf-8", "replace"), here)
    if ANY in documents.rsl and not declares:
        given = Declared(ANY, "licence", EVERYBODY, "/", "site", None, "")
        yield from _document(documents, documents.rsl[ANY], given)


def addresses(documents: Documents) -> list[str]:
    """Where the declared licences are to be fetched: the first few, each once, http(s) alone."""
    found: dict[str, None] = {}
    for declared in islice(_declared(documents), _LOOKED_AT):
        if declared.url.lower().startswith(("https://", "http://")):
            found[declared.url] = None
    return list(found)[:MOST_FETCHED]


def _declared(documents: Documents) -> Iterator[Declared]:
    return chain(_in_headers(documents), _in_page(documents), _in_robots(documents))


def links(value: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The targets and parameters of one Link header (RFC 8288), as far as it is one. Of a name the first counts."""
    at = 0
    for _ in range(_LINKS):
        found = _LINK.match(value, at)
        if found is None or at >= len(value):
            return
        parameters: dict[str, str] = {}
        for name, quoted, plain in _PARAMETER.findall(found[2]):
            parameters.setdefault(name.decode().lower(), (quoted or plain).decode("utf-8", "replace"))
        yield found[1].decode("utf-8", "replace").strip(), parameters
        at = found.end()


def _in_robots(documents: Documents) -> Iterator[Declared]:
    for line in lines(documents.robots or b"", "license"):
        url = documents.resolved(line.value[:2000].decode("utf-8", "replace"))
        for agent in line.agents if line.value else ():
            where = f"robots.txt line {line.number}"
            yield Declared(url, where, agent, "/", line.scope, line.number, f"License: {url}")


def _in_headers(documents: Documents) -> Iterator[Declared]:
    for field in documents.fields("link"):
        for target, parameters in links(field.value):
            if _is_licence(parameters.get("rel", ""), parameters.get("type", "")):
                url = documents.resolved(target)
                yield Declared(url, "header Link", EVERYBODY, documents.place, "page", None, url)


def _in_page(documents: Documents) -> Iterator[Declared]:
    for target, rel, kind in documents.page.links:
        if _is_licence(rel, kind):
            url = documents.resolved(target.strip())
            yield Declared(url, "link in the page", EVERYBODY, documents.place, "page", None, url)


def _is_licence(rel: str, kind: str) -> bool:
    return "license" in rel.lower().split() and media_type(kind) == RSL_TYPE


def _licence(documents: Documents, declared: Declared) -> Iterator[Signal]:
    body = documents.rsl.get(declared.url, documents.rsl.get(ANY))
    if body is None:
        yield from _refusal(declared, f"the licence was not obtained: {declared.url}")
    else:
        yield from _document(documents, body, declared)


def _document(documents: Documents, body: bytes | None, declared: Declared) -> Iterator[Signal]:
    document = _read_once(body or b"")
    if isinstance(document, str):
        yield from _refusal(declared, f"the licence cannot be read: {document}")
        return
    for content in document.contents:
        if _is_of(content.url, documents.url):
            yield from _content(content, declared, f"max-age {document.max_age} days")
        else:
            yield from _of_another_site(content, declared)


@lru_cache(maxsize=8)
def _read_once(body: bytes) -> Document | str:
    """A document, or why it is none; a group of many agents points to the same one for each."""
    try:
        return read_document(body)
    except NotReadable as error:
        return str(error)


def _content(content: Content, declared: Declared, age: str) -> Iterator[Signal]:
    # What a page points to holds for the page; its licence may name a whole site for others to use.
    path = declared.path if declared.scope == "page" else _pattern(content.url)
    for purpose in USES:
        value, reason = content.verdict(purpose)
        yield Signal(
            NAME, purpose, declared.agent, value, declared.where, path, declared.scope, declared.line,
            quote=content.quote or declared.quote, note=f"{reason}; {age}",
        )  # fmt: skip


def _of_another_site(content: Content, declared: Declared) -> Iterator[Signal]:
    for purpose in USES:
        yield Signal(
            NAME, purpose, declared.agent, "unstated", declared.where, declared.path, declared.scope, declared.line,
            quote=content.quote, note=f"the licence is of another site: {content.url}",
        )  # fmt: skip


def _is_of(content: str, site: str) -> bool:
    """Whether a licence's URL is of the site that was visited; also where it names no host, or none was told."""
    named, visited = _host(content), _host(site)
    if named.startswith("*."):
        return not visited or f".{visited}".endswith(named[1:])
    return not named or not visited or named == visited


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return "an address that is none" if "//" in url else ""
    return host.removeprefix("www.")


def _refusal(declared: Declared, note: str) -> Iterator[Signal]:
    for purpose in USES:
        yield Signal(
            NAME, purpose, declared.agent, "disallowed", declared.where, declared.path, declared.scope, declared.line,
            quote=declared.quote, note=note,
        )  # fmt: skip


def _pattern(url: str) -> str:
    """The robots-like pattern of a `content` element's URL; all of the site where it names none."""
    url = url.strip()
    return path_of(url) if url and not url.startswith("*") else url or "/"
