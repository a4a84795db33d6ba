"""Which links of a front page lead to terms of service."""

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree

_MOST_LINKS = 5000
_MAX_PAGE = 2 * 1024 * 1024
_WORDS = (  # the surest first
    re.compile(r"terms.{0,8}(of|and).{0,8}(use|service|condition)|nutzungsbedingungen|conditions.{0,8}utilisation", re.I),
    re.compile(r"\b(terms|tos|agb|cgu)\b|terms[-_]|[-_]terms|t[ée]rminos|condi[cz]ion", re.I),
    re.compile(r"\blegal\b|mentions.l[ée]gales|aviso.legal", re.I),
)  # fmt: skip


def terms_pages(html: bytes, url: str) -> list[str]:
    """The links that look like terms, the surest first, each once, http(s) alone."""
    collector = _Collector()
    parser = etree.HTMLParser(target=collector, huge_tree=False, no_network=True, recover=True)
    try:
        parser.feed(html[:_MAX_PAGE] or b" ")
        parser.close()
    except (etree.LxmlError, ValueError):
        pass  # what was told before the parser gave up still counts
    ranked = sorted((rank, at, link) for at, (link, text) in enumerate(collector.links) if (rank := _rank(link, text)))
    return list(dict.fromkeys(filter(None, (_resolved(url, link) for _, _, link in ranked))))


def _rank(link: str, text: str) -> int:
    told = f"{link} {text}"
    return next((rank for rank, pattern in enumerate(_WORDS, 1) if pattern.search(told)), 0)


def _resolved(base: str, link: str) -> str | None:
    try:
        url = urljoin(base, link.strip()).partition("#")[0]
        return url if urlsplit(url).scheme in ("http", "https") and len(url) <= 2000 else None
    except ValueError:
        return None


class _Collector:
    """What lxml's parser calls: links with their text."""

    def __init__(self) -> None:
        self.links: list[tuple[str, str]] = []
        self._link, self._text = "", ""

    def start(self, tag: str, attrib: dict[str, str]) -> None:
        if tag == "a" and len(self.links) < _MOST_LINKS:
            self._link, self._text = attrib.get("href", "")[:2000], ""

    def data(self, data: str) -> None:
        if self._link and len(self._text) < 200:
            self._text += data[:200]

    def end(self, tag: str) -> None:
        if tag == "a" and self._link:
            self.links.append((self._link, self._text))
            self._link = ""

    def close(self) -> None:
        self.end("a")
