"""What was fetched of a site, brought into one form for the readers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urljoin

from crawler.channels.page import Page, read_page
from crawler.robots import MAX_BYTES, path_of, whole_lines
from crawler.states import looks_like_html

Body = bytes | str
Headers = Iterable[tuple[Body, Body]] | Mapping[Body, Body | Iterable[Body]] | Mapping[str, str]

MAX_FIELD = 16 * 1024  # octets of one header line; servers commonly refuse longer ones
MAX_FIELDS = 1000


class Field(NamedTuple):
    """A header line, its name in lower case; `cut` where it was longer than MAX_FIELD."""

    name: str
    value: bytes
    cut: bool


@dataclass(frozen=True)
class Documents:
    """The bodies and headers of one visit; None is what was not fetched or not found."""

    robots: bytes | None = None
    headers: tuple[Field, ...] = ()
    html: bytes | None = None
    tdmrep: bytes | None = None
    ai_txt: bytes | None = None
    llms_txt: bytes | None = None
    rsl: Mapping[str, bytes | None] = field(default_factory=dict)
    media: Mapping[str, bytes] = field(default_factory=dict)
    url: str = ""

    @cached_property
    def page(self) -> Page:
        """The elements of the page that can carry a signal."""
        return read_page(self.html or b"")

    @property
    def place(self) -> str:
        """The pattern that matches this page alone."""
        return only(self.url)

    def fields(self, *names: str) -> Iterator[Field]:
        """The header lines of these names, in order."""
        return (field for field in self.headers if field.name in names)

    def resolved(self, reference: str) -> str:
        """A reference made absolute; as it stands where it cannot be."""
        try:
            return urljoin(self.url, reference)
        except ValueError:
            return reference


def only(url: str) -> str:
    """The pattern that matches one URL; that of the front page where none is told."""
    return path_of(url) + "$" if url else "/$"


def octets(body: Body | None) -> bytes | None:
    """A body as bytes."""
    return body.encode("utf-8", "replace") if isinstance(body, str) else body


def text_file(body: Body | None) -> bytes | None:
    """A plain file's whole lines within 500 KiB; None where there is none, or a page of HTML stands for it."""
    found = octets(body)
    if found is None or looks_like_html(found):
        return None
    return whole_lines(found, MAX_BYTES) if len(found) > MAX_BYTES else found


def header_lines(headers: Headers | None) -> tuple[Field, ...]:
    """Header lines from pairs or a mapping; a name may come many times, or have many values."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    lines: list[Field] = []
    for name, values in pairs:
        lines.extend(_field(name, value) for value in ([values] if isinstance(values, bytes | str) else values))
        if len(lines) >= MAX_FIELDS:
            break
    return tuple(lines[:MAX_FIELDS])


def _field(name: Body, value: Body) -> Field:
    known, told = octets(name) or b"", octets(value) or b""
    return Field(known[:100].decode("latin-1").strip().lower(), told[:MAX_FIELD], len(told) > MAX_FIELD)
