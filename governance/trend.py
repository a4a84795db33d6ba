"""How much of a revision refused training over time, by its machine-readable channels: steps where anything moved."""

from collections.abc import Sequence

from crawler.agents import Agent
from crawler.series import Months, Question, months
from datacards.models import Revision
from governance.charts import Part, Step

KINDS = (
    ("refused", "refuse training"),
    ("unreachable", "could not be reached"),
    ("allowed", "do not refuse it as a whole"),
    ("unknown", "not asked yet"),
)
KIND_OF = {"all": "refused", "unreachable": "unreachable", "some": "allowed", "none": "allowed", "unknown": "unknown"}


def trend(revision: Revision, registered: Sequence[Agent] | None = None) -> list[Step]:
    """Shares of all tokens from the first fetch on; empty where no site was asked."""
    return _moved(months(revision, registered=registered, unit=None))


def _moved(found: Months) -> list[Step]:
    steps: list[Step] = []
    for at, *shares in zip(found.starts, *_shares(found), strict=True):
        parts = tuple(Part(share, *kind) for share, kind in zip(shares, KINDS, strict=True) if share > 0)
        if not steps or steps[-1].parts != parts:
            steps.append(Step(at, parts))
    return steps


def _shares(found: Months) -> list[list[float]]:
    levels = found.shares(Question(channel="machine"))
    told = ([levels[level] for level, of in KIND_OF.items() if of == kind] for kind, _ in KINDS)
    return [[sum(parts) for parts in zip(*each, strict=True)] for each in told]
