"""What one document of a site says, read by itself: the statements and headers that are stored with its fetch."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from crawler.channels import Signal, licences_to_fetch, read_signals
from crawler.channels import rsl as licences
from crawler.documents import Document
from crawler.states import SPEAKING, State

TELLING_HEADERS = (
    "content-type", "last-modified", "etag", "server", "retry-after", "content-usage", "content-signal", "link",
    "tdm-reservation", "tdm-policy", "x-robots-tag", "cf-mitigated", "x-amzn-waf-action",
)  # fmt: skip
LONGEST_HEADER = 2000
READ_AS = {Document.TDMREP: "tdmrep", Document.AI_TXT: "ai_txt", Document.LLMS_TXT: "llms_txt"}

Told = tuple[dict[str, Any], ...]
Pairs = Iterable[tuple[str, str]]


def signals_of(document: Document, state: State, body: bytes, headers: Pairs, url: str) -> Told | None:
    """The statements of a document at a URL, without those of licences that it declares: these are the licence's.

    None where it cannot say anything: it did not speak, or what it says is read otherwise (terms, licences).
    """
    if document == Document.HOME:
        if state not in (*SPEAKING, State.EMPTY):
            return None
        headers = list(headers)
        declared = licences_to_fetch(headers=headers, html=body, url=url)
        return own(read_signals(headers=headers, html=body, url=url), declared)
    if state not in SPEAKING:
        return None
    if document == Document.ROBOTS:
        home = front_page(url)
        return own(read_signals(robots=body, url=home), licences_to_fetch(robots=body, url=home))
    if document in READ_AS:
        return told(read_signals(**{READ_AS[document]: body}, url=url))  # type: ignore[arg-type]
    return None


def front_page(url: str) -> str:
    """The address of the front page of a URL's host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def own(signals: Iterable[Signal], declared: list[str]) -> Told:
    """The signals of a document itself: those of licences that are fetched come with the licence."""
    return told(signal for signal in signals if not (declared and signal.channel == licences.NAME))


def told(signals: Iterable[Signal]) -> Told:
    """Signals as they are stored."""
    return tuple(signal.as_dict() for signal in signals)


def telling(headers: Pairs) -> dict[str, str]:
    """The headers that are kept beside a fetch, by name in lower case, repeated ones joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in TELLING_HEADERS:
            kept = value.replace("\0", "\N{REPLACEMENT CHARACTER}")  # Twisted passes NUL on, no database keeps it
            found[name.lower()] = ", ".join(filter(None, [found.get(name.lower()), kept]))[:LONGEST_HEADER]
    return found
