"""A graph of things made from things: how far, by which way, and what lies around.

Nothing here takes the graph to be free of circles: mentions in free text can make one, and every walk ends anyway.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Key = Hashable
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Edge:
    """The child was made from the parent; `source` and `row` name the record that says so."""

    child: Key
    parent: Key
    relation: str
    source: str = ""
    row: int = 0


Keep = Callable[[Edge], bool]


@dataclass(frozen=True)
class Reach:
    """What a walk from one node found: the steps to each, nearest first, and the edge that led there."""

    start: Key
    steps: dict[Key, int]
    came: dict[Key, Edge]

    def way(self, key: Key) -> tuple[Edge, ...]:
        """The edges of a shortest way from a found node back to the start; none for what was not found."""
        way = []
        while key in self.came:
            edge = self.came[key]
            way.append(edge)
            key = edge.parent if edge.child == key else edge.child
        return tuple(way)


@dataclass(frozen=True)
class Graph:
    """Edges, and nodes that have none."""

    edges: tuple[Edge, ...]
    alone: frozenset[Key] = field(default_factory=frozenset)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Every node once, in the order of the edges."""
        found = dict.fromkeys(key for edge in self.edges for key in (edge.parent, edge.child))
        return tuple(found | dict.fromkeys(self.alone))

    @cached_property
    def above(self) -> dict[Key, list[Edge]]:
        """Child → the edges to its parents."""
        return _grouped(self.edges, lambda edge: edge.child)

    @cached_property
    def below(self) -> dict[Key, list[Edge]]:
        """Parent → the edges to its children."""
        return _grouped(self.edges, lambda edge: edge.parent)

    def reach(self, start: Key, direction: Direction, keep: Keep | None = None) -> Reach:
        """Everything upstream or downstream of a node, along the edges that `keep` takes; without the node itself."""
        steps: dict[Key, int] = {start: 0}
        came: dict[Key, Edge] = {}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for edge, key in self._onward(here, direction):
                if key not in steps and (keep is None or keep(edge)):
                    steps[key], came[key] = steps[here] + 1, edge
                    waiting.append(key)
        del steps[start]
        return Reach(start, steps, came)

    def _onward(self, here: Key, direction: Direction) -> Iterator[tuple[Edge, Key]]:
        if direction == "up":
            return ((edge, edge.parent) for edge in self.above.get(here, ()))
        return ((edge, edge.child) for edge in self.below.get(here, ()))

    def only(self, keys: Iterable[Key]) -> "Graph":
        """What is left when all other nodes vanish, and with them every way through them."""
        kept = frozenset(keys)
        edges = tuple(edge for edge in self.edges if edge.child in kept and edge.parent in kept)
        tied = {key for edge in edges for key in (edge.child, edge.parent)}
        return Graph(edges, kept - tied)

    def around(self, start: Key, steps: int) -> "Graph":
        """A node with what is at most so many steps up or down from it, in a straight line."""
        near = {start}
        for direction in ("up", "down"):
            near |= {key for key, far in self.reach(start, direction).steps.items() if far <= steps}
        return self.only(near)


def _grouped(edges: Iterable[Edge], by: Callable[[Edge], Key]) -> dict[Key, list[Edge]]:
    found: dict[Key, list[Edge]] = {}
    for edge in edges:
        found.setdefault(by(edge), []).append(edge)
    return found
