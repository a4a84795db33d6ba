"""The licences that weigh on a node: its own, and those of all it was made from, as each way passes them on.

What they come to is judged by `datacards.licenses`; here is which of them come down, and how.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from datacards.licenses import Judged, Table, Terms, Weighed, default_table, judge_claims, terms_of
from datacards.licenses.lattice import NOTHING_KNOWN
from datacards.relations import relation_kind
from governance.ancestry.graph import Edge, Graph, Key


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
    terms: Terms = field(compare=False, repr=False)


@dataclass(frozen=True)
class Carried:
    """What all licences upstream and a node's own come to; None where it is not known.

    `unstated` counts nodes that weigh whose licence nobody stated. `terms` is what all together ask, where an unstated
    one may ask anything. `conflict` is the nearest claim that cannot be met, or the nearest two that cannot be met at
    once, and `why` says it; `unsettled` says on what open question it hinges. `strictest` is the nearest that forbids
    commercial use, or else derivatives; `way` how the strictest comes down.
    """

    claims: tuple[Claim, ...]
    unstated: int
    terms: Terms
    satisfiable: bool | None
    conflict: tuple[Claim, ...]
    why: str
    unsettled: str
    strictest: Claim | None
    way: tuple[Edge, ...]

    @property
    def commercial(self) -> bool | None:
        """Every licence that weighs allows commercial use, with terms or without."""
        return self.terms.commercial


def carried(graph: Graph, start: Key, licences: Mapping[Key, Sequence[str]], table: Table | None = None) -> Carried:
    """Combine a node's licences with everything upstream that passes its licence on; as a table reads them."""
    reach = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).licence)
    steps = {start: 0, **reach.steps}
    claims = _claims(graph, start, steps, licences, table or default_table())
    unstated = sum(1 for key in steps if not licences.get(key))
    weighing, strictest = _nearest(claims), _strictest(claims)
    judged = judge_claims([_weighed(claim) for claim in weighing], table=table)
    if unstated:
        judged = _with_unstated(judged)
    return Carried(
        claims=claims,
        unstated=unstated,
        terms=judged.terms,
        satisfiable=judged.satisfiable,
        conflict=tuple(weighing[at] for at in judged.conflict),
        why=judged.why,
        unsettled=judged.unsettled,
        strictest=strictest,
        way=reach.way(strictest.key) if strictest else (),
    )


def _claims(
    graph: Graph, start: Key, steps: Mapping[Key, int], licences: Mapping[Key, Sequence[str]], table: Table
) -> tuple[Claim, ...]:
    """Nearest first. A lineage of thousands names a handful of licences, so each is read once."""
    alike, altered = _alike(graph, start), _altered(graph, steps)
    words = {word for key in steps for word in licences.get(key, ())}
    terms = {word: terms_of(word, table=table) for word in words}
    return tuple(
        Claim(key, expression, far, alike.get(key, False), altered.get(key, False), terms[expression])
        for key, far in steps.items()
        for expression in licences.get(key, ())
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


# --- what they come to -------------------------------------------------------------------------------------


def _nearest(claims: Sequence[Claim]) -> list[Claim]:
    """Of those that weigh alike, the nearest; the nearest first, so that the same conflict is told every time."""
    found: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        found.setdefault((claim.expression, claim.alike, claim.altered, claim.steps == 0), claim)
    return sorted(found.values(), key=lambda claim: (claim.steps, claim.expression))


def _weighed(claim: Claim) -> Weighed:
    return Weighed(claim.terms, claim.alike, claim.altered, own=claim.steps == 0, far=claim.steps)


def _with_unstated(judged: Judged) -> Judged:
    """The same beside licences that nobody stated."""
    terms = replace(judged.terms, recognised=False, vector=judged.terms.vector.join(NOTHING_KNOWN))
    return replace(judged, terms=terms, satisfiable=None if judged.satisfiable else judged.satisfiable)
