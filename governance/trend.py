"""How much of a revision refused training over time, from the snapshots of its largest sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from crawler.consent import Restriction
from crawler.models import ROBOTS
from crawler.states import SPEAKING, State
from datacards.models import Revision
from governance.charts import Part, Step

LARGEST = 5000
KINDS = (
    ("refused", "refuse training"),
    ("unreachable", "could not be reached"),
    ("allowed", "do not refuse it as a whole"),
    ("unknown", "not asked yet"),
)

# Per site and day what was last said (per minute while all is younger than two days); then only where that moved.
MOVES = """
WITH top AS (
    SELECT domain_id, tokens FROM datacards_domainshare WHERE revision_id = %(revision)s
    ORDER BY tokens DESC, domain_id LIMIT %(largest)s
), fetched AS (
    SELECT t.*, top.tokens, date_trunc(CASE WHEN min(t.fetched_at) OVER () > now() - interval '2 days'
                                       THEN 'minute' ELSE 'day' END, t.fetched_at) AS day
    FROM top JOIN crawler_snapshot t ON t.domain_id = top.domain_id AND t.channel = %(channel)s
), said AS (
    SELECT DISTINCT ON (t.domain_id, t.day) t.domain_id, t.tokens, t.day,
           CASE WHEN t.state = %(unreachable)s THEN 'unreachable'
                WHEN t.state = ANY(%(speaking)s) AND c.levels_id = ANY(%(refusing)s) THEN 'refused'
                ELSE 'allowed' END AS kind
    FROM fetched t LEFT JOIN crawler_content c ON c.digest = t.content_id
    ORDER BY t.domain_id, t.day, t.fetched_at DESC, t.id DESC
), moved AS (
    SELECT day, tokens, kind, lag(kind, 1, 'unknown') OVER (PARTITION BY domain_id ORDER BY day) AS before FROM said
)
SELECT day, before, kind, sum(tokens)::bigint FROM moved WHERE kind <> before GROUP BY 1, 2, 3 ORDER BY 1
"""


@dataclass(frozen=True)
class Trend:
    """The steps, and how much of the revision's tokens they speak for."""

    steps: list[Step]
    covered: float


def trend(revision: Revision, found: Restriction, refusing: Iterable[int], largest: int = LARGEST) -> Trend:
    """Shares of all tokens by day, from the first fetch on; what the smaller sites said is left out and told.

    `refusing` are the ids of the level vectors that refuse training.
    """
    values: dict[str, Any] = {
        "revision": revision.pk, "largest": largest, "channel": ROBOTS, "unreachable": State.UNREACHABLE,
        "speaking": sorted(SPEAKING), "refusing": list(refusing),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MOVES, values)
        moves = cursor.fetchall()
    covered = _covered(revision, largest, found.total.domains)
    return Trend(_steps(moves, covered, found.total_tokens), covered / (found.total_tokens or 1))


def _covered(revision: Revision, largest: int, domains: int) -> int:
    """Tokens of the sites in the picture: all of them, unless there are too many."""
    if domains <= largest:
        return revision.tokens
    return sum(revision.shares.order_by("-tokens", "domain").values_list("tokens", flat=True)[:largest])


def _steps(moves: Iterable[tuple[datetime, str, str, int]], covered: int, total: int) -> list[Step]:
    amounts = dict.fromkeys((kind for kind, _ in KINDS), 0) | {"unknown": covered}
    steps: dict[datetime, Step] = {}
    for day, before, after, tokens in moves:
        amounts[before] -= tokens
        amounts[after] += tokens
        parts = tuple(Part(amounts[kind] / (total or 1), kind, name) for kind, name in KINDS if amounts[kind] > 0)
        steps[day] = Step(day, parts)
    return list(steps.values())
