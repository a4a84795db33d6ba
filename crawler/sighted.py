"""Sightings of others made into evidence of ours: a record in a WARC file of our own, and what comes of it as a fetch.

A sighting with its HTTP headers is kept as a response; a body without them as a resource, and what has no body (or one
that is kept already) as metadata, so that nothing in a record claims more than was recorded. Each names its source.
"""

import re
from collections import OrderedDict
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from crawler.agents import Roll
from crawler.channels import rsl as licences
from crawler.documents import KINDS, Document
from crawler.hearing import Told, signals_of, telling
from crawler.imports import Sighting, Unusable
from crawler.robots import parse, whole_lines
from crawler.states import State, document_state, refusal
from crawler.warc import Exchange, Place, Writer
from crawler.wire import Fetch

TECHNICAL = "technical"  # beside the headers: the recorder's own upgrade, which is no change of the site's
REMEMBERED = 20_000  # contents that need not be read again
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True)
class Outcome:
    """What a sighting came to; the digest where its body says something."""

    sighting: Sighting
    exchange: Exchange
    state: State
    digest: str


def outcome(sighting: Sighting, source: str) -> Outcome:
    """Judge a sighting as the crawl judges an answer. Raises Unusable where it says nothing: a redirect leads to
    another record, and a status may be none of HTTP."""
    status, body, limit = _status(sighting), sighting.body or b"", KINDS[sighting.document].limit
    if sighting.cut and sighting.document == Document.ROBOTS:
        body = whole_lines(body, limit - 1)
    url = _NO_ADDRESS.sub("", sighting.url)[:2000]
    exchange = Exchange(url, sighting.at, status, sighting.headers, body, cut=sighting.cut, source=source)
    state = document_state(sighting.document, status, body, sighting.cut)
    speaks = 200 <= status < 300 and state not in (State.EMPTY, State.UNREACHABLE)
    return Outcome(sighting, exchange, state, exchange.digest if speaks else "")


def _status(sighting: Sighting) -> int:
    status = sighting.status
    if status is None or not 100 <= status <= 999:
        raise Unusable("it has no status of HTTP")
    if not 200 <= status < 300 and status < 400:
        raise Unusable("its answer leads elsewhere; where it led is a record of its own")
    return status


class Recorder:
    """Writes sightings of one source to files below `folder` whose names begin with `name`."""

    def __init__(self, folder: Path, name: str, software: str, roll: Roll) -> None:
        self._folder, self._name, self._software, self._roll = folder, name, software, roll
        self._writer: Writer | None = None
        self._files = 0
        self._read: OrderedDict[str, tuple[str, Told | None]] = OrderedDict()

    def record(self, found: Outcome, known: Container[str]) -> Fetch:
        """Write a sighting; its body too, unless it is under a digest in `known`."""
        sighting, exchange, state = found.sighting, found.exchange, found.state
        headers = telling(sighting.headers) | ({TECHNICAL: "yes"} if sighting.technical else {})
        kept = found.digest in known if found.digest else False
        place = self._write(found, kept)
        trouble = f"status {exchange.status}" if state == State.UNREACHABLE else ""
        letters, signals = self._said(found)
        return Fetch(
            sighting.document, state, sighting.at, exchange.status, exchange.url, digest=found.digest,
            size=len(exchange.body) if found.digest else 0, fresh=bool(found.digest) and not kept,
            warc_file=place.file, warc_offset=place.offset, headers=headers,
            error="" if found.digest else refusal(exchange.status, headers) or trouble,
            letters=letters, signals=signals,
        )  # fmt: skip

    def close(self) -> str:
        """End the file under way, so that it is complete on disk; returns its name, empty where there is none."""
        writer, self._writer = self._writer, None
        if writer is None:
            return ""
        writer.close()
        return writer.name

    def _write(self, found: Outcome, kept: bool) -> Place:
        writer, exchange = self._opened(), found.exchange
        if not found.sighting.bare:
            return writer.revisit(exchange) if kept else writer.response(exchange)
        if exchange.body and not kept:
            return writer.resource(exchange, found.sighting.media_type)
        same = f"payload-digest: sha256:{exchange.digest}\r\n" if kept else ""
        return writer.metadata(exchange, f"status: {exchange.status}\r\n{same}")

    def _opened(self) -> Writer:
        if self._writer is None:
            self._writer = Writer(self._folder, f"{self._name}-{self._files:05}", self._software)
            self._files += 1
        return self._writer

    @property
    def size(self) -> int:
        """Bytes in the file under way."""
        return self._writer.size if self._writer is not None else 0

    def _said(self, found: Outcome) -> tuple[str, Told | None]:
        """Levels and signals. Those of a robots.txt are remembered, for most captures bring the same bytes."""
        sighting, body = found.sighting, found.exchange.body
        key = f"{found.digest} {found.state}" if found.digest and sighting.document == Document.ROBOTS else ""
        if key in self._read:
            return self._read[key]
        signals = signals_of(sighting.document, found.state, body, sighting.headers, found.exchange.url)
        said = (self._roll.letters(parse(body)) if key else "", signals)
        by_address = any(signal["channel"] == licences.NAME for signal in signals or ())
        if key and not by_address:
            self._read[key] = said
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        return said
