"""Who wants to be told of which changes, by which way; and every message that was made of them."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crawler.models import ConsentChange, Direction
from datacards.models import Corpus, Domain


class Way(models.TextChoices):
    """How a subscriber is told."""

    FEED = "feed", "Atom feed"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Signed webhook"


class Pace(models.TextChoices):
    """How often mails come."""

    DAILY = "daily", "Once a day"
    IMMEDIATE = "immediate", "At once"


class Subscription(models.Model):
    """A wish to be told of changes. What its person may not read when it is delivered, they are not told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    way = models.CharField(max_length=16, choices=Way)
    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    domain = models.ForeignKey(Domain, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agent = models.CharField(max_length=100, blank=True)
    direction = models.CharField(max_length=16, choices=Direction, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    kind = models.CharField(max_length=32, blank=True, help_text="Of an event.")
    pace = models.CharField(max_length=16, choices=Pace, default=Pace.DAILY)
    url = models.CharField(max_length=2000, blank=True, help_text="Where a webhook is sent.")
    secret = models.CharField(max_length=500, blank=True, help_text="Of a webhook, encrypted; shown once when made.")
    active = models.BooleanField(default=True)
    sentence = models.CharField(max_length=500, blank=True, help_text="Why it was paused by itself.")
    since = models.DateTimeField(default=timezone.now, help_text="Changes that settled before are not told.")
    due_at = models.DateTimeField(default=timezone.now, help_text="When the next mail is made.")
    quiet_until = models.DateTimeField(null=True, help_text="Its receiver fails: nothing is sent until then.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "-made_at"], name="subscription_mine"),
            models.Index(fields=["way"], name="subscription_active", condition=Q(active=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def troubled(self) -> bool:
        """Its receiver failed, and is left alone for a while."""
        return self.quiet_until is not None and self.quiet_until > timezone.now()


class MessageState(models.TextChoices):
    """A message's life."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    DELIVERED = "delivered", "Delivered"
    GIVEN_UP = "given-up", "Given up"
    DROPPED = "dropped", "Not sent"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages in time."""

    def due(self, now: object) -> Self:
        """What may be claimed: waiting, or claimed by a worker whose lease has ended."""
        free = Q(state=MessageState.WAITING, next_at__lte=now) | Q(state=MessageState.SENDING, lease_until__lt=now)
        quiet = Q(subscription__quiet_until__gt=now)
        return self.filter(free, subscription__active=True).exclude(quiet)


class Message(models.Model):
    """One mail or one webhook call: claimed by compare-and-set, tried again, in the end delivered or given up.

    Its id is the webhook-id and the Message-ID, the same at every try, so that a receiver can tell a repetition.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="messages")
    test = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=MessageState, default=MessageState.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    sentence = models.CharField(max_length=500, blank=True, help_text="What went wrong last.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="message_open", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["subscription", "-made_at", "-id"], name="message_log"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.state}"


class Delivery(models.Model):
    """That a subscription is told of a change: once, whatever the number of workers and looks."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    change = models.ForeignKey(ConsentChange, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="deliveries")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "change"], name="delivery_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subscription"], name="delivery_waiting", condition=Q(message=None)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.change_id}"
