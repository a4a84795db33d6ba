"""What licences allow, alone and together. Pure; the classification is data, and none of it is legal advice.

terms_of("CC-BY-NC-4.0 AND MIT").commercial          # False
combine(["CC-BY-SA-4.0", "CC-BY-NC-4.0"]).conflict   # ("CC-BY-SA-4.0", "CC-BY-NC-4.0")
"""

from datacards.licenses.carrying import RELATIONS, Carried, along, relation_of
from datacards.licenses.combining import Combined, combine
from datacards.licenses.lattice import CHAINS, SETS, UNKNOWN, Vector
from datacards.licenses.table import (
    COMPONENTS,
    LICENCES_FILE,
    Licence,
    Override,
    Table,
    checked,
    default_table,
)
from datacards.licenses.terms import MAX_EXPRESSION, Terms, terms_of
from datacards.licenses.verdicts import Found, Verdict, verdict_of
from datacards.licenses.weighing import Judged, Weighed, judge_claims


def known_expressions() -> tuple[str, ...]:
    """The licences whose terms are known, for a form to offer."""
    return tuple(id_ for id_, one in default_table().licences.items() if one.status == "licence")


__all__ = [
    "CHAINS",
    "COMPONENTS",
    "LICENCES_FILE",
    "MAX_EXPRESSION",
    "RELATIONS",
    "SETS",
    "UNKNOWN",
    "Carried",
    "Combined",
    "Found",
    "Judged",
    "Licence",
    "Override",
    "Table",
    "Terms",
    "Vector",
    "Verdict",
    "Weighed",
    "along",
    "checked",
    "combine",
    "default_table",
    "judge_claims",
    "known_expressions",
    "relation_of",
    "terms_of",
    "verdict_of",
]
