"""Families: nodes that hang together, each family renumbered from 0 and freed of circles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True)
class Part:
    """One family: its nodes' names outside, and its edges (parent, child) by own numbers, without circles."""

    names: tuple[int, ...]
    edges: tuple[Pair, ...]

    @property
    def count(self) -> int:
        """How many nodes."""
        return len(self.names)


def parts(count: int, edges: Sequence[Pair]) -> Iterator[Part]:
    """The families of nodes 0..count-1; an edge to itself and a repeated one are left out."""
    pairs = tuple(dict.fromkeys(pair for pair in edges if pair[0] != pair[1]))
    beside: list[list[int]] = [[] for _ in range(count)]
    for parent, child in pairs:
        beside[parent].append(child)
        beside[child].append(parent)
    family = _families(beside)
    members: dict[int, list[int]] = {}
    for node, number in enumerate(family):
        members.setdefault(number, []).append(node)
    own: dict[int, list[Pair]] = {number: [] for number in members}
    place = {node: at for nodes in members.values() for at, node in enumerate(nodes)}
    for parent, child in pairs:
        own[family[parent]].append((place[parent], place[child]))
    for number, nodes in members.items():
        yield Part(tuple(nodes), _without_circles(len(nodes), own[number]))


def _families(beside: Sequence[Sequence[int]]) -> list[int]:
    """Node → the first node of its family."""
    family = [-1] * len(beside)
    for first in range(len(beside)):
        waiting = [first] if family[first] < 0 else []
        while waiting:
            node = waiting.pop()
            if family[node] < 0:
                family[node] = first
                waiting += beside[node]
    return family


def _without_circles(count: int, edges: Sequence[Pair]) -> tuple[Pair, ...]:
    """The edges but for those that close a circle, found depth first."""
    onward: list[list[int]] = [[] for _ in range(count)]
    for parent, child in edges:
        onward[parent].append(child)
    state = [0] * count  # 1 on the way, 2 done
    closing: set[Pair] = set()
    for first in range(count):
        _descend(first, onward, state, closing)
    return tuple(pair for pair in edges if pair not in closing)


def _descend(first: int, onward: Sequence[Sequence[int]], state: list[int], closing: set[Pair]) -> None:
    if state[first]:
        return
    state[first] = 1
    way = [(first, iter(onward[first]))]
    while way:
        node, rest = way[-1]
        for child in rest:
            if state[child] == 1:
                closing.add((node, child))
            elif not state[child]:
                state[child] = 1
                way.append((child, iter(onward[child])))
                break
        else:
            state[node] = 2
            way.pop()
