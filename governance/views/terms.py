"""Terms of service: what do they forbid, in which words, and does a person agree? And the queue of those to look at."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from crawler.documents import Document
from crawler.domain_terms import Terms, terms_of
from crawler.models import TermsPage
from datacards.models import Corpus, Domain
from governance import acts
from governance.forms import AsOfForm, PinForm, ReviewForm, TermsFilter
from governance.passages import marked, shortened
from governance.terms import queue, versions_of
from governance.views.domains import readable_domain
from governance.views.paging import Order, page
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, readable, who

ROWS = 40
BY_TOKENS = Order("tokens", descending=True)


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """The queue: terms that nobody has confirmed, those of most tokens first."""
    form = TermsFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    corpus = _corpus(request, filters.get("corpus"))
    rows: Any = queue(request.user, filters | {"corpus": corpus.pk if corpus else None})
    shown = page(rows, BY_TOKENS, lambda row: row.tokens, request.GET.get("at", ""), ROWS)
    versions = versions_of(list(shown.rows))
    asked = {key: str(value) for key, value in request.GET.items() if value and key in form.fields}
    context = {
        "form": form, "page": shown, "rows": [(row, versions[row.version]) for row in shown.rows], "corpus": corpus,
        "next": shown.next and "?" + urlencode(asked | {"at": shown.next}),
        "previous": shown.previous and "?" + urlencode(asked | {"at": shown.previous}),
    }  # fmt: skip
    return render(request, "governance/terms.html", context)


def _corpus(request: HttpRequest, corpus_id: uuid.UUID | None) -> Corpus | None:
    return readable(request, corpus_id) if corpus_id else None


@require_GET
def domain_terms(request: HttpRequest, name: str) -> HttpResponse:
    """A domain's terms with the passages that count."""
    site = readable_domain(request, name)
    return _page(request, site, AsOfForm(request.GET or None))


@require_POST
def domain_terms_review(request: HttpRequest, name: str) -> HttpResponse:
    """Confirm or override what was read on one axis."""
    site = readable_domain(request, name)
    found = terms_of(site)
    if found is None:
        raise Http404
    form = ReviewForm(request.POST)
    digest = request.POST.get("digest", "")
    if (
        made := attempt(form, lambda: acts.review_terms(who(request), found.version, digest, **form.cleaned_data))
    ) is None:
        return _page(request, site, AsOfForm(None), review=form)
    word = "confirmed" if made.confirmed else "overridden"
    press(request, lambda: None, f"The reading is {word}, for every site that has this text.")
    return back_to("domain-terms", site.name)


@require_POST
def domain_terms_pin(request: HttpRequest, name: str) -> HttpResponse:
    """Say where a domain's terms are, for every later crawl."""
    site = readable_domain(request, name)
    form = PinForm(request.POST)
    if attempt(form, lambda: [acts.pin_terms(who(request), site, **form.cleaned_data)]) is None:
        return _page(request, site, AsOfForm(None), pin=form)
    press(request, lambda: None, "The next crawl fetches the terms from there.")
    return back_to("domain-terms", site.name)


def _page(
    request: HttpRequest, site: Domain, as_of: AsOfForm, review: ReviewForm | None = None, pin: PinForm | None = None
) -> HttpResponse:
    at = as_of.moment()
    found = terms_of(site, at)
    pinned = TermsPage.objects.filter(domain=site).select_related("pinned_by").first()
    initial = {"url": pinned.url, "selector": pinned.selector} if pinned else None
    context = {
        "domain": site, "terms": found, "at": at, "form": as_of, "said": _said(found), "pinned": pinned,
        "passages": shortened(marked(found.version.text, found.version.clauses)) if found else [],
        "clauses": _clauses(found) if found else [], "review": review, "pin": pin or PinForm(initial=initial),
        "document": Document.TERMS,
    }  # fmt: skip
    failed = (review and review.errors) or (pin and pin.errors)
    return render(request, "governance/domain_terms.html", context, status=UNPROCESSABLE if failed else 200)


def _clauses(found: Terms) -> list[dict[str, Any]]:
    text = found.version.text
    return [clause | {"quote": text[clause["start"] : clause["end"]]} for clause in found.version.clauses]


def _said(found: Terms | None) -> str:
    """The answer in one sentence."""
    if found is None:
        return "No terms of service of this site have been read so far."
    if not found.version.supported and not found.reviewed:
        return "These terms are in a language that is not read by itself: a person has to look."
    said = {name: found.axis(name).verdict for name in ("scraping", "ai_training")}
    forbids = [
        word for name, word in (("scraping", "scraping"), ("ai_training", "AI training")) if said[name] == "prohibited"
    ]
    if forbids:
        return f"These terms forbid {' and '.join(forbids)}."
    if "conditional" in said.values():
        return "These terms allow it on conditions only."
    if found.axis("non_commercial").verdict == "true":
        return "These terms grant non-commercial use only."
    return "These terms forbid neither scraping nor AI training."
