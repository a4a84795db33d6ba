"""Politeness held across workers and runs: a site is asked by one unit at a time, and after a pause by the next.

A turn lasts as long as the lease of the unit that took it (datacards.leases). The clock is the database's.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from datacards.models import Unit
from datacards.models.work import UnitState

_CLAIM = """
INSERT INTO crawler_siteturn AS turn (site, free_at, unit_id, fence)
SELECT site, clock_timestamp(), %(unit)s, %(fence)s FROM unnest(%(sites)s::text[]) AS site ORDER BY site
ON CONFLICT (site) DO UPDATE SET unit_id = EXCLUDED.unit_id, fence = EXCLUDED.fence
WHERE turn.free_at <= clock_timestamp() AND (turn.unit_id = EXCLUDED.unit_id OR NOT EXISTS (
    SELECT FROM datacards_unit AS unit
    WHERE unit.id = turn.unit_id AND unit.fence = turn.fence AND unit.state = %(running)s
      AND unit.lease_until > clock_timestamp()))
RETURNING site
"""
_RELEASE = """
UPDATE crawler_siteturn AS turn
SET unit_id = NULL, free_at = clock_timestamp() + make_interval(secs => told.delay)
FROM unnest(%(sites)s::text[], %(delays)s::float8[]) AS told (site, delay)
WHERE turn.site = told.site AND turn.unit_id = %(unit)s AND turn.fence = %(fence)s
"""
_FORGET = (
    "DELETE FROM crawler_siteturn WHERE unit_id IS NULL AND free_at < clock_timestamp() - make_interval(days => 1)"
)


def claim(unit: Unit, sites: Collection[str]) -> set[str]:
    """Take the turns that are free, or ours already; returns those sites."""
    told: dict[str, Any] = {
        "unit": unit.pk,
        "fence": unit.fence,
        "sites": list(sites),
        "running": UnitState.RUNNING.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, told)
        return {site for (site,) in cursor.fetchall()}


def release(unit: Unit, delays: Mapping[str, float]) -> None:
    """Give turns back: each site may be asked by others after so many seconds."""
    told: dict[str, Any] = {
        "unit": unit.pk,
        "fence": unit.fence,
        "sites": list(delays),
        "delays": list(delays.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, told)


def forget() -> None:
    """Remove the turns that nobody has to wait for any more."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
