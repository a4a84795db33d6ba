"""Keys, tokens and crypto addresses: strings with the shapes that their makers publish."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator

from audits.pii import checks
from audits.pii.kinds import Hit, Tier
from audits.pii.network import macs
from audits.pii.windows import Window

_SHAPES = {
    "aws_access_key": rb"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![0-9A-Za-z])",
    "github_token": rb"gh[opsur]_[0-9A-Za-z]{36,251}(?![0-9A-Za-z])|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
    "gitlab_token": rb"gl(?:pat|ptt|dt|rt|soat)-[0-9A-Za-z_-]{20,64}",
    "slack_token": rb"xox[abeoprs]-(?:[0-9]{1,2}-)?[0-9A-Za-z-]{12,250}",
    "google_api_key": rb"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])|GOCSPX-[0-9A-Za-z_-]{28}",
    "stripe_key": rb"[sr]k_(?:live|test)_[0-9A-Za-z]{16,247}",
    "anthropic_key": rb"sk-ant-[a-z]{3,8}[0-9]{2}-[0-9A-Za-z_-]{80,120}",
    "openai_key": rb"sk-(?:proj|svcacct|admin|None)-[0-9A-Za-z_-]{40,200}|sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}"
    rb"|sk-[0-9A-Za-z]{48}(?![0-9A-Za-z])",
    "huggingface_token": rb"hf_[0-9A-Za-z]{34}(?![0-9A-Za-z])",
    "npm_token": rb"npm_[0-9A-Za-z]{36}(?![0-9A-Za-z])",
    "pypi_token": rb"pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,400}",
    "ethereum_address": rb"0x[0-9A-Fa-f]{40}(?![0-9A-Za-z])",
    "bitcoin_address": rb"(?:bc1|BC1)[0-9A-Za-z]{11,71}(?![0-9A-Za-z])|[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![0-9A-Za-z])",
}
KEY = re.compile(
    rb"(?<![0-9A-Za-z_])(?:" + b"|".join(b"(?P<%s>%s)" % (kind.encode(), s) for kind, s in _SHAPES.items()) + rb")"
)
# Shapes that begin before the run of token characters, by the character between.
BEGINNING_BEFORE = {
    b".": ("sendgrid_key", re.compile(rb"(?<![0-9A-Za-z])SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])")),
    b":": ("telegram_token", re.compile(rb"(?<![0-9A-Za-z])[0-9]{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])")),
    b"/": (
        "slack_token",
        re.compile(rb"hooks\.slack\.com/services/T[0-9A-Z]{6,12}/B[0-9A-Z]{6,12}/[0-9A-Za-z]{20,28}(?![0-9A-Za-z])"),
    ),
}
AWS_CUES = frozenset((b"aws", b"amazon", b"secret", b"secretaccesskey", b"secretkey"))
FORTY = re.compile(rb"(?<![0-9A-Za-z/+])[0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])")
JWT = re.compile(rb"(?<![0-9A-Za-z_-])(eyJ[0-9A-Za-z_-]+)\.([0-9A-Za-z_-]{2,})\.([0-9A-Za-z_-]*)")
PEM = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----")
PEM_BODY = re.compile(rb"(?:[0-9A-Za-z+/=:,. \t\r\n-]|\\[rn])*")


def tokens(window: Window) -> Iterator[Hit]:
    """Keys with a known shape, crypto addresses that pass their checksum, MAC addresses with hyphens."""
    found = KEY.search(window.text, window.start, window.end)
    if found and found.lastgroup:
        tier, score = JUDGES.get(found.lastgroup, _by_shape)(found[0])
        if score:
            yield Hit(found.lastgroup, *found.span(), tier, score)
    yield from _beginning_before(window)
    yield from _aws_secrets(window)
    if window.text.count(b"-", window.start, window.end) >= 5:
        yield from macs(window, window.start)


def _beginning_before(window: Window) -> Iterator[Hit]:
    kind, shape = BEGINNING_BEFORE.get(window.text[window.start - 1 : window.start], (None, None))
    found = shape and shape.search(window.text, 0, min(len(window.text), window.end + 48))
    if kind and found and found.end() > window.start:
        yield Hit(kind, *found.span(), *_by_shape(found[0]))


def _aws_secrets(window: Window) -> Iterator[Hit]:
    found = FORTY.search(window.text, max(0, window.start - 24), min(len(window.text), window.end + 24))
    if not found or not window.cued(AWS_CUES, *found.span()):
        return
    value = found[0]
    if len(set(value)) >= 16 and value.lower() != value and value.upper() != value:
        yield Hit("aws_secret_key", *found.span(), Tier.PATTERN, 0.8)


def _by_shape(value: bytes) -> tuple[Tier, float]:
    """A published shape; not one character over and over, as in a manual's example."""
    return Tier.PATTERN, 0.9 if len(set(value)) > 8 else 0.0


def _aws_access_key(value: bytes) -> tuple[Tier, float]:
    return Tier.VALIDATED, 0.95 if len(set(value)) > 6 else 0.0


def _github(value: bytes) -> tuple[Tier, float]:
    if len(value) == 40 and checks.github_checksum(value):
        return Tier.VALIDATED, 0.99
    return _by_shape(value)


def _pypi(value: bytes) -> tuple[Tier, float]:
    return Tier.VALIDATED, 0.99


def _bitcoin(value: bytes) -> tuple[Tier, float]:
    segwit = value[:3].lower() == b"bc1"
    return Tier.VALIDATED, 0.99 if (checks.bech32(value.lower()) if segwit else checks.base58check(value)) else 0.0


def _ethereum(value: bytes) -> tuple[Tier, float]:
    digits = value[2:]
    if len(set(digits)) < 4:
        return Tier.PATTERN, 0.0
    if digits.lower() != digits and digits.upper() != digits:
        return (Tier.VALIDATED, 0.99) if checks.eip55(digits) else (Tier.PATTERN, 0.5)
    return Tier.PATTERN, 0.8


JUDGES: dict[str, Callable[[bytes], tuple[Tier, float]]] = {
    "aws_access_key": _aws_access_key,
    "github_token": _github,
    "pypi_token": _pypi,
    "bitcoin_address": _bitcoin,
    "ethereum_address": _ethereum,
}


def jwts(window: Window) -> Iterator[Hit]:
    """JSON Web Tokens (RFC 7519): the first part is a JSON object that names an algorithm."""
    found = JWT.match(window.text, window.start)
    if found and b'"alg"' in _json_bytes(found[1]):
        yield Hit("jwt", *found.span(), Tier.VALIDATED, 0.99)


def _json_bytes(part: bytes) -> bytes:
    """The part's bytes if they are a JSON object, else nothing."""
    try:
        decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
        return decoded if isinstance(json.loads(decoded), dict) else b""
    except (binascii.Error, ValueError, RecursionError):
        return b""


def private_keys(window: Window) -> Iterator[Hit]:
    """PEM and PGP blocks (RFC 7468) that hold a key; a line that only mentions one is none."""
    head = PEM.match(window.text, window.start)
    if not head:
        return
    foot = window.text.find(b"-----END " + head[1] + b"-----", head.end())
    body = PEM_BODY.match(window.text, head.end())
    end = foot + len(head[1]) + 14 if foot >= 0 else body.end() if body else head.end()
    if (foot if foot >= 0 else end) - head.end() >= 32:
        yield Hit("private_key", head.start(), end, Tier.VALIDATED, 0.99)
