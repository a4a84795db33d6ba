"""Licences that come down different ways to one thing: what they come to, and whether all can be met at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice, product
from math import prod

from datacards.licenses.carrying import Carried, along
from datacards.licenses.lattice import BOTTOM, CHAINS, Vector
from datacards.licenses.table import Licence, Table, default_table
from datacards.licenses.terms import Terms

MOST_WAYS = 64
NOT_SETTLED = "Whether that binds here is not settled."


@dataclass(frozen=True)
class Weighed:
    """An expression's terms, and how they came down to what was made.

    `alike`: by a way along which share-alike binds; `alters`: by one on which the data became more than an unaltered
    part (None: not settled). `own`: the licence of what was made itself, which its owner may change, so that it
    clashes with nothing. `far`: how far it came; of equal conflicts the nearest is told.
    """

    terms: Terms
    alike: bool | None = True
    alters: bool | None = True
    own: bool = False
    far: int = 0


@dataclass(frozen=True)
class Judged:
    """What claims come to.

    `satisfiable` is None while a licence is not known well enough, or while it hinges on what is not settled, which
    `unsettled` then says. `conflict` holds the places of the claims that cannot be met (one, or two at once), `pair`
    the licences in them (one that alone cannot be met stands beside another, or twice), `why` says it in a sentence.
    """

    terms: Terms
    satisfiable: bool | None
    conflict: tuple[int, ...] = ()
    pair: tuple[str, str] | None = None
    why: str = ""
    unsettled: str = ""


def judge_claims(claims: Sequence[Weighed], *, table: Table | None = None) -> Judged:
    """Join what claims ask, and say whether all can be met at once; of an OR, that choice is taken which can be met.

    `table` is the one that the terms were read by; the shipped one unless told. Raises nothing. Where there are more
    than `MOST_WAYS` ways to choose and none of those tried can be met, it is not known.
    """
    known = table or default_table()
    fixed = [
        _Bound(at, one, claim) for at, claim in enumerate(claims) if not _open(claim) for one in claim.terms.licences
    ]
    clash = _worst(fixed, known)
    if clash and clash.sure:
        return _refused(_joined(claims), clash)
    options = [claim.terms.choices if _open(claim) else (claim.terms,) for claim in claims]
    ways = [_way(claims, way, known) for way in islice(product(*options), MOST_WAYS)]
    if len(ways) == 1:
        return replace(ways[0], terms=_joined(claims))
    best = max(ways, key=_goodness)
    if best.satisfiable is not False:
        return best
    untried = prod(map(len, options)) > len(ways)
    return Judged(best.terms, None) if untried else _smallest(claims, ways, known)


def _goodness(way: Judged) -> tuple[int, int]:
    """What can be met before what cannot, and then what gives the freer use."""
    return {True: 2, None: 1, False: 0}[way.satisfiable], -way.terms.vector.rank("use").high


def _smallest(claims: Sequence[Weighed], ways: Sequence[Judged], table: Table) -> Judged:
    """Of ways that all fail, one whose conflict is not that choice alone; else the first."""
    for way in sorted(ways, key=lambda way: len(way.conflict)):
        part = [claims[at] for at in way.conflict]
        if len(part) == len(claims) or judge_claims(part, table=table).satisfiable is False:
            return way
    return ways[0]


def _open(claim: Weighed) -> bool:
    return bool(claim.terms.choices) and not claim.own


def _way(claims: Sequence[Weighed], chosen: Sequence[Terms], table: Table) -> Judged:
    """One way to choose among ORs."""
    taken = [replace(claim, terms=terms) for claim, terms in zip(claims, chosen, strict=True)]
    clash = _worst([_Bound(at, one, claim) for at, claim in enumerate(taken) for one in claim.terms.licences], table)
    if clash and clash.sure:
        return _refused(_joined(taken), clash)
    known = all(_is_known(terms) for terms in chosen)
    return Judged(_joined(taken), True if known and not clash else None, unsettled=clash.why if clash else "")


def _refused(terms: Terms, clash: "_Clash") -> Judged:
    return Judged(terms, False, tuple(sorted(set(clash.places))), clash.pair, clash.why)


def _is_known(terms: Terms) -> bool:
    return bool(terms.licences) and not terms.ambiguous and all(_is_classified(one) for one in terms.licences)


def _is_classified(licence: Licence) -> bool:
    if licence.status == "vendor terms":
        return True
    return licence.vector.told("derivatives") != "unknown" and licence.vector.told("use") != "unknown"


def _joined(claims: Sequence[Weighed]) -> Terms:
    parts = [claim.terms for claim in claims]
    left = (along(claim.terms.vector, Carried(alike=claim.alike, alters=claim.alters)) for claim in claims)
    return Terms(
        " AND ".join(f"({p.expression})" if " OR " in p.expression else p.expression for p in parts),
        all(part.recognised for part in parts), any(part.ambiguous for part in parts),
        reduce(Vector.join, left, BOTTOM),
        tuple(dict.fromkeys(one for part in parts for one in part.licences)),
        tuple(dict.fromkeys(one for part in parts for one in part.candidates)),
    )  # fmt: skip


# --- what cannot be met ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Bound:
    """One licence of a claim."""

    place: int
    licence: Licence
    by: Weighed


@dataclass(frozen=True)
class _Clash:
    """What cannot be met; `sure` unless it hinges on what is not settled."""

    sure: bool
    places: tuple[int, ...]
    pair: tuple[str, str]
    why: str
    far: int


def _worst(bound: Sequence[_Bound], table: Table) -> _Clash | None:
    """The surest, then the smallest, then the nearest, then the first."""
    nearest: dict[tuple[object, ...], _Bound] = {}
    for one in bound:
        if not one.by.own:
            nearest.setdefault((one.licence.id, one.by.alike, one.by.alters), one)
    found = [*_alone([*nearest.values()]), *_pairs([*nearest.values()], table)]
    return min(found, key=lambda clash: (not clash.sure, len(clash.places), clash.far, clash.places), default=None)


def _alone(bound: Sequence[_Bound]) -> Iterator[_Clash]:
    """Those that forbid by themselves what was made."""
    for one in bound:
        binds, why = _forbids(one)
        if binds is not False:
            other = next((each for each in bound if each.licence.id != one.licence.id), one)
            yield _clash(binds, (one.place,), (one.licence.id, other.licence.id), why, one.by.far)


def _forbids(one: _Bound) -> tuple[bool | None, str]:
    if one.licence.vector.told("use") == "none":
        return True, f"{one.licence.id} allows no use."
    if one.licence.vector.told("derivatives") == "no":
        return one.by.alters, f"{one.licence.id} forbids to pass on changed versions."
    return False, ""


def _pairs(bound: Sequence[_Bound], table: Table) -> Iterator[_Clash]:
    """A share-alike licence wants what was adapted under its own terms, with no more restrictions."""
    for alike in bound:
        if alike.licence.vector.many("alike").names and (binds := _both(alike.by.alike, alike.by.alters)) is not False:
            for other in bound:
                if other.licence.id != alike.licence.id:
                    yield from _pair(alike, other, binds, table)


def _pair(alike: _Bound, other: _Bound, binds: bool | None, table: Table) -> Iterator[_Clash]:
    first, last = sorted((alike, other), key=lambda one: one.place)
    pair, far = (first.licence.id, last.licence.id), alike.by.far + other.by.far
    if why := _families(alike.licence, other.licence, table):
        both = _both(binds, other.by.alike)
        if both is not False:
            yield _clash(both, (first.place, last.place), pair, why, far)
    if why := _restricts(alike.licence, other.licence):
        yield _clash(binds, (first.place, last.place), pair, why, far)


def _clash(binds: bool | None, places: tuple[int, ...], pair: tuple[str, str], why: str, far: int) -> _Clash:
    kept = tuple(dict.fromkeys(places))
    return _Clash(bool(binds), kept, pair, why if binds else f"{why} {NOT_SETTLED}", far)


def _both(one: bool | None, other: bool | None) -> bool | None:
    return False if False in (one, other) else None if None in (one, other) else True


def _families(alike: Licence, other: Licence, table: Table) -> str:
    """Why two share-alike licences cannot both have the whole; empty when they can."""
    for one, another in product(alike.vector.many("alike").names, other.vector.many("alike").names):
        if not table.onward_of(one) & table.onward_of(another):
            return f"{alike.id} and {other.id} each ask for the whole to be under themselves."
    return ""


def _restricts(alike: Licence, other: Licence) -> str:
    """Why what is under a share-alike licence cannot be passed on with what the other asks; empty when it can."""
    freely = alike.vector.at_most("use", "commercial with terms")
    if freely and other.status == "vendor terms":
        return f"{alike.id} forbids to add restrictions, and {other.id} limits what outputs are used for."
    for name in ("fields", "places"):
        if other.vector.many(name).names - alike.vector.many(name).names:
            return f"{alike.id} forbids to add restrictions, and {other.id} adds one: {other.vector.told(name)}."
    mine, theirs = alike.vector.rank("use"), other.vector.rank("use")
    if theirs.low > max(mine.high, CHAINS["use"].index("commercial with terms")):
        told = other.vector.told("use").replace("unknown", "restricted")
        return f"{alike.id} forbids to add restrictions, and {other.id} adds one: its use is {told}."
    return ""
