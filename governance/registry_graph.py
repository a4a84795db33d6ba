"""The graph of the whole registry as one reader may know of it, or the part of it around one node."""

import uuid
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from datacards.models.corpus import Reader
from governance import lineage, lineage_records
from governance.ancestry.graph import Graph
from governance.ancestry.layout import Picture, lay_out
from governance.lineage_records import Node
from governance.tracing import MOST

NODES = 5000
STEPS, MOST_STEPS = 3, 20


@dataclass(frozen=True)
class Part:
    """Some nodes with the edges between them; `complete` when nothing that belongs to it was left out."""

    graph: Graph
    complete: bool

    @cached_property
    def nodes(self) -> list[Node]:
        """What is on record about each, in the order of the graph's keys."""
        known = lineage_records.nodes(self.graph.keys)
        return [known[key] for key in self.graph.keys]

    @cached_property
    def number(self) -> dict[Hashable, int]:
        """Key → its place in the list of nodes."""
        return {key: at for at, key in enumerate(self.graph.keys)}

    @cached_property
    def picture(self) -> Picture:
        """Where everything is drawn."""
        pairs = dict.fromkeys((self.number[edge.parent], self.number[edge.child]) for edge in self.graph.edges)
        return lay_out(len(self.graph.keys), tuple(pairs))


def part(reader: Reader, focus: uuid.UUID | None = None, steps: int = STEPS, most: int = NODES) -> Part | None:
    """The newest edges of the registry, or what is up and down from one node; None when that may not be known of."""
    if focus is None:
        found = lineage.newest(reader, 2 * most)
        return _capped(found, most, len(found.edges) < 2 * most)
    near = lineage.readable(lineage.neighbourhood(focus, MOST), reader, focus)
    if focus not in near.keys:
        return None
    return _capped(near.around(focus, steps), most, len(near.keys) < MOST)


def _capped(graph: Graph, most: int, complete: bool) -> Part:
    """The first nodes of a graph, in the order of its edges."""
    if len(graph.keys) <= most:
        return Part(graph, complete)
    return Part(graph.only(graph.keys[:most]), False)
