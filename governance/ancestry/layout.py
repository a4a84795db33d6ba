"""Where to draw the nodes of a lineage: layers by distance from the sources, few crossings, families side by side.

The layered method of Sugiyama, Tagawa and Toda (1981): circles broken, longest-path layers, long edges cut by bends,
barycentre sweeps, then places by least squares under the order (pool adjacent violators). Units are those of `Look`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from governance.ancestry.layers import Layered, layered
from governance.ancestry.ordering import ordered
from governance.ancestry.parts import Part, parts

Point = tuple[int, int]
Pair = tuple[int, int]  # parent, child, as numbers of nodes
ALIGNINGS = 6
RATIO = 1.6  # of the whole picture's width to its height


@dataclass(frozen=True)
class Look:
    """Sizes of a node and of the gaps, in pixels; a bend needs less room than a node."""

    width: int = 212
    height: int = 52
    across: int = 64
    down: int = 16
    bend: int = 14
    between: int = 56


@dataclass(frozen=True)
class Picture:
    """Each node's upper left corner, each edge's bends between its ends, and the size of it all."""

    places: tuple[Point, ...]
    bends: dict[Pair, tuple[Point, ...]]
    width: int
    height: int


@lru_cache(maxsize=16)
def lay_out(count: int, edges: tuple[Pair, ...], look: Look = Look()) -> Picture:
    """Places for nodes 0..count-1 and edges parent → child. The same question has the same answer."""
    drawn = [_drawn(part, look) for part in parts(count, edges)]
    return _packed(count, drawn, look)


@dataclass(frozen=True)
class _Drawn:
    """One family with its own origin."""

    places: dict[int, Point]
    bends: dict[Pair, tuple[Point, ...]]
    width: int
    height: int


def _drawn(part: Part, look: Look) -> _Drawn:
    cut = layered(part)
    layers = ordered(cut)
    heights = _aligned(cut, layers, look)
    lowest = min(heights)
    x_of = [layer * (look.width + look.across) for layer in cut.layer]
    places = {part.names[n]: (x_of[n], round(heights[n] - lowest)) for n in range(part.count)}
    bends = {
        (part.names[parent], part.names[child]): tuple(
            (x_of[n] + look.width // 2, round(heights[n] - lowest + look.height / 2)) for n in chain
        )
        for (parent, child), chain in cut.chains.items()
        if chain
    }
    tallest = max(y for _, y in places.values())
    bent = max((y for chain in bends.values() for _, y in chain), default=0)
    return _Drawn(places, bends, max(x_of) + look.width, max(tallest + look.height, bent))


# --- places under an order ---------------------------------------------------------------------------------


def _aligned(cut: Layered, layers: Sequence[Sequence[int]], look: Look) -> list[float]:
    """The height of every node and bend: near the middle of its neighbours, in order, never overlapping."""
    heights = [0.0] * len(cut.layer)
    gaps = [_gaps(layer, cut.count, look) for layer in layers]
    for layer, offsets in zip(layers, gaps, strict=True):
        for node, offset in zip(layer, offsets, strict=True):
            heights[node] = offset - offsets[-1] / 2
    for sweep in range(ALIGNINGS):
        forward = sweep % 2 == 0
        beside = cut.above if forward else cut.below
        for number in range(len(layers)) if forward else reversed(range(len(layers))):
            _settle(layers[number], gaps[number], beside, heights)
    return heights


def _gaps(layer: Sequence[int], count: int, look: Look) -> list[float]:
    """How far below the first each of a layer has to be at least."""
    offsets, at = [], 0.0
    for place, node in enumerate(layer):
        if place:
            pair = (node < count) + (layer[place - 1] < count)
            at += (look.bend, look.height / 2 + look.bend, look.height + look.down)[pair]
        offsets.append(at)
    return offsets


def _settle(
    layer: Sequence[int], offsets: Sequence[float], beside: Sequence[Sequence[int]], heights: list[float]
) -> None:
    """Least squares from where each would like to be, under the order: pool adjacent violators."""
    pools: list[tuple[float, int]] = []  # the sum of wishes, and of how many
    for node, offset in zip(layer, offsets, strict=True):
        near = beside[node]
        wish = sum(heights[n] for n in near) / len(near) if near else heights[node]
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            total, size = pools.pop()
            pools[-1] = (pools[-1][0] + total, pools[-1][1] + size)
    at = 0
    for total, size in pools:
        for place in range(at, at + size):
            heights[layer[place]] = total / size + offsets[place]
        at += size


# --- families side by side ---------------------------------------------------------------------------------


def _packed(count: int, drawn: Sequence[_Drawn], look: Look) -> Picture:
    """Families on shelves, the tallest first, so that the whole is about as wide as a screen."""
    area = sum((d.width + look.between) * (d.height + look.between) for d in drawn)
    widest = max([*(d.width for d in drawn), int((area * RATIO) ** 0.5)], default=0)
    places: list[Point] = [(0, 0)] * count
    bends: dict[Pair, tuple[Point, ...]] = {}
    x = y = shelf = right = 0
    for family in sorted(drawn, key=lambda d: (-d.height, -d.width, min(d.places))):
        if x and x + family.width > widest:
            x, y, shelf = 0, y + shelf + look.between, 0
        for node, (px, py) in family.places.items():
            places[node] = (px + x, py + y)
        for pair, chain in family.bends.items():
            bends[pair] = tuple((px + x, py + y) for px, py in chain)
        shelf, right = max(shelf, family.height), max(right, x + family.width)
        x += family.width + look.between
    return Picture(tuple(places), bends, right, y + shelf)
