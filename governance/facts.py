"""The vocabulary of facts that a policy may speak of: one table, from which checks, pages and docs derive."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The type of a fact's value, as JSON carries it."""

    BOOL = "bool"
    COUNT = "count"
    SHARE = "share"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True)
class FactType:
    """What a fact means, how one says it, and how to supply it when it is missing.

    `says` takes the value at `{}`; that of a bool is two clauses, for yes and for no, around a `|`.
    """

    name: str
    kind: Kind
    title: str
    says: str
    mend: str


VOCABULARY: dict[str, FactType] = {
    f.name: f
    for f in (
        FactType("clock.now", Kind.DATE, "when the decision is made", "it is {}", "Set the server's clock."),
        FactType(
            "licence.stated",
            Kind.BOOL,
            "a licence is stated",
            "a licence is stated|no licence is stated",
            "State a licence on the card.",
        ),
        FactType(
            "licence.recognised",
            Kind.BOOL,
            "the licence is one we know the terms of",
            "the stated licence is one whose terms are known|the stated licence is none whose terms are known",
            "State the licence as an SPDX expression.",
        ),
        FactType(
            "licence.commercial",
            Kind.BOOL,
            "the licence lets others use the data commercially",
            "the licence allows commercial use|the licence forbids commercial use",
            "State a licence whose terms are known.",
        ),
        FactType(
            "licence.derivatives",
            Kind.BOOL,
            "the licence lets others build on the data",
            "the licence allows derivatives|the licence forbids derivatives",
            "State a licence whose terms are known.",
        ),
        FactType(
            "licence.use",
            Kind.TEXT,
            "for which use the licence gives the data: any, commercial with terms, non-commercial, academic or none",
            "the use that the licence gives the data for is {}",
            "State a licence whose terms are known.",
        ),
        FactType(
            "licence.satisfiable",
            Kind.BOOL,
            "what is made from the data can meet all that its own licence asks",
            "what is made from the data can meet all that the licence asks"
            "|nothing that is made from the data can be passed on and meet all that the licence asks",
            "State a licence whose terms are known, each of its parts.",
        ),
        FactType(
            "licence.disputed",
            Kind.BOOL,
            "sources name different licences",
            "its sources name different licences|its sources agree on the licence",
            "State the licence, with where one reads it.",
        ),
        FactType(
            "origin.domain_share",
            Kind.SHARE,
            "share of tokens whose web domain is known",
            "{} of the tokens have a known web domain",
            "Register the corpus with the column that holds the URL.",
        ),
        FactType(
            "consent.checked_share",
            Kind.SHARE,
            "share of tokens from domains whose consent was checked",
            "{} of the tokens come from domains that were asked",
            "Crawl the consent of the corpus's domains.",
        ),
        FactType(
            "consent.unreachable_share",
            Kind.SHARE,
            "share of tokens from domains that could not be reached",
            "{} of the tokens come from domains that could not be reached",
            "Crawl again when the hosts are back.",
        ),
        FactType(
            "consent.refused_share",
            Kind.SHARE,
            "share of tokens from domains that refuse AI training",
            "{} of the tokens come from domains that refuse AI training",
            "Crawl the consent of the corpus's domains.",
        ),
        FactType(
            "consent.signals_refused_share",
            Kind.SHARE,
            "share of tokens whose sites refuse AI training by signals other than robots.txt",
            "{} of the tokens come from sites that refuse AI training by a machine-readable signal beside robots.txt",
            "Crawl the consent of the corpus's domains, their other documents included.",
        ),
        FactType(
            "consent.terms_refused_share",
            Kind.SHARE,
            "share of tokens whose sites' terms prohibit scraping or AI training",
            "{} of the tokens come from sites whose terms prohibit scraping or AI training",
            "Crawl the consent of the corpus's domains, their terms of service included.",
        ),
        FactType(
            "consent.oldest_check",
            Kind.DATE,
            "when the oldest consent in use was fetched",
            "the oldest consent in use was fetched on {}",
            "Crawl the consent of the corpus's domains.",
        ),
        FactType(
            "scan.finished_at",
            Kind.DATE,
            "when personal data was last scanned for",
            "personal data was last scanned for on {}",
            "Start a scan for personal data.",
        ),
        FactType(
            "scan.coverage",
            Kind.SHARE,
            "share of rows that the scan read",
            "{} of the rows were scanned",
            "Scan the whole revision.",
        ),
        FactType(
            "scan.personal_share",
            Kind.SHARE,
            "share of rows with validated personal data",
            "{} of the rows hold validated personal data",
            "Start a scan for personal data.",
        ),
        FactType(
            "scan.secrets",
            Kind.COUNT,
            "keys, tokens and passwords found",
            "{} keys, tokens or passwords were found",
            "Start a scan for personal data.",
        ),
        FactType(
            "card.completeness",
            Kind.SHARE,
            "share of the required card fields that are filled",
            "{} of the required card fields are filled",
            "Fill the card's required fields.",
        ),
        FactType(
            "lineage.parents",
            Kind.COUNT,
            "how many revisions this one was made from",
            "it was made from {} other revisions",
            "Record what the corpus was made from.",
        ),
        FactType(
            "lineage.refused_share",
            Kind.SHARE,
            "greatest share of refusing tokens in anything this was made from",
            "up to {} of the tokens of what it was made from come from domains that refuse AI training",
            "Crawl the consent of the corpora that this one was made from.",
        ),
        FactType(
            "lineage.licence_commercial",
            Kind.BOOL,
            "its licence and those of all it was made from let others use it commercially",
            "its licence and all that come down from upstream allow commercial use"
            "|its licence, or one that comes down from upstream, forbids commercial use",
            "State the licence of everything that it was made from.",
        ),
        FactType(
            "lineage.licence_satisfiable",
            Kind.BOOL,
            "its licence and those of all it was made from can be met at once",
            "its licence and all that come down from upstream can be met at once"
            "|its licence and those that come down from upstream cannot all be met at once",
            "State the licence of everything that it was made from.",
        ),
        FactType(
            "lineage.licence_use",
            Kind.TEXT,
            "for which use its licence and those of all it was made from give it, as `licence.use` says it",
            "the use that its licence and all that come down from upstream give it for is {}",
            "State the licence of everything that it was made from.",
        ),
    )
}
