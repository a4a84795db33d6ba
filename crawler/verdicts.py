"""What each domain of a revision permits at a date, and what became of it between two dates."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from crawler import registry
from crawler.consent import NEWEST, Said, query, read
from crawler.groups import STRICTNESS, UNKNOWN, UNREACHABLE, Amount, Group
from crawler.models import ROBOTS
from crawler.readings import Readings
from crawler.series import Question
from datacards.models import Revision

EACH = f"""
SELECT domain_id, name, tokens, documents, id, heard_at, said, levels_id, signals, stance_id, ids
FROM ({NEWEST}) newest WHERE name <> '' ORDER BY tokens DESC, domain_id
"""  # noqa: S608 - NEWEST is a constant


@dataclass(frozen=True)
class Verdict:
    """A domain of a revision: what it says, and the snapshots that say so (of robots.txt first, where there is one).

    `level` is what robots.txt says to the strictest of the agents asked about; `channels` are those that refuse;
    `fetched_at` is when the newest of the snapshots was fetched.
    """

    domain_id: int
    name: str
    tokens: int
    documents: int
    group: Group
    level: str
    channels: tuple[str, ...]
    fetched_at: datetime | None
    snapshots: tuple[uuid.UUID, ...]

    @property
    def refuses(self) -> bool:
        """By any channel."""
        return bool(self.channels)

    @property
    def word(self) -> str:
        """refused, unreachable, unknown or allowed (not refused as a whole)."""
        if self.channels:
            return "refused"
        return self.group.said if self.group.said in (UNREACHABLE, UNKNOWN) else "allowed"

    @property
    def terms(self) -> str:
        """What the terms of service come to, of the nine classes; empty where none were read."""
        return (self.group.stance.paper_class or self.group.stance.verdict) if self.group.stance else ""


def verdicts(revision: Revision, at: datetime | None = None, question: Question | None = None) -> list[Verdict]:
    """Every domain of a revision at a date, the largest first; training by any channel, unless another is asked."""
    rows = query(EACH, revision=revision.pk, channel=ROBOTS, at=at or timezone.now())
    said: list[Said] = [(row[6], row[7], tuple(row[8]), row[9]) for row in rows]
    unique = list(dict.fromkeys(said))
    readings = Readings(read(unique), registry.active())
    told = dict(zip(unique, _told(readings, question or Question()), strict=True))
    return [_verdict(row, *told[key]) for row, key in zip(rows, said, strict=True)]


def _told(readings: Readings, question: Question) -> Iterator[tuple[Group, str, tuple[str, ...]]]:
    levels = readings.strictest(question.agents(readings.registered)).tolist()
    channels = [list[str]() for _ in readings.groups]
    for name, mask in sorted(question.refusing(readings).items()):
        for place in mask.nonzero()[0].tolist():
            channels[place].append(name)
    for group, level, told in zip(readings.groups, levels, channels, strict=True):
        yield group, STRICTNESS[level], tuple(told)


def _verdict(row: tuple[Any, ...], group: Group, level: str, channels: tuple[str, ...]) -> Verdict:
    domain_id, name, tokens, documents, snapshot, fetched_at = row[:6]
    snapshots = ((snapshot,) if snapshot else ()) + tuple(row[10])
    return Verdict(domain_id, name, tokens, documents, group, level, channels, fetched_at, snapshots)


@dataclass(frozen=True)
class Turned:
    """A domain that refuses now, and what it said when the data was acquired."""

    then: Verdict
    now: Verdict

    @property
    def kind(self) -> str:
        """new: it permitted it then; standing: it refused then already; unknown: nobody had asked it, or in vain."""
        return "new" if self.then.word == "allowed" else "standing" if self.then.refuses else "unknown"


KINDS = {
    "new": "refuse now, and did not when the data was acquired",
    "standing": "refused already when the data was acquired",
    "unknown": "refuse now; what they said then is not known",
}


WORDS = ("allowed", "refused", UNREACHABLE, UNKNOWN)


@dataclass(frozen=True)
class Since:
    """A revision at its acquisition against now: who refuses now, and how much said what (then, now)."""

    turned: list[Turned]
    crossed: dict[tuple[str, str], Amount]


def since(
    revision: Revision, acquired: datetime, at: datetime | None = None, question: Question | None = None
) -> Since:
    """Compare two dates, site by site, the largest first."""
    now = verdicts(revision, at, question)
    then = {verdict.domain_id: verdict for verdict in verdicts(revision, acquired, question)}
    crossed = {(before, after): Amount() for before in WORDS for after in WORDS}
    for verdict in now:
        crossed[then[verdict.domain_id].word, verdict.word] += Amount(verdict.tokens, verdict.documents, 1)
    return Since([Turned(then[verdict.domain_id], verdict) for verdict in now if verdict.refuses], crossed)


def takedown(
    revision: Revision, acquired: datetime, at: datetime | None = None, question: Question | None = None
) -> list[Turned]:
    """The domains that refuse now, the largest first, each with its word at the acquisition."""
    return since(revision, acquired, at, question).turned


def snapshots_in_use(revision: Revision, at: datetime | None = None) -> Iterator[uuid.UUID]:
    """The snapshots that a revision's consent at a date rests on."""
    for verdict in verdicts(revision, at):
        yield from verdict.snapshots
