"""Consent of a corpus over time, as people ask for it: the series, its forecast, and what honouring would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.agents import Purpose
from crawler.consent import LEVELS, STANCES, Amount, Restriction
from crawler.estimates import HEAD, KNOWN, Estimate, Site, pooled, reweighted, stratified
from crawler.forecast import Forecast, forecast
from crawler.restriction import UNKNOWN, UNREACHABLE
from crawler.series import Months, Question, Weight
from crawler.verdicts import Since, verdicts
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

    @property
    def before(self) -> float | None:
        """A year before; None where the history is shorter."""
        return self.shares[-13] if len(self.shares) > 12 else None


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


WORD_NAMES = {"allowed": "not refused", "refused": "refused", UNREACHABLE: "could not be reached", UNKNOWN: "not known"}


def crossed(found: Since, total: int) -> list[tuple[str, list[Cell]]]:
    """Rows of what sites said then, columns of what they say now, both in the order of WORD_NAMES."""
    return [
        (name, [Cell(found.crossed[then, now], found.crossed[then, now].tokens / (total or 1)) for now in WORD_NAMES])
        for then, name in WORD_NAMES.items()
    ]


@dataclass(frozen=True)
class Estimated:
    """The refused share of a whole corpus from those of its sites that were asked, by three ways to weigh them.

    `papers` is the form that the published figures of *Consent in Crisis* lead to: the strata's shares, weighed by the
    head's share of the tokens, which is `head_weight` (as `published` for a corpus of KNOWN, or this one's own).
    `pooled` throws all asked sites together.
    """

    estimate: Estimate
    papers: Estimate
    head_weight: float
    published: str
    pooled: float
    head: int
    head_share: float


def estimate(
    revision: Revision,
    at: datetime | None = None,
    question: Question | None = None,
    head: int = HEAD,
    published: str = "",
) -> Estimated:
    """Head and sample of a corpus: its `head` largest sites count as a census, the asked others as a random sample.

    Right only where the others were drawn at random. Sites of the head that were not asked are left out, not guessed.
    `published` names one of KNOWN, whose share of the head is taken for the paper's form. Raises BadInput where too few
    of either were asked.
    """
    told = verdicts(revision, at, question)
    answered = [(each.tokens, each.refuses, each.word not in (UNKNOWN, UNREACHABLE)) for each in told]
    return estimated(answered, head, published)


def estimated(told: Sequence[tuple[int, bool, bool]], head: int = HEAD, published: str = "") -> Estimated:
    """The same from plain (tokens, refuses, asked), the largest first."""
    top, rest = _asked(told[:head]), _asked(told[head:])
    if not top:
        raise BadInput("None of the largest sites of this corpus has been asked; crawl its consent first.")
    of_head = sum(site.tokens for site in top)
    tokens = of_head + sum(each[0] for each in told[head:])
    published = published if len(told) > head else ""  # without a rest there is nothing to weigh
    weight = KNOWN[published].head_share if published else of_head / (tokens or 1)
    return Estimated(
        stratified(top, rest, tokens), reweighted(top, rest, weight), weight, published, pooled(top, rest), len(top),
        len(top) / min(head, len(told)),
    )  # fmt: skip


def _asked(told: Sequence[tuple[int, bool, bool]]) -> list[Site]:
    return [Site(tokens, float(refuses)) for tokens, refuses, asked in told if asked]
