"""Whether the words around a place forbid, permit, or tell what the operator does."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from crawler.terms.text import Sentence, Span
from crawler.terms.words import Lexicon

_REACH = 400  # how far back a governing word is looked for
_BREAK = re.compile(r"[;]")
_ORDER = re.compile(
    r"(?:^|[.:;,()\"-]|\b(?:and|or|please|also|[a-z]|\d{1,2}))\s*(?:please )?(?:do)?\s*$"
)  # "do not" begins its clause


class Mode(Enum):
    """How a place is governed."""

    BAN = auto()
    GRANT = auto()
    OPERATOR = auto()
    NONE = auto()


class Governing:
    """The words that govern one sentence: its own, those before its list, and the heading above."""

    def __init__(self, small: str, sentence: Sentence, intro: int, lexicon: Lexicon) -> None:
        self._small, self._sentence, self._words = small, sentence, lexicon
        self.intro = intro  # where the first item of an enumeration within the sentence begins
        self._inherited: Mode | None = None
        self._regions: tuple[Span, ...] = ((sentence.start, sentence.end), *sentence.leads)
        self._led: dict[re.Pattern[str], bool] = {}
        self._found: dict[Span, list[tuple[int, int, Mode]]] = {}

    def at(self, place: int, start: int, end: int) -> Mode:
        """How the words from `start` to `end`, in the part that begins at `place`, are governed.

        What follows them decides first, then what stands before them in their part, at the beginning of the sentence,
        before the list, and in the heading.
        """
        stop = min(self._sentence.end, end + _REACH)
        broken = _BREAK.search(self._small, end, stop)
        after = (end, broken.start() if broken else stop)
        if self._words.ban_after.search(self._small, *after):
            return Mode.BAN
        own = self._last(place, start)
        if own is not Mode.NONE or self._above() is not Mode.NONE:
            return self._above() if own is Mode.NONE else own
        far = self._last(max(self._sentence.start, start - 3 * _REACH), start, 3 * _REACH)
        return self._trailing(after) if far is Mode.NONE else far

    def led(self, pattern: re.Pattern[str]) -> bool:
        """Whether the beginning of the sentence, or the words before its list, have the words."""
        if pattern not in self._led:
            spans = ((self._sentence.start, self.intro), *self._sentence.leads)
            self._led[pattern] = any(pattern.search(self._small, max(start, end - 500), end) for start, end in spans)
        return self._led[pattern]

    def _trailing(self, after: Span) -> Mode:
        if self._words.lacking.search(self._small, *after):
            return Mode.BAN
        return Mode.GRANT if self._words.grant_after.search(self._small, *after) else Mode.NONE

    def _above(self) -> Mode:
        if self._inherited is None:
            spans = ((self._sentence.start, self.intro), *reversed(self._sentence.leads))
            modes = (self._last(*span) for span in spans)
            self._inherited = next((mode for mode in modes if mode is not Mode.NONE), self._headed())
        return self._inherited

    def _headed(self) -> Mode:
        heading, begin = self._sentence.heading, self._sentence.start
        says_who = any(each.match(self._small, begin) for each in (self._words.ours, self._words.reader))
        if heading and not says_who and self._words.strict.search(self._small, *heading):
            return Mode.BAN
        return Mode.NONE

    def _last(self, start: int, end: int, reach: int = _REACH) -> Mode:
        """The mode of the last governing word between two offsets."""
        begin = max(start, end - reach)
        for span, mode in self._words_between(begin, end):
            if mode is Mode.GRANT and self._words.unless.search(self._small, max(start, span[0] - 40), span[0]):
                continue
            return self._judged(span, mode, start, end)
        return Mode.OPERATOR if self._operator_first(start, end) else Mode.NONE

    def _words_between(self, start: int, end: int) -> Iterator[tuple[Span, Mode]]:
        """The words that ban or grant between two offsets, the last first; looked for once in a sentence."""
        region = next(each for each in self._regions if each[0] <= start and end <= each[1])
        if region not in self._found:
            kinds = ((self._words.ban, Mode.BAN), (self._words.grant, Mode.GRANT))
            found = [
                (each.end(), each.start(), mode)
                for pattern, mode in kinds
                for each in pattern.finditer(self._small, *region)
            ]
            self._found[region] = sorted(found, key=lambda each: each[:2])
        found = self._found[region]
        for last, first, mode in (
            found[at] for at in range(bisect_right(found, end, key=lambda each: each[0]) - 1, -1, -1)
        ):
            if last <= start:
                return
            if first >= start:
                yield (first, last), mode

    def _judged(self, span: Span, mode: Mode, start: int, end: int) -> Mode:
        if mode is Mode.BAN:
            return self._ban(span, start)
        given = self._words.given.search(self._small, start, end)
        return Mode.OPERATOR if given or self._words.choice.search(self._small, span[1], end) else mode

    def _ban(self, span: Span, start: int) -> Mode:
        """A negation rules out what the reader does; of anybody else it only tells what that does."""
        before = max(start, span[0] - 80)
        if self._words.decrees.match(self._small, span[0], span[1] + 30):
            return Mode.BAN
        subject = _last_of((self._words.ours, self._words.reader), self._small, before, span[0])
        if subject == 0:
            return Mode.OPERATOR
        if self._words.being.search(self._small, max(start, span[0] - 8), span[1] + 30):
            return Mode.OPERATOR
        if subject is None and self._words.tells.search(self._small, max(start, span[0] - 12), span[1] + 30):
            return Mode.BAN if _ORDER.search(self._small[before : span[0]]) else Mode.OPERATOR
        return Mode.BAN

    def _operator_first(self, start: int, end: int) -> bool:
        return _last_of((self._words.ours, self._words.reader), self._small, max(start, end - 100), end) == 0


def _last_of(patterns: Iterable[re.Pattern[str]], small: str, start: int, end: int) -> int | None:
    """The number of the pattern whose last match comes last; None where none matches."""
    last = [max((each.end() for each in pattern.finditer(small, start, end)), default=-1) for pattern in patterns]
    return last.index(max(last)) if max(last) >= 0 else None
