"""Reports: are we in order, and can we show it?"""

import io
import uuid
import zipfile

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance import reports, telling
from governance.models import Standing
from governance.registry import registry
from governance.views.consent import purpose_bars
from governance.views.decisions import readable_decision
from governance.views.shared import readable, who

TYPES = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"}
TYPES["parquet"] = "application/vnd.apache.parquet"


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The registry: what must be 0, then how much is approved, blocked and not known."""
    found = registry(who(request))
    context = {"sums": found, "outcomes": found.outcomes, "zeros": found.zeros, "refused": found.refused_share}
    return render(request, "governance/report.html", context | {"now": timezone.now()})


@require_GET
def corpus_report(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """The report of the decision that stands."""
    corpus = readable(request, corpus_id)
    standing = Standing.objects.filter(corpus=corpus).first()
    if standing is None or standing.decision_id is None:
        return redirect("corpus", corpus.pk)
    return redirect("decision-report", standing.decision_id)


@require_GET
def decision_report(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """One decision's numbers, and its files."""
    decision = readable_decision(request, decision_id)
    made = reports.report(decision, request.user)
    context = {
        "decision": decision, "corpus": decision.revision.corpus, "report": made, "tables": made.tables.values(),
        "sentence": telling.sentence(decision), "purposes": purpose_bars(made.restriction),
        "refused": made.restriction.refused_share(), "pins": made.reproducible_by,
    }  # fmt: skip
    return render(request, "governance/decision_report.html", context)


@require_GET
def report_file(request: HttpRequest, decision_id: uuid.UUID, name: str) -> HttpResponse:
    """A file of the report: report.html, a table as CSV or Parquet, or all of them as a ZIP archive."""
    made = reports.report(readable_decision(request, decision_id), request.user)
    files = _files(made)
    if name == "report.zip":
        return _download(_archive(files), "application/zip", made, name)
    if name not in files:
        raise Http404
    return _download(files[name], TYPES[name.rpartition(".")[2]], made, name)


def _files(made: reports.Report) -> dict[str, bytes]:
    files = {"report.html": reports.as_html(made).encode()}
    for table in made.tables.values():
        files |= {f"{table.name}.{suffix}": write(table) for suffix, write in reports.WRITERS.items()}
    return files


def _archive(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def _download(content: bytes, kind: str, made: reports.Report, name: str) -> HttpResponse:
    """Always an attachment: the report carries its own style, which a page of ours may not."""
    stem = made.revision.corpus.name.replace("/", "-")
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{stem}-r{made.revision.number}-{name}"'
    return response
