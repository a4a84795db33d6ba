"""Mails: what sites changed, with the tokens that it touches and where to look. No picture, no tracking.

Every mail says how to end it: a signed link that works without signing in, for as long as LINK_LASTS, and the headers
by which mail programs offer a button (RFC 2369, RFC 8058).
"""

import smtplib
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from crawler.models import ConsentChange
from governance import changes as drift
from governance import words
from governance.changes import Touch
from governance.links import absolute
from governance.subscription_models import Message, Subscription
from governance.webhooks import NotSent

LINK_LASTS = timedelta(days=90)
SALT = "governance.unsubscribe"
SHOWN = 50
MOST = 1000  # changes that a mail counts


def send(message: Message, changes: Sequence[ConsentChange], hit: dict[Any, list[Touch]]) -> None:
    """Hand a mail to the mail server. Raises NotSent."""
    if not settings.CONSENTRY_EMAIL:
        raise NotSent("Mail is not set up here; an admin sets CONSENTRY_EMAIL_URL.")
    if not message.subscription.person.email:
        raise NotSent("Your account has no e-mail address; an admin can add it.")
    try:
        mail(message, changes, hit).send()
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"The mail server refuses it (status {error.smtp_code}).") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent(f"The mail server cannot be used ({type(error).__name__}).") from None


def mail(message: Message, changes: Sequence[ConsentChange], hit: dict[Any, list[Touch]]) -> EmailMultiAlternatives:
    """The mail, as plain text and as a little HTML. Its subject names nobody: others may see it on the way."""
    subscription, link = message.subscription, unsubscribe_link(message.subscription)
    context = {
        "message": message, "subscription": subscription, "rows": [_row(c, hit[c.pk]) for c in changes[:SHOWN]],
        "more": max(0, len(changes) - SHOWN), "or_more": len(changes) == MOST,
        "said": said(message, changes), "all": absolute("changes"),
        "link": link, "days": LINK_LASTS.days, "site": settings.CONSENTRY_URL,
    }  # fmt: skip
    text = render_to_string("governance/mail/digest.txt", context)
    made = EmailMultiAlternatives(
        said(message, changes), text, settings.DEFAULT_FROM_EMAIL, [subscription.person.email],
        headers={
            "Message-ID": f"<{message.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('<> ')}>",
            "List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )  # fmt: skip
    made.attach_alternative(render_to_string("governance/mail/digest.html", context), "text/html")
    return made


def said(message: Message, changes: Sequence[ConsentChange]) -> str:
    """The mail in one sentence, which is its subject."""
    if message.test:
        return "Consentry: a test, to see whether mails arrive"
    sites = {change.domain_id for change in changes}
    permits = "it permits" if len(sites) == 1 else "they permit"
    return f"Consentry: {words.plural(len(sites), 'site')} changed what {permits}"


def _row(change: ConsentChange, hit: Sequence[Touch]) -> dict[str, Any]:
    return {
        "title": drift.title(change), "at": words.exactly(change.at), "moves": drift.moves(change),
        "touches": [f"{words.percent(t.share)} of the tokens of {t.corpus.name}" for t in hit[:10]],
        "link": absolute("change", change.pk),
    }  # fmt: skip


# --- ending it ---------------------------------------------------------------------------------------------


def unsubscribe_link(subscription: Subscription) -> str:
    """Where a subscription is paused without signing in."""
    return absolute("unsubscribe", signing.dumps(str(subscription.pk), salt=SALT))


def of_link(signed: str) -> Subscription | None:
    """The subscription of such a link; None where it was made up, has ended, or what it ends is gone."""
    try:
        pk = uuid.UUID(signing.loads(signed, salt=SALT, max_age=LINK_LASTS))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Subscription.objects.filter(pk=pk).first()
