"""Lineage of a corpus: what is it made of, what is made of it?"""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Corpus, Derivation, Revision
from governance import acts
from governance.forms import DerivationForm
from governance.graph import Node, draw, heaviest_path
from governance.lineage import ancestors, descendants
from governance.models import Standing
from governance.views.corpus import tab_page
from governance.views.shared import attempt, back_to, press, readable, who
from governance.words import look, percent, plural

SHOWN = 100


@dataclass(frozen=True)
class Relative:
    """A revision up or down the lineage that the reader may know of."""

    revision: Revision
    steps: int
    edges: tuple[Derivation, ...]
    standing: Standing | None
    heaviest: bool = False

    @property
    def corpus(self) -> Corpus:
        """Its corpus."""
        return self.revision.corpus


@require_GET
def corpus_lineage(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Parents and children over any number of steps, and a form for an edge."""
    return _page(request, readable(request, corpus_id))


def _page(request: HttpRequest, corpus: Corpus, form: DerivationForm | None = None) -> HttpResponse:
    up, down = ancestors([corpus.revision.pk]), descendants([corpus.revision.pk])
    relatives = _relatives(request, corpus.revision, up | down)
    parents = _marked([r for r in relatives if r.revision.pk in up])
    children = [r for r in relatives if r.revision.pk not in up]
    more = {"parents": parents, "children": children, "form": form or DerivationForm()}
    more["picture"] = _picture(corpus, parents, children) if relatives else ""
    return tab_page(request, corpus, "corpus-lineage", "lineage", more, form)


def _relatives(request: HttpRequest, own: Revision, steps: dict[uuid.UUID, int]) -> list[Relative]:
    visible = Corpus.objects.readable_by(request.user)
    rows = Revision.objects.filter(pk__in=steps, corpus__in=visible).select_related("corpus__owner")[:SHOWN]
    found = {row.pk: row for row in rows}
    known = {own.pk, *found}
    edges = list(Derivation.objects.filter(child__in=known, parent__in=known).order_by("pk"))
    standings = {s.pk: s for s in Standing.objects.filter(corpus__in=[r.corpus_id for r in found.values()])}
    return [
        Relative(
            row, steps[row.pk], tuple(e for e in edges if row.pk in (e.child_id, e.parent_id)),
            standings.get(row.corpus_id),
        )
        for row in sorted(found.values(), key=lambda r: (steps[r.pk], r.corpus.name))
    ]  # fmt: skip


def _marked(parents: list[Relative]) -> list[Relative]:
    """The parent whose sites refuse most is the one that weighs on everything made from it."""
    shares = [p.standing.refused_share or 0.0 if p.standing else 0.0 for p in parents]
    top = max(shares, default=0.0)
    return [
        Relative(p.revision, p.steps, p.edges, p.standing, heaviest=bool(top) and share == top)
        for p, share in zip(parents, shares, strict=True)
    ]


def _picture(corpus: Corpus, parents: list[Relative], children: list[Relative]) -> SafeString:
    """The lineage as a graph; the way from the parent that refuses most is marked."""
    own = Node(corpus.latest_id, 0, corpus.name, f"revision {corpus.revision.number}", "#parents", "busy")
    nodes = [_node(p, -p.steps) for p in parents] + [own] + [_node(c, c.steps) for c in children]
    edges = list({(e.parent_id, e.child_id) for r in (*parents, *children) for e in r.edges})
    heavy = next((p.revision.pk for p in parents if p.heaviest), None)
    path = heaviest_path(edges, heavy, corpus.latest_id) if heavy else set()
    return draw(nodes, edges, path, f"Lineage of {corpus.name}: {plural(len(parents), 'revision')} upstream")


def _node(relative: Relative, column: int) -> Node:
    standing = relative.standing
    tone = look(standing.outcome if standing else "undecided").tone
    share = standing.refused_share if standing else None
    note = "not asked yet" if share is None else f"{percent(share)} refuses training"
    href = reverse("corpus", args=[relative.revision.corpus_id])
    return Node(relative.revision.pk, column, relative.corpus.name, note, href, tone)


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
