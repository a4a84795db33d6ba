"""Reports: are we in order, and can we show it?"""

import io
import uuid
import zipfile
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from datacards.models import Corpus, Run, RunState
from governance import reports, telling
from governance.models import Outcome, Standing
from governance.views.consent import purpose_bars
from governance.views.decisions import readable_decision
from governance.views.shared import readable, who

TYPES = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"}
TYPES["parquet"] = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Zero:
    """A number that must be 0, what it counts, and where to look when it is not."""

    count: int
    title: str
    href: str


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The registry: what must be 0, then how much is approved, blocked and not known."""
    rows = Standing.objects.all()
    if not who(request).administers:
        rows = rows.filter(corpus__in=Corpus.objects.readable_by(request.user))
    sums = rows.aggregate(
        corpora=Count("pk"), all_tokens=Sum("tokens"), unlicensed=Count("pk", filter=Q(licence="")),
        refused=Sum(F("refused_share") * F("tokens")), known=Sum("tokens", filter=Q(refused_share__isnull=False)),
        oldest=Min("considered_at"),
        **{o: Count("pk", filter=Q(outcome=o)) for o in Outcome.values},
        **{f"{o}_tokens": Sum("tokens", filter=Q(outcome=o)) for o in Outcome.values},
    )  # fmt: skip
    outcomes = [(o, sums[o], sums[f"{o}_tokens"] or 0) for o in reversed(Outcome.values)]
    context = {"sums": sums, "outcomes": outcomes, "zeros": _zeros(request, rows), "now": timezone.now()}
    context["refused"] = sums["refused"] / sums["known"] if sums["known"] else None
    return render(request, "governance/report.html", context)


def _zeros(request: HttpRequest, rows: "object") -> list[Zero]:
    approved = rows.filter(outcome=Outcome.APPROVED)  # type: ignore[attr-defined]
    counts = approved.aggregate(
        old=Count("pk", filter=~Q(decision__revision=F("corpus__latest"))),
        late=Count("pk", filter=Q(considered_at__lt=timezone.now() - timedelta(hours=26))),
        bare=Count("pk", filter=Q(licence="") | Q(refused_share=None)),
    )
    errored = Run.objects.visible_to(who(request)).filter(state=RunState.ERRORED, retries=None).count()
    return [
        Zero(counts["old"], "approved on a revision that is no longer the newest", "?outcome=approved"),
        Zero(counts["late"], "approved, and not considered again for over a day", "?outcome=approved"),
        Zero(counts["bare"], "approved without a licence or without asking the sites", "?outcome=approved"),
        Zero(errored, "runs that ended by our own mistake and were not tried again", ""),
    ]


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
