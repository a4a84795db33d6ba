"""Runs: is it going well, when is it done?"""

import uuid
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Run, RunState, UnitState
from datacards.models.work import LIVING
from governance import acts, words
from governance.views.paging import Order, page
from governance.views.shared import back_to, press, who

LINES = 200
SHOWN = {"": None, "living": LIVING, "trouble": frozenset({RunState.FAILED, RunState.ERRORED})}


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Runs that this reader may see, newest first."""
    rows = Run.objects.visible_to(who(request)).select_related("corpus", "started_by")
    wanted = request.GET.get("state", "")
    if states := SHOWN.get(wanted):
        rows = rows.filter(state__in=states)
    newest = Order("created_at", tie="id", descending=True)
    shown = page(rows, newest, lambda run: run.created_at, request.GET.get("at", ""))
    return render(request, "governance/runs.html", {"page": shown, "wanted": wanted})


@require_GET
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """One run: progress, log, and what can be done about it."""
    found = _visible(request, run_id)
    return render(request, "governance/run.html", _facts(request, found))


@require_GET
def run_progress(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The part of the page that changes while the run lives, and the lines that came; asked for every second."""
    after = request.GET.get("after", "")
    facts = _facts(request, _visible(request, run_id), int(after) if after.isdecimal() and len(after) < 19 else 0)
    return render(request, "governance/parts/progress.html", facts | {"partial": True})


@require_POST
def run_cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """End a living run."""
    found = _visible(request, run_id)
    press(request, lambda: acts.cancel(who(request), found), "The run is cancelled; nothing half-done was kept.")
    return back_to("run", run_id)


@require_POST
def run_retry(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask again for a run that ended without success."""
    found, again = _visible(request, run_id), []
    press(request, lambda: again.append(acts.retry(who(request), found)), "Trying again, as a run of its own.")
    return redirect("run", again[0].pk if again else run_id)


def _visible(request: HttpRequest, run_id: uuid.UUID) -> Run:
    rows = Run.objects.visible_to(who(request)).select_related("corpus__owner", "started_by", "retry_of", "revision")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


def _facts(request: HttpRequest, found: Run, after: int = 0) -> dict[str, Any]:
    parts = _parts(found.units.all())
    lines = list(found.lines.filter(id__gt=after).order_by("-id")[:LINES])
    may = acts.drives(who(request), found)
    ends = found.ended and found.state != RunState.COMPLETED
    return {
        "run": found, "parts": parts, "lines": lines[::-1], "cut": len(lines) == LINES,
        "last": lines[0].pk if lines else after,
        "drives": may, "may_cancel": may and not found.ended, "may_retry": may and ends,
        "later": found.retries.order_by("-created_at").first() if ends else None,
        "headline": _headline(found), "bar": _bar(found),
    }  # fmt: skip


def _parts(units: QuerySet[Any]) -> dict[str, int]:
    done = Count("pk", filter=Q(state=UnitState.DONE))
    busy = Count("pk", filter=Q(state=UnitState.RUNNING))
    again = Count("pk", filter=Q(attempts__gt=1))
    return units.aggregate(all=Count("pk"), done=done, busy=busy, again=again)


def _headline(found: Run) -> str:
    """The answer to the page's question, in one sentence."""
    match found.state:
        case RunState.PENDING:
            return "Waiting for a worker. It begins by itself; if it does not, no worker is running."
        case RunState.RUNNING if not found.planned:
            return "Planning: the work is being cut into parts."
        case RunState.RUNNING:
            left = found.time_left
            return f"Going well, about {words.duration(left)} left." if left is not None else "Going well."
        case RunState.COMPLETED:
            return f"Completed in {words.duration(found.seconds)}."
        case RunState.CANCELLED:
            return found.sentence or "Cancelled."
        case _:
            return found.sentence or "It ended without success."


def _bar(found: Run) -> dict[str, Any]:
    """The progress element: no value while the total is unknown, which browsers show as such."""
    look = {RunState.COMPLETED: "done", RunState.FAILED: "halted", RunState.ERRORED: "halted"}
    look[RunState.CANCELLED] = "halted"
    value = found.share_done
    if value is None and found.ended:
        value = 1.0 if found.state == RunState.COMPLETED else 0.0
    return {"value": None if value is None else f"{value:.4f}", "kind": look.get(RunState(found.state), "")}
