"""What was made from what, read from the records: revisions, and the datasets that registers describe.

Edges are a revision's derivation from another, a corpus's tie to the record of what it is a copy of, and a parent that
a dataset names, once it is resolved. Whoever shows a graph to somebody keeps only what they may read (`readable`).
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from datacards.models import Corpus, Dataset, Derivation, MentionState, ParentMention, Revision
from datacards.models.corpus import Reader
from governance.ancestry.graph import Direction, Edge, Graph, Key

# The neighbours of `walk.id` in one direction: (id, relation, the record that says so, its row). A later revision of a
# copy counts as one too; an older one only where something was made from it.
ABOVE = """
SELECT d.parent_id AS id, d.relation, 'derivation' AS source, d.id AS row
FROM datacards_derivation d WHERE d.child_id = walk.id
UNION ALL
SELECT c.dataset_id, 'copy', 'tie', 0 FROM datacards_revision r JOIN datacards_corpus c ON c.id = r.corpus_id
WHERE r.id = walk.id AND c.dataset_id IS NOT NULL
UNION ALL
SELECT coalesce(m.parent_id, c.latest_id), m.relation, 'mention', m.id
FROM datacards_parentmention m LEFT JOIN datacards_corpus c ON c.id = m.parent_corpus_id
WHERE m.dataset_id = walk.id AND m.state = 'resolved' AND coalesce(m.parent_id, c.latest_id) IS NOT NULL
"""
BELOW = """
SELECT d.child_id AS id, d.relation, 'derivation' AS source, d.id AS row
FROM datacards_derivation d WHERE d.parent_id = walk.id
UNION ALL
SELECT r.id, 'copy', 'tie', 0 FROM datacards_corpus c JOIN datacards_revision r ON r.corpus_id = c.id
WHERE c.dataset_id = walk.id
  AND (r.id = c.latest_id OR EXISTS (SELECT FROM datacards_derivation d WHERE d.parent_id = r.id))
UNION ALL
SELECT m.dataset_id, m.relation, 'mention', m.id FROM datacards_parentmention m
WHERE m.parent_id = walk.id AND m.state = 'resolved'
UNION ALL
SELECT m.dataset_id, m.relation, 'mention', m.id
FROM datacards_corpus c JOIN datacards_parentmention m ON m.parent_corpus_id = c.id
WHERE c.latest_id = walk.id AND m.state = 'resolved'
"""
# UNION (not ALL) takes each node once, so the walk ends on any graph and asks each node's edges once.
REACHED = """
WITH RECURSIVE walk(id) AS (
    SELECT unnest(%(start)s::uuid[])
    UNION
    SELECT near.id FROM walk CROSS JOIN LATERAL ({near}) near
)
SELECT id FROM walk
"""
CLOSURE = """
WITH RECURSIVE walk(id) AS (
    SELECT unnest(%(start)s::uuid[])
    UNION
    SELECT near.id FROM walk CROSS JOIN LATERAL ({near}) near
), kept AS MATERIALIZED (SELECT id FROM walk LIMIT %(most)s)
SELECT walk.id, near.id, near.relation, near.source, near.row
FROM kept walk CROSS JOIN LATERAL ({near}) near WHERE near.id IN (SELECT id FROM kept)
"""
NEAR: dict[Direction, str] = {"up": ABOVE, "down": BELOW}
WHOLE = 10_000_000


def ancestors(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Id of every revision or dataset that any of these was made from → steps upstream, nearest first."""
    return _steps(list(ids), "up")


def descendants(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Id of every revision or dataset that was made from any of these → steps downstream, nearest first."""
    return _steps(list(ids), "down")


def reached(ids: Iterable[uuid.UUID], direction: Direction) -> set[uuid.UUID]:
    """Ids of all that is upstream or downstream of any of these, without these themselves: far cheaper than steps."""
    start = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(REACHED.format(near=NEAR[direction]), {"start": start})
        return {row[0] for row in cursor.fetchall()}.difference(start)


def closure(ids: Iterable[uuid.UUID], direction: Direction, most: int = WHOLE) -> Graph:
    """All edges upstream or downstream of some revisions or datasets; of a huge lineage those of the `most` nearest."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSURE.format(near=NEAR[direction]), {"start": list(ids), "most": most})
        found = cursor.fetchall()
    if direction == "up":
        return Graph(tuple(Edge(here, near, *told) for here, near, *told in found if here != near))
    return Graph(tuple(Edge(near, here, *told) for here, near, *told in found if here != near))


def neighbourhood(node: uuid.UUID, most: int = WHOLE) -> Graph:
    """Everything upstream and everything downstream of one node, and the node itself where there is nothing."""
    edges = (*closure([node], "up", most).edges, *closure([node], "down", most).edges)
    return Graph(tuple(dict.fromkeys(edges)), frozenset(() if edges else (node,)))


def newest(reader: Reader, most: int) -> Graph:
    """The newest edges of the whole registry that this reader may know of, at most so many of each kind."""
    corpora, datasets = Corpus.objects.readable_by(reader), Dataset.objects.readable_by(reader)
    derived = Derivation.objects.filter(child__corpus__in=corpora, parent__corpus__in=corpora).order_by("-pk")
    tied = corpora.filter(dataset__in=datasets).exclude(latest=None).order_by("-updated_at", "pk")
    named = ParentMention.objects.filter(state=MentionState.RESOLVED, dataset__in=datasets).order_by("-pk")
    between = named.filter(parent__in=datasets).values_list("dataset", "parent", "relation", "pk")
    held = named.filter(parent_corpus__in=corpora).exclude(parent_corpus__latest=None)
    rows: list[tuple[Any, ...]] = [
        *((*row[:3], "derivation", row[3]) for row in derived.values_list("child", "parent", "relation", "pk")[:most]),
        *((*row, "copy", "tie", 0) for row in tied.values_list("latest", "dataset")[:most]),
        *((*row[:3], "mention", row[3]) for row in between[:most]),
        *((*row[:3], "mention", row[3])
          for row in held.values_list("dataset", "parent_corpus__latest", "relation", "pk")[:most]),
    ]  # fmt: skip
    return Graph(tuple(Edge(*row) for row in rows if row[0] != row[1]))


def among(ids: Iterable[Key]) -> RawSQL:
    """Many ids for an `__in` lookup as one parameter: thousands of placeholders cost more than the query."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(ids)])


def readable(graph: Graph, reader: Reader, *also: uuid.UUID) -> Graph:
    """The graph as this reader may know of it: other nodes vanish, and with them every way through them."""
    keys = among({*graph.keys, *also})
    revisions = Revision.objects.filter(pk__in=keys, corpus__in=Corpus.objects.readable_by(reader))
    datasets = Dataset.objects.readable_by(reader).filter(pk__in=keys)
    return graph.only({*revisions.values_list("pk", flat=True), *datasets.values_list("pk", flat=True)})


def _steps(ids: list[uuid.UUID], direction: Direction) -> dict[uuid.UUID, int]:
    """Steps from the nearest of several starts."""
    graph = closure(ids, direction)
    everywhere = object()  # one step before all starts
    gate = (Edge(everywhere, key, "") if direction == "up" else Edge(key, everywhere, "") for key in ids)
    reached = Graph((*graph.edges, *gate)).reach(everywhere, direction).steps
    starts = set(ids)
    return {key: far - 1 for key, far in reached.items() if key not in starts}  # type: ignore[misc]
