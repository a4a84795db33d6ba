"""What all that is claimed of one dataset's licences comes to: may a commercial model be trained on it?

The rules are those of the Data Provenance Initiative's audit, with unknown kept apart: the strictest of what is stated
counts; a part without a licence outweighs commercial parts, and is outweighed by what is known to be stricter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from datacards.licenses.table import Table, default_table
from datacards.licenses.terms import Terms, terms_of


class Verdict(StrEnum):
    """The answers, from generous to strict; unclear where a text would have to be read."""

    COMMERCIAL = "commercial"
    NOT_FOUND = "not found"
    UNCLEAR = "unclear"
    NON_COMMERCIAL = "non-commercial"
    ACADEMIC = "academic"


STRICTER = tuple(Verdict)


@dataclass(frozen=True)
class Found:
    """A verdict, the words that decide it, and whether it hinges on a model vendor's terms alone."""

    verdict: Verdict
    by: tuple[str, ...] = ()
    hinges_on_vendors: bool = False


def verdict_of(expressions: Iterable[str], *, table: Table | None = None, model_terms: bool = True) -> Found:
    """The verdict on the licences that one source names for one dataset; without any, none is found."""
    known = table or default_table()
    words = [word for word in dict.fromkeys(expressions) if word.strip()]
    single = {word: _single(terms_of(word, table=known), model_terms) for word in words}
    counted = {word: each for word, each in single.items() if each is not None}
    worst = max(counted.values(), key=STRICTER.index, default=Verdict.NOT_FOUND)
    by = tuple(word for word, each in counted.items() if each is worst)
    return Found(worst, by, model_terms and bool(by) and _only_vendors(words, worst, known))


def _only_vendors(words: list[str], worst: Verdict, table: Table) -> bool:
    if worst not in (Verdict.NON_COMMERCIAL, Verdict.ACADEMIC):
        return False
    return verdict_of(words, table=table, model_terms=False).verdict not in (Verdict.NON_COMMERCIAL, Verdict.ACADEMIC)


def _single(terms: Terms, model_terms: bool) -> Verdict | None:
    """One expression's verdict; None for a vendor's terms that do not count."""
    statuses = {one.status for one in terms.licences}
    if statuses == {"vendor terms"}:
        # The contract forbids what a commercial model would be: one that competes with the vendor's.
        return Verdict.NON_COMMERCIAL if model_terms else None
    if terms.use == "academic":
        return Verdict.ACADEMIC
    if terms.commercial is None:
        return Verdict.NOT_FOUND if "not stated" in statuses else Verdict.UNCLEAR
    return Verdict.COMMERCIAL if terms.commercial else Verdict.NON_COMMERCIAL
