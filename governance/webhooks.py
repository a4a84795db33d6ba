"""Signed webhooks: what is sent, to where, and how a receiver that is not to be trusted is kept small.

The address that a connection is really opened to is asked of the gate, so neither a name that resolves to a private
address nor one that changes its mind between two look-ups leads inside. Redirects are not followed.
"""

import asyncio
import contextlib
import ipaddress
import json
import socket
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from django.utils import timezone

from crawler.addresses import Gate, NotAdmitted, host_header, parse_loopback
from crawler.config import PRODUCT
from crawler.models import ConsentChange, Snapshot
from datacards.errors import BadInput
from governance import sealing, signing
from governance.changes import Touch
from governance.links import absolute
from governance.subscription_models import Message, Subscription

CHANGED, TEST = "consent.changed", "consent.test"
ANSWER = 4096  # bytes of an answer that are read; what is beyond is nobody's
AddressInfo = tuple[int, int, int, str, tuple]  # type: ignore[type-arg]


class NotSent(Exception):
    """It did not arrive; says why in a sentence, and whether trying again is of no use."""

    def __init__(self, sentence: str, status: int | None = None, final: bool = False) -> None:
        super().__init__(sentence)
        self.status, self.final = status, final


# --- where to ----------------------------------------------------------------------------------------------


def gate() -> Gate:
    """Only public addresses, only https; under the loopback flag only what listens there."""
    return Gate(parse_loopback(settings.CONSENTRY_CRAWL_LOOPBACK or ""), frozenset({443}))


def checked(url: str) -> str:
    """An address that a webhook may be sent to, judged by its text. Raises BadInput."""
    url = url.strip()
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > 2000:
        raise BadInput("url: give a whole web address of at most 2,000 plain characters.")
    if not url.startswith("https://"):
        raise BadInput("url: give an address that begins with https://, because what is sent names your corpora.")
    if objection := gate().objection(url):
        raise BadInput(f"url: it cannot be used: {objection.replace('to the crawler', 'to webhooks')}.")
    if _is_number(url) and not gate().admits(str(urlsplit(url).hostname), 443):
        raise BadInput("url: it cannot be used: this address is not public.")
    return url


def _is_number(url: str) -> bool:
    """Its host is an IP address; what a name leads to is looked at whenever something is sent."""
    try:
        ipaddress.ip_address(str(urlsplit(url).hostname))
    except ValueError:
        return False
    return True


# --- what --------------------------------------------------------------------------------------------------


def body_of(message: Message, changes: Sequence[ConsentChange], hit: dict[Any, list[Touch]]) -> bytes:
    """The JSON that is signed and sent; a test tells nothing of anybody's corpora."""
    subscription = {"id": str(message.subscription_id), "name": message.subscription.name}
    if message.test:
        told: dict[str, Any] = {"type": TEST, "data": {"subscription": subscription}}
    else:
        (change,) = changes
        told = {"type": CHANGED, "data": {"subscription": subscription} | described(change, hit[change.pk])}
    return json.dumps(told | {"timestamp": _iso(message.made_at)}, ensure_ascii=False).encode()


def described(change: ConsentChange, hit: Sequence[Touch]) -> dict[str, Any]:
    """A change with both snapshots, its events, and the share of each corpus that the subscriber may read."""
    return {
        "change": str(change.pk), "domain": change.domain.name, "at": _iso(change.at),
        "direction": change.direction, "channel": change.channel, "events": change.changes,
        "before": _snapshot(change.before), "after": _snapshot(change.after),
        "corpora": [
            {"id": str(t.corpus.pk), "name": t.corpus.name, "tokens": t.tokens, "share": t.share} for t in hit
        ],
        "links": {
            "page": absolute("change", change.pk), "domain": absolute("domain", change.domain.name),
            "api": absolute("api:get_change", change.pk),
        },
    }  # fmt: skip


def _snapshot(row: Snapshot) -> dict[str, Any]:
    return {"id": str(row.pk), "fetched_at": _iso(row.fetched_at), "state": row.state, "sha256": row.content_id}


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


# --- sending -----------------------------------------------------------------------------------------------


def send(message: Message, changes: Sequence[ConsentChange], hit: dict[Any, list[Touch]]) -> int:
    """Send a message once; returns the status of the answer. Raises NotSent."""
    subscription, body = message.subscription, body_of(message, changes, hit)
    signed = signing.headers(_secrets(subscription), str(message.pk), int(time.time()), body)
    status = post(subscription, body, signed)
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise NotSent("The receiver answers with a redirect, which is not followed; give the final address.", status)
    if status == 410:
        raise NotSent("The receiver says that it is gone for good.", status, final=True)
    raise NotSent(f"The receiver answers with status {status}.", status)


def _secrets(subscription: Subscription) -> list[str]:
    try:
        return sealing.unseal(subscription.secret, timezone.now())
    except sealing.Unreadable:
        raise NotSent("Its secret cannot be read any more: give it a new one.", final=True) from None


def post(subscription: Subscription, body: bytes, signed: dict[str, str]) -> int:
    """The status that the receiver answers with, within the time that the settings give. Raises NotSent."""
    guard, seconds = gate(), settings.CONSENTRY_WEBHOOK_TIMEOUT
    headers = signed | {
        "Content-Type": "application/json", "User-Agent": PRODUCT, "Host": host_header(subscription.url),
    }  # fmt: skip
    refused: list[str] = []
    try:
        return asyncio.run(_post(guard, guard.route(subscription.url), body, headers, seconds, refused))
    except TimeoutError:
        raise NotSent(f"The receiver did not answer within {seconds} s.") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if refused:
            raise NotSent("The receiver's name leads to an address that is not public.") from None
        raise NotSent(f"The receiver cannot be reached ({type(error).__name__}).") from None


async def _post(guard: Gate, url: str, body: bytes, headers: dict[str, str], seconds: float, refused: list[str]) -> int:
    def opened(address: AddressInfo) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        try:
            guard.check(host, port)
        except NotAdmitted:
            refused.append(host)
            raise
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(socket_factory=opened, force_close=True, use_dns_cache=False)
    patience = aiohttp.ClientTimeout(total=seconds)
    async with (
        aiohttp.ClientSession(
            connector=connector, timeout=patience, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # its status is what counts
            await answer.content.read(ANSWER)
        return answer.status
