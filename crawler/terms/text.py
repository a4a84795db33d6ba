"""The parts of a legal text: sentences, and the words before a list that govern its items.

Works on Markdown and on plain text, in one pass over the lines. All offsets are those of the text given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]

_FANCY = "’‘ʼ`´“”„«»‐‑‒–—\u00a0\u202f\u2009\t\r\n*_\\#>|~"
_PLAIN = "'" * 5 + '"' * 5 + "-" * 5 + " " * 13
_SAME = str.maketrans(dict(zip(_FANCY, _PLAIN, strict=True)))
_ADDRESS = re.compile(r"\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,200}\")?\)|https?://[^\s)>\]]{1,2000}")
_ITEM = re.compile(
    r"[ \t>]*(?:[*+\-•·●▪◦–—]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,3}(?:\\?\.\d{1,3}){0,3}\\?[.)]?)[ \t]+"
)
_HEADING = re.compile(r"[ \t>]*(?:#{1,6}\s|\*\*[^*\n]{1,120}\*\*[ \t:]*$|__[^_\n]{1,120}__[ \t:]*$)")
_RULE = re.compile(r"[ \t]*(?:={3,}|-{3,})[ \t]*$")
_STOP = re.compile(r"[.!?][\"'”’»)\]*_]{0,4}\s+(?=[\"'“„«(\[*_¿¡]{0,4}[^\W\d_a-zà-ÿ])|[.!?]\*{2}\s*(?=\S)")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|inc|ltd|corp|co|no|art|sec|vs|mr|ms|dr|z\.b|bzw|abs|nr|p\.ej|cf|sr)|\b[A-Z])$", re.I
)
_OPEN = re.compile(r"(?:[:;,]|\b(?:or|and|oder|und|ou|et|o|y|to|not|by))[\s*_]*$")


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or list item."""

    start: int
    end: int
    indent: int
    mark: str  # how a list item is marked, by kind; "" for a paragraph
    heading: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence, the words that introduce the list it stands in, and the heading above."""

    start: int
    end: int
    leads: tuple[Span, ...]
    heading: Span | None


def shadow(text: str) -> str:
    """The text in small letters and plain punctuation, without addresses and emphasis, character for character."""
    plain = _ADDRESS.sub(lambda found: " " * len(found.group()), text.translate(_SAME))
    small = plain.lower()
    if len(small) == len(plain):
        return small
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def sentences(text: str) -> Iterator[Sentence]:
    """All sentences in order."""
    heading: Span | None = None
    leads: list[tuple[Block, Span]] = []
    pending = False
    for block in blocks(text):
        if block.heading:
            heading, leads, pending = (block.start, block.end), [], True
            yield Sentence(block.start, block.end, (), None)
            continue
        leads = _above(block, leads) if block.mark else leads if pending else []
        parts = list(split(text, block.start, block.end))
        for start, end in parts:
            yield Sentence(start, end, tuple(span for _, span in leads), heading)
        pending = _OPEN.search(text, max(block.start, block.end - 12), block.end) is not None
        if parts and text[block.start : block.end].rstrip(" *_").endswith(":"):
            leads = [*leads[-3:], (block, parts[-1])]


def _above(block: Block, leads: list[tuple[Block, Span]]) -> list[tuple[Block, Span]]:
    """The leads that still hold for a list item: those of the lists that it stands in."""
    for number, (lead, _) in enumerate(leads):
        if lead.mark and (lead.indent > block.indent or (lead.indent == block.indent and lead.mark == block.mark)):
            return leads[:number]
    return leads


def split(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of one block."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if _SHORT.search(text, max(begin, stop.start() - 6), stop.start()):
            continue
        yield begin, stop.start() + 1
        begin = stop.end()
    if begin < end:
        yield begin, end


def blocks(text: str) -> Iterator[Block]:
    """Paragraphs, headings and items; a paragraph cut by a blank line in mid-sentence is put together."""
    current: Block | None = None
    blank = False
    for line in re.finditer(r"[^\n]+|\n(?=\n)", text):
        start, end = line.span()
        if not text[start:end].strip() or _RULE.match(text, start, end):
            heading = current is not None and _RULE.match(text, start, end) and not blank
            if heading and current:
                current = Block(current.start, current.end, 0, "", current.end - current.start < 150)
            blank = True
            continue
        if current and _continues(text, current, start, end, blank):
            current = Block(current.start, end, current.indent, current.mark, False)
        else:
            if current:
                yield current
            current = _begin(text, start, end)
        blank = False
    if current:
        yield current


def _begin(text: str, start: int, end: int) -> Block:
    indent = end - start - len(text[start:end].lstrip())
    item = _ITEM.match(text, start, end)
    heading = _HEADING.match(text, start, end) is not None
    mark = _kind(item.group().strip(" \t>(.)\\")) if item else ""
    return Block(item.end() if item and item.end() < end else start, end, indent, mark, heading)


def _kind(mark: str) -> str:
    if mark[:1].isdigit():
        return "1.1" if "." in mark else "1"
    return mark if not mark.isalpha() else "i" if set(mark.lower()) <= set("ivx") else "a"


def _continues(text: str, current: Block, start: int, end: int, blank: bool) -> bool:
    if current.heading or _HEADING.match(text, start, end) or _ITEM.match(text, start, end):
        return False
    if not blank:
        return True
    before = text[max(current.start, current.end - 8) : current.end].rstrip(" \t\r*_)\"'”’")
    return text[start:end].lstrip()[:1].islower() and before[-1:] not in (".", ":", ";", "!", "?", ",", "")
