"""The few elements of a page that carry consent: `meta`, `link` and inline licences."""

from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

MAX_PAGE = 2 * 1024 * 1024
MAX_ELEMENTS = 2000
MAX_SCRIPT = 256 * 1024
RSL_TYPE = "application/rsl+xml"


@dataclass(frozen=True)
class Page:
    """`metas` are (name in lower case, content), `links` (href, rel, type), `licences` the text of RSL scripts."""

    metas: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    licences: list[str] = field(default_factory=list)


@lru_cache(maxsize=4)  # each page is asked twice in a row: for licences to fetch, then for what it says
def read_page(body: bytes) -> Page:
    """Read the first 2 MiB of a page, any bytes. No tree is built, so that no nesting can exhaust the stack."""
    collector = _Collector()
    if not body.strip():
        return collector.page
    parser = etree.HTMLParser(target=collector, huge_tree=False, no_network=True, recover=True)
    try:
        parser.feed(body[:MAX_PAGE])
        parser.close()
    except (etree.LxmlError, ValueError):
        pass  # what was told before the parser gave up still counts
    return collector.page


class _Collector:
    """What lxml's parser calls for each element."""

    def __init__(self) -> None:
        self.page = Page()
        self._script: list[str] | None = None
        self._size = 0

    def start(self, tag: str, attrib: dict[str, str]) -> None:
        found = len(self.page.metas) + len(self.page.links) + len(self.page.licences)
        if found >= MAX_ELEMENTS or not isinstance(tag, str):
            return
        if tag == "meta":
            self.page.metas.append((attrib.get("name", "").strip().lower(), attrib.get("content", "")))
        elif tag == "link":
            self.page.links.append((attrib.get("href", ""), attrib.get("rel", ""), attrib.get("type", "")))
        elif tag == "script" and media_type(attrib.get("type", "")) == RSL_TYPE:
            self._script, self._size = [], 0

    def data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data[: MAX_SCRIPT + 1 - self._size])  # one too long shows that it is
            self._size += len(self._script[-1])

    def end(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.page.licences.append("".join(self._script))
            self._script = None

    def close(self) -> None:
        self.end("script")  # one that the page leaves open


def media_type(value: str) -> str:
    """A media type without parameters, in lower case."""
    return value.partition(";")[0].strip().lower()
