"""Keyed digests, so that equal values can be counted and found again without any value being stored."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import cached_property

NOT_ALNUM = re.compile(rb"[^0-9A-Za-z]+")
CASELESS = frozenset({"email", "ipv6", "mac", "ethereum_address"})
SPELLED = frozenset({"phone", "credit_card", "iban", "us_ssn", "us_itin", "mac"})  # separators carry no meaning
DIGEST_BYTES = 16


def normal_form(kind: str, value: bytes) -> bytes:
    """One spelling for all spellings of a value."""
    if kind in CASELESS:
        value = value.lower()
    if kind in SPELLED:
        value = NOT_ALNUM.sub(b"", value).upper()
    return value


@dataclass(frozen=True)
class HmacSeal:
    """HMAC-SHA-256 (RFC 2104) of type and value, cut to 16 bytes, under the installation's key."""

    key: bytes

    def __call__(self, kind: str, value: bytes) -> bytes:
        message = kind.encode() + b"\0" + normal_form(kind, value)
        return hmac.digest(self.key, message, hashlib.sha256)[:DIGEST_BYTES]

    @cached_property
    def name(self) -> str:
        """Tells keys apart without telling the key."""
        return hmac.digest(self.key, b"consentry audit key", hashlib.sha256).hex()[:16]
