"""What weighs on a node from upstream: whose sites refuse most, and by which way that comes down."""

from collections.abc import Mapping
from dataclasses import dataclass

from datacards.relations import relation_kind
from governance.ancestry.graph import Edge, Graph, Key


@dataclass(frozen=True)
class Refusal:
    """The heaviest refusal upstream: whose, its share of tokens (0..1), and the edges it comes down by.

    `unknown` counts the nodes upstream whose share nobody knows, so that the heaviest may be another.
    """

    key: Key | None
    share: float | None
    way: tuple[Edge, ...]
    unknown: int
    counted: int


def heaviest_refusal(graph: Graph, start: Key, shares: Mapping[Key, float | None]) -> Refusal:
    """Of all that a node carries consent from, the one whose sites refuse most; of equals the nearest."""
    reach = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).consent)
    known = [(share, key) for key in reach.steps if (share := shares.get(key)) is not None]
    unknown = len(reach.steps) - len(known)
    share, key = max(known, key=lambda each: (each[0], -reach.steps[each[1]]), default=(None, None))
    way = reach.way(key) if share else ()
    return Refusal(key, share, way, unknown, len(reach.steps))
