"""From a settled change to a message that arrived: matched, bundled, sent, each exactly once.

1. *match*: a row per subscription and new change, under a unique constraint;
2. *bundle*: rows become messages (a webhook call each; a mail for all that waits, when it is due), under the
   subscription's lock;
3. *send*: a worker claims a message by compare-and-set, asks once more what may be told, sends, and marks it.

A worker that dies leaves its claim to the lease, and the message is sent again under the same id: whoever was killed
between sending and marking has sent twice, and the id tells the receiver so. So a change is noted, bundled and marked
as delivered once, and what arrives is at-least-once: no sender can know what a receiver did before it fell silent.
"""

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from crawler.models import ConsentChange
from crawler.pacing import chance
from governance import digest, subscriptions, webhooks
from governance.changes import Touch, touches
from governance.models import Watermark
from governance.subscription_models import Delivery, Message, MessageState, Pace, Subscription, Way
from governance.webhooks import NotSent

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=24)  # rows whose transaction committed late
BATCH = 1000
FEW = 5000  # new changes that are worth naming to the database
TURN = 5.0  # seconds of a look that are for one person before others; their receivers may be slow on purpose
LEASE = timedelta(minutes=3)  # and the time that a receiver has; a mail server may take its time at every step
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
Send = Callable[[Message, list[ConsentChange], dict[Any, list[Touch]]], int | None]
SENDERS: dict[str, Send] = {Way.WEBHOOK: webhooks.send, Way.EMAIL: digest.send}


def deliver(seconds: float = 20.0) -> int:
    """Match, bundle and send what there is, for at most so long; returns how many messages were sent or tried."""
    match()
    bundle()
    return send(seconds)


# --- matching ----------------------------------------------------------------------------------------------


def match(now: datetime | None = None) -> int:
    """Note for each subscription which changes have settled that it is to be told of; returns how many."""
    now = now or timezone.now()
    mark, _ = Watermark.objects.get_or_create(source="subscriptions", defaults={"seen_until": now - OVERLAP})
    told = Subscription.objects.filter(active=True).exclude(way=Way.FEED).select_related("person", "domain")
    since = mark.seen_until - OVERLAP
    # Asked once, so that many who wait for nothing cost little.
    fresh = subscriptions.newly_settled(since, now, most=FEW)
    count = sum(_match(each, since, now, fresh) for each in told) if fresh != [] else 0
    Watermark.objects.filter(pk=mark.pk).update(seen_until=Greatest(F("seen_until"), Value(now)))
    return count


def _match(subscription: Subscription, since: datetime, now: datetime, fresh: list[uuid.UUID] | None) -> int:
    rows = subscriptions.settled(subscription, max(since, subscription.since), now)
    rows = rows if fresh is None else rows.filter(pk__in=fresh)
    known = Delivery.objects.filter(subscription=subscription).values("change")
    ids = rows.exclude(pk__in=known).order_by("at", "id").values_list("pk", flat=True)
    noted = [Delivery(subscription=subscription, change_id=pk) for pk in ids]
    Delivery.objects.bulk_create(noted, batch_size=BATCH, ignore_conflicts=True)
    return len(noted)


# --- bundling ----------------------------------------------------------------------------------------------


def bundle(now: datetime | None = None) -> int:
    """Make messages of what was matched; returns how many."""
    now = now or timezone.now()
    open_ones = Delivery.objects.filter(message=None).values("subscription")
    ids = Subscription.objects.filter(pk__in=open_ones, active=True, due_at__lte=now).values_list("pk", flat=True)
    return sum(_bundle(pk, now) for pk in list(ids))


def _bundle(pk: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        held = Subscription.objects.select_for_update(skip_locked=True).filter(pk=pk, active=True, due_at__lte=now)
        subscription = held.first()
        if subscription is None:
            return 0
        parts = _parts(subscription)
        for part in parts:
            message = Message.objects.create(subscription=subscription, made_at=now, next_at=now)
            Delivery.objects.filter(pk__in=part).update(message=message)
        if subscription.way == Way.EMAIL and subscription.pace == Pace.DAILY and parts:
            Subscription.objects.filter(pk=pk).update(due_at=now + timedelta(days=1))
        return len(parts)


def _parts(subscription: Subscription) -> list[list[int]]:
    """What goes into a message each: of a webhook every change, of a mail all that waits."""
    open_ones = Delivery.objects.filter(subscription=subscription, message=None).order_by("change__at", "pk")
    ids = list(open_ones.values_list("pk", flat=True))
    if subscription.way == Way.WEBHOOK:
        return [[pk] for pk in ids[:BATCH]]
    return [ids] if ids else []


# --- sending -----------------------------------------------------------------------------------------------


def send(seconds: float = 20.0) -> int:
    """Send due messages until none is left or the time is over; returns how many were tried.

    Whose messages have taken their turn wait while there are others'.
    """
    end, count = time.monotonic() + seconds, 0
    used: defaultdict[Any, float] = defaultdict(float)
    while (began := time.monotonic()) < end:
        served = [person for person, taken in used.items() if taken > TURN]
        message = claim(after=served) or (claim() if served else None)
        if message is None:
            break
        _send(message)
        used[message.subscription.person_id] += time.monotonic() - began
        count += 1
    return count


def claim(now: datetime | None = None, after: Sequence[Any] = ()) -> Message | None:
    """Lease one due message of anybody but the people in `after`; None when nothing is due."""
    now = now or timezone.now()
    with transaction.atomic():
        due = Message.objects.due(now).select_related("subscription__person", "subscription__domain")
        due = due.exclude(subscription__person__in=after) if after else due
        message = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at", "id").first()
        if message is None:
            return None
        message.fence, message.attempts = message.fence + 1, message.attempts + 1
        message.state, message.lease_until = MessageState.SENDING, now + _lease()
        message.save(update_fields=["fence", "attempts", "state", "lease_until"])
    return message


def _lease() -> timedelta:
    return LEASE + timedelta(seconds=settings.CONSENTRY_WEBHOOK_TIMEOUT)


def _send(message: Message) -> None:
    changes = [] if message.test else deliverable(message)
    subscription = message.subscription
    if not subscription.person.is_active or not (changes or message.test):
        _end(message, MessageState.DROPPED, sentence="Nothing in it is yours to be told any more.")
        return
    if message.attempts > settings.CONSENTRY_DELIVERY_ATTEMPTS:  # its worker was killed at every try
        _end(message, MessageState.GIVEN_UP, sentence="It was tried too often without an end.")
        return
    try:
        hit = touches(subscription.person, changes)
        status = SENDERS[subscription.way](message, changes, hit)
    except NotSent as error:
        _failed(message, error)
    except Exception as error:
        reference = uuid.uuid4().hex[:8]
        log.exception("message %s errored, reference %s", message.pk, reference)
        _failed(message, NotSent(f"Consentry made a mistake here; its log has it as {reference}."), error)
    else:
        _end(message, MessageState.DELIVERED, http_status=status)
        Subscription.objects.filter(pk=subscription.pk).update(quiet_until=None)


def deliverable(message: Message) -> list[ConsentChange]:
    """Of a message's changes those that its person may be told of at this moment, the first thousand."""
    ids = message.deliveries.values("change")
    rows = subscriptions.tellable(message.subscription).filter(pk__in=ids)
    return list(rows.select_related("domain", "before", "after").order_by("at", "id")[: digest.MOST])


def _end(message: Message, state: MessageState, sentence: str = "", http_status: int | None = None) -> bool:
    """Mark it, if it is still ours."""
    ours = Message.objects.filter(pk=message.pk, fence=message.fence, state=MessageState.SENDING)
    changes = {"state": state, "sentence": sentence, "http_status": http_status, "lease_until": None}
    return bool(ours.update(ended_at=timezone.now(), **changes))


def _failed(message: Message, error: NotSent, cause: Exception | None = None) -> None:
    """Try again later, or give up; meanwhile nothing else is sent to this receiver."""
    if error.final or message.attempts >= settings.CONSENTRY_DELIVERY_ATTEMPTS:
        ended = _end(message, MessageState.GIVEN_UP, f"{error} Given up after {message.attempts} tries.", error.status)
        if ended and error.final:
            subscriptions.pause(message.subscription, str(error))
        return
    next_at = timezone.now() + back_off(message)
    ours = Q(pk=message.pk, fence=message.fence, state=MessageState.SENDING)
    told = {"sentence": str(error), "http_status": error.status, "lease_until": None, "next_at": next_at}
    if Message.objects.filter(ours).update(state=MessageState.WAITING, **told):
        Subscription.objects.filter(pk=message.subscription_id).update(quiet_until=next_at)


def back_off(message: Message) -> timedelta:
    """A minute, four times as long at each try, at most six hours, up to a quarter more or less."""
    longer: timedelta = min(FIRST * 4 ** min(message.attempts - 1, 8), LONGEST)
    return longer * (0.75 + 0.5 * chance(message.pk, message.attempts))
