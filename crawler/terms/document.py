"""The text inside HTML and PDF.

A PDF is read by a child process under limits of time and memory, so that no file can hold up or bring down a worker.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

PDF_SECONDS = 30
_LEFT_OUT = frozenset({
    "-comment", "button", "canvas", "dialog", "footer", "head", "iframe", "nav", "noscript", "object", "option",
    "script", "select", "style", "svg", "template",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_SPACE = re.compile(r"\s+")
_MAIN = ("main", "[role=main]", "article")
_DEEPEST = 12  # list levels that are told apart


def html_text(page: str, selector: str = "") -> tuple[str, str, str]:
    """Title, text and named language of a page. Raises ValueError for a selector that is none or finds nothing."""
    tree = LexborHTMLParser(page)
    title = tree.css_first("title")
    root = tree.css_first("html")
    named = (root.attributes.get("lang") or "")[:2].lower() if root else ""
    texts = ["".join(_written(node)) for node in _roots(tree, selector)]
    return title.text() if title else "", "\n\n".join(texts), named


def _roots(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """The parts to read: those pinned, else the main part where it holds most of the text, else all."""
    if selector:
        return _pinned(tree, selector)
    body = tree.body
    if body is None:
        return []
    whole = len(body.text())
    mains = (node for name in _MAIN for node in tree.css(name)[:1])
    return [next((node for node in mains if len(node.text()) > 0.5 * whole), body)]


def _pinned(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        found = tree.css(selector)
    except Exception as error:  # the library raises its own kinds
        raise ValueError("is no CSS selector") from error
    if not found:
        raise ValueError("finds nothing on the page; pin another")
    inner = [node for node in found if not _inside(node, {each.mem_id for each in found})]
    return inner[:50]


def _inside(node: LexborNode, others: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in others:
            return True
        parent = parent.parent
    return False


def _written(root: LexborNode) -> Iterator[str]:
    """Markdown-like text of a part, without recursion: pages nest as deeply as they like."""
    lists = 0
    for node, entering in _walk(root):
        tag = node.tag or ""
        if tag == "-text":
            yield _SPACE.sub(" ", node.text_content or "")
        elif tag == "br":
            yield "\n" if entering else ""
        elif tag in ("ul", "ol"):
            lists += 1 if entering else -1
            yield "\n\n" if lists == 0 or (entering and lists == 1) else ""
        elif tag == "li":
            yield "\n" + "    " * min(lists - 1, _DEEPEST) + "- " if entering else ""
        elif tag in _HEADINGS:
            yield "\n\n" + _HEADINGS[tag] if entering else "\n\n"
        elif tag in ("td", "th"):
            yield "" if entering else " | "
        elif tag in _BLOCKS and not (lists and entering and tag in ("p", "div")):
            yield "\n\n" if not lists else "\n"


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        if entering and node.tag in _LEFT_OUT and node.mem_id != root.mem_id:
            continue
        yield node, entering
        if not entering or node.tag == "-text":
            continue
        stack.append((node, False))
        children = list(node.iter(include_text=True))
        stack.extend((child, True) for child in reversed(children))


class PdfTrouble(ValueError):
    """A PDF that cannot be read; the message says what it does."""


def pdf_text(body: bytes, seconds: float = PDF_SECONDS) -> tuple[str, str]:
    """Title and text of a PDF. Raises PdfTrouble."""
    command = [sys.executable, "-I", "-c", _CHILD, *_path()]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise PdfTrouble(f"takes more than {seconds:g} seconds to read") from error
    if done.returncode:
        raise PdfTrouble("is broken, locked, or needs too much memory to read")
    answer = json.loads(done.stdout)
    return str(answer["title"]), str(answer["text"])


def _path() -> list[str]:
    return [each for each in sys.path if each]


_CHILD = "import sys; sys.path[:0] = sys.argv[1:]; from crawler.terms.pdf import main; main()"
