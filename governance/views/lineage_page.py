"""The lineage of the whole registry: a map to walk, and the same as lists."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from datacards.models import Corpus
from governance import lineage_records, registry_graph, tracing
from governance.forms import MapForm
from governance.lineage_records import Node
from governance.registry_graph import Part
from governance.views.lineage import SHOWN, carried, found_datasets, picture, rows
from governance.words import LOOKS

ROWS = 50
FOUND = 10


@dataclass(frozen=True)
class Listed:
    """A node of the map as a row."""

    node: Node
    above: int
    below: int


@require_GET
def lineage_page(request: HttpRequest) -> HttpResponse:
    """The map, or the neighbourhood of one node, or what a search for one finds."""
    form = MapForm(request.GET or None)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    focus, text = asked.get("focus"), asked.get("q", "")
    context = {"form": form, "found": _found(request, text), "sought": text, "data": _data(asked), "tones": _tones()}
    context |= _around(request, focus) if focus else _whole(request, asked.get("page") or 1)
    return render(request, "governance/lineage.html", context)


def _data(asked: dict[str, Any]) -> str:
    """Where the map's data are."""
    chosen = {"focus": asked.get("focus"), "steps": asked.get("steps") if asked.get("focus") else None}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return reverse("api:get_lineage_graph") + (f"?{query}" if query else "")


def _tones() -> str:
    """Verdicts as the map draws them: “approved:good:Approved …”, from the one table of looks."""
    return "|".join(f"{key}:{look.tone}:{look.word}" for key, look in LOOKS.items())


# --- the whole ---------------------------------------------------------------------------------------------


def _whole(request: HttpRequest, number: int) -> dict[str, Any]:
    part = registry_graph.part(request.user)
    assert part is not None, "only a focus can be missing"
    keys = part.graph.keys
    pages = max(1, -(-len(keys) // ROWS))
    number = min(number, pages)
    return {
        "part": part, "count": len(keys), "edges": len(part.graph.edges), "listed": _listed(part, number),
        "next": number + 1 if number < pages else None, "previous": number - 1 if number > 1 else None,
    }  # fmt: skip


def _listed(part: Part, number: int) -> list[Listed]:
    keys = part.graph.keys[(number - 1) * ROWS : number * ROWS]
    known = lineage_records.nodes(keys)
    above, below = part.graph.above, part.graph.below
    return [Listed(known[key], len(above.get(key, ())), len(below.get(key, ()))) for key in keys]


# --- around one node ---------------------------------------------------------------------------------------


def _around(request: HttpRequest, focus: uuid.UUID) -> dict[str, Any]:
    trace = tracing.trace(focus, request.user)
    node = trace.nodes.get(focus) if focus in trace.graph.keys else None
    if node is None:
        raise Http404
    mark = "refusal" if trace.refusal.way else "licence"
    return {
        "trace": trace, "node": node, "picture": picture(trace, mark) if trace.graph.edges else "",
        "parents": rows(trace, "up"), "children": rows(trace, "down"),
        "more_parents": max(0, len(trace.up.steps) - SHOWN), "more_children": max(0, len(trace.down.steps) - SHOWN),
    } | carried(trace)  # fmt: skip


def _found(request: HttpRequest, text: str) -> list[tuple[str, str, str]]:
    """What a search finds among all that the reader may know of: name, what it is, and its address on the map."""
    if not text:
        return []
    corpora = Corpus.objects.readable_by(request.user).filter(name__icontains=text).exclude(latest=None)
    held = [(name, "corpus", pk) for name, pk in corpora.order_by("name").values_list("name", "latest")[:FOUND]]
    held += [(row.title, f"on record at {row.register}", row.pk) for row in found_datasets(request, text)]
    return [(name, what, f"{reverse('lineage')}?focus={pk}") for name, what, pk in held]
