"""Lets changes settle: one that its site takes back within the window is returned, one that lasts is settled."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crawler.documents import Document
from crawler.models import ChangeStanding, ConsentChange, Snapshot
from crawler.returns import Move, standings
from crawler.states import SPEAKING

BATCH = 2000


def window(channel: str) -> timedelta:
    """How long a change of a document may be taken back without anybody being told of it."""
    if channel == Document.TERMS:
        return timedelta(days=settings.CONSENTRY_SETTLE_TERMS_DAYS)
    return timedelta(hours=settings.CONSENTRY_SETTLE_HOURS)


def settle(now: datetime | None = None) -> int:
    """Move the changes on whose time has come, with those that take them back; returns how many were moved.

    Safe to repeat and to do twice at once: rows are locked, and only what is settling is moved.
    """
    now = now or timezone.now()
    settling = ConsentChange.objects.filter(standing=ChangeStanding.SETTLING)
    due = list(settling.filter(settles_at__lte=now).values_list("domain_id", "channel").distinct()[:BATCH])
    if not due:
        return 0
    with transaction.atomic():
        same = Q(domain__in={domain for domain, _ in due}) & Q(channel__in={channel for _, channel in due})
        rows = settling.filter(same).select_related("before__content", "after__content")
        held = list(rows.select_for_update(of=("self",)).order_by("domain_id", "channel", "at", "id"))
        documents = groupby(held, key=lambda change: (change.domain_id, change.channel))
        return sum(_stand(list(changes), now) for _, changes in documents)


def _stand(changes: Iterable[ConsentChange], now: datetime) -> int:
    found = standings([_move(change) for change in changes], now)
    moved = 0
    for standing in (ChangeStanding.SETTLED, ChangeStanding.RETURNED):
        keys: list[Any] = [key for key, value in found.items() if value == standing.value]
        moved += ConsentChange.objects.filter(pk__in=keys).update(standing=standing) if keys else 0
    return moved


def _move(change: ConsentChange) -> Move:
    settles_at = change.settles_at or change.at
    return Move(change.pk, change.at, settles_at, said(change.before), said(change.after), tuple(change.changes))


def said(snapshot: Snapshot) -> tuple[object, ...]:
    """What a fetch said: its bytes and signals where it spoke, else how it ended."""
    if snapshot.state not in SPEAKING or snapshot.content_id is None:
        return (snapshot.state, None, snapshot.signals_id)
    return ("", snapshot.content_id, snapshot.signals_id)
