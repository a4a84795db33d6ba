"""Layers of a family: every node right of all its parents, and long edges cut into steps of one layer by bends."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from governance.ancestry.parts import Pair, Part

MOST_BENDS = 20_000  # a tangle beyond this is drawn with straight long edges: nobody could follow it anyway


@dataclass(frozen=True)
class Layered:
    """Layer by node, nodes first and bends (numbered from `count`) after; neighbours in the layers beside."""

    count: int
    layer: list[int]
    chains: dict[Pair, list[int]]
    above: list[list[int]]
    below: list[list[int]]


def layered(part: Part) -> Layered:
    """Give each node of a family its layer, and each long edge its bends."""
    layer = _layers(part)
    spans = sum(layer[child] - layer[parent] - 1 for parent, child in part.edges)
    chains: dict[Pair, list[int]] = {}
    above: list[list[int]] = [[] for _ in layer]
    below: list[list[int]] = [[] for _ in layer]
    for parent, child in part.edges:
        chain: list[int] = []
        for step in range(layer[parent] + 1, layer[child] if spans <= MOST_BENDS else 0):
            chain.append(len(layer))
            layer.append(step)
            above.append([])
            below.append([])
        chains[parent, child] = chain
        stops = [parent, *chain, child]
        for a, b in pairwise(stops):
            below[a].append(b)
            above[b].append(a)
    return Layered(part.count, layer, chains, above, below)


def _layers(part: Part) -> list[int]:
    """The longest way from a source; a source itself stands just left of its nearest child."""
    onward: list[list[int]] = [[] for _ in range(part.count)]
    missing = [0] * part.count
    for parent, child in part.edges:
        onward[parent].append(child)
        missing[child] += 1
    sources = [node for node in range(part.count) if not missing[node]]
    layer = _longest(sources, onward, missing)
    for source in sources:
        layer[source] = min((layer[child] for child in onward[source]), default=1) - 1
    return layer


def _longest(sources: Sequence[int], onward: Sequence[Sequence[int]], missing: list[int]) -> list[int]:
    layer = [0] * len(onward)
    ready = list(sources)
    while ready:
        node = ready.pop()
        for child in onward[node]:
            layer[child] = max(layer[child], layer[node] + 1)
            missing[child] -= 1
            if not missing[child]:
                ready.append(child)
    return layer
