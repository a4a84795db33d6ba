"""The licences that weigh on a node: its own, and those of all it was made from, as each way passes them on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from datacards.licenses import Terms, terms_of
from datacards.relations import relation_kind
from governance.ancestry.graph import Edge, Graph, Key


@dataclass(frozen=True)
class Claim:
    """A licence that weighs on a node: whose it is, how many steps upstream (0 is the node's own), and its terms.

    `alike`: it comes down by a way along which a share-alike clause binds; `altered`: by one on which the data was
    changed, or only by such ones.
    """

    key: Key
    expression: str
    steps: int
    alike: bool
    altered: bool

    @property
    def terms(self) -> Terms:
        """What it allows."""
        return terms_of(self.expression)


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
    alike = {start, *graph.reach(start, "up", lambda edge: relation_kind(edge.relation).alike).steps}
    as_is = {start, *graph.reach(start, "up", lambda edge: not relation_kind(edge.relation).alters).steps}
    steps = {start: 0, **reach.steps}
    claims = tuple(
        Claim(key, expression, far, key in alike, key not in as_is)
        for key, far in steps.items()
        for expression in licences.get(key, ())
    )
    unstated = sum(1 for key in steps if not licences.get(key))
    conflict, strictest = _conflict(claims), _strictest(claims)
    return Carried(
        claims=claims,
        unstated=unstated,
        commercial=_all((claim.terms.commercial for claim in claims), bool(unstated)),
        satisfiable=_satisfiable(claims, conflict, bool(unstated)),
        conflict=conflict,
        strictest=strictest,
        way=reach.way(strictest.key) if strictest else (),
    )


def _strictest(claims: Iterable[Claim]) -> Claim | None:
    kept = list(claims)
    for forbids in (lambda terms: terms.commercial is False, lambda terms: terms.derivatives is False):
        found = next((claim for claim in kept if forbids(claim.terms)), None)
        if found:
            return found
    return None


def _all(values: Iterable[bool | None], missing: bool) -> bool | None:
    seen = set(values)
    return False if False in seen else None if missing or None in seen else True


# --- what cannot be met at once ----------------------------------------------------------------------------


def _satisfiable(claims: Iterable[Claim], conflict: Sequence[Claim], missing: bool) -> bool | None:
    if conflict:
        return False
    return None if missing or not all(claim.terms.recognised for claim in claims) else True


def _conflict(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The smallest set of claims that cannot be met, and of those the one nearest to the node."""
    nearest = list({(c.expression, c.alike, c.altered): c for c in sorted(claims, key=lambda c: -c.steps)}.values())
    alone = [(claim,) for claim in nearest if claim.steps and claim.altered and claim.terms.derivatives is False]
    pairs = [pair for pair in combinations(nearest, 2) if _clash(*pair) or _clash(*pair[::-1])]
    found: list[tuple[Claim, ...]] = [*(alone or pairs)]
    ordered = (tuple(sorted(each, key=lambda c: (c.steps, c.expression))) for each in found)
    return min(ordered, key=lambda each: (sum(c.steps for c in each), each[0].expression), default=())


def _clash(alike: Claim, other: Claim) -> bool:
    """A share-alike licence wants the whole under its own terms: another share-alike one does too, and one that
    forbids commercial use takes away what the first grants to everybody. The node's own licence is its owner's to
    change, so it clashes with nothing."""
    if not (alike.steps and other.steps and alike.alike and alike.terms.share_alike):
        return False
    if other.alike and other.terms.share_alike:
        return alike.terms.expression != other.terms.expression
    return bool(alike.terms.commercial) and other.terms.commercial is False
