"""A corpus: may it be published or trained on, and why (not)? The tabs Card, Lineage, Access and History."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Corpus, LicenceClaim, Run
from datacards.overriding import terms_here
from governance import acts, card_acts, telling
from governance.card_form import CardForm
from governance.forms import DescribeForm, LicenceForm
from governance.history import events
from governance.models import Standing
from governance.views.cards import back_to_card, card_context, told
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, readable, who

TABS = (
    ("corpus", "Card"),
    ("corpus-consent", "Consent"),
    ("corpus-audits", "Audits"),
    ("corpus-lineage", "Lineage"),
    ("corpus-access", "Access"),
    ("corpus-exchange", "Exchange"),
    ("corpus-history", "History"),
)


def head(request: HttpRequest, corpus: Corpus, tab: str) -> dict[str, Any]:
    """What every tab shows first: the decision, its weightiest reasons, and what is under way."""
    rows = Standing.objects.select_related("decision__revision", "decision__policy_version__policy")
    standing = rows.filter(corpus=corpus).first()
    decision = standing.decision if standing else None
    return {
        "corpus": corpus, "revision": corpus.latest, "standing": standing, "decision": decision,
        "sentence": telling.sentence(decision), "reasons": telling.reasons(decision),
        "outdated": bool(decision and decision.revision_id != corpus.latest_id),
        "manages": request.user.is_authenticated and acts.manages(who(request), corpus),
        "living": list(Run.objects.living().filter(corpus=corpus).order_by("created_at")[:5]),
        "tabs": TABS, "tab": tab,
    }  # fmt: skip


def tab_page(
    request: HttpRequest, corpus: Corpus, tab: str, template: str, more: dict[str, Any], *forms: Form | CardForm | None
) -> HttpResponse:
    """A tab's page; 422 when a form on it could not be used."""
    refused = any(form is not None and form.errors for form in forms)
    context = head(request, corpus, tab) | more
    return render(request, f"governance/corpus/{template}.html", context, status=UNPROCESSABLE if refused else 200)


# --- Card --------------------------------------------------------------------------------------------------


@require_GET
def corpus(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """The card: what is in it, under which licence."""
    return _card_page(request, readable(request, corpus_id))


def _card_page(
    request: HttpRequest,
    corpus: Corpus,
    card: CardForm | None = None,
    licence: LicenceForm | None = None,
    about: DescribeForm | None = None,
) -> HttpResponse:
    card = card or CardForm(card_acts.newest_card(corpus))
    claims = list(LicenceClaim.objects.filter(corpus=corpus).select_related("claimed_by").order_by("-claimed_at")[:20])
    counts = LicenceClaim.objects.effective(corpus)
    more = card_context(request, corpus, card, counts) | {
        "claims": claims, "licence": counts, "terms": terms_here(counts.expression) if counts else None,
        "licence_form": licence or LicenceForm(),
        "about": about or DescribeForm(initial={"title": corpus.title, "summary": corpus.summary}),
    }  # fmt: skip
    return tab_page(request, corpus, "corpus", "card", more, card, licence, about)


@require_POST
def corpus_card(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Save the card: the whole form by its button, or one field as somebody types."""
    corpus, typing = readable(request, corpus_id), bool(request.htmx)  # type: ignore[attr-defined]
    form = CardForm(card_acts.newest_card(corpus), request.POST)
    saved = form.save(lambda given: card_acts.save_card(who(request), corpus, given, sitting=typing))
    if typing:
        return told(request, corpus, form, saved)
    if saved is None:
        return _card_page(request, corpus, card=form)
    messages.success(request, "The card is saved.")
    return back_to_card(request, corpus)


@require_POST
def corpus_licence(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """State the licence."""
    corpus = readable(request, corpus_id)
    form = LicenceForm(request.POST)
    if attempt(form, lambda: acts.claim_licence(who(request), corpus, **form.cleaned_data)) is None:
        return _card_page(request, corpus, licence=form)
    messages.success(request, "The licence is stated; the decision follows within a minute.")
    return back_to_card(request, corpus, "licence")


@require_POST
def corpus_describe(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Change title and summary."""
    corpus = readable(request, corpus_id)
    form = DescribeForm(request.POST)
    if attempt(form, lambda: acts.describe(who(request), corpus, **form.cleaned_data)) is None:
        return _card_page(request, corpus, about=form)
    messages.success(request, "Title and summary are saved.")
    return back_to("corpus", corpus_id)


# --- deciding, history -------------------------------------------------------------------------------------


@require_POST
def corpus_decide(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Decide now."""
    corpus, begun = readable(request, corpus_id), timezone.now()
    made: list[Any] = []
    if press(request, lambda: made.append(acts.decide(who(request), corpus)), "Decided on the evidence of now."):
        if made[0].decided_at < begun:
            messages.info(request, "Nothing has changed since, so the decision stands as it is.")
        return back_to("decision", made[0].pk)
    return back_to("corpus", corpus_id)


@require_GET
def corpus_history(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """What happened to it: runs, decisions, changes, newest first."""
    corpus = readable(request, corpus_id)
    return tab_page(request, corpus, "corpus-history", "history", {"events": events(corpus, request.user)})
