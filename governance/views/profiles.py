"""Starts the profile of a corpus's content; the page Audits shows it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from governance import acts
from governance.views.shared import back_to, press, readable, who


@require_POST
def corpus_profile(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Start a profile."""
    corpus = readable(request, corpus_id)
    made = []
    if press(request, lambda: made.append(acts.profile(who(request), corpus)), "The profile is under way."):
        return back_to("run", made[0].pk)
    return back_to("corpus-audits", corpus_id)
