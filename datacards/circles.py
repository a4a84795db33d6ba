"""Keeps a graph of parents free of circles, in linear time. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def on_circles(edges: Iterable[tuple[Node, Node]]) -> set[tuple[Node, Node]]:
    """The edges that lie on a circle, or on a way from one circle to another; without them there is none."""
    left = set(edges)
    for turned in (False, True):
        left = _peeled(left, turned)
    return left


def _peeled(edges: set[tuple[Node, Node]], turned: bool) -> set[tuple[Node, Node]]:
    """Edges that are left when a node without incoming (turned: outgoing) edges is taken away, again and again."""
    out: dict[Node, list[Node]] = defaultdict(list)
    incoming: dict[Node, int] = defaultdict(int)
    for edge in edges:
        begin, end = reversed(edge) if turned else edge
        out[begin].append(end)
        incoming[end] += 1
    free = [node for node in out if not incoming[node]]
    while free:
        for end in out.pop(free.pop(), ()):
            incoming[end] -= 1
            if not incoming[end]:
                free.append(end)
    return {edge for edge in edges if (edge[1] if turned else edge[0]) in out}


def reachable(start: Node, onward: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """All that can be reached from a node, the node included."""
    found, open_nodes = {start}, [start]
    while open_nodes:
        for node in onward.get(open_nodes.pop(), ()):
            if node not in found:
                found.add(node)
                open_nodes.append(node)
    return found
