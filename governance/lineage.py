"""What a revision was made from and what was made of it, over any number of steps."""

import uuid
from collections.abc import Iterable

from django.db import connection

# UNION (not ALL) ends on any graph, and the depth is capped so that a page never walks the whole registry.
CLOSURE = """
WITH RECURSIVE walk(id, depth) AS (
    SELECT unnest(%(start)s::uuid[]), 0
    UNION
    SELECT edge.{to}, walk.depth + 1
    FROM walk JOIN datacards_derivation edge ON edge.{frm} = walk.id
    WHERE walk.depth < %(depth)s
)
SELECT id, min(depth) FROM walk WHERE depth > 0 GROUP BY id ORDER BY 2, 1
"""
MAX_DEPTH = 32


def ancestors(revision_ids: Iterable[uuid.UUID], depth: int = MAX_DEPTH) -> dict[uuid.UUID, int]:
    """Revision id → steps upstream, nearest first."""
    return _closure(revision_ids, frm="child_id", to="parent_id", depth=depth)


def descendants(revision_ids: Iterable[uuid.UUID], depth: int = MAX_DEPTH) -> dict[uuid.UUID, int]:
    """Revision id → steps downstream, nearest first."""
    return _closure(revision_ids, frm="parent_id", to="child_id", depth=depth)


def _closure(start: Iterable[uuid.UUID], *, frm: str, to: str, depth: int) -> dict[uuid.UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(CLOSURE.format(frm=frm, to=to), {"start": list(start), "depth": depth})
        return dict(cursor.fetchall())
