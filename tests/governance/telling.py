"""What the tests of subscriptions share: a cast, changes that settle, and a look at what was told."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from crawler.models import ConsentChange, Snapshot
from datacards.models import User
from governance import deliveries, subscriptions
from governance.subscription_models import Message, Subscription
from tests.factories import domain

URL = "https://hook.example/consent?team=7"
BLOCKED = {"kind": "agent-blocked", "agent": "GPTBot", "before": "none", "after": "all"}
HOUR = timedelta(hours=1)


def changed(host: str = "news.example", at: datetime | None = None, **more: Any) -> ConsentChange:
    """A settled change of a site, seen just now."""
    at = at or timezone.now()
    site = domain(host)
    before, after = (Snapshot.objects.create(domain=site, state="unavailable", fetched_at=at) for _ in range(2))
    told = {"changes": [BLOCKED], "direction": "tightened", "channel": "robots"} | more
    return ConsentChange.objects.create(domain=site, at=at, before=before, after=after, **told)


def asked(by: User, way: str = "webhook", **wish: Any) -> Subscription:
    """A subscription of a person."""
    return subscriptions.subscribe(by, way=way, url=URL if way == "webhook" else "", **wish)[0]


def told() -> list[tuple[str, str]]:
    """Whom a message was made for, and its state, the first one first."""
    rows = Message.objects.order_by("made_at", "id").values_list("subscription__name", "state")
    return [(name, state) for name, state in rows]


def noted(subscription: Subscription) -> list[ConsentChange]:
    """The changes that a look now notes for a subscription."""
    deliveries.match()
    return [row.change for row in subscription.deliveries.select_related("change").order_by("change__at")]


def hasten(*messages: Message) -> None:
    """Let the time of the next attempt come."""
    past = timezone.now() - HOUR
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(next_at=past)
    Subscription.objects.update(quiet_until=None)
