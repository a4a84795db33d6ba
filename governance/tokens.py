"""Personal tokens for the API: made once, shown once, kept as a SHA-256 digest only, with scopes and an end.

A token is 256 random bits, so its digest needs no salt and cannot be guessed; it is looked up by that digest, and what
the time of a look-up tells about a digest tells nothing about a token.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from datacards.errors import BadInput, Conflict, Refused
from datacards.models import User
from governance.api.problems import Problem
from governance.models import ApiToken

PREFIX = "consentry_"  # so that scanners for leaked secrets can find one
SCOPES = {
    "read": "Read what you may read",
    "write": "Change what you may change, and read",
    "admin": "Everything that you may do as an admin",
}
IMPLIED = {"read": {"read"}, "write": {"read", "write"}, "admin": {"read", "write", "admin"}}
LONGEST = timedelta(days=366)
MOST = 50  # living tokens of one person
SIGN_IN = "Sign in, or send a personal token as “Authorization: Bearer …”."
BURST = timedelta(minutes=1)
FEEDS = "/feeds/"


# --- making and ending -------------------------------------------------------------------------------------


def make(
    by: User, *, name: str, scopes: Iterable[str], ends_at: datetime, within: ApiToken | None = None
) -> tuple[ApiToken, str]:
    """A new token of this person, and the secret, which is nowhere else.

    `within` is the token that asks, if one does: what it makes can do no more than itself, and no longer.
    """
    chosen = sorted(set(scopes))
    _check_scopes(by, chosen, within)
    _check_end(ends_at, within)
    name = name.strip()
    if not name or len(name) > 100 or "\x00" in name:
        raise BadInput("name: say in 1 to 100 characters what the token is for.")
    if living(by).count() >= MOST:
        raise Conflict(f"You have {MOST} tokens; revoke one that you no longer need.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=by, name=name, digest=digest_of(secret), scopes=chosen, ends_at=ends_at)
    return token, secret


def _check_scopes(by: User, scopes: list[str], within: ApiToken | None) -> None:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise BadInput(f"scopes: choose at least one of {', '.join(SCOPES)}, and no other.")
    if "admin" in scopes and not by.administers:
        raise Refused("Only an admin may make a token with the scope “admin”.")
    if within and not all(covers(within, scope) for scope in scopes):
        raise Refused("A token cannot make one that may do more than itself; sign in to make it.")


def _check_end(ends_at: datetime, within: ApiToken | None) -> None:
    now = timezone.now()
    if not now < ends_at <= now + LONGEST:
        raise BadInput(f"ends_at: choose a moment within the next {LONGEST.days} days.")
    if within and ends_at > within.ends_at:
        raise Refused("A token cannot make one that lasts longer than itself; sign in to make it.")


def revoke(by: User, token: ApiToken) -> ApiToken:
    """End a token at once; its row stays on record."""
    if token.user_id != by.pk and not by.administers:
        raise Refused("Only the person whose token it is, or an admin, may revoke it.")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
    return token


def living(person: User) -> "Any":
    """The tokens of a person that still work."""
    return ApiToken.objects.filter(user=person, revoked_at=None, ends_at__gt=timezone.now())


def digest_of(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def covers(token: ApiToken, needed: str) -> bool:
    """Whether the token's scopes include, or imply, the one needed."""
    return any(needed in IMPLIED.get(scope, ()) for scope in token.scopes)


# --- using -------------------------------------------------------------------------------------------------


def of(request: HttpRequest) -> ApiToken | None:
    """The token that this request came with; None where it came with a session or nothing."""
    return cast(ApiToken | None, getattr(request, "token", None))


class TokenAuthentication:
    """For the API's addresses and feeds: a token decides who asks, and any session is left aside (RFC 6750, 7617)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = _sent(request)
        if secret is None:
            return self.get_response(request)
        token = found(secret)
        if token is None:
            return refused(request, "This token is unknown, has ended or was revoked; make a new one.")
        wait = used(token)
        if wait:
            return _too_many(wait)
        request.user, request.token = token.user, token  # type: ignore[attr-defined]
        return self.get_response(request)


def _sent(request: HttpRequest) -> str | None:
    """The secret that a request brings, to an address that takes one; feed readers know passwords only (Basic)."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    is_feed = request.path_info.startswith(FEEDS)
    if scheme.lower() == "bearer" and (is_feed or request.path_info.startswith("/api/")):
        return sent.strip()
    if scheme.lower() == "basic" and is_feed:
        try:
            return base64.b64decode(sent.strip(), validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return None


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    """401; for a feed with the challenge that makes its reader ask for a password."""
    response = Problem(401, sentence).response()
    if request.path_info.startswith(FEEDS):
        response["WWW-Authenticate"] = (
            'Basic realm="Consentry: any name, a personal token as password", charset="UTF-8"'
        )
    return response


def found(secret: str) -> ApiToken | None:
    """The living token with this secret, of a person who may still sign in."""
    digest = digest_of(secret)
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    works = token.revoked_at is None and token.ends_at > timezone.now() and token.user.is_active
    return token if works else None


def used(token: ApiToken) -> timedelta | None:
    """Count one request against the token; how long to wait when there were too many.

    The generic cell rate algorithm in one UPDATE: `paced_until` moves on by one interval with each request and may be
    at most `BURST` ahead of the clock. So CONSENTRY_API_RATE requests a minute are served, in any rhythm, on any
    number of web processes.
    """
    now, interval = timezone.now(), BURST / settings.CONSENTRY_API_RATE
    free = Q(paced_until=None) | Q(paced_until__lte=now + BURST - interval)
    paced = Greatest(Coalesce(F("paced_until"), now), now) + interval
    if ApiToken.objects.filter(free, pk=token.pk).update(paced_until=paced, last_used_at=now):
        return None
    return interval


def _too_many(wait: timedelta) -> HttpResponse:
    seconds = max(1, round(wait.total_seconds()))
    sentence = f"This token may send {settings.CONSENTRY_API_RATE} requests a minute; wait {seconds} s and go on."
    response = Problem(429, sentence).response()
    response["Retry-After"] = str(seconds)
    return response


def mine(person: User, token_id: uuid.UUID) -> ApiToken | None:
    """One of this person's tokens."""
    return ApiToken.objects.filter(user=person, pk=token_id).first()
