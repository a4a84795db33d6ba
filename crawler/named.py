"""What single domains say of training now: many of them in three queries, with the channels by which they refuse."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from crawler import registry
from crawler.consent import TRAINING, array, query, read
from crawler.models import ROBOTS
from crawler.refusals import uses_of
from crawler.restriction import UNKNOWN, UNREACHABLE

REFUSES = "disallowed"

# As `consent.NEWEST`: the newest robots.txt, and of every other document the newest spell that was an answer.
NEWEST = """
    SELECT d.id, d.name, coalesce(n.state, 'unknown'), c.levels_id, o.stance_id,
           greatest(n.fetched_at, o.since),
           CASE WHEN n.signals_id IS NULL THEN coalesce(o.signals, '{}')
                ELSE array_prepend(n.signals_id, coalesce(o.signals, '{}')) END
    FROM datacards_domain d
    LEFT JOIN LATERAL (
        SELECT t.state, t.fetched_at, t.content_id, t.signals_id FROM crawler_snapshot t
        WHERE t.domain_id = d.id AND t.channel = %(channel)s AND t.fetched_at <= %(at)s
        ORDER BY t.fetched_at DESC LIMIT 1
    ) n ON true
    LEFT JOIN crawler_content c ON c.digest = n.content_id
    LEFT JOIN LATERAL (
        SELECT array_agg(x.signals_id ORDER BY x.signals_id) FILTER (WHERE x.signals_id IS NOT NULL) AS signals,
               max(k.stance_id) AS stance_id, max(x.since) AS since
        FROM (
            SELECT DISTINCT ON (p.channel) p.channel, p.since, p.content_id, p.signals_id
            FROM crawler_spell p
            WHERE p.domain_id = d.id AND p.channel <> %(channel)s AND p.since <= %(at)s AND p.state <> 'unreachable'
            ORDER BY p.channel, p.since DESC
        ) x
        LEFT JOIN crawler_content k ON k.digest = x.content_id AND x.channel = 'terms'
    ) o ON true
    WHERE d.id = ANY(%(ids)s::bigint[])
"""


@dataclass(frozen=True)
class Answer:
    """What a domain says of training.

    `verdict`: disallowed, some (parts of the site), none (nothing refused), unreachable or unknown (never asked).
    `channels` are those by which it refuses; `heard_at` when it last said something new, or was asked.
    """

    domain: int
    name: str
    verdict: str
    channels: tuple[str, ...]
    heard_at: datetime | None


def answers(ids: Collection[int], at: datetime | None = None) -> dict[int, Answer]:
    """Domain id → what it said of training by a moment (now, unless told)."""
    if not ids:
        return {}
    rows = query(NEWEST, ids=array(ids), channel=ROBOTS, at=at or timezone.now())
    agents = [agent for agent in registry.active() if agent.purpose in TRAINING]
    uses = uses_of(TRAINING)
    groups = read([(state, vector, tuple(signals), stance) for _, _, state, vector, stance, _, signals in rows])
    found = {}
    for (pk, name, state, *_, heard_at, _), group in zip(rows, groups, strict=True):
        channels = tuple(sorted(group.channels(agents, uses)))
        level = UNREACHABLE if state == UNREACHABLE else group.strictest(agents) if agents else UNKNOWN
        found[pk] = Answer(pk, name, REFUSES if channels else level, channels, heard_at)
    return found


def refusing(ids: Collection[int]) -> set[int]:
    """Those of these domains that refuse training now."""
    return {pk for pk, answer in answers(ids).items() if answer.verdict == REFUSES}
