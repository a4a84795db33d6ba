"""Reads terms of service into a verdict."""

from collections.abc import Iterable

from crawler.terms.axes import clauses
from crawler.terms.text import sentences, shadow
from crawler.terms.verdict import Clause, Kind, TermsVerdict, Verdict, paper_class
from crawler.terms.words import guess, lexicon

_STRICTEST = (Verdict.PROHIBITED, Verdict.CONDITIONAL, Verdict.ALLOWED)
_RESTRICTING = (Verdict.PROHIBITED, Verdict.CONDITIONAL)


def classify(text: str, language: str | None = None) -> TermsVerdict:
    """What the terms in `text` say; `language` is an ISO 639-1 code, or None to recognise it from the words."""
    language = (language or guess(text)).lower()[:2]
    words = lexicon(language)
    if not text.strip():
        return TermsVerdict(language=language)
    if words is None:
        return TermsVerdict(language=language, supported=False, paper_class=None)
    small = shadow(text)
    found = {clause for sentence in sentences(text) for clause in clauses(text, small, sentence, words)}
    return verdict(sorted(found), language)


def verdict(found: Iterable[Clause], language: str) -> TermsVerdict:
    """What clauses come to together."""
    held = tuple(found)
    training = [clause for clause in held if clause.kind in (Kind.AI_TRAINING, Kind.OUTPUT_TRAINING)]
    site_bans = {clause.kind for clause in training if clause.verdict in _RESTRICTING}
    ai_training = _strictest({clause.verdict for clause in training})
    bans = {clause.kind for clause in held if clause.verdict is Verdict.PROHIBITED}
    return TermsVerdict(
        scraping=_scraping(held),
        ai_training=ai_training,
        non_commercial=Kind.NON_COMMERCIAL in bans,
        no_redistribution_or_competition=bool(bans & {Kind.REDISTRIBUTION, Kind.COMPETITION}),
        output_only=bool(training)
        and Kind.AI_TRAINING not in site_bans
        and any(c.kind is Kind.OUTPUT_TRAINING for c in training),
        clauses=held,
        paper_class=paper_class(held),
        language=language,
    )


def _scraping(held: tuple[Clause, ...]) -> Verdict:
    """A general ban holds unless some are permitted; one on data about persons only is a ban on some data."""
    bans = {clause.verdict for clause in held if clause.kind is Kind.SCRAPING}
    permits = {clause.verdict for clause in held if clause.kind is Kind.SCRAPING_PERMIT}
    if Verdict.PROHIBITED in bans:
        return Verdict.CONDITIONAL if permits else Verdict.PROHIBITED
    if bans or any(clause.kind is Kind.PERSONAL_DATA for clause in held):
        return Verdict.CONDITIONAL
    return _strictest(permits)


def _strictest(said: set[Verdict]) -> Verdict:
    return next((each for each in _STRICTEST if each in said), Verdict.NOT_MENTIONED)
