"""The table of licences as it holds here: what is shipped, with what admins said over it.

The newest override of a licence counts alone; one without changes takes the earlier ones back. The table is made once
for each newest override, so a process that did not hear of one makes it anew when it asks: never stale, one query.
"""

import logging
from functools import lru_cache

from datacards.errors import BadInput
from datacards.licenses import Override, Table, Terms, default_table, terms_of
from datacards.models import LicenceOverride

log = logging.getLogger(__name__)


def licence_table() -> Table:
    """The table now."""
    newest = LicenceOverride.objects.order_by("-pk").values_list("pk", flat=True).first()
    return _table(newest) if newest else default_table()


@lru_cache(maxsize=4)
def _table(newest: int) -> Table:
    """The table by the overrides up to one; what the shipped table no longer has is left out, and logged."""
    rows = LicenceOverride.objects.filter(pk__lte=newest).order_by("licence", "-pk").distinct("licence")
    table = default_table()
    for row in rows:
        try:
            table = table.with_overrides({row.licence: Override(row.changes, row.reason)}) if row.changes else table
        except BadInput as error:
            log.warning("the override %s of a licence is passed over: %s", row.pk, error)
    return table


def terms_here(expression: str) -> Terms:
    """The terms of an expression as admins here read them."""
    return terms_of(expression, table=licence_table())
