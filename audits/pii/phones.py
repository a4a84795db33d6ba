"""Phone numbers: recognised by shape, believed by numbering plan or context.

A digit string alone proves nothing: orders, accounts and policies have numbers too. So a number counts if it is
written with its country code, if it has a shape that hardly anything else has, or if a telling word stands near;
and never if the words right before it say that something else is numbered.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import phonenumbers

from audits.pii.kinds import PHONE_CUES, Hit, Tier
from audits.pii.windows import Window

_GAP = rb"(?:[ .\-/]|\xc2\xa0|\xe2\x80[\x80-\x95\xaf])"
_BEGIN = rb"(?<![0-9A-Za-z_])(?<![A-Za-z]/)(?<![0-9][-.,:/])(?<![$#%])(?<!\xc2\xa3)(?<!\xe2\x82\xac)"
_END = rb"(?![0-9A-Za-z_%])(?![.,:][0-9])(?!-[0-9])"
_EXTENSION = rb"(?:[ ,]{0,2}(?:x|ext\.?)[ ]?[0-9]{1,6})?"

INTERNATIONAL = re.compile(
    rb"(?<![0-9A-Za-z_+])\(?(?:\+[ ]?|00[ ]?|011[ -])\(?[1-9][0-9]{0,14}\)?"
    rb"(?:" + _GAP + rb"{0,2}\(?[0-9]{1,12}\)?){0,7}" + _EXTENSION + rb"(?![0-9A-Za-z_])"
)  # fmt: skip
NORTH_AMERICAN = re.compile(
    _BEGIN + rb"(?:(?:\+|00)?1" + _GAP + rb")?(?:\([2-9][0-9]{2}\)[ .-]?|[2-9][0-9]{2}(?P<gap>[ .-]))"
    rb"[2-9][0-9]{2}(?(gap)(?P=gap)|[ .-])[0-9]{4}" + _EXTENSION + _END
)  # fmt: skip
TRUNK_ZERO = re.compile(
    _BEGIN + rb"(?<![0-9] )(?:\(0[1-9][0-9]{0,4}\)|0[1-9][0-9]{0,4})(?:" + _GAP + rb"{1,2}[0-9]{2,8}){1,5}" + _END
)
ZIP = re.compile(rb"[0-9]{5}-[0-9]{4}\Z")
STATE = re.compile(rb"\b[A-Z]{2}[\s*#]+\Z")
POINTED = re.compile(rb"[0-9]+(?:\.[0-9]+)+\Z")
PAIRS = re.compile(rb"[0-9]{2}(?:\.[0-9]{2}){4}\Z")
PLAUSIBLE = re.compile(
    _BEGIN + rb"(?:\([0-9]{1,5}\) ?[0-9]{1,10}|[0-9]{1,15})"
    rb"(?:(?P<gap>" + _GAP + rb")[0-9]{1,10}(?:(?P=gap)[0-9]{1,10}){0,5})?" + _EXTENSION + _END
)  # fmt: skip
_MONTH, _DAY, _YEAR = rb"(?:0?[1-9]|1[0-2])", rb"(?:0?[1-9]|[12][0-9]|3[01])", rb"(?:19|20)[0-9]{2}"
DATE = re.compile(
    rb"(?<![0-9])(?:" + _YEAR + rb"([-./ ])" + _MONTH + rb"\1" + _DAY + rb"|" + _DAY + rb"([-./ ])" + _MONTH + rb"\2"
    + _YEAR + rb"|" + _YEAR + rb"[-/ ]" + _YEAR + rb")(?![0-9])"
)  # fmt: skip
DIGITS = re.compile(rb"[0-9]+")
EXTENSION = re.compile(rb"[ ,]{0,2}(?:x|ext\.?)[ ]?[0-9]{1,6}\Z")
DECIMAL = re.compile(rb"\A[0-9]+\.[0-9]+\Z")
KIND_AFTER = re.compile(rb"[ \-(,]{0,3}(?:office|cell|fax|mobile)\b", re.IGNORECASE)
SHORTEST, LONGEST = 7, 15  # digits; ITU-T E.164 allows 15
TRUNK_REGIONS = ("GB", "FR", "DE", "IT", "NL", "BE", "CH", "AT", "SE", "FI", "AU", "NZ", "ZA", "JP", "IN", "TR", "IE")


def phones(window: Window) -> Iterator[Hit]:
    """The phone numbers in the candidate, strongest shape first; a digit belongs to one of them at most."""
    free = [(max(0, window.start - 3), min(len(window.text), window.end + 10))]
    written = window.text[free[0][0] : window.end]
    for shape, judge in SHAPES if _shaped(written) else SHAPES[-1:]:
        left = []
        for low, high in free:
            for found in shape.finditer(window.text, low, high):
                hit = judge(window, found)
                if hit:
                    yield hit
                    left.append((low, hit.start))
                    low = hit.end
            left.append((low, high))
        free = [(low, high) for low, high in left if high - low >= SHORTEST]


def _shaped(written: bytes) -> bool:
    """Whether more than a bare row of digits stands there."""
    return b"+" in written or len(DIGITS.findall(written)) > 1


def _international(window: Window, found: re.Match[bytes]) -> Hit | None:
    """With ``+`` a valid number needs nothing else; ``+ 4``, ``00`` and invalid ones are less sure."""
    signed = b"+" in found[0][:2]
    sure = signed and b"+ " not in found[0][:3]
    end = _longest(found[0], lambda number: is_valid(canonical(number)))
    if end and sure:
        return Hit("phone", found.start(), found.start() + end, Tier.VALIDATED, 0.95)
    valid, end = end is not None, end or _longest(found[0], lambda number: len(_digits(number)) <= LONGEST)
    if not end or len(_digits(found[0][:end])) <= SHORTEST or window.vetoed(found.start()):
        return None
    cued = _cued(window, *found.span())
    if not (valid and (cued or not signed)) and not sure:
        return None
    tier = Tier.VALIDATED if valid and cued else Tier.PATTERN
    return Hit("phone", found.start(), found.start() + end, tier, 0.8 if cued else 0.6)


def _longest(text: bytes, good: Callable[[bytes], bool]) -> int | None:
    """Length of the longest good beginning: whole, or cut after one of its groups of digits."""
    bare = text[: len(text) - len((EXTENSION.search(text) or [b""])[0])]
    if good(bare):
        return len(text) - (text[-1:] == b")" and text.count(b"(") < text.count(b")"))
    for group in reversed(list(DIGITS.finditer(bare))[2:]):
        shorter = bare[: group.start()].rstrip(b" .-/(\xa0\x80\x82\xc2\xe2")
        if good(shorter):
            return len(shorter)
    return None


def _north_american(window: Window, found: re.Match[bytes]) -> Hit | None:
    if window.vetoed(found.start()):
        return None
    number = b"+1" + _digits(EXTENSION.sub(b"", found[0])).lstrip(b"01")
    cued = _cued(window, *found.span())
    if cued and is_valid(number):
        return Hit("phone", *found.span(), Tier.VALIDATED, 0.9)
    return Hit("phone", *found.span(), Tier.PATTERN, 0.8 if cued else 0.6)


def _trunk_zero(window: Window, found: re.Match[bytes]) -> Hit | None:
    digits = _digits(found[0])
    if not 9 <= len(digits) <= 12 or DATE.search(found[0]) or window.vetoed(found.start()):
        return None
    if _cued(window, *found.span()):
        return Hit("phone", *found.span(), Tier.PATTERN, 0.8)
    if ZIP.match(found[0]) or (POINTED.match(found[0]) and not PAIRS.match(found[0])):
        return None
    if any(is_valid(digits, region) for region in TRUNK_REGIONS):
        return Hit("phone", *found.span(), Tier.PATTERN, 0.5)
    return None


def _plausible(window: Window, found: re.Match[bytes]) -> Hit | None:
    """Any seven to fifteen digits beside a telling word; where they are bare, it must stand before them."""
    number = EXTENSION.sub(b"", found[0])
    if not SHORTEST <= len(_digits(number)) <= LONGEST or not _cued(window, *found.span(), bare=number.isdigit()):
        return None
    if DATE.search(number) or DECIMAL.search(number) or window.vetoed(found.start()):
        return None
    if ZIP.match(number) and STATE.search(window.text, 0, found.start()):
        return None
    return Hit("phone", *found.span(), Tier.PATTERN, 0.7)


Judge = Callable[[Window, re.Match[bytes]], Hit | None]
SHAPES: tuple[tuple[re.Pattern[bytes], Judge], ...] = (
    (INTERNATIONAL, _international),
    (NORTH_AMERICAN, _north_american),
    (TRUNK_ZERO, _trunk_zero),
    (PLAUSIBLE, _plausible),
)


def _cued(window: Window, start: int, end: int, bare: bool = False) -> bool:
    return window.cued(PHONE_CUES, start, end, after=not bare) or KIND_AFTER.match(window.text, end) is not None


def _digits(text: bytes) -> bytes:
    return b"".join(DIGITS.findall(text))


def canonical(number: bytes) -> bytes:
    """``+`` and digits, from a number written with ``+``, ``00`` or ``011`` before its country code."""
    digits = _digits(number)
    if b"+" in number[:2]:
        return b"+" + digits
    return b"+" + digits.removeprefix(b"011" if digits[:3] == b"011" else b"00")


@lru_cache(maxsize=4096)
def is_valid(number: bytes, region: str | None = None) -> bool:
    """The numbering plan of its country (or of `region`) has such a number."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number.decode(), region))
    except phonenumbers.NumberParseException:
        return False
