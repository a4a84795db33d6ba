"""The table of licences as it holds here: what is shipped, with what admins said over it.

The newest override of a licence counts alone; one without changes takes the earlier ones back. The table is made once
for each newest override, so a process that did not hear of one makes it anew when it asks: never stale, one query.
"""

from functools import lru_cache

from datacards.judging import Table, made
from datacards.models import LicenceOverride


def licence_table() -> Table:
    """The table now."""
    newest = LicenceOverride.objects.order_by("-pk").values_list("pk", flat=True).first()
    return _table(newest or 0)


@lru_cache(maxsize=4)
def _table(newest: int) -> Table:
    rows = LicenceOverride.objects.filter(pk__lte=newest).order_by("licence", "-pk").distinct("licence")
    return made({row.licence: row.changes for row in rows if row.changes})
