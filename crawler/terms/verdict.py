"""What terms of service say about copying by machine, with the words that say it.

| axis                             | answer                                                 |
|----------------------------------|--------------------------------------------------------|
| scraping                         | prohibited, conditional, allowed or not_mentioned      |
| ai_training                      | the same                                               |
| non_commercial                   | whether only private or non-commercial use is granted  |
| no_redistribution_or_competition | whether passing on, or competing by it, is ruled out   |
| output_only                      | whether a ban on training speaks of generated output   |

A ban that can be lifted by asking ("without our written permission") is a ban: who has not asked may not.
`conditional` is a permission for some (search engines, research), or a ban on some data or some part of a service only.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

RULES_VERSION = "1"  # raised whenever the same text would be read otherwise


RULES_VERSION = "1"  # raised whenever the same text would be read otherwise


class Verdict(StrEnum):
    """What a text says of one use. Silence is not permission."""

    PROHIBITED = "prohibited"
    CONDITIONAL = "conditional"
    ALLOWED = "allowed"
    NOT_MENTIONED = "not_mentioned"


class Kind(StrEnum):
    """What a clause is about."""

    SCRAPING = "scraping"
    SCRAPING_PERMIT = "scraping_permit"
    PERSONAL_DATA = "personal_data"
    AI_TRAINING = "ai_training"
    NON_COMMERCIAL = "non_commercial"
    REDISTRIBUTION = "redistribution"
    COMPETITION = "competition"
    REUSE = "reuse"
    OUTPUT_TRAINING = "output_training"


class PaperClass(StrEnum):
    """The document classes of Longpre et al., *Consent in Crisis* (2024), the strictest first."""

    NO_SCRAPING_AND_AI = "No Scraping & AI"
    NO_SCRAPING = "No Scraping"
    NO_AI = "No AI"
    NC_ONLY = "NC Only"
    NON_COMPETE = "Non-Compete"
    NO_REDISTRIBUTION = "No Re-Distribution"
    CONDITIONAL_USE = "Conditional Use"
    UNRESTRICTED_USE = "Unrestricted Use"
    NO_TERMS_PAGES = "No Terms Pages"


@dataclass(frozen=True, order=True)
class Clause:
    """One place that speaks: `quote` is the document's `text[start:end]`, word for word."""

    start: int
    end: int
    kind: Kind
    verdict: Verdict
    quote: str


@dataclass(frozen=True)
class TermsVerdict:
    """What one document says, and where.

    Where `supported` is False, no vocabulary for the `language` is at hand: a person has to read the document, and
    `not_mentioned` means only that nothing was understood; there is no class then.
    """

    scraping: Verdict = Verdict.NOT_MENTIONED
    ai_training: Verdict = Verdict.NOT_MENTIONED
    non_commercial: bool = False
    no_redistribution_or_competition: bool = False
    output_only: bool = False
    clauses: tuple[Clause, ...] = ()
    paper_class: PaperClass | None = PaperClass.NO_TERMS_PAGES
    language: str = ""
    supported: bool = True


def paper_class(clauses: Iterable[Clause]) -> PaperClass:
    """The class of a document that is there: of what its clauses say, the most severe.

    A general ban that spares search engines counts as a ban: it spares no one who trains.
    """
    held = list(clauses)
    bans = {clause.kind for clause in held if clause.verdict is Verdict.PROHIBITED}
    conditional = any(clause.verdict is Verdict.CONDITIONAL for clause in held)
    scraping = Verdict.PROHIBITED if Kind.SCRAPING in bans else Verdict.NOT_MENTIONED
    no_ai = bool(bans & {Kind.AI_TRAINING, Kind.OUTPUT_TRAINING})
    return strictest_class(bans, conditional, scraping, Verdict.PROHIBITED if no_ai else Verdict.NOT_MENTIONED)


def strictest_class(bans: Set[Kind], conditional: bool, scraping: Verdict, ai_training: Verdict) -> PaperClass:
    """The same, from the kinds of what is banned and whether anything is conditional."""
    no_scraping, no_ai = scraping is Verdict.PROHIBITED, ai_training is Verdict.PROHIBITED
    severity = {
        PaperClass.NO_SCRAPING_AND_AI: no_scraping and no_ai,
        PaperClass.NO_SCRAPING: no_scraping,
        PaperClass.NO_AI: no_ai,
        PaperClass.NC_ONLY: Kind.NON_COMMERCIAL in bans,
        PaperClass.NON_COMPETE: Kind.COMPETITION in bans,
        PaperClass.NO_REDISTRIBUTION: Kind.REDISTRIBUTION in bans,
        PaperClass.CONDITIONAL_USE: conditional,
        PaperClass.UNRESTRICTED_USE: True,
    }
    return next(each for each, applies in severity.items() if applies)
