"""The licences that weigh on a node: its own, and those of all it was made from, as each way passes them on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from datacards.licenses import Terms, terms_of
from datacards.relations import relation_kind
from governance.ancestry.graph import Edge, Graph, Key

_terms = lru_cache(4096)(terms_of)  # a lineage of thousands names a handful of licences


@dataclass(frozen=True)
class Claim:
    """A licence that weighs on a node: whose it is, how many steps upstream (0 is the node's own), and its terms.

    `alike`: it comes down by a way along which a share-alike clause binds; `altered`: by one on which the data became
    more than an unaltered part. None: only by ways of which that is not settled.
    """

    key: Key
    expression: str
    steps: int
    alike: bool | None
    altered: bool | None

    @property
    def terms(self) -> Terms:
        """What it allows."""
        return _terms(self.expression)


@dataclass(frozen=True)
class Carried:
    """What all licences upstream and a node's own come to; None where it is not known.

    `unstated` counts nodes that weigh whose licence nobody stated. `conflict` is the nearest claim that cannot be met,
    or the nearest two that cannot be met at once; `strictest` the nearest that forbids commercial use, or else
    derivatives; `way` how the strictest comes down.
    """

    claims: tuple[Claim, ...]
    unstated: int
    commercial: bool | None
    satisfiable: bool | None
    conflict: tuple[Claim, ...]
    strictest: Claim | None
    way: tuple[Edge, ...]


def carried(graph: Graph, start: Key, licences: Mapping[Key, Sequence[str]]) -> Carried:
    """Combine a node's licences with everything upstream that passes its licence on."""
    reach = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).licence)
    steps = {start: 0, **reach.steps}
    alike, altered = _alike(graph, start), _altered(graph, steps)
    claims = tuple(
        Claim(key, expression, far, alike.get(key, False), altered.get(key, False))
        for key, far in steps.items()
        for expression in licences.get(key, ())
    )
    unstated = sum(1 for key in steps if not licences.get(key))
    found, strictest = _conflicts(claims), _strictest(claims)
    conflict = next((each for each, sure in found if sure), ())
    return Carried(
        claims=claims,
        unstated=unstated,
        commercial=_all((claim.terms.commercial for claim in claims), bool(unstated)),
        satisfiable=_satisfiable(claims, conflict, bool(unstated or found)),
        conflict=conflict,
        strictest=strictest,
        way=reach.way(strictest.key) if strictest else (),
    )


def _alike(graph: Graph, start: Key) -> dict[Key, bool | None]:
    """True where a way exists along which share-alike binds, None where only one that is not settled does."""
    open_ways = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).alike is not False).steps
    sure_ways = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).alike is True).steps
    return {**dict.fromkeys(open_ways, None), **dict.fromkeys(sure_ways, True), start: True}


def _altered(graph: Graph, weighing: Iterable[Key]) -> dict[Key, bool | None]:
    """True for all that lies above an edge which alters, None above one of which that is not settled."""
    above = [edge for key in weighing for edge in graph.above.get(key, ()) if relation_kind(edge.relation).licence]
    found: dict[Key, bool | None] = {}
    for alters in (None, True):
        waiting = [edge.parent for edge in above if relation_kind(edge.relation).alters is alters]
        seen: set[Key] = set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += [e.parent for e in graph.above.get(key, ()) if relation_kind(e.relation).licence]
        found |= dict.fromkeys(seen, alters)
    return found


def _strictest(claims: Sequence[Claim]) -> Claim | None:
    """The nearest that forbids commercial use, or else the nearest that forbids derivatives."""
    commercial = next((claim for claim in claims if claim.terms.commercial is False), None)
    return commercial or next((claim for claim in claims if claim.terms.derivatives is False), None)


def _all(values: Iterable[bool | None], missing: bool) -> bool | None:
    seen = set(values)
    return False if False in seen else None if missing or None in seen else True


# --- what cannot be met at once ----------------------------------------------------------------------------


def _satisfiable(claims: Iterable[Claim], conflict: Sequence[Claim], missing: bool) -> bool | None:
    if conflict:
        return False
    return None if missing or not all(claim.terms.recognised for claim in claims) else True


def _conflicts(claims: Iterable[Claim]) -> list[tuple[tuple[Claim, ...], bool]]:
    """What cannot be met, the smallest and then the nearest first; False beside it where that is not settled."""
    nearest = list({(c.expression, c.alike, c.altered): c for c in sorted(claims, key=lambda c: -c.steps)}.values())
    alone = [((claim,), claim.altered) for claim in nearest if claim.terms.derivatives is False]
    pairs = [(pair, _clash(*pair)) for pair in combinations(nearest, 2)]
    found = [
        (tuple(sorted(each, key=_order)), verdict is True) for each, verdict in [*alone, *pairs] if verdict is not False
    ]
    return sorted(found, key=lambda each: (len(each[0]), sum(c.steps for c in each[0]), each[0][0].expression))


def _order(claim: Claim) -> tuple[int, str]:
    return claim.steps, claim.expression


def _clash(one: Claim, other: Claim) -> bool | None:
    """Whether two cannot be met at once: each is asked as the share-alike one, and the surer answer counts."""
    said = (_claimed(one, other), _claimed(other, one))
    return True if True in said else None if None in said else False


def _claimed(alike: Claim, other: Claim) -> bool | None:
    """A share-alike licence wants what was adapted under its own terms: so does another one, and a licence that forbids
    commercial use takes away what the first grants. A node's own licence is its owner's to change, and clashes with
    nothing."""
    if not (alike.steps and other.steps and alike.terms.share_alike):
        return False
    binds = _both(alike.alike, alike.altered)
    if alike.terms.commercial and other.terms.commercial is False:
        return binds
    if other.terms.share_alike and alike.terms.expression != other.terms.expression:
        return _both(binds, other.alike)
    return False


def _both(one: bool | None, other: bool | None) -> bool | None:
    return False if False in (one, other) else None if None in (one, other) else True
