"""robots.txt and terms of service, brought into the form of the other channels' statements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from crawler.agents import Agent
from crawler.agents import Purpose as Trade
from crawler.channels.signals import EVERYBODY, PURPOSES, USES, Signal
from crawler.channels.words import Purpose, Value
from crawler.robots import RobotsFile, Verdict
from crawler.states import PERMITTING, SPEAKING, State

Statement = Signal  # one record for all that a site says, by documents made for it or not

SITE = "/"
# What an agent may no longer do where it may not fetch, by what its operator says its visits are for.
USES_OF: dict[Trade, tuple[Purpose, ...]] = {
    Trade.TRAIN: ("ai-train",),
    Trade.DATASET: ("ai-train",),
    Trade.SEARCH: ("search",),
    Trade.USER_FETCH: ("ai-input",),
    Trade.UNDOCUMENTED: USES,  # it may be any
}
_TERMS: dict[str, Value] = {"prohibited": "disallowed", "conditional": "disallowed", "allowed": "allowed"}
_UNREAD = "it could not be read, so nothing is permitted (RFC 9309 section 2.3.1.4)"


class SaysTerms(Protocol):
    """What terms of service say of scraping and AI training: prohibited, conditional, allowed or not-mentioned."""

    @property
    def scraping(self) -> str: ...
    @property
    def ai_training(self) -> str: ...
    @property
    def scraping_quote(self) -> str: ...
    @property
    def ai_training_quote(self) -> str: ...


@dataclass(frozen=True)
class Terms:
    """The plain form of `SaysTerms`."""

    scraping: str = "not-mentioned"
    ai_training: str = "not-mentioned"
    scraping_quote: str = ""
    ai_training_quote: str = ""


def of_robots(
    robots: RobotsFile | None, state: State | None, agent: Agent, tokens: frozenset[str], path: str
) -> Iterator[Statement]:
    """What robots.txt says to an agent: of fetching, and, where it refuses that, of what the agent fetches for.

    `tokens` are the names that address the agent, in lower case; of those that the file names each is heard. No file
    says nothing; one that could not be read permits nothing.
    """
    if state is None or state in PERMITTING:
        return
    if state not in SPEAKING or robots is None:
        for purpose in PURPOSES:
            yield Signal("robots", purpose, EVERYBODY, "disallowed", "robots.txt", note=_UNREAD)
        return
    fetching: tuple[Purpose, ...] = ("crawl",) if agent.fetches else ()
    for name in [token for token in sorted(tokens) if robots.names(token)] or [EVERYBODY]:
        refusal, note = _refusal(robots, name, path)
        if refusal is not None:
            yield from (_rule(purpose, name, refusal, path, note) for purpose in (*fetching, *USES_OF[agent.purpose]))
        else:
            yield from (_rule(purpose, name, robots.check(name, path), path, note) for purpose in fetching)


def _refusal(robots: RobotsFile, name: str, path: str) -> tuple[Verdict | None, str]:
    """The verdict that refuses the path, or on `/` the whole site, with a note; None where it may be fetched."""
    verdict = robots.check(name, path)
    level = robots.level(name) if path == SITE else "none"
    if not verdict.allowed:
        return verdict, ""
    if level == "all":
        return Verdict(False), "a file made to be slow: taken as a refusal"
    return None, "some paths are refused" if level == "some" else ""


def _rule(purpose: Purpose, name: str, verdict: Verdict, path: str, note: str) -> Statement:
    implied = "what may not be fetched may not be used" if not verdict.allowed and purpose != "crawl" else note
    where = f"robots.txt line {verdict.line}" if verdict.line else "robots.txt"
    return Signal(
        "robots", purpose, name, "allowed" if verdict.allowed else "disallowed", where, path, "group", verdict.line,
        quote=verdict.rule or "", note=implied or ("" if verdict.rule else "no rule refuses it"),
    )  # fmt: skip


def of_terms(terms: SaysTerms) -> Iterator[Statement]:
    """The clauses as statements; one that is conditional permits nothing to everybody."""
    clauses: tuple[tuple[Purpose, str, str], ...] = (
        ("crawl", terms.scraping, terms.scraping_quote),
        ("ai-train", terms.ai_training, terms.ai_training_quote),
    )
    for purpose, told, quote in clauses:
        if told in _TERMS:
            note = "conditional" if told == "conditional" else ""
            yield Signal("terms", purpose, EVERYBODY, _TERMS[told], "terms of service", quote=quote, note=note)
