"""A long text with the passages that matter marked in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Passage:
    """A stretch of the text; `clauses` are the places in the list of clauses that cover it, none where it is plain."""

    text: str
    clauses: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()  # those clauses that begin here: where a link leads


def marked(text: str, clauses: Iterable[Mapping[str, Any]]) -> list[Passage]:
    """The text cut where a clause begins or ends; clauses may overlap. Joined again it is the text."""
    spans = [(max(0, int(c["start"])), min(len(text), int(c["end"]))) for c in clauses]
    edges = sorted({0, len(text), *(edge for start, end in spans if start < end for edge in (start, end))})
    found = []
    for start, end in pairwise(edges):
        covering = tuple(i for i, span in enumerate(spans) if span[0] <= start and end <= span[1])
        found.append(Passage(text[start:end], covering, tuple(i for i in covering if spans[i][0] == start)))
    return found


def shortened(passages: list[Passage], around: int = 400) -> list[Passage | int]:
    """Plain stretches cut to their ends; a number stands for so many characters left out."""
    shown: list[Passage | int] = []
    for place, passage in enumerate(passages):
        text = passage.text
        if passage.clauses or len(text) <= 2 * around + 200:
            shown.append(passage)
            continue
        head = around if place else 0
        tail = around if place < len(passages) - 1 else 0
        shown += [Passage(text[:head])] if head else []
        shown.append(len(text) - head - tail)
        shown += [Passage(text[-tail:])] if tail else []
    return shown
