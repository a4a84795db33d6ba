"""The order within each layer: barycentre sweeps to and fro, the order with the fewest crossings kept."""

from collections.abc import Sequence

from governance.ancestry.layers import Layered

SWEEPS = 8
Layers = list[list[int]]


def ordered(cut: Layered, sweeps: int = SWEEPS) -> Layers:
    """The nodes of each layer from top to bottom."""
    layers = _as_walked(cut)
    best, fewest = layers, crossings(cut, layers)
    for sweep in range(sweeps):
        if not fewest:
            break
        layers = _swept(cut, layers, forward=sweep % 2 == 0)
        crossed = crossings(cut, layers)
        if crossed < fewest:
            best, fewest = layers, crossed
    return best


def _as_walked(cut: Layered) -> Layers:
    """A first order: depth first from the sources, so that what hangs together stands together."""
    layers: Layers = [[] for _ in range(max(cut.layer) + 1)]
    seen = [False] * len(cut.layer)
    waiting = sorted((node for node in range(len(cut.layer)) if not cut.above[node]), reverse=True)
    while waiting:
        node = waiting.pop()
        if not seen[node]:
            seen[node] = True
            layers[cut.layer[node]].append(node)
            waiting += reversed(cut.below[node])
    return layers


def _swept(cut: Layered, layers: Layers, forward: bool) -> Layers:
    beside = cut.above if forward else cut.below
    places = [0.0] * len(cut.layer)
    swept = list(layers)
    for number in range(len(layers)) if forward else reversed(range(len(layers))):
        layer = layers[number]
        wishes = {}
        for place, node in enumerate(layer):
            near = beside[node]
            wishes[node] = sum(places[n] for n in near) / len(near) if near else place / len(layer)
        swept[number] = sorted(layer, key=wishes.__getitem__)
        for place, node in enumerate(swept[number]):
            places[node] = (place + 0.5) / len(layer)
    return swept


def crossings(cut: Layered, layers: Layers) -> int:
    """How many pairs of steps cross (Barth, Jünger and Mutzel 2002); exact where every step has its bends."""
    place = {node: at for layer in layers for at, node in enumerate(layer)}
    total = 0
    for layer in layers:
        ends = [at for node in layer for at in sorted(place[child] for child in cut.below[node])]
        total += _inversions(ends)
    return total


def _inversions(ends: Sequence[int]) -> int:
    """Pairs out of order, by a binary indexed tree."""
    size = max(ends, default=-1) + 2
    tree = [0] * size
    total = 0
    for seen, end in enumerate(ends):
        at, before = end + 1, 0
        while at:  # how many so far end at or above this one
            before += tree[at]
            at &= at - 1
        total += seen - before
        at = end + 1
        while at < size:
            tree[at] += 1
            at += at & -at
    return total
