"""Several licences on one thing that was made: what they come to, and whether they can be met at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations, product

from datacards.licenses.lattice import BOTTOM, CHAINS, Many, Span, Vector
from datacards.licenses.table import Licence, Table, default_table
from datacards.licenses.terms import Terms, terms_of

MOST_WAYS = 64


@dataclass(frozen=True)
class Carried:
    """What a licence passes on along a relation.

    `licence`: anything at all. `alike`: share-alike binds what was made. `alters`: what was made is more than an
    unaltered part, which a no-derivatives clause forbids to pass on.
    """

    licence: bool = True
    alike: bool = True
    alters: bool = True


RELATIONS: dict[str, Carried] = {
    "subset": Carried(alters=False),
    "filtered": Carried(),
    "translated": Carried(),
    "mixed": Carried(),
    "derived": Carried(),
    # Neither a model nor its output is held to be an adaptation by itself, so what is asked of adaptations ends here.
    "generated": Carried(alike=False, alters=False),
    "trained": Carried(alike=False, alters=False),
    # Who measures with data makes nothing of it.
    "evaluated": Carried(licence=False, alike=False, alters=False),
}
SYNONYMS = {
    "verbatim subset": "subset", "verbatim": "subset", "copy": "subset", "model-generated-from": "generated",
    "model-generated": "generated", "trained-on": "trained", "evaluated-on": "evaluated",
}  # fmt: skip


@dataclass(frozen=True)
class Combined:
    """What several licences come to along a relation.

    `satisfiable` is None while a licence is not known well enough. `conflict` names the smallest pair that cannot be
    met at once (twice the same licence when it alone cannot be), and `why` says it in a sentence.
    """

    terms: Terms
    satisfiable: bool | None
    conflict: tuple[str, str] | None
    why: str = ""


def combine(
    expressions: Iterable[str], relation: str = "derived", *, table: Table | None = None, model_terms: bool = True
) -> Combined:
    """Join the licences of everything that one thing was made from, each along the same relation.

    `relation` is a value of RELATIONS or one of its SYNONYMS; an unknown one is taken to carry everything.
    `model_terms`: whether model vendors' terms of service count as restrictions on what was made from outputs.
    Raises nothing; of an OR, that choice is taken which can be met.
    """
    carried = relation_of(relation)
    known = table or default_table()
    parts = [terms_of(each, table=known) for each in dict.fromkeys(expressions)]
    if not model_terms:
        parts = [part for part in parts if not _is_vendors(part)]
    joined = _joined(parts, carried)
    if not carried.licence or not parts:
        return Combined(joined, None if carried.licence else True, None)
    return _judged(parts, joined, carried, known)


def relation_of(name: str) -> Carried:
    """What a relation of that name carries."""
    plain = name.strip().lower().replace("_", "-")
    return RELATIONS.get(SYNONYMS.get(plain, SYNONYMS.get(plain.replace("-", " "), plain)), Carried())


def along(vector: Vector, carried: Carried) -> Vector:
    """What is left of a licence's terms along a relation."""
    if not carried.licence:
        return BOTTOM
    if carried.alike:
        return vector
    return Vector({**vector.parts, "derivatives": Span(0, 0), "alike": Many()})


def _is_vendors(part: Terms) -> bool:
    return bool(part.licences) and all(one.status == "vendor terms" for one in part.licences)


def _joined(parts: Sequence[Terms], carried: Carried) -> Terms:
    vector = reduce(Vector.join, (along(part.vector, carried) for part in parts), BOTTOM)
    return Terms(
        " AND ".join(f"({p.expression})" if " OR " in p.expression else p.expression for p in parts),
        all(part.recognised for part in parts), any(part.ambiguous for part in parts), vector,
        tuple(dict.fromkeys(one for part in parts for one in part.licences)),
        tuple(dict.fromkeys(one for part in parts for one in part.candidates)),
    )  # fmt: skip


# --- can it be met? ----------------------------------------------------------------------------------------


def _judged(parts: Sequence[Terms], joined: Terms, carried: Carried, table: Table) -> Combined:
    """Of all ways to choose among ORs, one that can be met; else one that nobody knows; else the first's conflict."""
    ways = [*product(*(part.choices or (part,) for part in parts))][:MOST_WAYS]
    found = [_way(way, carried, table) for way in ways]
    best = max(found, key=lambda each: {True: 2, None: 1, False: 0}[each.satisfiable])
    chosen = best.terms if len(ways) > 1 else joined
    return replace(best, terms=chosen)


def _way(parts: Sequence[Terms], carried: Carried, table: Table) -> Combined:
    licences = list(dict.fromkeys(one for part in parts for one in part.licences))
    joined = _joined(parts, carried)
    conflict = _conflict(licences, carried, table)
    if conflict:
        one, other, why = conflict
        return Combined(joined, False, (one.id, other.id), why)
    known = all(part.licences and not part.ambiguous for part in parts) and all(_is_known(one) for one in licences)
    return Combined(joined, True if known else None, None)


def _is_known(licence: Licence) -> bool:
    if licence.status == "vendor terms":
        return True
    return licence.vector.told("derivatives") != "unknown" and licence.vector.told("use") != "unknown"


def _conflict(licences: Sequence[Licence], carried: Carried, table: Table) -> tuple[Licence, Licence, str] | None:
    for one in licences:
        if why := _alone(one, carried):
            return one, next((other for other in licences if other is not one), one), why
    if carried.alike:
        for one, other in combinations(licences, 2):
            if why := _clash(one, other, table) or _clash(other, one, table):
                return one, other, why
    return None


def _alone(licence: Licence, carried: Carried) -> str:
    """Why a licence alone forbids what the relation makes; empty when it does not."""
    if licence.vector.told("use") == "none":
        return f"{licence.id} allows no use."
    if carried.alters and licence.vector.told("derivatives") == "no":
        return f"{licence.id} forbids to pass on changed versions."
    return ""


def _clash(alike: Licence, other: Licence, table: Table) -> str:
    """Why what is under a share-alike licence cannot be passed on together with the other; empty when it can."""
    families = alike.vector.many("alike").names
    if not families:
        return ""
    for one, another in product(families, other.vector.many("alike").names):
        if not table.onward_of(one) & table.onward_of(another):
            return f"{alike.id} and {other.id} each ask for the whole to be under themselves."
    freely = alike.vector.at_most("use", "commercial with terms")
    if freely and other.status == "vendor terms":
        return f"{alike.id} forbids to add restrictions, and {other.id} limits what outputs are used for."
    mine, theirs = alike.vector.rank("use"), other.vector.rank("use")
    if theirs.low > max(mine.high, CHAINS["use"].index("commercial with terms")):
        words = (
            f"{alike.id} forbids to add restrictions, and {other.id} adds one: its use is {other.vector.told('use')}."
        )
        return words.replace("unknown", "restricted")
    return ""
