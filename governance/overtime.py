"""Consent of a corpus over time, as people ask for it: the series, its forecast, and what honouring would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.agents import Purpose
from crawler.consent import LEVELS, STANCES, Amount, Restriction
from crawler.estimates import HEAD, Estimate, Site, pooled, stratified
from crawler.forecast import Forecast, forecast
from crawler.restriction import UNKNOWN, UNREACHABLE
from crawler.series import Months, Question, Weight
from crawler.verdicts import Verdict, verdicts
from datacards.errors import BadInput
from datacards.models import Revision
from governance.charts import Part, Step
from governance.words import PURPOSES

KINDS = (
    ("all", "refused", "refused"),
    (UNREACHABLE, UNREACHABLE, "could not be reached"),
    ("some", "some", "parts refused"),
    ("none", "allowed", "nothing refused"),
    (UNKNOWN, UNKNOWN, "not known"),
)
AHEAD = 6
MOST_COMPANIES = 12
LEVEL_NAMES = {level: name for level, _, name in KINDS}
STANCE_NAMES = {
    "prohibited": "prohibited", "conditional": "conditional", "allowed": "allowed", "not_mentioned": "not mentioned",
    UNKNOWN: "not known",
}  # fmt: skip


def steps(months: Months, question: Question, by: Weight) -> list[Step]:
    """The levels month by month, as a picture takes them."""
    shares = months.shares(question, by)
    return [
        Step(at, tuple(Part(shares[level][place], *look) for level, *look in KINDS if shares[level][place]))
        for place, at in enumerate(months.starts)
    ]


def outlook(months: Months, question: Question, by: Weight) -> Forecast | None:
    """The refused share in the coming months; None where the history is too short."""
    return forecast(months.shares(question, by)["all"], AHEAD)


@dataclass(frozen=True)
class Small:
    """One of many small pictures: its name, and its refused share month by month."""

    name: str
    shares: tuple[float, ...]

    @property
    def now(self) -> float:
        """The last."""
        return self.shares[-1] if self.shares else 0.0


def by_company(months: Months, channel: str, by: Weight) -> list[Small]:
    """The refused share for each company's agents, the most refused first."""
    found = [_small(months, name, Question(company=name, channel=channel), by) for name in months.operators]
    return sorted(found, key=lambda small: (-small.now, small.name))[:MOST_COMPANIES]


def by_purpose(months: Months, channel: str, by: Weight) -> list[Small]:
    """The refused share for each purpose's agents."""
    return [_small(months, PURPOSES[p.value], Question(purpose=p.value, channel=channel), by) for p in Purpose]


def _small(months: Months, name: str, question: Question, by: Weight) -> Small:
    return Small(name, tuple(months.shares(question, by)["all"]))


@dataclass(frozen=True)
class Cell:
    """A cell of robots.txt against terms."""

    amount: Amount
    share: float

    @property
    def heat(self) -> int:
        """0..4, for the eye."""
        return 0 if not self.share else 1 + sum(self.share >= edge for edge in (0.02, 0.1, 0.3))


def matrix(found: Restriction, purpose: str = "") -> list[tuple[str, list[Cell]]]:
    """Rows of robots.txt's strictest level, columns of STANCES."""
    told, total = found.matrix(*([purpose] if purpose else [])), found.total_tokens or 1
    return [
        (LEVEL_NAMES[level], [Cell(told[level, stance], told[level, stance].tokens / total) for stance in STANCES])
        for level in LEVELS
    ]


@dataclass(frozen=True)
class WhatIf:
    """What honouring some channels loses, and what is kept."""

    lost: Amount
    kept: Amount
    share: float


def what_if(found: Restriction, channels: Sequence[str], purpose: str = "", unreachable: bool = False) -> WhatIf:
    """Honour these channels and no other."""
    purposes = [purpose] if purpose else []
    lost, total = found.honouring(channels, *purposes, unreachable=unreachable), found.total
    kept = Amount(total.tokens - lost.tokens, total.documents - lost.documents, total.domains - lost.domains)
    return WhatIf(lost, kept, lost.tokens / (total.tokens or 1))


@dataclass(frozen=True)
class Estimated:
    """The refused share of a whole corpus from those of its sites that were asked."""

    estimate: Estimate
    pooled: float
    head: int
    head_share: float


def estimate(
    revision: Revision, at: datetime | None = None, question: Question | None = None, head: int = HEAD
) -> Estimated:
    """Head and sample of a corpus: its `head` largest sites count as a census, the asked others as a random sample.

    Right only where the others were drawn at random. Sites of the head that were not asked are left out, not guessed.
    Raises BadInput where too few of either were asked.
    """
    told = verdicts(revision, at, question)
    top, rest = _asked(told[:head]), _asked(told[head:])
    if not top:
        raise BadInput("None of the largest sites of this corpus has been asked; crawl its consent first.")
    tokens = sum(site.tokens for site in top) + sum(verdict.tokens for verdict in told[head:])
    return Estimated(stratified(top, rest, tokens), pooled(top, rest), len(top), len(top) / min(head, len(told)))


def _asked(told: Sequence[Verdict]) -> list[Site]:
    known = (verdict for verdict in told if verdict.word not in (UNKNOWN, UNREACHABLE))
    return [Site(verdict.tokens, float(verdict.refuses)) for verdict in known]
