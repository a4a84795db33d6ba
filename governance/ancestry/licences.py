"""The licences that weigh on a node: its own, and those of all it was made from, as each way passes them on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datacards.licenses import terms_of
from datacards.relations import relation_kind
from governance.ancestry.graph import Edge, Graph, Key, Reach


@dataclass(frozen=True)
class Claim:
    """A licence that binds a node, whose it is, and how it comes down: the relations on the way, farthest first."""

    key: Key
    expression: str
    steps: int
    relations: tuple[str, ...]


@dataclass(frozen=True)
class Carried:
    """What all licences upstream and a node's own come to; None where it is not known.

    `unstated` counts nodes that bind it whose licence nobody stated. `conflict` are two claims that cannot both be met
    in one derivative; `strictest` is the nearest claim that decides what is not allowed, `way` how it comes down.
    """

    claims: tuple[Claim, ...]
    unstated: int
    commercial: bool | None
    satisfiable: bool | None
    conflict: tuple[Claim, Claim] | None
    strictest: Claim | None
    way: tuple[Edge, ...]


def carried(graph: Graph, start: Key, licences: Mapping[Key, Sequence[str]]) -> Carried:
    """Combine a node's licences with everything upstream that passes its licence on."""
    reach = graph.reach(start, "up", lambda edge: relation_kind(edge.relation).licence)
    keys = [start, *reach.steps]
    claims = tuple(claim for key in keys for claim in _claims(key, reach, licences.get(key, ())))
    unstated = sum(1 for key in keys if not licences.get(key))
    commercial = _all([terms_of(claim.expression).commercial for claim in claims], bool(unstated))
    strictest = _strictest(claims)
    return Carried(
        claims, unstated, commercial, None, None, strictest, reach.way(strictest.key) if strictest else ()
    )  # fmt: skip


def _claims(key: Key, reach: Reach, licences: Sequence[str]) -> list[Claim]:
    relations = tuple(edge.relation for edge in reach.way(key))
    return [Claim(key, expression, len(relations), relations) for expression in licences]


def _strictest(claims: Sequence[Claim]) -> Claim | None:
    """The nearest of those that forbid most; none where nothing is forbidden."""
    return next((claim for claim in claims if terms_of(claim.expression).commercial is False), None)


def _all(values: Sequence[bool | None], missing: bool) -> bool | None:
    return False if False in values else None if missing or None in values else True
