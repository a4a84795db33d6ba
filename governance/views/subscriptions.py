"""Subscriptions: who is told of what, and did it arrive? And the feeds, and the way out of mails."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crawler.models import ConsentChange
from datacards.errors import BadInput
from datacards.models import Corpus
from governance import digest, feeds, subscribed, subscriptions, words
from governance.forms import SubscribeForm
from governance.links import absolute
from governance.subscription_models import Message, Pace, Subscription, Way
from governance.views.changes import offered
from governance.views.paging import Order, page
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

FILTERS = ("way", "corpus", "domain", "agent", "direction", "channel", "kind")
LOG, LATELY = 30, 8
NEWEST = Order("made_at", tie="id", descending=True)


@never_cache
@require_http_methods(["GET", "POST"])
def subscriptions_page(request: HttpRequest) -> HttpResponse:
    """One's subscriptions, and a form for one more. A secret is shown in the answer to the form and never again."""
    form = _form(request)
    made = attempt(form, lambda: _subscribe(request, form)) if request.POST else None
    person = who(request)
    waiting = subscribed.waiting(person)
    mine = list(subscriptions.of(person))
    wishes = subscribed.filters(mine, person)
    rows = [{"subscription": s, "filters": wishes[s.pk], "waiting": waiting.get(s.pk, 0)} for s in mine]
    context: dict[str, Any] = {
        "form": _form(request, blank=True) if made else form, "rows": rows, "said": _said(rows),
        "mail": settings.CONSENTRY_EMAIL, "address": person.email,
    }  # fmt: skip
    context |= {"made": made[0], "secret": made[1]} if made else {}
    return render(request, "governance/subscriptions.html", context, status=UNPROCESSABLE if form.errors else 200)


def _form(request: HttpRequest, blank: bool = False) -> SubscribeForm:
    initial = {name: request.GET[name] for name in FILTERS if name in request.GET}
    form = SubscribeForm(None if blank else request.POST or None, initial=initial)
    form.fields["corpus"].choices = [("", "All that I may read"), *offered(request)]  # type: ignore[attr-defined]
    form.fields["agent"].widget.attrs["autocomplete"] = "off"
    return form


def _subscribe(request: HttpRequest, form: SubscribeForm) -> tuple[Subscription, str]:
    chosen = dict(form.cleaned_data)
    corpus = chosen.pop("corpus")
    found = Corpus.objects.readable_by(who(request)).filter(pk=corpus).first() if corpus else None
    if corpus and found is None:
        raise BadInput("corpus: choose one of those that you may read.")
    return subscriptions.subscribe(who(request), corpus=found, **chosen)


def _said(rows: list[dict[str, Any]]) -> str:
    active = sum(row["subscription"].active for row in rows)
    if not rows:
        return "You are told of nothing by itself so far."
    return (
        f"{active} of {len(rows)} subscriptions tell you of changes."
        if len(rows) > 1
        else ("One subscription tells you of changes." if active else "Your subscription is paused.")
    )


@require_GET
def subscription(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """One subscription, and what became of each message."""
    return _shown(request, _mine(request, subscription_id))


def _shown(request: HttpRequest, found: Subscription, secret: str = "") -> HttpResponse:
    person, is_feed = who(request), found.way == Way.FEED
    rows = subscribed.messages(found, person)
    shown = page(rows, NEWEST, lambda row: row.made_at, request.GET.get("at", ""), LOG)
    told = subscribed.changes_told(shown.rows, person)
    context = {
        "subscription": found, "filters": subscribed.filters([found], person)[found.pk], "page": shown,
        "log": [_line(message, told.get(message.pk, [])) for message in shown.rows], "secret": secret,
        "feed": absolute("feed", found.pk) if is_feed else "",
        "entries": feeds.entries(found)[:LATELY] if is_feed else [],
        "said": _standing(found), "mail": settings.CONSENTRY_EMAIL,
    }  # fmt: skip
    return render(request, "governance/subscription.html", context)


def _line(message: Any, told: list[ConsentChange]) -> tuple[Message, list[ConsentChange], int]:
    """A message, the first changes in it, and how many more there are."""
    return message, told, max(0, message.changes - len(told))


def _standing(found: Subscription) -> str:
    """How it is, in one sentence."""
    if not found.active:
        return f"It is paused: {found.sentence}" if found.sentence else "It is paused."
    if found.troubled and found.quiet_until:
        return f"Its receiver fails; the next try is {words.exactly(found.quiet_until)}."
    match found.way:
        case Way.FEED:
            return "A feed reader that fetches its address is told of changes that have lasted."
        case Way.EMAIL:
            often = "at once" if found.pace == Pace.IMMEDIATE else "once a day at most"
            return f"A mail tells you of changes that have lasted, {often}."
        case _:
            return "Its receiver is told of every change that has lasted, signed with its secret."


@require_POST
def test(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Send something harmless."""
    found = _mine(request, subscription_id)
    press(request, lambda: subscriptions.test(found), "A test is on its way; the log below tells when it arrived.")
    return back_to("subscription", subscription_id)


@require_POST
def again(request: HttpRequest, subscription_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    """Send what was given up once more."""
    message = _mine(request, subscription_id).messages.select_related("subscription").filter(pk=message_id).first()
    if message is None:
        raise Http404
    press(request, lambda: subscriptions.send_again(message), "It is on its way again, under its old id.")
    return back_to("subscription", subscription_id)


@never_cache
@require_POST
def secret(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """A new secret, shown in the answer and never again."""
    found, made = _mine(request, subscription_id), []
    if press(request, lambda: made.append(subscriptions.renew(found)), "The webhook has a new secret."):
        return _shown(request, found, made[0])
    return back_to("subscription", subscription_id)


@require_POST
def pause(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Tell nothing until it is resumed."""
    found = _mine(request, subscription_id)
    press(request, lambda: subscriptions.pause(found), f"“{found.name}” is paused.")
    return back_to("subscription", subscription_id)


@require_POST
def resume(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Tell of changes again."""
    found = _mine(request, subscription_id)
    press(request, lambda: subscriptions.resume(found), f"“{found.name}” tells you of changes from now on.")
    return back_to("subscription", subscription_id)


@require_POST
def remove(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Delete it."""
    found = _mine(request, subscription_id)
    press(request, lambda: subscriptions.remove(found), f"“{found.name}” is deleted.")
    return back_to("subscriptions")


def _mine(request: HttpRequest, subscription_id: uuid.UUID) -> Subscription:
    found = subscriptions.mine(who(request), subscription_id)
    if found is None:
        raise Http404
    return found


# --- feeds -------------------------------------------------------------------------------------------------


@require_GET
def feed(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """The feed of one's own subscription; what is another's answers like what is not there (RFC 4287, RFC 9110)."""
    found = subscriptions.mine(who(request), subscription_id)
    if found is None or found.way != Way.FEED or not found.active:
        raise Http404
    changes = feeds.entries(found)
    body = feeds.atom(found, changes)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    modified = int(feeds.updated(found, changes).timestamp())
    response = HttpResponse(body, content_type=feeds.TYPE, headers={"ETag": etag})
    answered = get_conditional_response(request, etag=etag, last_modified=modified, response=response) or response
    answered["Vary"], answered["Cache-Control"] = "Authorization, Cookie", "private, no-cache"
    return answered


# --- the way out -------------------------------------------------------------------------------------------


@csrf_exempt  # mail programs post without a session (RFC 8058); the signed address is the right to do it
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """End mails without signing in: a link only asks, because mail programs follow links; the button does it."""
    found = digest.of_link(signed)
    if found is None:
        raise Http404
    done = request.method == "POST"
    if done:
        subscriptions.pause(found, "Ended by the link in a mail.")
    return render(request, "governance/unsubscribe.html", {"done": done})
