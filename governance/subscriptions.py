"""Subscriptions: what people wish to be told of. How that is delivered is governance.deliveries,
how it is shown governance.subscribed.

Acts take the person first, as in governance.acts; a subscription is nobody's business but its person's.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from crawler.documents import KINDS, Document
from crawler.drift.events import KINDS as EVENTS
from crawler.models import Agent, ChangeStanding, ConsentChange, Direction
from datacards.errors import BadInput, Conflict
from datacards.models import Corpus, Domain, User
from governance import sealing, signing, webhooks
from governance.access import readable_domains
from governance.changes import Wanted
from governance.subscription_models import Message, MessageState, Pace, Subscription, Way

MOST = 50  # of one person
TESTS_WAITING = 3
PAUSED = "It is paused; resume it first."
NO_MAIL = "way: mail is not set up here; an admin sets CONSENTRY_EMAIL_URL. A feed or a webhook works without it."
SETTLED_AT = Coalesce("settles_at", "at")
CHANNELS = {document.value: KINDS[document].title for document in Document}


def mine(person: User, subscription_id: uuid.UUID) -> Subscription | None:
    """One of this person's subscriptions."""
    return of(person).filter(pk=subscription_id).first()


def of(person: User) -> QuerySet[Subscription]:
    """All of this person's."""
    return Subscription.objects.filter(person=person).select_related("corpus", "domain", "person")


def wanted(subscription: Subscription) -> Wanted:
    """What it filters by; only what has settled is told."""
    return Wanted(
        subscription.corpus_id, subscription.domain.name if subscription.domain else "", subscription.agent,
        subscription.direction, subscription.channel, ChangeStanding.SETTLED, subscription.kind,
    )  # fmt: skip


def tellable(subscription: Subscription) -> QuerySet[ConsentChange]:
    """The settled changes that its person may be told of now; none where the account is closed. What was found in
    imported history is no news, whenever it was."""
    if not subscription.person.is_active:
        return ConsentChange.objects.none()
    return wanted(subscription).of(subscription.person).filter(historic=False)


def settled(subscription: Subscription, since: datetime, until: datetime) -> QuerySet[ConsentChange]:
    """Those of them that settled between two moments."""
    seen = tellable(subscription).filter(at__gte=since - _longest_settling())  # which an index knows
    return seen.alias(settled=SETTLED_AT).filter(settled__gte=since, settled__lte=until)


def newly_settled(since: datetime, until: datetime, most: int) -> list[uuid.UUID] | None:
    """Everything that settled between two moments, whoever may know of it; None where it is more than `most`."""
    settled = ConsentChange.objects.filter(
        standing=ChangeStanding.SETTLED, historic=False, at__gte=since - _longest_settling()
    )
    rows = settled.alias(settled=SETTLED_AT).filter(settled__gte=since, settled__lte=until).order_by()
    found = list(rows.values_list("pk", flat=True)[: most + 1])
    return found if len(found) <= most else None


def _longest_settling() -> timedelta:
    """More than any change took, also where the settings were changed in between."""
    hours, days = settings.CONSENTRY_SETTLE_HOURS, settings.CONSENTRY_SETTLE_TERMS_DAYS
    return timedelta(days=60) + timedelta(days=days, hours=hours)


# --- acts --------------------------------------------------------------------------------------------------


def subscribe(
    by: User,
    *,
    way: str,
    name: str = "",
    corpus: Corpus | None = None,
    domain: str = "",
    agent: str = "",
    direction: str = "",
    channel: str = "",
    kind: str = "",
    pace: str = Pace.DAILY,
    url: str = "",
) -> tuple[Subscription, str]:
    """A new subscription, and for a webhook its secret, which is shown this once. `corpus` is one they may read."""
    _check_way(by, way)
    made = Subscription(person=by, way=way, corpus=corpus, domain=_domain(by, domain), agent=_agent(agent))
    made.direction = _one_of("direction", direction, Direction.values)
    made.channel, made.pace = _one_of("channel", channel, list(CHANNELS)), _one_of("pace", pace, Pace.values)
    made.kind, made.name = _one_of("kind", kind, list(EVENTS)), _line("name", name, 200) or _named(made)
    secret = ""
    if way == Way.WEBHOOK:
        made.url, secret = webhooks.checked(url), signing.new_secret()
        made.secret = sealing.seal(secret)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # so that nobody passes the limit by asking twice at once
        if of(by).count() >= MOST:
            raise Conflict(f"You have {MOST} subscriptions; delete one that you no longer need.")
        made.save()
    return made, secret


def rename(subscription: Subscription, name: str) -> None:
    """Call it something else."""
    subscription.name = _line("name", name, 200) or _named(subscription)
    subscription.save(update_fields=["name"])


def pause(subscription: Subscription, sentence: str = "") -> Subscription:
    """Tell nothing until it is resumed; what waits to be sent waits on. A feed cannot be fetched meanwhile."""
    subscription.active, subscription.sentence = False, sentence
    subscription.save(update_fields=["active", "sentence"])
    return subscription


def resume(subscription: Subscription) -> Subscription:
    """Tell of changes again, from now on."""
    now = timezone.now()
    if subscription.active:
        return subscription
    subscription.active, subscription.sentence, subscription.quiet_until = True, "", None
    subscription.since = subscription.due_at = now
    subscription.save(update_fields=["active", "sentence", "quiet_until", "since", "due_at"])
    return subscription


def remove(subscription: Subscription) -> None:
    """Delete it with the record of what it was told; the changes stay."""
    subscription.delete()


def renew(subscription: Subscription) -> str:
    """Another secret for a webhook, which is shown this once; for a day messages are signed with both."""
    if subscription.way != Way.WEBHOOK:
        raise Conflict("Only a webhook has a secret.")
    secret = signing.new_secret()
    with transaction.atomic():
        held = Subscription.objects.select_for_update().get(pk=subscription.pk)
        held.secret = subscription.secret = sealing.renewed(held.secret, secret, timezone.now())
        held.save(update_fields=["secret"])
    return secret


def send_again(message: Message) -> None:
    """Try a message that was given up from the beginning, under its old id."""
    if not message.subscription.active:
        raise Conflict(PAUSED)
    now = timezone.now()
    given_up = Message.objects.filter(pk=message.pk, state=MessageState.GIVEN_UP)
    if not given_up.update(state=MessageState.WAITING, attempts=0, next_at=now, ended_at=None):
        raise Conflict("Only what was given up can be sent again.")
    Subscription.objects.filter(pk=message.subscription_id).update(quiet_until=None)


def test(subscription: Subscription) -> Message:
    """Send something harmless now, to see whether it arrives."""
    if subscription.way == Way.FEED:
        raise Conflict("A feed is fetched by its reader: open its address there.")
    if not subscription.active:
        raise Conflict(PAUSED)
    waiting = subscription.messages.filter(test=True, state__in=(MessageState.WAITING, MessageState.SENDING))
    if waiting.count() >= TESTS_WAITING:
        raise Conflict("Tests are waiting to be sent already; look at the log below.")
    Subscription.objects.filter(pk=subscription.pk).update(quiet_until=None)
    return Message.objects.create(subscription=subscription, test=True)


# --- input -------------------------------------------------------------------------------------------------


def _check_way(by: User, way: str) -> None:
    if way not in Way.values:
        raise BadInput(f"way: {way!r} is not one of {', '.join(Way.values)}.")
    if way == Way.EMAIL and not settings.CONSENTRY_EMAIL:
        raise BadInput(NO_MAIL)
    if way == Way.EMAIL and not by.email:
        raise BadInput("way: your account has no e-mail address; an admin can add it.")


def _domain(by: User, name: str) -> Domain | None:
    name = name.strip().lower().rstrip(".")
    if not name:
        return None
    found = readable_domains(by).filter(name=name).first() if "\x00" not in name else None
    if found is None:
        raise BadInput(f"domain: no corpus that you may read has data of {name[:100]!r}; write the host as it does.")
    return found


def _agent(name: str) -> str:
    name = _line("agent", name, 100)
    if not name:
        return ""
    known = Agent.objects.filter(name__iexact=name).first()
    if known is None:
        raise BadInput(f"agent: {name!r} is not in the registry of agents; take a name as it is listed there.")
    return known.name


def _one_of(field: str, value: str, choices: list[Any]) -> str:
    if value and value not in choices:
        raise BadInput(f"{field}: {value[:40]!r} is not one of {', '.join(choices)}.")
    return value


def _line(field: str, text: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest or not text.isprintable():
        raise BadInput(f"{field}: at most {longest} characters on one line.")
    return text


def _named(made: Subscription) -> str:
    """A name for one that was given none."""
    parts = [made.domain.name if made.domain else "", made.corpus.name if made.corpus else ""]
    parts += [made.agent, made.direction, CHANNELS.get(made.channel, ""), made.kind]
    return ", ".join(filter(None, parts))[:200] or "All changes"
