"""The card of a corpus for everybody who may read it, without an account where it is public; and the same as data."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from datacards.errors import BadInput
from datacards.exchange import schema_org
from datacards.exchange.strictjson import for_html
from datacards.models import Corpus, LicenceClaim
from datacards.overriding import terms_here
from governance import card_acts, describe, public_cards, telling
from governance.links import absolute
from governance.models import Standing
from governance.views.shared import readable

HTML, LINKED = "text/html", "application/ld+json"
CROISSANT = f'{LINKED}; profile="http://mlcommons.org/croissant/1.1"'


@require_safe
def card(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """The page; Croissant for who asks for linked data (content negotiation by Accept)."""
    corpus = readable(request, corpus_id)
    if request.get_preferred_type([HTML, LINKED]) == LINKED:
        response = _croissant(request, corpus)
    else:
        response = _page(request, corpus)
    response["Link"] = ", ".join(_links(corpus))
    patch_vary_headers(response, ["Accept"])
    return response


def _links(corpus: Corpus) -> list[str]:
    """Where the same is told as data (RFC 8288)."""
    formats = (("public-card-croissant", "application/ld+json"), ("public-card-dcat", "application/ld+json"))
    return [f'<{absolute(route, corpus.pk)}>; rel="describedby"; type="{media}"' for route, media in formats]


def _page(request: HttpRequest, corpus: Corpus) -> HttpResponse:
    newest, claim = card_acts.newest_card(corpus), LicenceClaim.objects.effective(corpus)
    told = public_cards.described(corpus, request.user, newest, claim)
    rows = Standing.objects.select_related("decision__revision", "decision__policy_version__policy")
    standing = rows.filter(corpus=corpus).first()
    decision = standing.decision if standing else None
    data = for_html(schema_org.document(told))
    context = {
        "corpus": corpus, "revision": corpus.revision, "version": newest, "claim": claim,
        "terms": terms_here(claim.expression) if claim else None, "decision": decision, "standing": standing,
        "sentence": telling.sentence(decision), "reasons": telling.reasons(decision),
        "outdated": bool(decision and decision.revision_id != corpus.latest_id),
        "consent": public_cards.consent(standing, decision), "parents": told.parents,
        "sections": public_cards.sections(told.values),
        "data": mark_safe(data),  # noqa: S308 (for_html leaves nothing that could end the element)
    }  # fmt: skip
    return render(request, "governance/public_card.html", context)


@require_safe
def card_croissant(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """As Croissant 1.1; 409 with what is missing where the corpus has not all that Croissant requires."""
    return _croissant(request, readable(request, corpus_id))


def _croissant(request: HttpRequest, corpus: Corpus) -> HttpResponse:
    try:
        return HttpResponse(describe.exported(corpus, request.user, "croissant"), content_type=CROISSANT)
    except BadInput as refusal:
        problem = {"title": "Not all is there that Croissant requires", "status": 409, "detail": str(refusal)}
        return JsonResponse(problem, status=409, content_type="application/problem+json")


@require_safe
def card_dcat(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """As DCAT 3 in JSON-LD."""
    return HttpResponse(describe.exported(readable(request, corpus_id), request.user, "dcat"), content_type=LINKED)
