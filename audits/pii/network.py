"""What colons can join: IPv6 and MAC addresses."""

import ipaddress
import re
from collections.abc import Iterator

from audits.pii.kinds import IP_CUES, Hit, Tier
from audits.pii.windows import Window

MAC = re.compile(
    rb"(?<![0-9A-Za-z:_-])[0-9A-Fa-f]{2}(?P<gap>[:-])(?:[0-9A-Fa-f]{2}(?P=gap)){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:_-])"
)
IPV6 = re.compile(
    rb"(?<![0-9A-Za-z:._])[0-9A-Fa-f]{0,4}(?::{1,2}[0-9A-Fa-f]{1,4}){1,7}(?:::)?"
    rb"(?P<four>(?:\.[0-9]{1,3}){3})?(?![0-9A-Za-z_]|:[0-9A-Za-z:]|\.[0-9])"
)


def colons(window: Window) -> Iterator[Hit]:
    """MAC and IPv6 addresses around the candidate's colons."""
    low = max(0, window.start - 4)
    yield from macs(window, low)
    for found in IPV6.finditer(window.text, low, min(len(window.text), window.end + 24)):
        hit = _ipv6(window, found)
        if hit:
            yield hit


def macs(window: Window, low: int) -> Iterator[Hit]:
    """Six pairs of hexadecimal digits (IEEE 802), not the empty or the broadcast one."""
    for found in MAC.finditer(window.text, low, min(len(window.text), window.end + 4)):
        if len(set(found[0].lower())) > 2:
            yield Hit("mac", *found.span(), Tier.PATTERN, 0.9)


def _ipv6(window: Window, found: re.Match[bytes]) -> Hit | None:
    """An address of RFC 4291; ``a::b`` in code is one too by its letter, so short ones need a digit or a cue."""
    try:
        address = ipaddress.IPv6Address(found[0].decode())
    except ValueError:
        return None
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return None
    cued = window.cued(IP_CUES, *found.span())
    parts = [part for part in found[0].split(b":") if part]
    if len(parts) < 2 or (not cued and (len(parts) < 3 or not any(c in b"0123456789" for c in found[0]))):
        return None
    if address.is_global:
        return Hit("ipv6", *found.span(), Tier.VALIDATED, 0.95)
    return Hit("ipv6", *found.span(), Tier.PATTERN, 0.8)
