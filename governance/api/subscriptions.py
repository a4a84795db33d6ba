"""Who is told of which changes: feeds, mails and signed webhooks, and what became of each message."""

import uuid
from datetime import datetime
from typing import Any, Literal, cast

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field, StrictBool

from crawler.models import Direction
from governance import subscribed, subscriptions
from governance.api.paging import Page, Place, newest, page
from governance.api.schemas import Address, CorpusName, DocumentName, Given, Line
from governance.links import absolute
from governance.subscription_models import Message, MessageState, Pace, Subscription, Way
from governance.views.shared import readable, who

router = Router(tags=["Subscriptions"])


class SubscriptionItem(BaseModel):
    """What you are told of, and how. What is empty is not asked for."""

    id: uuid.UUID
    name: str
    way: Way
    corpus: CorpusName | None = Field(description="Null also where you may not read it now: then nothing is told.")
    domain: str | None = Field(description="Null also where you may not know of it now.")
    agent: str
    direction: Direction | Literal[""]
    document: DocumentName | Literal[""]
    kind: str = Field(description="Of an event.")
    pace: Pace = Field(description="Of mails.")
    url: str = Field(description="Of a webhook's receiver.")
    feed: str | None = Field(description="The address of a feed; fetch it with a token as password (Basic).")
    active: bool
    sentence: str = Field(description="Why it was paused by itself.")
    since: datetime = Field(description="What settled before is not sent.")
    quiet_until: datetime | None = Field(description="Its receiver fails: nothing is sent until then.")
    made_at: datetime


class FreshSubscription(SubscriptionItem):
    """A subscription just made."""

    secret: str | None = Field(description="Of a webhook: shown now and never again.")


class Secret(BaseModel):
    """A webhook's new secret."""

    secret: str = Field(description="Shown now and never again. For a day messages are signed with the old one too.")


class NewSubscription(Given):
    """What to be told of. What is left out is not asked for: then it is everything that you may read."""

    way: Way
    name: Line = Field("", max_length=200)
    corpus: uuid.UUID | None = None
    domain: Line = ""
    agent: Line = Field("", description="A name of the registry.")
    direction: Direction | None = None
    document: DocumentName | None = None
    kind: Line = Field("", max_length=32, description="Of an event.")
    pace: Pace = Pace.DAILY
    url: Address = Field("", description="Of a webhook: begins with https://.")


class ChangedSubscription(Given):
    """What to change; what is left out stays."""

    name: Line | None = Field(None, min_length=1, max_length=200)
    active: StrictBool | None = Field(None, description="false pauses it, true resumes it from now on.")


class MessageItem(BaseModel):
    """One mail or one call of a webhook."""

    id: uuid.UUID = Field(description="The webhook-id, the same at every try.")
    test: bool
    state: MessageState
    changes: int = Field(description="Those that you may read now.")
    attempts: int
    made_at: datetime
    next_at: datetime | None = Field(description="When it is tried next; null where it has ended.")
    ended_at: datetime | None
    http_status: int | None
    sentence: str = Field(description="What went wrong last.")

    @classmethod
    def of(cls, row: Message) -> "MessageItem":
        """From its row."""
        names = ("test", "changes", "attempts", "made_at", "ended_at", "http_status", "sentence")
        told: dict[str, Any] = {name: getattr(row, name) for name in names}
        ended = row.state not in (MessageState.WAITING, MessageState.SENDING)
        return cls(id=row.pk, state=MessageState(row.state), next_at=None if ended else row.next_at, **told)


class SubscriptionsQuery(Place):
    """Which of your subscriptions to list."""

    way: Way | None = None
    active: bool | None = None


class MessagesQuery(Place):
    """Which messages to list."""

    state: MessageState | None = None


def _items(request: HttpRequest, rows: list[Subscription]) -> list[SubscriptionItem]:
    wishes = subscribed.readable_wishes(rows, who(request))
    return [_item(row, *wishes) for row in rows]


def _item(row: Subscription, corpora: dict[Any, str], sites: dict[Any, str]) -> SubscriptionItem:
    names = ("name", "agent", "kind", "url", "active", "sentence", "since", "quiet_until", "made_at")
    corpus = CorpusName.of(row.corpus) if row.corpus and row.corpus_id in corpora else None
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    return SubscriptionItem(
        id=row.pk, way=Way(row.way), corpus=corpus, domain=sites.get(row.domain_id), pace=Pace(row.pace),
        direction=Direction(row.direction) if row.direction else "",
        document=cast(DocumentName | Literal[""], row.channel),
        feed=absolute("feed", row.pk) if row.way == Way.FEED else None, **told,
    )  # fmt: skip


def _mine(request: HttpRequest, subscription_id: uuid.UUID) -> Subscription:
    found = subscriptions.mine(who(request), subscription_id)
    if found is None:
        raise Http404
    return found


@router.get("subscriptions", response=Page[SubscriptionItem])
def list_subscriptions(
    request: HttpRequest, response: HttpResponse, query: Query[SubscriptionsQuery]
) -> Page[SubscriptionItem]:
    """List your subscriptions, newest first."""
    chosen = {"way": query.way, "active": query.active}
    rows = subscriptions.of(who(request)).filter(**{name: value for name, value in chosen.items() if value is not None})
    found: Page[Any] = page(request, response, rows, newest("made_at"), lambda row: row, query)
    items = _items(request, found.items)
    return Page[SubscriptionItem](items=items, next=found.next, previous=found.previous)


@router.post("subscriptions", response={201: FreshSubscription})
def subscribe(request: HttpRequest, response: HttpResponse, subscription: NewSubscription) -> Status[FreshSubscription]:
    """Be told of changes, from now on. The secret of a webhook is in this answer alone."""
    response["Cache-Control"] = "no-store"
    given = subscription.model_dump()
    corpus, document = given.pop("corpus"), given.pop("document")
    made, secret = subscriptions.subscribe(
        who(request), corpus=readable(request, corpus) if corpus else None, channel=document or "",
        **given | {"direction": given["direction"] or ""},
    )  # fmt: skip
    (item,) = _items(request, [made])
    return Status(201, FreshSubscription(**item.model_dump(), secret=secret or None))


@router.get("subscriptions/{uuid:subscription_id}", response=SubscriptionItem)
def get_subscription(request: HttpRequest, subscription_id: uuid.UUID) -> SubscriptionItem:
    """Get one of your subscriptions."""
    return _items(request, [_mine(request, subscription_id)])[0]


@router.patch("subscriptions/{uuid:subscription_id}", response=SubscriptionItem)
def change_subscription(
    request: HttpRequest, subscription_id: uuid.UUID, subscription: ChangedSubscription
) -> SubscriptionItem:
    """Give a subscription another name, pause or resume it."""
    found = _mine(request, subscription_id)
    if subscription.name is not None:
        subscriptions.rename(found, subscription.name)
    if subscription.active is not None and subscription.active != found.active:
        (subscriptions.resume if subscription.active else subscriptions.pause)(found)
    return _items(request, [found])[0]


@router.delete("subscriptions/{uuid:subscription_id}", response={204: None})
def unsubscribe(request: HttpRequest, subscription_id: uuid.UUID) -> Status[None]:
    """Delete a subscription with the record of what it was told; the changes stay."""
    subscriptions.remove(_mine(request, subscription_id))
    return Status(204, None)


@router.post("subscriptions/{uuid:subscription_id}/test", response={202: MessageItem})
def test_subscription(request: HttpRequest, subscription_id: uuid.UUID) -> Status[MessageItem]:
    """Send something harmless, to see whether it arrives; its message tells."""
    made = subscriptions.test(_mine(request, subscription_id))
    return Status(202, _message(request, _mine(request, subscription_id), made.pk))


@router.post("subscriptions/{uuid:subscription_id}/secret", response=Secret)
def renew_secret(request: HttpRequest, response: HttpResponse, subscription_id: uuid.UUID) -> Secret:
    """Give a webhook another secret; for a day messages are signed with the old one too."""
    response["Cache-Control"] = "no-store"
    return Secret(secret=subscriptions.renew(_mine(request, subscription_id)))


@router.get("subscriptions/{uuid:subscription_id}/messages", response=Page[MessageItem])
def list_messages(
    request: HttpRequest, response: HttpResponse, subscription_id: uuid.UUID, query: Query[MessagesQuery]
) -> Page[MessageItem]:
    """List the mails or calls of a subscription with what became of each, newest first."""
    rows = subscribed.messages(_mine(request, subscription_id), who(request))
    rows = rows.filter(state=query.state) if query.state else rows
    return page(request, response, rows, newest("made_at"), MessageItem.of, query)


@router.post("subscriptions/{uuid:subscription_id}/messages/{uuid:message_id}/again", response={202: MessageItem})
def send_again(request: HttpRequest, subscription_id: uuid.UUID, message_id: uuid.UUID) -> Status[MessageItem]:
    """Send once more, under its old id, what was given up."""
    found = _mine(request, subscription_id)
    message = found.messages.select_related("subscription").filter(pk=message_id).first()
    if message is None:
        raise Http404
    subscriptions.send_again(message)
    return Status(202, _message(request, found, message_id))


def _message(request: HttpRequest, found: Subscription, message_id: uuid.UUID) -> MessageItem:
    return MessageItem.of(subscribed.messages(found, who(request)).get(pk=message_id))
