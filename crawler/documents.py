"""What is fetched of a site: one table, from which the crawl, the pages and the docs derive."""

from dataclasses import dataclass
from enum import StrEnum


class Document(StrEnum):
    """A document of a site, each with a history of its own; `Snapshot.channel` holds its value."""

    ROBOTS = "robots"
    HOME = "home"
    TDMREP = "tdmrep"
    AI_TXT = "ai.txt"
    LLMS_TXT = "llms.txt"
    RSL = "rsl"
    TERMS = "terms"


@dataclass(frozen=True)
class Kind:
    """Where a document lies (empty where only another document tells), how much of it is read, and its name."""

    document: Document
    path: str
    limit: int
    title: str


KIB = 1024
KINDS: dict[Document, Kind] = {
    kind.document: kind
    for kind in (
        Kind(Document.ROBOTS, "/robots.txt", 500 * KIB, "robots.txt"),
        Kind(Document.HOME, "/", 1024 * KIB, "Home page"),
        Kind(Document.TDMREP, "/.well-known/tdmrep.json", 256 * KIB, "TDM reservation file"),
        Kind(Document.AI_TXT, "/ai.txt", 256 * KIB, "ai.txt"),
        Kind(Document.LLMS_TXT, "/llms.txt", 64 * KIB, "llms.txt"),
        Kind(Document.RSL, "", 256 * KIB, "RSL licence"),
        Kind(Document.TERMS, "", 2048 * KIB, "Terms of service"),
    )
}
