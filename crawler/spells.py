"""Spells: the stretches over which a document of a domain said the same, derived from its snapshots.

Sites seldom change and are fetched often, so every question about a date or a stretch of time is asked of spells. They
can be made again at any time, and come out the same in whatever order the snapshots were stored.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crawler.documents import Document
from datacards.models import Domain

BATCH = 1000

# Whoever makes the spells of a domain last sees every snapshot that was stored before; foreign keys do not wait.
LOCK = "SELECT id FROM datacards_domain WHERE id = ANY(%(domains)s) ORDER BY id FOR NO KEY UPDATE"

# Gaps and islands: a spell starts where a fetch says something else than the one before it. Of fetches at the same
# moment the one with the greatest id counts, as everywhere. Only rows that differ are written.
SPELLS = """
WITH document AS (
    SELECT d.id AS domain_id, c.channel, coalesce(s.since, '-infinity') AS since
    FROM unnest(%(domains)s::bigint[]) AS d(id)
    CROSS JOIN unnest(%(channels)s::text[]) AS c(channel)
    LEFT JOIN LATERAL (
        SELECT max(p.since) AS since FROM crawler_spell p
        WHERE p.domain_id = d.id AND p.channel = c.channel AND p.since < %(since)s
    ) s ON true
), fetched AS (
    SELECT DISTINCT ON (d.domain_id, d.channel, t.fetched_at)
           d.domain_id, d.channel, t.fetched_at, t.id, t.state, t.content_id, t.signals_id
    FROM document d
    JOIN crawler_snapshot t ON t.domain_id = d.domain_id AND t.channel = d.channel AND t.fetched_at >= d.since
    ORDER BY d.domain_id, d.channel, t.fetched_at, t.id DESC
), compared AS (
    SELECT *, (state, content_id, signals_id) IS DISTINCT FROM
              (lag(state) OVER earlier, lag(content_id) OVER earlier, lag(signals_id) OVER earlier) AS starts
    FROM fetched WINDOW earlier AS (PARTITION BY domain_id, channel ORDER BY fetched_at)
), numbered AS (
    SELECT *, count(*) FILTER (WHERE starts) OVER (PARTITION BY domain_id, channel ORDER BY fetched_at) AS island
    FROM compared
), spell AS MATERIALIZED (
    SELECT domain_id, channel, min(fetched_at) AS since, max(fetched_at) AS until, count(*)::int AS fetches,
           min(state) AS state, min(content_id) AS content_id, min(signals_id) AS signals_id,
           (array_agg(id ORDER BY fetched_at))[1] AS snapshot_id
    FROM numbered GROUP BY domain_id, channel, island
), gone AS (
    DELETE FROM crawler_spell old USING document d
    WHERE old.domain_id = d.domain_id AND old.channel = d.channel AND old.since >= d.since AND NOT EXISTS (
        SELECT FROM spell s WHERE s.domain_id = old.domain_id AND s.channel = old.channel AND s.since = old.since)
)
INSERT INTO crawler_spell AS old (domain_id, channel, since, until, fetches, state, content_id, signals_id, snapshot_id)
SELECT domain_id, channel, since, until, fetches, state, content_id, signals_id, snapshot_id FROM spell
ON CONFLICT (domain_id, channel, since) DO UPDATE
SET until = excluded.until, fetches = excluded.fetches, state = excluded.state, content_id = excluded.content_id,
    signals_id = excluded.signals_id, snapshot_id = excluded.snapshot_id
WHERE (old.until, old.fetches, old.state, old.content_id, old.signals_id, old.snapshot_id) IS DISTINCT FROM
      (excluded.until, excluded.fetches, excluded.state, excluded.content_id, excluded.signals_id, excluded.snapshot_id)
"""


def rebuild(domain_ids: Iterable[int], since: datetime | None = None) -> None:
    """Make the spells of some domains from their snapshots, in one statement; safe to repeat, and beside others.

    `since` tells that the spells were right for all that was fetched before it (the earliest fetch of a batch that was
    just stored), so that only the spell it falls in and later ones are made.
    """
    values: dict[str, Any] = {
        "domains": sorted(set(domain_ids)),
        "channels": [d.value for d in Document],
        "since": since,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, values)
        cursor.execute(SPELLS, values)


def rebuild_all(batch: int = BATCH) -> Iterator[int]:
    """Make all spells again; yields after each batch how many domains are done. Each batch is a transaction."""
    done, last = 0, 0
    while ids := list(Domain.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        rebuild(ids)
        done, last = done + len(ids), ids[-1]
        yield done
