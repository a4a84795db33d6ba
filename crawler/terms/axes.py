"""Finds, in one sentence, the clauses that speak of each axis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.terms.mode import Governing, Mode
from crawler.terms.text import Sentence, Span
from crawler.terms.verdict import Clause, Kind, Verdict
from crawler.terms.words import Lexicon

_CUT = re.compile(r";|\((?:[a-z]{1,4}|\d{1,2})\)")
_NEAR = 160
_FAR = 500
_LONGEST = 1200  # of a quote, in characters


@dataclass(frozen=True)
class Place:
    """One part of a sentence: an item of an enumeration, or all of it."""

    small: str
    sentence: Sentence
    start: int
    end: int
    words: Lexicon
    governing: Governing

    def has(self, pattern: re.Pattern[str], near: Span | None = None, reach: int = _NEAR) -> bool:
        """Whether the part has the words, here or within `reach` characters of a span."""
        start, end = (max(self.start, near[0] - reach), min(self.end, near[1] + reach)) if near else (self.start, self.end)
        return pattern.search(self.small, start, end) is not None

    def spans(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Where the part has the words."""
        return (found.span() for found in pattern.finditer(self.small, self.start, self.end))

    def led(self, pattern: re.Pattern[str]) -> bool:
        """Whether the sentence up to here, or the words before its list, have the words."""
        spans = ((self.sentence.start, self.start), *self.sentence.leads)
        return any(pattern.search(self.small, max(start, end - _FAR), end) for start, end in spans)

    def without(self, pattern: re.Pattern[str]) -> str:
        """The part with those words taken out."""
        return pattern.sub(" ", self.small[self.start : self.end])


Found = tuple[Kind, Verdict]


def places(small: str, sentence: Sentence, words: Lexicon) -> Iterator[Place]:
    """The parts of a sentence."""
    governing = Governing(small, sentence, words)
    start = sentence.start
    for cut in _CUT.finditer(small, sentence.start, sentence.end):
        if cut.start() > start:
            yield Place(small, sentence, start, cut.start(), words, governing)
        start = cut.end()
    yield Place(small, sentence, start, sentence.end, words, governing)


def clauses(text: str, small: str, sentence: Sentence, words: Lexicon) -> Iterator[Clause]:
    """What a sentence says, each part at most once per kind."""
    if not any(hint.search(small, sentence.start, sentence.end) for hint in words.hints):
        return
    for place in places(small, sentence, words):
        for kind, verdict in {*scraping(place), *training(place), *business(place), *passing_on(place), *competing(place)}:
            start, end = _trimmed(text, place.start, min(place.end, place.start + _LONGEST))
            yield Clause(start, end, kind, verdict, text[start:end])


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end].strip()
    start = text.index(inner, start) if inner else start
    return start, start + len(inner)


def scraping(place: Place) -> Iterator[Found]:
    """Copying by machine."""
    for span in sorted((*place.spans(place.words.scrape), *place.spans(place.words.robot), *place.spans(place.words.tool))):
        if not _copies(place, span):
            continue
        mode = place.governing.at(*span)
        if mode is Mode.GRANT:
            limited = place.has(place.words.only) or place.has(place.words.engines)
            yield Kind.SCRAPING, Verdict.CONDITIONAL if limited else Verdict.ALLOWED
        if mode is Mode.BAN:
            yield Kind.SCRAPING, Verdict.CONDITIONAL if _of_people_only(place) else Verdict.PROHIBITED
    if any(place.governing.at(*span) is Mode.BAN and _of_people_only(place) for span in place.spans(place.words.gather)):
        yield Kind.SCRAPING, Verdict.CONDITIONAL


def _copies(place: Place, span: Span) -> bool:
    """Whether a word for machines is about reading the site, and not about sign-up, spam or games."""
    words = place.words
    if words.scrape.match(place.small, *span):
        return True
    takes, reaches = place.has(words.take, span), place.has(words.reach, span)
    if words.robot.match(place.small, *span):
        return takes or (reaches and not place.has(words.elsewhere, span))
    held = place.has(words.holdings, span)
    return held and (takes or reaches) and not place.has(words.elsewhere, span)


def _of_people_only(place: Place) -> bool:
    return place.has(place.words.people) and not place.words.stock.search(place.without(place.words.people))


def training(place: Place) -> Iterator[Found]:
    """Making models."""
    words = place.words
    for span in sorted((*place.spans(words.train), *place.spans(words.make))):
        trains = words.train.match(place.small, *span) is not None
        if not place.has(words.ai, span, 120 if trains else 90):
            continue
        mode = place.governing.at(*span)
        if mode not in (Mode.BAN, Mode.GRANT):
            continue
        output = place.has(words.output) or place.led(words.output)
        if not trains and not output and not (place.has(words.holdings) or place.led(words.holdings)):
            continue
        kind = Kind.OUTPUT_TRAINING if output else Kind.AI_TRAINING
        yield kind, _trained(place, mode)


def _trained(place: Place, mode: Mode) -> Verdict:
    if mode is Mode.GRANT:
        return Verdict.CONDITIONAL if place.has(place.words.only) else Verdict.ALLOWED
    return Verdict.CONDITIONAL if place.has(place.words.some) else Verdict.PROHIBITED


def business(place: Place) -> Iterator[Found]:
    """Use for oneself only, and commercial use."""
    words = place.words
    if place.has(words.brand):
        return
    for span in place.spans(words.business):
        if place.governing.at(*span) is Mode.BAN:
            yield Kind.NON_COMMERCIAL, Verdict.PROHIBITED
    for span in place.spans(words.private):
        if place.has(words.licence, span, 220) and place.governing.at(*span) is not Mode.OPERATOR:
            yield Kind.NON_COMMERCIAL, Verdict.PROHIBITED


def passing_on(place: Place) -> Iterator[Found]:
    """Handing out copies of what is the operator's."""
    words = place.words
    if place.has(words.brand) or place.has(words.bad):
        return
    for span in place.spans(words.pass_on):
        if place.has(words.whole, span, 200) and place.governing.at(*span) is Mode.BAN:
            yield Kind.REDISTRIBUTION, Verdict.PROHIBITED


def competing(place: Place) -> Iterator[Found]:
    """Making a rival of what is the operator's."""
    words = place.words
    for span in place.spans(words.compete):
        if place.has(words.rival, span) and place.governing.at(*span) is Mode.BAN:
            yield Kind.COMPETITION, Verdict.PROHIBITED
