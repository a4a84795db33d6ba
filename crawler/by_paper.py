"""A revision's robots.txt files read by the algorithm of *Consent in Crisis*, beside our own reading of the same bytes.

See crawler.paper for where that algorithm departs from RFC 9309. Every file in use is read again from the store, so
this takes seconds for ten thousand sites: it is for exports and the terminal, not for a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from crawler import paper, registry
from crawler.estimates import Site
from crawler.groups import UNKNOWN, UNREACHABLE, Amount
from crawler.models import Snapshot
from crawler.refusals import ROBOTS
from crawler.series import Question
from crawler.states import SPEAKING
from crawler.store import Store
from crawler.verdicts import Verdict, verdicts
from crawler.warc import read
from datacards.models import Revision

OURS = "ours"
EDITIONS: tuple[paper.Edition, ...] = ("paper", "latest")
READINGS = (OURS, *EDITIONS)
ANY = "any of them"


@dataclass(frozen=True)
class Compared:
    """How much an agent is refused as a whole by each reading; `missed` is what ours finds and theirs does not."""

    agent: str
    refused: dict[str, Amount]
    missed: dict[str, Amount]


@dataclass(frozen=True)
class SiteRead:
    """A site that was asked, and the agents that it refuses everything by each reading."""

    verdict: Verdict
    refused: dict[str, frozenset[str]]

    def restricted(self, reading: str) -> Site:
        """As estimates take it."""
        return Site(self.verdict.tokens, float(bool(self.refused[reading])))


def sites(
    revision: Revision, store: Store, at: datetime | None = None, question: Question | None = None
) -> list[SiteRead]:
    """Every site of a revision, the largest first, whether it was asked or not.

    Raises Unavailable where the store has lost a file.
    """
    question = replace(question or Question(), channel=ROBOTS)
    names = [agent.name for agent in question.agents(registry.active())]
    told = verdicts(revision, at, question)
    theirs = dict(_theirs(told, store, names))
    nothing: dict[str, frozenset[str]] = {edition: frozenset() for edition in EDITIONS}
    return [SiteRead(each, {OURS: _ours(each, names), **theirs.get(each.domain_id, nothing)}) for each in told]


def _ours(verdict: Verdict, names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in names if verdict.group.level(name) == "all")


def _theirs(
    told: Sequence[Verdict], store: Store, names: Sequence[str]
) -> Iterator[tuple[int, dict[str, frozenset[str]]]]:
    """Domain → who is refused by each edition; each content is read once, in the order in which it lies."""
    speaking = [each.snapshots[0] for each in told if each.group.said in SPEAKING]
    rows = Snapshot.objects.filter(pk__in=speaking, content__isnull=False).order_by(
        "content__warc_file", "content__warc_offset"
    )
    places = rows.values_list("content__warc_file", "content__warc_offset", "domain_id")
    for name, own in groupby(places.iterator(), key=lambda row: row[0]):
        with store.open(name) as file:
            for offset, same in groupby(own, key=lambda row: row[1]):
                found = _read(read(file, offset).body, names)
                yield from ((domain, found) for _, _, domain in same)


def _read(body: bytes, names: Sequence[str]) -> dict[str, frozenset[str]]:
    told = {edition: paper.levels(body, names, edition) for edition in EDITIONS}
    return {
        edition: frozenset(name for name, level in levels.items() if level == "all")
        for edition, levels in told.items()
    }  # fmt: skip


def compared(read: Sequence[SiteRead]) -> list[Compared]:
    """Agent by agent, the most refused first, and before all of them whether any is refused."""
    names = sorted({name for each in read for own in each.refused.values() for name in own})
    each_agent = [_compared(name, read, frozenset([name])) for name in names]
    each_agent.sort(key=lambda row: (-row.refused[OURS].tokens, row.agent.lower()))
    return [_compared(ANY, read, frozenset(names)), *each_agent]


def _compared(agent: str, read: Sequence[SiteRead], names: frozenset[str]) -> Compared:
    refused = {reading: _sum(each for each in read if each.refused[reading] & names) for reading in READINGS}
    missed: dict[str, Amount] = {
        edition: _sum(each for each in read if each.refused[OURS] & names and not each.refused[edition] & names)
        for edition in EDITIONS
    }  # fmt: skip
    return Compared(agent, refused, missed)


def _sum(read: Iterator[SiteRead]) -> Amount:
    return sum((Amount(e.verdict.tokens, e.verdict.documents, 1) for e in read), Amount())


def asked(read: Sequence[SiteRead]) -> list[SiteRead]:
    """Those that gave an answer."""
    return [each for each in read if each.verdict.group.said not in (UNKNOWN, UNREACHABLE)]
