"""Audits of a corpus: how much personal data, where, how sure?"""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from audits.models import CONTENT_PROFILE, Audit, AuditCount
from datacards.models import Corpus
from governance import acts
from governance.forms import ScanForm
from governance.profiles import Profile
from governance.views.corpus import tab_page
from governance.views.shared import attempt, back_to, readable, who

KEPT = 20


@require_GET
def corpus_audits(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """The newest scan's counts by type and column, and the scans before it."""
    return _page(request, readable(request, corpus_id))


def _page(request: HttpRequest, corpus: Corpus, form: ScanForm | None = None) -> HttpResponse:
    rows = Audit.objects.filter(revision__corpus=corpus).select_related("revision", "run").order_by("-finished_at")
    found, profiled = list(rows.exclude(name=CONTENT_PROFILE)[:KEPT]), rows.filter(name=CONTENT_PROFILE).first()
    newest = next((audit for audit in found if audit.revision_id == corpus.latest_id), found[0] if found else None)
    counts = list(newest.counts.all()) if newest else []
    more = {
        "audits": found, "newest": newest, "counts": counts, "types": _by_type(newest, counts),
        "stale": bool(newest and newest.revision_id != corpus.latest_id), "form": form or ScanForm(),
        "profile": Profile(profiled, corpus.revision) if profiled else None,
        "files": list(corpus.revision.files.all()[:KEPT]),
    }  # fmt: skip
    return tab_page(request, corpus, "corpus-audits", "audits", more, form)


def _by_type(audit: Audit | None, counts: list[AuditCount]) -> list[dict[str, Any]]:
    """Findings per type over all columns, the most first; a length relative to the largest, for the picture."""
    if audit is None:
        return []
    sums: dict[str, int] = {}
    for count in counts:
        sums[count.type] = sums.get(count.type, 0) + count.findings
    largest = max(sums.values(), default=0)
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"type": name, "findings": found, "length": found / largest, "label": f"{name}: {found:,} findings"}
        for name, found in ordered
        if found
    ]


@require_POST
def corpus_scan(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Start a scan."""
    corpus = readable(request, corpus_id)
    form = ScanForm(request.POST)
    run = attempt(form, lambda: acts.scan(who(request), corpus, columns=form.cleaned_data["columns"] or None))
    return _page(request, corpus, form) if run is None else back_to("run", run.pk)
