"""Several licences on one thing that was made, each come the same way: what they come to, and can they be met?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from datacards.licenses.carrying import relation_of
from datacards.licenses.lattice import BOTTOM
from datacards.licenses.table import Table, default_table
from datacards.licenses.terms import Terms, terms_of
from datacards.licenses.weighing import Weighed, judge_claims


@dataclass(frozen=True)
class Combined:
    """What several licences come to along a relation.

    `satisfiable` is None while a licence is not known well enough, or while it hinges on what is not settled, which
    `unsettled` then says. `conflict` names the smallest pair that cannot be met at once (twice the same licence when
    it alone cannot be), and `why` says it in a sentence.
    """

    terms: Terms
    satisfiable: bool | None
    conflict: tuple[str, str] | None
    why: str = ""
    unsettled: str = ""


def combine(
    expressions: Iterable[str], relation: str = "derived", *, table: Table | None = None, model_terms: bool = True
) -> Combined:
    """Join the licences of everything that one thing was made from, each along the same relation.

    `relation` is a name in RELATIONS or a synonym; an unknown one is taken to carry everything.
    `model_terms`: whether model vendors' terms of service count as restrictions on what was made from outputs.
    Raises nothing; of an OR, that choice is taken which can be met.
    """
    carried, known = relation_of(relation), table or default_table()
    parts = [terms_of(each, table=known) for each in dict.fromkeys(expressions)]
    if not model_terms:
        parts = [part for part in parts if not _is_vendors(part)]
    judged = judge_claims([Weighed(part, carried.alike, carried.alters) for part in parts], table=known)
    if not carried.licence:
        return Combined(replace(judged.terms, vector=BOTTOM), True, None)
    if not parts:
        return Combined(judged.terms, None, None)
    return Combined(judged.terms, judged.satisfiable, judged.pair, judged.why, judged.unsettled)


def _is_vendors(part: Terms) -> bool:
    return bool(part.licences) and all(one.status == "vendor terms" for one in part.licences)
