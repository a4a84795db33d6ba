"""noai and noimageai, in the robots meta element and in the X-Robots-Tag header.

A page says that it, or its images, may not be used to train AI. In a header an agent's name scopes the whole list that
follows it; in a page the element's name does.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from crawler.channels.documents import Documents
from crawler.channels.signals import EVERYBODY, Signal
from crawler.channels.words import Scope

NAME = "noai"
_DIRECTIVES = {"noai": "", "noimageai": "images only"}
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_NAMED = re.compile(r"\s*([A-Za-z0-9_.-]{1,100})\s*:\s*(.*)", re.DOTALL)
_TOKEN = re.compile(r"[a-z_-]{2,100}")
# A page's element is an agent's only where it holds nothing but words of this kind: keywords may well say "noai" too.
_ROBOTS_WORD = re.compile(
    r"(no(ai|imageai|index|follow|archive|snippet|imageindex|translate|cache|ne)|all|index|follow)$|max-"
)
_MOST = 500  # directives of one list


class Directive(NamedTuple):
    """One directive of a list, and the agent that it is for."""

    agent: str
    word: str


def directives(value: str) -> list[Directive]:
    """The directives of one X-Robots-Tag line."""
    agent, found = EVERYBODY, []
    for part in value.split(",", _MOST)[:_MOST]:
        named = _NAMED.fullmatch(part)
        if named and named[1].lower() not in _WITH_VALUE:
            agent, part = named[1], named[2]
        found.append(Directive(agent, part.strip().lower()))
    return found


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of the response's headers and of the page."""
    for field in documents.fields("x-robots-tag"):
        text = field.value.decode("latin-1")
        for directive in directives(text):
            yield from _signal(directive, "header X-Robots-Tag", text, documents.place)
    for name, content in documents.page.metas:
        words = re.split(r"[\s,]+", content.lower()[:5000].strip(" ,"))
        if name == "robots" or (_TOKEN.fullmatch(name) and all(map(_ROBOTS_WORD.match, words))):
            agent = EVERYBODY if name == "robots" else name
            for word in words:
                yield from _signal(Directive(agent, word), f"meta {name}", content, documents.place)


def _signal(directive: Directive, where: str, quote: str, place: str) -> Iterator[Signal]:
    if directive.word not in _DIRECTIVES:
        return
    scope: Scope = "page" if directive.word == "noai" else "images"
    note = _DIRECTIVES[directive.word]
    yield Signal(NAME, "ai-train", directive.agent, "disallowed", where, place, scope, quote=quote, note=note)
