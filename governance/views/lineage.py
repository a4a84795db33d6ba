"""Lineage of a corpus: what is it made of, what is made of it, and what does it carry from there?"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Corpus, Dataset, Derivation
from datacards.relations import relation_kind
from governance import acts, lineage_acts, tracing
from governance.ancestry.graph import Direction, Edge
from governance.forms import DerivationForm, TieForm
from governance.graph import Box, draw
from governance.lineage_records import Node
from governance.tracing import Relative, Trace
from governance.views.corpus import tab_page
from governance.views.shared import attempt, back_to, press, readable, who
from governance.words import look, percent, plural

SHOWN = 100  # rows of each list
DRAWN = 60  # boxes in the picture, on each side
FOUND = 10
MARKS = {"refusal": "the heaviest refusal", "licence": "the strictest licence"}


@dataclass(frozen=True)
class Row:
    """A relative as the list shows it."""

    relative: Relative
    relations: tuple[tuple[str, str], ...]  # in words, and what was noted
    removable: tuple[int, ...]

    @property
    def node(self) -> Node:
        """The relative's own records."""
        return self.relative.node


@require_GET
def corpus_lineage(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Parents and children over any number of steps, what is carried, and forms for edges."""
    return _page(request, readable(request, corpus_id))


def _page(request: HttpRequest, corpus: Corpus, form: DerivationForm | None = None) -> HttpResponse:
    trace = tracing.trace(corpus.revision.pk, request.user)
    mark = _mark(request, trace)
    more = {
        "trace": trace, "parents": rows(trace, "up"), "children": rows(trace, "down"), "form": form or DerivationForm(),
        "more_parents": max(0, len(trace.up.steps) - SHOWN), "more_children": max(0, len(trace.down.steps) - SHOWN),
        "picture": picture(trace, mark) if trace.graph.edges else "", "marks": _marks(trace, mark),
    } | carried(trace) | _ties(request, corpus, trace)  # fmt: skip
    return tab_page(request, corpus, "corpus-lineage", "lineage", more, form)


def rows(trace: Trace, direction: Direction) -> list[Row]:
    """What the list shows."""
    near = trace.relatives(direction, SHOWN)
    notes = tracing.notes(edge for relative in near for edge in relative.ties)
    return [_row(relative, trace, notes) for relative in near]


def _row(relative: Relative, trace: Trace, notes: dict[int, str]) -> Row:
    words = tuple((relation_kind(edge.relation).label, notes.get(edge.row, "")) for edge in relative.ties)
    own = (edge for edge in relative.ties if edge.child == trace.start and edge.source == "derivation")
    return Row(relative, words, tuple(edge.row for edge in own))


# --- the picture -------------------------------------------------------------------------------------------


def _mark(request: HttpRequest, trace: Trace) -> str:
    """Which way the picture marks: as the address says, else the one there is."""
    asked = request.GET.get("mark", "")
    return asked if asked in MARKS else "refusal" if trace.refusal.way or not trace.licence.way else "licence"


def _marks(trace: Trace, mark: str) -> list[tuple[str, str, bool]]:
    ways = {"refusal": trace.refusal.way, "licence": trace.licence.way}
    return [(key, title, key == mark) for key, title in MARKS.items() if ways[key]]


def picture(trace: Trace, mark: str) -> SafeString:
    """The lineage as a graph, with one way marked."""
    near = [*reversed(trace.relatives("up", DRAWN)), *trace.relatives("down", DRAWN)]
    nodes = [r.node for r in near if r.node.key in trace.up.steps]
    nodes += [trace.nodes[trace.start], *(r.node for r in near if r.node.key not in trace.up.steps)]
    way: tuple[Edge, ...] = trace.refusal.way if mark == "refusal" else trace.licence.way
    label = f"Lineage of {trace.nodes[trace.start].name}: {plural(len(trace.up.steps), 'node')} upstream"
    lines = [(edge.parent, edge.child) for edge in trace.graph.edges]
    return draw([_box(node, trace) for node in nodes], lines, {(e.parent, e.child) for e in way}, label)


def _box(node: Node, trace: Trace) -> Box:
    own = node.key == trace.start
    if node.kind == "dataset":
        note = node.licence or "no licence found"
        return Box(node.key, node.name, note, node.href, "quiet", own, dashed=True)
    note = f"revision {node.number}"
    if not own:
        note = "not asked yet" if node.refused is None else f"{percent(node.refused)} refuses training"
    return Box(node.key, node.name, note, "#carried" if own else node.href, look(node.outcome).tone, own)


def carried(trace: Trace) -> dict[str, Any]:
    """Whose licence and whose refusal weigh most, for the words beside the picture."""
    strictest = trace.licence.strictest
    return {
        "heaviest": trace.nodes.get(trace.refusal.key),
        "strictest": trace.nodes[strictest.key] if strictest else None,
        "conflict": [(trace.nodes[claim.key], claim) for claim in trace.licence.conflict],
    }


# --- edges -------------------------------------------------------------------------------------------------


@require_POST
def corpus_lineage_add(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Record what it was made from."""
    corpus = readable(request, corpus_id)
    form = DerivationForm(request.POST)
    if form.is_valid():
        parent = Corpus.objects.readable_by(who(request)).filter(name=form.cleaned_data["parent"].strip()).first()
        if parent is None:
            form.add_error("parent", "You know no corpus of this name; register it first, or ask for leave to read it.")
    made = None
    if form.is_valid():
        chosen = {"relation": form.cleaned_data["relation"], "note": form.cleaned_data["note"]}
        made = attempt(form, lambda: acts.add_derivation(who(request), corpus, parent, **chosen))  # type: ignore[arg-type]
    if made is None:
        return _page(request, corpus, form)
    messages.success(request, "Recorded; what its parents carry now weighs here too.")
    return back_to("corpus-lineage", corpus_id)


@require_POST
def corpus_lineage_remove(request: HttpRequest, corpus_id: uuid.UUID, edge_id: int) -> HttpResponse:
    """Take an edge back."""
    corpus = readable(request, corpus_id)
    edge = Derivation.objects.filter(pk=edge_id, child__corpus=corpus).select_related("child__corpus__owner").first()
    if edge is None:
        raise Http404
    press(request, lambda: acts.remove_derivation(who(request), edge), "The edge is taken back.")
    return back_to("corpus-lineage", corpus_id)


# --- the tie to a record -----------------------------------------------------------------------------------


def _ties(request: HttpRequest, corpus: Corpus, trace: Trace) -> dict[str, Any]:
    """The form that searches the records, and what it found."""
    form = TieForm(request.GET if "find" in request.GET else None)
    text = form.cleaned_data["find"] if form.is_valid() else ""
    tied = trace.nodes.get(corpus.dataset_id) if corpus.dataset_id else None
    return {"tie_form": form, "found": found_datasets(request, text), "sought": bool(text), "tied": tied}


def found_datasets(request: HttpRequest, text: str) -> list[Dataset]:
    """The records that this reader may know of whose title, or exact name on the Hub, fits."""
    rows = Dataset.objects.readable_by(request.user).only("pk", "title", "register", "hub_id")
    fits = Q(title__icontains=text) | Q(hub_id__iexact=text)
    return list(rows.filter(fits).order_by("title", "pk")[:FOUND]) if text else []


@require_POST
def corpus_lineage_tie(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Say what it is a copy of."""
    corpus = readable(request, corpus_id)
    said = "Tied; what its record carries now weighs here too."
    press(request, lambda: lineage_acts.tie(who(request), corpus, request.POST.get("dataset", "")), said)
    return back_to("corpus-lineage", corpus_id)


@require_POST
def corpus_lineage_untie(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Take that back."""
    corpus = readable(request, corpus_id)
    press(request, lambda: lineage_acts.untie(who(request), corpus), "It is tied to no record any more.")
    return back_to("corpus-lineage", corpus_id)
