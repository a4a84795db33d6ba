"""Finds, in one sentence, the clauses that speak of each axis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from crawler.terms.mode import Governing, Mode
from crawler.terms.text import Sentence, Span
from crawler.terms.verdict import Clause, Kind, Verdict
from crawler.terms.words import Lexicon

_CUT = re.compile(r";|(?<!\w)\((?:[a-z]{1,4}|\d{1,2})\)")
_NEAR = 160
_LONGEST = 1200  # of a quote, in characters
_PART = 3000  # of a part that is read as one, in characters
_TIMES = 12  # that a word is looked at in one part


@dataclass(frozen=True)
class Place:
    """One part of a sentence: an item of an enumeration, or all of it."""

    small: str
    sentence: Sentence
    start: int
    end: int
    words: Lexicon
    governing: Governing
    _known: dict[re.Pattern[str], bool] = field(default_factory=dict, compare=False, repr=False)

    def has(self, pattern: re.Pattern[str], near: Span | None = None, reach: int = _NEAR) -> bool:
        """Whether the part has the words, here or within `reach` characters of a span."""
        if near is None:
            if pattern not in self._known:
                self._known[pattern] = pattern.search(self.small, self.start, self.end) is not None
            return self._known[pattern]
        return pattern.search(self.small, max(self.start, near[0] - reach), min(self.end, near[1] + reach)) is not None

    def spans(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """Where the part has the words."""
        return (found.span() for found in islice(pattern.finditer(self.small, self.start, self.end), _TIMES))

    def mode(self, span: Span) -> Mode:
        """How the words at a span are governed."""
        return self.governing.at(self.start, *span)

    def led(self, pattern: re.Pattern[str]) -> bool:
        """Whether the beginning of the sentence, or the words before its list, have the words."""
        return self.governing.led(pattern)

    def without(self, pattern: re.Pattern[str]) -> str:
        """The part with those words taken out."""
        return pattern.sub(" ", self.small[self.start : self.end])


Found = tuple[Kind, Verdict]


def places(small: str, sentence: Sentence, words: Lexicon) -> Iterator[Place]:
    """The parts of a sentence."""
    cuts = [found.span() for found in _CUT.finditer(small, sentence.start, sentence.end)]
    bounds = [(sentence.start, sentence.start), *cuts, (sentence.end, sentence.end)]
    governing = Governing(small, sentence, bounds[1][0] if cuts else sentence.start, words)
    for (_, start), (end, _) in pairwise(bounds):
        for begin in range(start, end, _PART):
            yield Place(small, sentence, begin, min(end, begin + _PART), words, governing)


def clauses(text: str, small: str, sentence: Sentence, words: Lexicon) -> Iterator[Clause]:
    """What a sentence says, each part at most once per kind."""
    if not any(hint.search(small, sentence.start, sentence.end) for hint in words.hints):
        return
    for place in places(small, sentence, words):
        for kind, verdict in {
            *scraping(place),
            *training(place),
            *business(place),
            *passing_on(place),
            *competing(place),
        }:
            start, end = _trimmed(text, place.start, min(place.end, place.start + _LONGEST))
            yield Clause(start, end, kind, verdict, text[start:end])


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end].strip()
    start = text.index(inner, start) if inner else start
    return start, start + len(inner)


def scraping(place: Place) -> Iterator[Found]:
    """Copying by machine."""
    for span in sorted(
        (*place.spans(place.words.scrape), *place.spans(place.words.robot), *place.spans(place.words.tool))
    ):
        if not _copies(place, span):
            continue
        mode = place.mode(span)
        if mode is Mode.GRANT and _machines(place, span):
            limited = place.has(place.words.only) or place.led(place.words.only) or place.has(place.words.engines)
            yield Kind.SCRAPING_PERMIT, Verdict.CONDITIONAL if limited else Verdict.ALLOWED
        if mode is Mode.BAN and not _of_people_only(place):
            yield Kind.SCRAPING, Verdict.CONDITIONAL if place.has(place.words.heeding) else Verdict.PROHIBITED
    if place.has(place.words.engines) and any(place.mode(span) is Mode.GRANT for span in place.spans(place.words.take)):
        yield Kind.SCRAPING_PERMIT, Verdict.CONDITIONAL
    if any(place.mode(span) is Mode.BAN and _of_people_only(place) for span in place.spans(place.words.gather)):
        yield Kind.PERSONAL_DATA, Verdict.PROHIBITED


def _machines(place: Place, span: Span) -> bool:
    """Whether what is permitted is reading by machines, and no function that works by itself."""
    words = place.words
    made_for_it = words.scrape.match(place.small, *span) or words.robot.match(place.small, *span)
    return made_for_it is not None or (
        place.has(words.take, span, 60) and not words.automatic.match(place.small, *span)
    )


def _copies(place: Place, span: Span) -> bool:
    """Whether a word for machines is about reading the site, and not about sign-up, spam or games."""
    words = place.words
    if words.scrape.match(place.small, *span):
        return not place.has(words.fraud)
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
    if place.has(words.reserve) and place.has(words.reserved):
        yield Kind.AI_TRAINING, Verdict.PROHIBITED
    if place.has(words.inner) or place.has(words.own_models) or _of_readers(place):
        return
    kind = Kind.OUTPUT_TRAINING if _of_output(place) else Kind.AI_TRAINING
    for span in sorted((*place.spans(words.train), *place.spans(words.make))):
        mode = place.mode(span) if _makes_models(place, span) else Mode.NONE
        if mode is Mode.BAN or (mode is Mode.GRANT and _on_holdings(place, span)):
            yield kind, _trained(place, mode)


def _of_readers(place: Place) -> bool:
    """Whether it is told what becomes of the readers' own data, not what they may do."""
    if not place.has(place.words.yours) or place.led(place.words.actor):
        return False
    begin = max(place.sentence.start, place.start - _PART)
    return place.words.actor.search(place.small, begin, place.end) is None


def _of_output(place: Place) -> bool:
    words = place.words
    if place.has(words.output) or place.led(words.output):
        return True
    return place.has(words.compete) and not place.has(words.stock)


def _on_holdings(place: Place, span: Span) -> bool:
    """Whether a permission to train is one on the site's content, and no feature of the product."""
    words = place.words
    return _trains(place, span) and (place.has(words.stock) or place.has(words.output))


def _trains(place: Place, span: Span) -> bool:
    trains = place.words.train.match(place.small, *span) is not None
    return trains and not place.words.tune.match(place.small, *span)


def _makes_models(place: Place, span: Span) -> bool:
    words = place.words
    if words.train.match(place.small, *span):
        return place.has(words.ai, span, 120) or place.has(words.model, span, 120)
    after = (span[1], min(place.end, span[1] + 90))
    used = place.has(words.holdings) or place.led(words.holdings) or place.has(words.output)
    rival = words.model.search(place.small, *after) is not None and place.has(words.compete, span)
    return used and (rival or words.ai.search(place.small, *after) is not None)


def _trained(place: Place, mode: Mode) -> Verdict:
    if mode is Mode.GRANT:
        return Verdict.CONDITIONAL if place.has(place.words.provided) else Verdict.ALLOWED
    partly = any(place.has(each) or place.led(each) for each in (place.words.some, place.words.rival_models))
    return Verdict.CONDITIONAL if partly else Verdict.PROHIBITED


def business(place: Place) -> Iterator[Found]:
    """Use for oneself only, and commercial use."""
    words = place.words
    if place.has(words.brand):
        return
    for span in place.spans(words.business):
        if place.mode(span) is Mode.BAN and not place.has(words.people):
            yield Kind.NON_COMMERCIAL, Verdict.PROHIBITED
    for span in place.spans(words.private):
        if (
            place.has(words.licence, span, 220)
            and place.has(words.solely, span, 100)
            and place.mode(span) is not Mode.OPERATOR
        ):
            yield Kind.NON_COMMERCIAL, Verdict.PROHIBITED


def passing_on(place: Place) -> Iterator[Found]:
    """Handing out copies of what is the operator's."""
    words = place.words
    if place.has(words.brand):
        return
    for span in place.spans(words.pass_on):
        mode = place.mode(span) if _passes_on(place, span) else Mode.NONE
        if mode is Mode.BAN:
            yield Kind.REDISTRIBUTION, Verdict.PROHIBITED
        elif mode is Mode.GRANT and not place.has(words.yours):
            yield Kind.REUSE, Verdict.CONDITIONAL if place.has(words.only) else Verdict.ALLOWED


def _passes_on(place: Place, span: Span) -> bool:
    words, small = place.words, place.small
    if words.done.fullmatch(small, *span) and not words.passive.search(
        small, max(place.sentence.start, span[0] - 120), span[0]
    ):
        return False
    if words.copying.fullmatch(small, *span) and place.has(words.scrape):
        return False
    return place.has(words.whole, span, 200) and not place.has(words.bad, span, 120)


def competing(place: Place) -> Iterator[Found]:
    """Making a rival of what is the operator's."""
    words = place.words
    for span in place.spans(words.compete):
        if place.has(words.rival, span) and place.mode(span) is Mode.BAN:
            yield Kind.COMPETITION, Verdict.PROHIBITED
