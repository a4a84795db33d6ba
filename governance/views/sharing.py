"""Access to a corpus: who may read it, why, and until when?"""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Corpus, Grant
from governance import acts
from governance.forms import AudienceForm, GrantForm
from governance.views.corpus import tab_page
from governance.views.shared import attempt, back_to, press, readable, who

SHOWN = 100


@require_GET
def corpus_access(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Who may read it, why and until when."""
    return _access_page(request, readable(request, corpus_id))


def _access_page(
    request: HttpRequest, corpus: Corpus, audience: AudienceForm | None = None, grant: GrantForm | None = None
) -> HttpResponse:
    grants = Grant.objects.filter(corpus=corpus).select_related("user", "granted_by").order_by("-granted_at")[:SHOWN]
    more = {
        "audience_form": audience or AudienceForm(initial={"audience": corpus.audience}),
        "grant_form": grant or GrantForm(), "now": timezone.now(), "soon": timezone.now() + timedelta(days=14),
        "grants": list(grants) if acts.manages(who(request), corpus) else [],
    }  # fmt: skip
    return tab_page(request, corpus, "corpus-access", "access", more, audience, grant)


@require_POST
def corpus_audience(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Say who may read it without a grant."""
    corpus = readable(request, corpus_id)
    form = AudienceForm(request.POST)
    if attempt(form, lambda: acts.set_audience(who(request), corpus, form.cleaned_data["audience"])) is None:
        return _access_page(request, corpus, audience=form)
    messages.success(request, "The audience is changed.")
    return back_to("corpus-access", corpus_id)


@require_POST
def corpus_grant(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Let one person read it."""
    corpus = readable(request, corpus_id)
    form = GrantForm(request.POST)
    if (leave := attempt(form, lambda: acts.grant(who(request), corpus, **form.cleaned_data))) is None:
        return _access_page(request, corpus, grant=form)
    messages.success(request, f"{leave.user.get_username()} may read {corpus.name}.")
    return back_to("corpus-access", corpus_id)


@require_POST
def corpus_grant_end(request: HttpRequest, corpus_id: uuid.UUID, grant_id: int) -> HttpResponse:
    """End a grant."""
    corpus = readable(request, corpus_id)
    leave = Grant.objects.filter(pk=grant_id, corpus=corpus).select_related("corpus__owner", "user").first()
    if leave is None:
        raise Http404
    press(request, lambda: acts.end_grant(who(request), leave), f"{leave.user.get_username()}'s leave has ended.")
    return back_to("corpus-access", corpus_id)
