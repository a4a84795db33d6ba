"""Subscriptions as they are shown: what each names, and what became of its messages, as far as one may read it now."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from crawler.models import ConsentChange
from datacards.models import Corpus, User
from governance.access import readable_changes, readable_domains
from governance.subscription_models import Delivery, Message, MessageState, Subscription
from governance.subscriptions import CHANNELS

SHOWN = 3  # changes of a message


def filters(rows: Sequence[Subscription], person: User) -> dict[uuid.UUID, dict[str, str]]:
    """What each filters by, in words. A corpus that its person may no longer read is not named."""
    corpora, sites = readable_wishes(rows, person)
    return {row.pk: _filters(row, corpora, sites) for row in rows}


def readable_wishes(rows: Sequence[Subscription], person: User) -> tuple[dict[Any, str], dict[Any, str]]:
    """The names by id of the corpora and of the sites which these name and their person may read now."""
    corpora = Corpus.objects.readable_by(person).filter(pk__in={row.corpus_id for row in rows if row.corpus_id})
    sites = readable_domains(person).filter(pk__in={row.domain_id for row in rows if row.domain_id})
    return dict(corpora.values_list("pk", "name")), dict(sites.values_list("pk", "name"))


def _filters(row: Subscription, corpora: Mapping[Any, str], sites: Mapping[Any, str]) -> dict[str, str]:
    told = {
        "Corpus": corpora.get(row.corpus_id, "one that you may not read now") if row.corpus_id else "",
        "Site": sites.get(row.domain_id, "one that you may not know of now") if row.domain_id else "",
        "Agent": row.agent, "Direction": row.get_direction_display(), "Document": CHANNELS.get(row.channel, ""),
        "What happened": row.kind.replace("-", " "),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def waiting(person: User) -> Mapping[uuid.UUID, int]:
    """Subscription → messages that are not sent yet."""
    open_ones = Message.objects.filter(
        subscription__person=person, state__in=(MessageState.WAITING, MessageState.SENDING)
    )
    return dict(open_ones.values_list("subscription").annotate(n=Count("pk")))


def changes_told(messages: Sequence[Message], person: User) -> dict[uuid.UUID, list[ConsentChange]]:
    """Message → the changes in it that its person may read now, the first few of each."""
    for_these = Delivery.objects.filter(message__in=messages, change__in=readable_changes(person).values("pk"))
    place = Window(RowNumber(), partition_by="message", order_by=["change__at", "pk"])
    rows = for_these.annotate(place=place).filter(place__lte=SHOWN).select_related("change__domain").order_by("place")
    told: dict[uuid.UUID, list[ConsentChange]] = {}
    for row in rows:
        told.setdefault(row.message_id, []).append(row.change)  # type: ignore[arg-type]
    return told


def messages(subscription: Subscription, person: User) -> QuerySet[Message, Any]:
    """Its messages, with how many changes of each its person may read now."""
    readable = Q(deliveries__change__in=readable_changes(person).values("pk"))
    return subscription.messages.annotate(changes=Count("deliveries", filter=readable))
