"""Subscriptions: what people wish to be told of. How that is delivered is governance.deliveries.

Acts take the person first, as in governance.acts; a subscription is nobody's business but its person's.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from crawler.documents import KINDS, Document
from crawler.models import Agent, ChangeStanding, ConsentChange, Direction
from datacards.errors import BadInput, Conflict
from datacards.models import Corpus, Domain, User
from governance import signing, webhooks
from governance.access import readable_domains
from governance.changes import Wanted
from governance.subscription_models import Message, MessageState, Pace, Subscription, Way

MOST = 50  # of one person
TESTS_WAITING = 3
NO_MAIL = "way: mail is not set up here; an admin sets CONSENTRY_EMAIL_URL. A feed or a webhook works without it."
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
    made.kind, made.name = _line("kind", kind, 32), _line("name", name, 200) or _named(made)
    secret = ""
    if way == Way.WEBHOOK:
        made.url, secret = webhooks.checked(url), signing.new_secret()
        made.secret = webhooks.seal(secret)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # so that nobody passes the limit by asking twice at once
        if of(by).count() >= MOST:
            raise Conflict(f"You have {MOST} subscriptions; delete one that you no longer need.")
        made.save()
    return made, secret


def pause(subscription: Subscription, sentence: str = "") -> Subscription:
    """Tell nothing until it is resumed; what waits to be sent waits on."""
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


def test(subscription: Subscription) -> Message:
    """Send something harmless now, to see whether it arrives."""
    if subscription.way == Way.FEED:
        raise Conflict("A feed is fetched by its reader: open its address there.")
    if not subscription.active:
        raise Conflict("It is paused; resume it first.")
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


# --- what is shown -----------------------------------------------------------------------------------------


def filters(subscription: Subscription, person: User) -> dict[str, str]:
    """What it filters by, in words. A corpus that its person may no longer read is not named."""
    told = {"Agent": subscription.agent, "Direction": subscription.get_direction_display()}
    told |= {"Document": CHANNELS.get(subscription.channel, ""), "Kind": subscription.kind}
    if subscription.corpus_id:
        readable = Corpus.objects.readable_by(person).filter(pk=subscription.corpus_id).first()
        told["Corpus"] = readable.name if readable else "one that you may not read now"
    if subscription.domain_id:
        readable_one = readable_domains(person).filter(pk=subscription.domain_id).first()
        told["Site"] = readable_one.name if readable_one else "one that you may not know of now"
    return {name: value for name, value in told.items() if value}


def waiting(person: User) -> Mapping[uuid.UUID, int]:
    """Subscription → messages that are not sent yet."""
    open_ones = Message.objects.filter(
        subscription__person=person, state__in=(MessageState.WAITING, MessageState.SENDING)
    )
    return dict(open_ones.values_list("subscription").annotate(n=Count("pk")))
