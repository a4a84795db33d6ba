"""From the bytes of a terms page to its text: HTML, PDF and plain text, headings and lists kept as Markdown has them.

What is left out are scripts, navigation and footers, never a list item or a short clause: those are what terms are
made of. The text is normalised once, here; every offset of a clause is an offset in it.
"""

import re
import unicodedata
from dataclasses import dataclass
from importlib.metadata import version

from w3lib.encoding import html_to_unicode

from crawler.terms import document
from crawler.terms.document import PdfTrouble, pdf_text
from crawler.terms.words import guess
from datacards.errors import BadInput

RULES = "1"  # raised whenever the same bytes would come to another text
EXTRACTOR_VERSION = f"{RULES} selectolax/{version('selectolax')} pypdf/{version('pypdf')}"
MAX_HTML = 8 * 1024 * 1024
MAX_PDF = 20 * 1024 * 1024
MAX_TEXT = 1_000_000  # characters
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_TITLE = re.compile(r"\s+")


class NotExtractable(BadInput):
    """A body that holds no text to read."""


@dataclass(frozen=True)
class Extracted:
    """A document's text. `cut` says that there was more of it than is kept; `version` is the extractor's."""

    title: str
    text: str
    language: str
    kind: str
    cut: bool = False
    version: str = EXTRACTOR_VERSION


def extract(body: bytes, content_type: str, url: str, selector: str = "") -> Extracted:
    """The text of what was fetched from `url`; a CSS `selector` limits it to parts of a page.

    Raises NotExtractable for an empty or too large body, one of another kind, a selector that finds nothing or is
    none, and a PDF that is broken, locked, or takes too long.
    """
    kind = _kind(body, content_type, url)
    limit = MAX_PDF if kind == "pdf" else MAX_HTML
    if len(body) > limit:
        raise NotExtractable(f"{_short(url)} has {len(body):,} bytes; of {kind} at most {limit:,} are read")
    title, raw, language = _READERS[kind](body, content_type, selector, url)
    text = normalised(raw)
    if not text:
        raise NotExtractable(f"{_short(url)} holds no text; if a script writes the page, pin the address of its text")
    kept = text[:MAX_TEXT]
    return Extracted(_TITLE.sub(" ", title).strip()[:300], kept, _language(kept, language), kind, len(kept) < len(text))


def normalised(text: str) -> str:
    """Unicode NFC without invisible characters, one kind of line end, no trailing spaces, one blank line at most."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = (line.rstrip() for line in plain.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _kind(body: bytes, content_type: str, url: str) -> str:
    named = content_type.split(";")[0].strip().lower()
    if body[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if named in ("text/plain", "text/markdown"):
        return "text"
    if named in ("", "text/html", "application/xhtml+xml", "application/octet-stream"):
        return "html"
    raise NotExtractable(f"{_short(url)} is {named[:60]!r}; terms are read from HTML, PDF and plain text")


Read = tuple[str, str, str]  # title, text, language as the document names it


def _html(body: bytes, content_type: str, selector: str, url: str) -> Read:
    _, page = html_to_unicode(content_type or None, body, default_encoding="utf-8", auto_detect_fun=_charset)
    try:
        return document.html_text(page, selector)
    except ValueError as error:
        raise NotExtractable(f"{_short(url)}: the selector {selector[:60]!r} {error}") from error


def _text(body: bytes, content_type: str, selector: str, url: str) -> Read:
    _, text = html_to_unicode(content_type or None, body, default_encoding="utf-8", auto_detect_fun=_charset)
    return "", text, ""


def _pdf(body: bytes, content_type: str, selector: str, url: str) -> Read:
    try:
        title, text = pdf_text(body)
    except PdfTrouble as error:
        raise NotExtractable(f"{_short(url)}: the PDF {error}") from error
    return title, text, ""


_READERS = {"html": _html, "text": _text, "pdf": _pdf}


def _charset(body: bytes) -> str:
    """The encoding of a body that names none."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _language(text: str, named: str) -> str:
    """The ISO 639-1 code: what the words are rather than what the page says of itself."""
    known = guess(text)
    if known or len(text) < 40:
        return known or named
    import py3langid  # loads its model, which not every process needs

    code, _ = py3langid.classify(text[:5000])
    return str(code)


def _short(url: str) -> str:
    return url[:200]
