"""What the licence that counts permits, and whether those of what a corpus was made from can be met together."""

from datacards.licenses import combine
from datacards.models import Derivation, LicenceClaim
from datacards.overriding import licence_table, terms_here
from governance.measured import TOP, Known, Measured


def licence(known: Known) -> Measured | None:
    """The licence that counts, as it was stated."""
    claim = known.licence
    if claim is None or not claim.expression.strip():
        return None
    return claim.expression.strip(), (f"licence claim:{claim.pk}",), claim.claimed_at


def licence_terms(known: Known) -> Measured | None:
    """What the licence that counts permits."""
    claim = known.licence
    if claim is None or not claim.expression.strip():
        return None
    terms = terms_here(claim.expression)
    if not terms.recognised:
        open_word = "This word leaves the licence open." if terms.ambiguous else "Its terms are not known here."
        told = f"{claim.expression.strip()}: {open_word}"
    else:
        told = f"{claim.expression.strip()}: {_permits(terms.commercial, 'commercial use')}, "
        told += f"{_permits(terms.derivatives, 'derivatives')}, {_share_alike(terms.share_alike)}."
    together, parents = _together(known)
    evidence = tuple(f"licence claim:{each.pk}" for each in (claim, *parents))
    return told + together, evidence, min(each.claimed_at for each in (claim, *parents))


def _together(known: Known) -> tuple[str, list[LicenceClaim]]:
    """Whether the licences of what it was made from can be met together, and the statements that say so."""
    edges = Derivation.objects.filter(child=known.revision).select_related("parent__corpus").order_by("id")[:TOP]
    found = [(edge.relation, LicenceClaim.objects.effective(edge.parent.corpus, known.at)) for edge in edges]
    stated = [(relation, claim) for relation, claim in found if claim is not None]
    if not found:
        return "", []
    judged = [
        combine([claim.expression for each, claim in stated if each == relation], relation, table=licence_table())
        for relation in dict.fromkeys(relation for relation, _ in stated)
    ]
    clash = next((each.conflict for each in judged if each.conflict), None)
    if clash:
        said = f"{clash[0]} and {clash[1]} of what it was made from cannot both be met."
    elif len(stated) == len(found) and all(each.satisfiable for each in judged):
        said = "The licences of what it was made from can be met together."
    else:
        said = "Whether the licences of what it was made from can be met together is not known."
    return f" {said}", [claim for _, claim in stated]


def _permits(known: bool | None, what: str) -> str:
    return f"{what} {'not known' if known is None else 'permitted' if known else 'not permitted'}"


def _share_alike(known: bool | None) -> str:
    return "share-alike " + ("not known" if known is None else "required" if known else "not required")
