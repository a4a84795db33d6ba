"""Snapshots asked for by document and moment: many at once, each by one look into the index."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

Moment = tuple[int, str, datetime]  # domain's id, channel, when

FOUND = """
SELECT t.domain_id, t.channel, t.fetched_at, t.id, t.source, t.state, t.content_id, t.warc_file
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS asked(domain_id, channel, fetched_at)
JOIN crawler_snapshot t USING (domain_id, channel, fetched_at)
ORDER BY t.id"""


@dataclass(frozen=True)
class Stored:
    """A snapshot as an import looks at it."""

    snapshot: UUID
    source: str
    state: str
    digest: str
    file: str


def stored_at(moments: Iterable[Moment]) -> dict[Moment, list[Stored]]:
    """What the store has of these moments; of several the last counts, as everywhere."""
    columns = list(zip(*set(moments), strict=True))
    found: dict[Moment, list[Stored]] = {}
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(FOUND, [list(column) for column in columns])
            for domain, channel, at, pk, source, state, digest, file in cursor.fetchall():
                found.setdefault((domain, channel, at), []).append(Stored(pk, source, state, digest or "", file))
    return found
