"""Takes a text of terms apart into sentences that can be compared, and knows what in it is no statement.

Two sentences are the same where their letters and digits are: markup, quote style, entities, link targets, punctuation,
case and British or American spelling do not count. A sentence is told apart from what surrounds the text:

| what       | how it is known                                                                            |
|------------|--------------------------------------------------------------------------------------------|
| date stamp | a date beside a word such as "updated" or "effective", and little else                      |
| banner     | asks to accept cookies, in one short block                                                  |
| counter    | "12 people found this helpful", "5 days ago"                                                |
| footer     | a copyright line with its year                                                             |
| error      | "An unexpected error has occurred", "Try again", "Redirecting to"                           |
| navigation | a line that is nothing but links, a heading, a label: no list item, and too short to say much |

Every step is linear in the text.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

LONGEST_LINE = 20_000  # characters looked at as one block; a longer one is cut into pieces of this length
_FEW_WORDS = 5
_SIGNS = frozenset("$€£¥%")  # say something as letters do

_MONTHS = (
    "jan|feb|fev|fév|mar|mär|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|aou|aoû|ago|sep|oct|okt|out|nov|dec|dez|déc|dic|"
    "ene|set|gen|mag|giu|lug|ott"
)
_MONTH = rf"(?:{_MONTHS})[a-zà-ÿ]{{0,9}}\.?"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s)?{_MONTH},?\s(?:de\s)?\d{{4}}\b|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
    rf"|\b{_MONTH}\s\d{{4}}\b|\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b|\d{{4}}年\d{{1,2}}月\d{{1,2}}日"
    r"|\b(?:\d{1,4}|an?|one)\s(?:second|minute|hour|day|week|month|year)s?\sago\b|\b(?:over|about)\s(?=§)|\byesterday\b",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"\b(?:last|updated?|effective|revised|modified|version|published|releas\w+|posted|dated?|in force|as of|stand|"
    r"gültig|aktualisier\w+|fassung|inkrafttreten|mise à jour|vigueur|actualiza\w+|vigor|vigencia|aggiorna\w+|"
    r"archived?|previous|current)\b|更新|生效",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"\b\d[\d.,]{0,12}k?\s(?:\w+\s){0,3}(?:views?|likes?|comments?|shares?|votes?|readers?|helpful|"
    r"min(?:ute)?s? read)\b|"
    r"\bwas this (?:page |article )?helpful\b|\d+ out of \d+ found",
    re.IGNORECASE,
)
_FOOTER = re.compile(r"(?:©|\(c\)|\bcopyright)\s*(?:19|20)\d\d|\ball rights reserved\b", re.IGNORECASE)
_ERROR = re.compile(
    r"\b(?:an? (?:unexpected|unknown|internal|technical) error|try (?:again|reloading)|"
    r"page (?:isn.?t|is not) available|page not found|access denied|checking your browser|just a moment|"
    r"enable (?:javascript|cookies)|redirecting to|"
    r"versuche, die seite|seite ist momentan nicht verfügbar|technischen fehler)\b",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"\bcookies?\b", re.IGNORECASE)
_CHOICE = re.compile(
    r"\b(?:accept|allow|reject|decline|agree to|manage|customi[sz]e|save)\b.{0,30}"
    r"\b(?:cookies?|all|preferences|settings)\b|\bby (?:continuing|browsing|clicking|using)\b",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[([^\[\]]{0,300})\]\([^()\s]{0,2000}[^()]{0,300}\)")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]{0,200}\]){0,1000})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s[^()]{0,300})?\)"
)
_ASIDE = re.compile(r"[(]?\bopens? in (?:a )?new (?:tab|window)\b[)]?|(?<=[a-z])Opens in (?:a )?new (?:tab|window)")
_GLUED = re.compile(r"(?<=\w)\[(?!\d{1,3}\])")
_NOTE = re.compile(r"\[\d{1,3}\]")
_URL = re.compile(r"<?\b(?:https?://|www\.)[^\s<>()\[\]|]+>?", re.IGNORECASE)
_TAG = re.compile(r"<(?:br|p|div|li|tr|td)\b[^<>]{0,200}/?>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_ITEM = re.compile(r"\s{0,40}(?:[*+•‣◦–-]|\(?(?:\d{1,3}|[a-z]{1,4})(?:\.\d{1,3}){0,4}\\?[.)])\s+", re.IGNORECASE)
_RULE = re.compile(r"[\s=\-_*|:+#]*")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s|\s{0,3}\*\*[^*]{1,120}\*\*[.:]?\s*$")
_NUMBER = re.compile(r"\s*(?:\(?\d{1,3}(?:\.\d{1,3}){0,4}[.)]|\d{1,3}(?:\.\d{1,3}){1,4})\s")
_END = re.compile(r"(?<=[.!?;。！？；])(?=\s)|(?<=[a-zà-ÿ]{2}[.!?;])(?=[A-Z])|(?<=[。！？；])")
_SPELLING = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|ing|ation|ations)\b)"), "iz"),
    (re.compile(r"\b(behavi|col|fav|hon|lab|harb|endeav|neighb)our"), r"\1or"),
    (re.compile(r"\b(cent|met|theat)re(s?)\b"), r"\1er\2"),
    (re.compile(r"\b(licen|defen|offen)ce"), r"\1se"),
    (re.compile(r"(?<=[a-z]{2})ll(?=(?:ed|ing)\b)"), "l"),
)


@dataclass(frozen=True)
class Unit:
    """A sentence: `key` is what it is compared by, `quote` how it reads without its markup."""

    key: str
    bare: str  # the key with its date stamp
    quote: str
    counts: bool  # whether it can say anything


@dataclass(frozen=True)
class Form:
    """A text taken apart."""

    text: str
    units: tuple[Unit, ...]
    sentences: dict[str, Unit] = field(compare=False)

    @cached_property
    def letters(self) -> str:
        """All that counts, run together, so that a sentence is found wherever it is cut."""
        return "".join(unit.key for unit in self.units)

    @property
    def failed(self) -> bool:
        """Whether some of it is an error message."""
        return any(not unit.counts and _ERROR.search(unit.quote) for unit in self.units)

    @property
    def size(self) -> int:
        """How many letters the sentences have."""
        return sum(map(len, self.sentences))


class Reader:
    """Takes texts apart; remembers blocks that it has seen, for the versions of one document share most of them."""

    def __init__(self) -> None:
        self._blocks: dict[str, tuple[Unit, ...]] = {}

    def read(self, text: str) -> Form:
        """The sentences of a text, in its order."""
        units: list[Unit] = []
        for block in blocks(text):
            if block not in self._blocks:
                self._blocks[block] = tuple(_units(block))
            units += self._blocks[block]
        sentences: dict[str, Unit] = {}
        for unit in units:
            if unit.counts:
                sentences.setdefault(unit.key, unit)
        return Form(text, tuple(units), sentences)


def blocks(text: str) -> Iterator[str]:
    """Paragraphs, list items, headings and table rows; lines that were only wrapped are joined."""
    held: list[str] = []
    for line in text.splitlines():
        ends = not line.strip() or _RULE.fullmatch(line) is not None
        starts = _ITEM.match(line) or _HEADING.match(line) or line.lstrip().startswith(("|", "["))
        if held and (ends or starts or len(held) > 200):
            yield from _pieces(" ".join(held))
            held = []
        if not ends:
            held.append(line.strip() if held else line.rstrip())
    yield from _pieces(" ".join(held))


def _pieces(block: str) -> Iterator[str]:
    for start in range(0, len(block), LONGEST_LINE):
        yield block[start : start + LONGEST_LINE]


def _units(block: str) -> Iterator[Unit]:
    item = _ITEM.match(block)
    body = block[item.end() :] if item else block
    body = _GLUED.sub(" [", " ".join(body.split()))
    links_only = not _words(_plain(_LINK.sub(" ", _IMAGE.sub(" ", body))))
    plain = _plain(_LINK.sub(r"\1", _IMAGE.sub(" ", body)))
    banner = _COOKIE.search(plain) is not None and _CHOICE.search(plain) is not None and _words(plain) < 80
    parts = _END.split(_NUMBER.sub("", plain, count=1) if _NUMBER.match(plain) else plain)
    entry = item is not None and len(parts) == 1 and not _HEADING.match(body)
    for part in parts:
        bare, sentence = key(part), _undated(part)
        if bare:
            says = not (links_only or banner or _idle(sentence, entry))
            yield Unit(key(sentence) if sentence else "", bare, " ".join(part.split()), says)


def _plain(text: str) -> str:
    """A block without markup and addresses."""
    text = _ASIDE.sub(" ", unicodedata.normalize("NFKC", html.unescape(text)))
    text = _OTHER_TAG.sub("", _TAG.sub(" ", _URL.sub(" ", _NOTE.sub("", text))))
    return re.sub(r"\\(?=\W)", "", re.sub(r"[*_`~#|]+", lambda m: " " if "|" in m[0] else "", text))


def key(text: str) -> str:
    """What two sentences are compared by: letters and digits, in one case and spelling."""
    words = unicodedata.normalize("NFKC", text).casefold()
    for pattern, spelt in _SPELLING:
        words = pattern.sub(spelt, words)
    return "".join(char for char in words if char.isalnum() or char in _SIGNS)


def _undated(sentence: str) -> str:
    """The sentence without its date stamp: empty where it is little else; other dates are kept."""
    if _DATE.search(sentence) is None or _STAMP.search(sentence) is None:
        return sentence if _DATE.sub("", sentence).strip(" .,:;()-") else ""
    rest = _DATE.sub(" ", sentence)
    return rest if _words(_STAMP.sub(" ", rest)) > 8 else ""


def _idle(sentence: str, entry: bool) -> bool:
    """Whether it says nothing about use: a stamp, counter, footer or error, or a label that is no entry of a list."""
    if (
        not sentence
        or _COUNTER.search(sentence)
        or ((_FOOTER.search(sentence) or _ERROR.search(sentence)) and _words(sentence) < 20)
    ):
        return True
    return _words(sentence) < (2 if entry else _FEW_WORDS)


def _words(text: str) -> int:
    """How many words; of scripts without spaces every two letters count as one."""
    wide = sum(1 for letter in text if "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3")
    return sum(1 for word in text.split() if any(map(str.isalnum, word))) + wide // 2
