"""The card of a corpus for everybody who may read it, without an account where it is public; and the same as data."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from datacards.errors import BadInput
from datacards.exchange import croissant, dcat, schema_org
from datacards.exchange.described import Described
from datacards.exchange.strictjson import dumps, for_html
from datacards.models import CardVersion, Corpus, LicenceClaim
from datacards.overriding import terms_here
from governance import public_cards, telling
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
    newest, claim = public_cards.newest_card(corpus), LicenceClaim.objects.effective(corpus)
    told = _described(request, corpus, newest, claim)
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


def _described(
    request: HttpRequest, corpus: Corpus, newest: CardVersion | None, claim: LicenceClaim | None
) -> Described:
    return public_cards.described(corpus, request.user, newest, claim)


def _fresh(request: HttpRequest, corpus: Corpus) -> Described:
    return _described(request, corpus, public_cards.newest_card(corpus), LicenceClaim.objects.effective(corpus))


@require_safe
def card_croissant(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """As Croissant 1.1; 409 with what is missing where the corpus has not all that Croissant requires."""
    return _croissant(request, readable(request, corpus_id))


def _croissant(request: HttpRequest, corpus: Corpus) -> HttpResponse:
    original = public_cards.original_of(corpus, "croissant")
    try:
        return HttpResponse(croissant.write(_fresh(request, corpus), original), content_type=CROISSANT)
    except BadInput as refusal:
        problem = {"title": "Not all is there that Croissant requires", "status": 409, "detail": str(refusal)}
        return JsonResponse(problem, status=409, content_type="application/problem+json")


@require_safe
def card_dcat(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """As DCAT 3 in JSON-LD."""
    made = dcat.document(_fresh(request, readable(request, corpus_id)))
    return HttpResponse(dumps(made, indent=2) + "\n", content_type=LINKED)
