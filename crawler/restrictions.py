"""The finer scale of *Consent in Crisis* (Longpre et al., 2024): eight kinds of what a robots.txt says to an agent.

The paper names the kinds and their order but draws no line between them to the letter, so the lines here are ours: they
stand in the table. What cannot be fetched is no kind of the paper's; it is told apart, as everywhere here.
"""

from enum import StrEnum

from crawler.robots import RobotsFile, parse
from crawler.states import PERMITTING, State


class Restriction(StrEnum):
    """A kind of what a site says to an agent."""

    NO_ROBOTS = "no-robots"
    NONE = "none"
    SITEMAP = "sitemap"
    CRAWL_DELAY = "crawl-delay"
    OTHER = "other"
    PRIVATE = "private-directories"
    PATTERNS = "patterns"
    FULL = "full"
    UNREACHABLE = "unreachable"


# In order, the loosest first: the strictest that holds is what a site says.
KINDS: tuple[tuple[Restriction, str], ...] = (
    (Restriction.NO_ROBOTS, "the site has no robots.txt, or an empty one or a page in its place"),
    (Restriction.NONE, "a file that asks nothing of the agent"),
    (Restriction.SITEMAP, "nothing is asked, but a map of the site is offered"),
    (Restriction.CRAWL_DELAY, "everything may be fetched, at a given pace"),
    (Restriction.OTHER, "everything may be fetched, and other statements are made to the agent"),
    (Restriction.PRIVATE, "some places, each named outright, may not be fetched"),
    (
        Restriction.PATTERNS,
        "some places may not be fetched, at least one told by a pattern: `*`, a final `$` or a query",
    ),
    (Restriction.FULL, "nothing may be fetched"),
    (Restriction.UNREACHABLE, "no answer was had, so nothing may be fetched, though nobody said so (not in the paper)"),
)
ORDER = tuple(kind for kind, _ in KINDS)


def finer(file: bytes | RobotsFile, state: State, agent: str) -> Restriction:
    """What a fetch that came to `state` says to an agent, by the strictest kind that holds."""
    if state == State.UNREACHABLE:
        return Restriction.UNREACHABLE
    if state in PERMITTING:
        return Restriction.NO_ROBOTS
    robots = parse(file) if isinstance(file, bytes) else file
    level = robots.level(agent)
    if level == "none":
        return _unrestricted(robots, agent)
    if level == "all":
        return Restriction.FULL
    return Restriction.PATTERNS if _has_pattern(robots, agent) else Restriction.PRIVATE


def _unrestricted(robots: RobotsFile, agent: str) -> Restriction:
    keys = {statement.key.lower() for statement in robots.extras(agent)}
    if keys - {b"crawl-delay"}:
        return Restriction.OTHER
    if robots.crawl_delay(agent):
        return Restriction.CRAWL_DELAY
    return Restriction.SITEMAP if robots.sitemaps else Restriction.NONE


def _has_pattern(robots: RobotsFile, agent: str) -> bool:
    refused = (value for allow, value, _ in robots.rules(agent) if not allow and value[:1] in (b"/", b"*"))
    return any(b"*" in value or b"?" in value or value.endswith(b"$") for value in refused)
