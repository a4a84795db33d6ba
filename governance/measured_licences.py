"""What the licence that counts permits, and whether those of what a corpus was made from can be met together."""

from collections.abc import Sequence

from datacards.models import Dataset, LicenceClaim, Revision
from datacards.models.corpus import Audience
from datacards.overriding import terms_here
from governance.ancestry.graph import Key
from governance.ancestry.licences import Carried
from governance.lineage import among, closure
from governance.lineage_claims import weighing_on
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
    evidence = tuple(dict.fromkeys(f"licence claim:{each.pk}" for each in (claim, *parents)))
    return told + together, evidence, min(each.claimed_at for each in (claim, *parents))


def _together(known: Known) -> tuple[str, list[LicenceClaim]]:
    """Whether its licence and those of all it was made from can be met together, as decisions count it, and the first
    of the statements that say so."""
    graph = closure([known.revision.pk], "up")
    weighing = weighing_on(known.revision.pk, graph, known.at)
    found = weighing.carried
    if len({claim.key for claim in found.claims}) + found.unstated < 2:  # nothing upstream passes a licence on
        return "", []
    if found.satisfiable is False:
        said = _conflict(known.revision, found)
    elif found.satisfiable:
        said = "The licences of what it was made from can be met together."
    else:
        said = "Whether the licences of what it was made from can be met together is not known."
    return f" {said}", list(LicenceClaim.objects.filter(pk__in=weighing.rows[:TOP]).order_by("pk"))


def _conflict(revision: Revision, found: Carried) -> str:
    """The conflict, named where everybody who may read this card may know of what it names."""
    if not _may_be_named(revision, [claim.key for claim in found.conflict]):
        return "The licences of what it was made from cannot all be met."
    names = " and ".join(claim.expression for claim in found.conflict)
    return f"{names} of what it was made from cannot {'both ' * (len(found.conflict) > 1)}be met: {found.why}"


def _may_be_named(revision: Revision, keys: Sequence[Key]) -> bool:
    """Public corpora may, and to an organisation's own readers what is the organisation's; the records are."""
    audiences = [Audience.PUBLIC]
    if revision.corpus.audience != Audience.PUBLIC:
        audiences.append(Audience.ORGANISATION)
    hidden = Revision.objects.filter(pk__in=among(keys)).exclude(corpus__audience__in=audiences)
    on_record = Dataset.objects.filter(pk__in=among(keys)) if len(audiences) < 2 else Dataset.objects.none()
    return not hidden.exclude(pk=revision.pk).exists() and not on_record.exists()


def _permits(known: bool | None, what: str) -> str:
    return f"{what} {'not known' if known is None else 'permitted' if known else 'not permitted'}"


def _share_alike(known: bool | None) -> str:
    return "share-alike " + ("not known" if known is None else "required" if known else "not required")
