"""A lineage as one reader sees it around one node: what is near, what is carried along, by which way.

What the reader may not read has vanished before anything is counted, so nothing here tells of it. The facts that
decisions rest on (governance.evidence) count everything.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from datacards.models import Derivation
from datacards.models.corpus import Reader
from datacards.overriding import licence_table
from datacards.relations import relation_kind
from governance import lineage, lineage_records
from governance.ancestry.carry import Refusal, heaviest_refusal
from governance.ancestry.graph import Direction, Edge, Graph, Key, Reach
from governance.ancestry.licences import Carried, carried
from governance.lineage_records import Node

MOST = 2000  # nodes in each direction; the nearest


@dataclass(frozen=True)
class Relative:
    """A node up or down, how far, and the edges that tie it to what is nearer."""

    node: Node
    steps: int
    ties: tuple[Edge, ...]
    heaviest: bool = False
    strictest: bool = False


@dataclass(frozen=True)
class Trace:
    """A node with all that this reader may know of up and down from it."""

    start: uuid.UUID
    graph: Graph
    nodes: dict[Key, Node]

    @cached_property
    def up(self) -> Reach:
        """What it was made from."""
        return self.graph.reach(self.start, "up")

    @cached_property
    def down(self) -> Reach:
        """What was made of it."""
        return self.graph.reach(self.start, "down")

    @cached_property
    def licence(self) -> Carried:
        """The licences that weigh on it."""
        stated = {key: node.licences for key, node in self.nodes.items()}
        return carried(self.graph, self.start, stated, licence_table())

    @cached_property
    def refusal(self) -> Refusal:
        """The heaviest refusal upstream."""
        return heaviest_refusal(self.graph, self.start, lineage_records.shares(self.nodes))

    def relatives(self, direction: Direction, most: int) -> list[Relative]:
        """The nearest, by distance and then name."""
        reach = self.up if direction == "up" else self.down
        near = sorted(reach.steps, key=lambda key: (reach.steps[key], self.nodes[key].name))[:most]
        upward = direction == "up"
        strictest = self.licence.strictest.key if self.licence.strictest else None
        return [
            Relative(
                self.nodes[key], reach.steps[key], _ties(self.graph, reach, key), upward and key == self.refusal.key
                and bool(self.refusal.share), upward and key == strictest,
            )
            for key in near
        ]  # fmt: skip


def trace(start: uuid.UUID, reader: Reader, most: int = MOST) -> Trace:
    """What this reader may know of around a revision or dataset; nothing at all when they may not read that."""
    graph = lineage.readable(lineage.neighbourhood(start, most), reader, start)
    reached = {start, *graph.reach(start, "up").steps, *graph.reach(start, "down").steps} & set(graph.keys)
    return Trace(start, graph.only(reached), lineage_records.nodes(reached))


def _ties(graph: Graph, reach: Reach, key: Key) -> tuple[Edge, ...]:
    """All edges beside the one that a walk came by, so that two relations of one pair are both told."""
    came = reach.came[key]
    return tuple(edge for edge in graph.above.get(came.child, ()) if edge.parent == came.parent)


def notes(edges: Iterable[Edge]) -> dict[int, str]:
    """Row of a derivation → what was noted on it."""
    rows = [edge.row for edge in edges if edge.source == "derivation"]
    return dict(Derivation.objects.filter(pk__in=rows).exclude(note="").values_list("pk", "note"))


def made(edge: Edge) -> str:
    """An edge as one reads it from the child: “was filtered from”."""
    return relation_kind(edge.relation).made
