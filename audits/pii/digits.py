"""What groups of digits can be: bank accounts, cards, IP addresses, government ids, phone numbers."""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from audits.pii import checks
from audits.pii.kinds import CARD_CUES, IP_CUES, SSN_CUES, Hit, Tier
from audits.pii.phones import phones
from audits.pii.windows import Window

DIGIT = re.compile(rb"[0-9]")
DIGITS = re.compile(rb"[0-9]+")
NOT_DIGITS = re.compile(rb"[^0-9]+")
IBAN_BEGIN = re.compile(rb"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?=[ -]?[0-9A-Za-z]|\xc2\xa0)")
CARD = re.compile(
    rb"(?<![0-9A-Za-z_.+])(?<![0-9][-,:])"
    rb"(?:[0-9]{12,19}"
    rb"|[0-9]{4}(?P<four>[ .-]|\xc2\xa0)[0-9]{4}(?P=four)[0-9]{4}(?P=four)[0-9]{4}(?:(?P=four)[0-9]{3})?"
    rb"|3[0-9]{3}(?P<amex>[ .-]|\xc2\xa0)[0-9]{6}(?P=amex)[0-9]{4,5})"
    rb"(?![0-9A-Za-z_%])(?![.,][0-9])"
)
OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = re.compile(rb"(?<![\w.])(?<![A-Za-z][/-])" + OCTET + rb"(?:\." + OCTET + rb"){3}(?![\w%])(?!\.[0-9])")
NINE = re.compile(rb"(?<![0-9A-Za-z_.+-])(?:[0-9]{9}|[0-9]{3}([ -])[0-9]{2}\1[0-9]{4})(?![0-9A-Za-z_])(?![.,-][0-9])")
# Printed in advertisements and manuals, and never issued since.
ADVERTISED = frozenset((b"123456789", b"111223333", b"078051120", b"219099999"))
NOBODYS = (ipaddress.ip_network("0.0.0.0/8"), ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("255.0.0.0/8"))


def numbers(window: Window) -> Iterator[Hit]:
    """Everything that the digits can be; the engine keeps the strongest where readings overlap."""
    digits = len(DIGIT.findall(window.text, window.start, window.end))
    yield from ibans(window)
    if digits >= 12:
        yield from cards(window)
    if window.text.count(b".", window.start, window.end) >= 3:
        yield from ipv4s(window)
    if digits >= 9:
        yield from social_security(window)
    if digits >= 7:
        yield from phones(window)


def ibans(window: Window) -> Iterator[Hit]:
    """International bank account numbers (ISO 13616), in one piece or in groups of four."""
    for found in IBAN_BEGIN.finditer(window.text, max(0, window.start - 16), window.end):
        length = checks.IBAN_LENGTHS.get(found[0][:2].upper())
        written = length and _iban_form(length).match(window.text, found.start())
        if written and checks.mod97(re.sub(rb"[^0-9A-Za-z]", b"", written[0]).upper()):
            yield Hit("iban", *written.span(), Tier.VALIDATED, 0.99)


@lru_cache(maxsize=64)
def _iban_form(length: int) -> re.Pattern[bytes]:
    groups, rest = divmod(length - 4, 4)
    tail = rb"(?P=gap)[0-9A-Za-z]{%d}" % rest if rest else b""
    return re.compile(
        rb"[A-Za-z]{2}[0-9]{2}(?:[0-9A-Za-z]{%d}|(?P<gap>[ -]|\xc2\xa0)[0-9A-Za-z]{4}(?:(?P=gap)[0-9A-Za-z]{4}){%d}%s)"
        rb"(?![0-9A-Za-z])" % (length - 4, groups - 1, tail)
    )  # fmt: skip


def cards(window: Window) -> Iterator[Hit]:
    """Payment card numbers (ISO/IEC 7812): check digit and issuer; weak ones need a telling word."""
    found = CARD.search(window.text, window.start, window.end)
    while found:
        hit = _card(window, found)
        if hit:
            yield hit
        # A year may stand before a card and look like its first four digits.
        after = found.end() if hit else DIGITS.match(window.text, found.start()).end()  # type: ignore[union-attr]
        found = CARD.search(window.text, after, window.end)


def _card(window: Window, found: re.Match[bytes]) -> Hit | None:
    """The number found, or its first sixteen digits where three of something else follow."""
    start, end = found.span()
    number = NOT_DIGITS.sub(b"", found[0])
    if found["four"] and len(number) == 19 and not checks.luhn(number):
        number, end = number[:16], end - 3 - len(found["four"])
    if not checks.luhn(number):
        return None
    cued = window.cued(CARD_CUES, start, end)
    issuer = checks.issued(number, checks.STRONG_ISSUERS) and (cued or len(number) <= 16)
    if cued and (issuer or checks.issued(number, checks.WEAK_ISSUERS)):
        return Hit("credit_card", start, end, Tier.VALIDATED, 0.99)
    if not (issuer or cued) or window.vetoed(start):
        return None
    return Hit("credit_card", start, end, *((Tier.VALIDATED, 0.85) if issuer else (Tier.PATTERN, 0.6)))


def ipv4s(window: Window) -> Iterator[Hit]:
    """IPv4 addresses that can belong to somebody: no loopback, no mask, no version or section number."""
    for found in IPV4.finditer(window.text, window.start, window.end):
        address = ipaddress.IPv4Address(found[0].decode())
        if any(address in network for network in NOBODYS):
            continue
        cued = window.cued(IP_CUES, *found.span())
        # Of four random octets, two under ten are rare; of a section's number they are the rule.
        numbering = not address.is_private and sum(octet < 10 for octet in address.packed) >= 2
        if not cued and (numbering or window.versioned(found.start())):
            continue
        if address.is_global and not numbering and not address.is_multicast:
            yield Hit("ipv4", *found.span(), Tier.VALIDATED, 0.95 if cued else 0.85)
        else:
            yield Hit("ipv4", *found.span(), Tier.PATTERN, 0.8 if cued else 0.6)


def social_security(window: Window) -> Iterator[Hit]:
    """US Social Security numbers and ITINs in ranges that are issued (SSA POMS RM 10201.035, IRS Pub. 1915)."""
    for found in NINE.finditer(window.text, window.start, window.end):
        kind = _nine_digits(NOT_DIGITS.sub(b"", found[0]))
        if not kind or window.vetoed(found.start()):
            continue
        if window.cued(SSN_CUES, *found.span()):
            yield Hit(kind, *found.span(), Tier.PATTERN, 0.9)
        elif found[1] == b"-":
            yield Hit(kind, *found.span(), Tier.PATTERN, 0.6)


def _nine_digits(number: bytes) -> str | None:
    area, group, serial = int(number[:3]), int(number[3:5]), int(number[5:])
    if serial == 0 or number in ADVERTISED:
        return None
    if area >= 900:
        return "us_itin" if 50 <= group <= 65 or 70 <= group <= 88 or group in range(90, 93) or group >= 94 else None
    return "us_ssn" if area not in (0, 666) and group != 0 else None
