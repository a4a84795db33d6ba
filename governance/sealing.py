"""Secrets of webhooks as they are kept: encrypted under a key that is made of the installation's own.

Renewed, a secret stays good beside its successor for a while, so that a receiver can change over without losing a
message.
"""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

BOTH_LAST = timedelta(hours=24)


class Unreadable(Exception):
    """It was sealed under the key of another installation."""


def seal(secret: str) -> str:
    """A secret as it is kept."""
    return _box().encrypt(secret.encode()).decode()


def renewed(sealed: str, secret: str, now: datetime) -> str:
    """`secret` as it is kept beside the one that it replaces, which lasts a day longer."""
    try:
        before = unseal(sealed, now)[0]
    except Unreadable:
        return seal(secret)
    return seal(f"{secret} {before} {int((now + BOTH_LAST).timestamp())}")


def unseal(sealed: str, now: datetime) -> list[str]:
    """The secrets that are good now, the newest first. Raises Unreadable."""
    try:
        newest, *before = _box().decrypt(sealed.encode()).decode().split(" ")
    except InvalidToken:
        raise Unreadable from None
    return [newest, before[0]] if before and now.timestamp() < int(before[1]) else [newest]


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"consentry webhook secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
