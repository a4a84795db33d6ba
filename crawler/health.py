"""Hosts that fail: how often in a row, since when, and when they are asked again. Derived from snapshots, in SQL.

Nothing is counted up: the streak is read from the snapshots each time, so doing it twice, or late, does no harm.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from crawler.models import ROBOTS, HostHealth
from crawler.pacing import DOUBLINGS, FIRST, LONGEST
from crawler.states import State
from datacards.models import Domain, Run

# The failures of each host asked by a run since it last answered; what crawler.pacing.rest says, in SQL.
STREAKS = """
WITH asked AS (
    SELECT domain_id FROM crawler_snapshot WHERE run_id = %(run)s AND channel = %(channel)s
), streak AS (
    SELECT a.domain_id, count(*) AS failures, min(t.fetched_at) AS since, max(t.fetched_at) AS last_at,
           (array_agg(t.error ORDER BY t.fetched_at DESC))[1] AS last_error
    FROM asked a
    LEFT JOIN LATERAL (
        SELECT fetched_at FROM crawler_snapshot
        WHERE domain_id = a.domain_id AND channel = %(channel)s AND state <> %(failed)s
        ORDER BY fetched_at DESC LIMIT 1
    ) answered ON true
    JOIN crawler_snapshot t ON t.domain_id = a.domain_id AND t.channel = %(channel)s AND t.state = %(failed)s
         AND t.fetched_at > coalesce(answered.fetched_at, '-infinity')
    GROUP BY a.domain_id
)
INSERT INTO crawler_hosthealth (domain_id, failures, since, last_at, last_error, next_try_at)
SELECT domain_id, failures, since, last_at, last_error, last_at
       + least(%(first)s * power(2, least(failures - 1, %(doublings)s)), %(longest)s)
       * (0.75 + 0.5 * ('x' || substr(md5(domain_id || ':' || failures), 1, 8))::bit(32)::bigint / 4294967296.0)
       * interval '1 second'
FROM streak ORDER BY domain_id
ON CONFLICT (domain_id) DO UPDATE
SET failures = excluded.failures, since = excluded.since, last_at = excluded.last_at,
    last_error = excluded.last_error, next_try_at = excluded.next_try_at
"""
ANSWERED = """
DELETE FROM crawler_hosthealth h USING crawler_snapshot t
WHERE t.run_id = %(run)s AND t.channel = %(channel)s AND t.domain_id = h.domain_id AND NOT EXISTS (
    SELECT 1 FROM crawler_snapshot n
    WHERE n.domain_id = h.domain_id AND n.channel = %(channel)s AND n.state = %(failed)s
      AND n.fetched_at > (SELECT coalesce(max(a.fetched_at), '-infinity') FROM crawler_snapshot a
                          WHERE a.domain_id = h.domain_id AND a.channel = %(channel)s AND a.state <> %(failed)s)
)
"""


def recompute(run: Run) -> None:
    """Bring the health of the hosts that a run asked up to date; called when it finishes, in its transaction."""
    told: dict[str, Any] = {
        "run": run.pk, "channel": ROBOTS, "failed": State.UNREACHABLE.value, "doublings": DOUBLINGS,
        "first": FIRST.total_seconds(), "longest": LONGEST.total_seconds(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STREAKS, told)
        cursor.execute(ANSWERED, told)


def to_ask(domains: QuerySet[Domain], run: Run) -> QuerySet[Domain]:
    """Without the hosts that a patient run leaves alone; a run that a person asked for asks them all.

    Judged by when the run was made: a run that is taken up again leaves out the same ones.
    """
    if not run.params.get("patient"):
        return domains
    return domains.exclude(pk__in=HostHealth.objects.resting(run.created_at).values("domain"))
