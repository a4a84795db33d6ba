"""What was made from what: one corpus's lineage with what it carries, the edges, and the graph of the registry."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast, get_args

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from datacards.models import Corpus, Derivation
from datacards.models.corpus import Relation
from datacards.relations import RELATIONS
from governance import acts, lineage_acts, registry_graph, tracing
from governance.ancestry.licences import Claim
from governance.api.problems import Problem
from governance.api.schemas import CorpusName, Given, Line, name_of
from governance.lineage_records import Node
from governance.tracing import Relative, Trace
from governance.views.shared import readable, who

router = Router()
MOST_RELATIVES = 500
RelationName = Literal["subset", "filtered", "translated", "mixed", "generated", "trained", "evaluated", "copy"]
assert set(RELATIONS) == set(get_args(RelationName))


class Edge(BaseModel):
    """How one corpus was made from another."""

    child: CorpusName
    parent: CorpusName
    relation: Relation
    note: str
    made_by: str | None
    made_at: datetime

    @classmethod
    def of(cls, row: Derivation) -> "Edge":
        """From its row."""
        return cls(
            child=CorpusName.of(row.child.corpus), parent=CorpusName.of(row.parent.corpus),
            relation=Relation(row.relation), note=row.note, made_by=name_of(row.made_by), made_at=row.made_at,
        )  # fmt: skip


class RelativeItem(BaseModel):
    """A corpus up or down the lineage."""

    corpus: CorpusName
    revision: int
    steps: int = Field(description="How many steps away.")
    relation: RelationName = Field(description="Of the edge on the nearest way.")
    licences: list[str] = Field(description="What is stated of its licence; all of them bind.")
    outcome: str
    refused_share: float | None

    @classmethod
    def of(cls, row: Relative) -> "RelativeItem":
        """From what was traced."""
        node = row.node
        return cls(
            corpus=CorpusName(id=node.page, name=node.name), revision=node.number or 0, steps=row.steps,
            relation=_named(row), licences=list(node.licences), outcome=node.outcome, refused_share=node.refused,
        )  # fmt: skip


class DatasetItem(BaseModel):
    """A dataset on record up or down the lineage."""

    id: uuid.UUID
    title: str
    steps: int = Field(description="How many steps away.")
    relation: RelationName = Field(description="Of the edge on the nearest way.")
    licences: list[str] = Field(description="What is stated of its licence; all of them bind.")

    @classmethod
    def of(cls, row: Relative) -> "DatasetItem":
        """From what was traced."""
        node = row.node
        return cls(
            id=node.page, title=node.name, steps=row.steps, relation=_named(row), licences=list(node.licences)
        )  # fmt: skip


def _named(row: Relative) -> RelationName:
    return cast(RelationName, row.ties[0].relation)


class Whose(BaseModel):
    """A corpus's revision or a dataset on record."""

    id: uuid.UUID = Field(description="Of the revision or of the dataset.")
    kind: Literal["corpus", "dataset"]
    name: str

    @classmethod
    def of(cls, node: Node) -> "Whose":
        """From its records."""
        return cls(id=node.key, kind=node.kind, name=node.name)


class Stated(BaseModel):
    """A licence, and what it is the licence of."""

    of: Whose
    licence: str
    steps: int = Field(description="How many steps upstream; 0 is the corpus's own.")

    @classmethod
    def at(cls, claim: Claim, trace: Trace) -> "Stated":
        """From a claim that weighs."""
        node = trace.nodes[claim.key]
        return cls(of=Whose.of(node), licence=claim.expression, steps=claim.steps)


class CarriedLicence(BaseModel):
    """What the corpus's own licence and all that weigh on it from upstream come to; null where that is not known."""

    use: str = Field(description="any, commercial with terms, non-commercial, academic, none or unknown.")
    commercial: bool | None
    derivatives: bool | None = Field(description="Changed versions may be passed on, under the same licence or any.")
    share_alike: bool | None = Field(description="Changed versions must be under the same licence.")
    satisfiable: bool | None = Field(description="All can be met at once in what was made from them.")
    conflict: list[Stated] = Field(description="One that cannot be met, or two that cannot be met at once.")
    why: str = Field(description="The conflict in a sentence; empty where there is none.")
    unsettled: str = Field(description="The open question on which it hinges; empty where there is none.")
    strictest: Stated | None = Field(description="The nearest that forbids commercial use, or else derivatives.")
    unstated: int = Field(description="How many that weigh have no licence stated.")

    @classmethod
    def of(cls, trace: Trace) -> "CarriedLicence":
        """From what was traced."""
        found = trace.licence
        return cls(
            use=found.terms.use, commercial=found.commercial, derivatives=found.terms.derivatives,
            share_alike=found.terms.share_alike, satisfiable=found.satisfiable, unstated=found.unstated,
            why=found.why, unsettled=found.unsettled,
            conflict=[Stated.at(claim, trace) for claim in found.conflict],
            strictest=Stated.at(found.strictest, trace) if found.strictest else None,
        )  # fmt: skip


class CarriedRefusal(BaseModel):
    """The heaviest refusal upstream."""

    share: float | None = Field(description="Share of that one's tokens whose sites refuse AI training.")
    of: Whose | None
    unknown: int = Field(description="How many upstream of which nobody knows the share.")

    @classmethod
    def of_trace(cls, trace: Trace) -> "CarriedRefusal":
        """From what was traced."""
        found = trace.refusal
        whose = trace.nodes.get(found.key) if found.key else None
        return cls(share=found.share, of=Whose.of(whose) if whose else None, unknown=found.unknown)


class Lineage(BaseModel):
    """What the newest revision was made from and what was made of it, and what it carries, as far as you may know."""

    made_from: list[RelativeItem]
    made_into: list[RelativeItem]
    datasets_from: list[DatasetItem] = Field(description="Datasets on record upstream.")
    datasets_into: list[DatasetItem] = Field(description="Datasets on record downstream.")
    licence: CarriedLicence
    refusal: CarriedRefusal
    edges: list[Edge] = Field(description="Between this corpus and what is shown beside it.")


class NewEdge(Given):
    """What a corpus was made from."""

    parent: uuid.UUID
    relation: Relation
    note: Line = ""


class EdgeQuery(BaseModel):
    """Which edge."""

    relation: Relation


class NewTie(Given):
    """What a corpus is a copy of."""

    dataset: uuid.UUID


@router.get("corpora/{uuid:corpus_id}/lineage", response=Lineage, tags=["Lineage"])
def get_lineage(request: HttpRequest, corpus_id: uuid.UUID) -> Lineage:
    """Get what a corpus was made from and what was made of it, nearest first, and what it carries from there."""
    trace = tracing.trace(readable(request, corpus_id).revision.pk, request.user)
    up, down = trace.relatives("up", MOST_RELATIVES), trace.relatives("down", MOST_RELATIVES)
    shown = {trace.start, *(row.node.key for row in (*up, *down))}
    edges = Derivation.objects.filter(child__in=shown, parent__in=shown).order_by("made_at", "pk")
    named = edges.select_related("child__corpus", "parent__corpus", "made_by")
    return Lineage(
        made_from=_corpora(up), made_into=_corpora(down), datasets_from=_datasets(up), datasets_into=_datasets(down),
        licence=CarriedLicence.of(trace), refusal=CarriedRefusal.of_trace(trace),
        edges=[Edge.of(edge) for edge in named[:MOST_RELATIVES]],
    )  # fmt: skip


def _corpora(rows: Sequence[Relative]) -> list[RelativeItem]:
    return [RelativeItem.of(row) for row in rows if row.node.kind == "corpus"]


def _datasets(rows: Sequence[Relative]) -> list[DatasetItem]:
    return [DatasetItem.of(row) for row in rows if row.node.kind == "dataset"]


@router.post("corpora/{uuid:corpus_id}/parents", response={201: Edge}, tags=["Lineage"])
def add_parent(request: HttpRequest, corpus_id: uuid.UUID, edge: NewEdge) -> Status[Edge]:
    """Record that a corpus was made from another one that you may read."""
    child = readable(request, corpus_id)
    parent = Corpus.objects.readable_by(request.user).filter(pk=edge.parent).select_related("latest__corpus").first()
    if parent is None:
        where = {"where": "body.parent", "sentence": "You know no such corpus."}
        raise Problem(422, "parent: you know no such corpus.", errors=[where])
    made = acts.add_derivation(who(request), child, parent, relation=edge.relation, note=edge.note)
    return Status(201, Edge.of(made))


@router.delete("corpora/{uuid:corpus_id}/parents/{uuid:parent_id}", response={204: None}, tags=["Lineage"])
def remove_parent(
    request: HttpRequest, corpus_id: uuid.UUID, parent_id: uuid.UUID, query: Query[EdgeQuery]
) -> Status[None]:
    """Take back that the newest revision of a corpus was made from another."""
    child = readable(request, corpus_id)
    known = Corpus.objects.readable_by(request.user)
    edges = Derivation.objects.filter(child=child.revision, parent__corpus=parent_id, parent__corpus__in=known)
    edge = edges.filter(relation=query.relation).select_related("child__corpus__owner").first()
    if edge is None:
        raise Http404
    acts.remove_derivation(who(request), edge)
    return Status(204, None)


@router.put("corpora/{uuid:corpus_id}/dataset", response={204: None}, tags=["Lineage"])
def tie_corpus(request: HttpRequest, corpus_id: uuid.UUID, tie: NewTie) -> Status[None]:
    """Say that a corpus is a copy of a dataset on record; an earlier tie gives way."""
    lineage_acts.tie(who(request), readable(request, corpus_id), tie.dataset)
    return Status(204, None)


@router.delete("corpora/{uuid:corpus_id}/dataset", response={204: None}, tags=["Lineage"])
def untie_corpus(request: HttpRequest, corpus_id: uuid.UUID) -> Status[None]:
    """Take back what a corpus is a copy of."""
    lineage_acts.untie(who(request), readable(request, corpus_id))
    return Status(204, None)


# --- the graph ---------------------------------------------------------------------------------------------


class Spot(BaseModel):
    """A node of the graph, and where its upper left corner is drawn, in pixels."""

    id: uuid.UUID
    kind: Literal["corpus", "dataset"]
    name: str
    corpus: uuid.UUID | None
    revision: int | None
    outcome: str
    refused_share: float | None
    licences: list[str]
    page: str
    x: int
    y: int


class Tie(BaseModel):
    """An edge of the graph: `parent` and `child` are places in the list of nodes, counted from 0."""

    parent: int
    child: int
    relation: RelationName
    bends: list[tuple[int, int]] = Field(description="Points between its ends.")


class LineageGraph(BaseModel):
    """Revisions and datasets on record with what was made from what, as far as you may know of it, laid out."""

    nodes: list[Spot]
    edges: list[Tie]
    width: int
    height: int
    complete: bool = Field(description="False: there is more than `limit`; ask for the neighbourhood of one node.")


class GraphQuery(BaseModel):
    """Which part."""

    focus: uuid.UUID | None = Field(None, description="A revision or a dataset: only what is up and down from it.")
    steps: int = Field(registry_graph.STEPS, ge=1, le=registry_graph.MOST_STEPS, description="How far from `focus`.")
    limit: int = Field(registry_graph.NODES, ge=1, le=registry_graph.NODES, description="At most so many nodes.")


@router.get("lineage", response=LineageGraph, tags=["Lineage"])
def get_lineage_graph(request: HttpRequest, query: Query[GraphQuery]) -> LineageGraph:
    """Get the graph of the registry, the newest edges first, or the neighbourhood of one node, laid out."""
    part = registry_graph.part(request.user, query.focus, query.steps, query.limit)
    if part is None:
        raise Http404
    picture, number = part.picture, part.number
    spots = [
        Spot(
            id=node.key, kind=node.kind, name=node.name, corpus=node.page if node.kind == "corpus" else None,
            revision=node.number, outcome=node.outcome, refused_share=node.refused, licences=list(node.licences),
            page=node.href, x=place[0], y=place[1],
        )
        for node, place in zip(part.nodes, picture.places, strict=True)
    ]  # fmt: skip
    pairs = ((edge, (number[edge.parent], number[edge.child])) for edge in part.graph.edges)
    ties = [
        Tie(
            parent=pair[0],
            child=pair[1],
            relation=cast(RelationName, edge.relation),
            bends=list(picture.bends.get(pair, ())),
        )
        for edge, pair in pairs
    ]
    return LineageGraph(
        nodes=spots, edges=ties, width=picture.width, height=picture.height, complete=part.complete
    )  # fmt: skip
