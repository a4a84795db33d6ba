"""Lineages of many nodes: the closure of one, what it carries, the map's layout and pages, on made-up graphs.

python -m benchmarks.lineage [--nodes 100000] [--edges 1000000] [--map-nodes 5000] [--map-edges 10000]
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from benchmarks.lists import people, product, seed
from governance.ancestry.graph import Edge, Graph
from governance.ancestry.layout import lay_out
from governance.ancestry.licences import carried

LICENCES = ("MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "ODbL-1.0", "other")
RELATIONS = ("subset", "filtered", "translated", "mixed", "generated", "trained", "evaluated")
# Every corpus but the oldest was made from older ones at random; so the newest has most of the graph above it.
DERIVE = """
INSERT INTO datacards_derivation (child_id, parent_id, relation, note, made_at)
WITH numbered AS (SELECT id, row_number() OVER (ORDER BY made_at, id) - 1 AS n FROM datacards_revision),
drawn AS (
    SELECT DISTINCT child, floor(random() * child)::bigint AS parent
    FROM (SELECT 1 + floor(random() * (%(nodes)s - 1))::bigint AS child FROM generate_series(1, %(edges)s)) d
)
SELECT c.id, p.id,
       (ARRAY['subset', 'filtered', 'translated', 'mixed', 'generated', 'trained'])[1 + (child + parent) %% 6],
       '', now()
FROM drawn JOIN numbered c ON c.n = child JOIN numbered p ON p.n = parent
"""
STATE = """
INSERT INTO datacards_licenceclaim (corpus_id, expression, source, quote, url, reviewer, claimed_at)
SELECT id, (ARRAY['MIT', 'Apache-2.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0'])[3 + abs(hashtext(name)) % 3],
       'card', '', '', '', now() FROM datacards_corpus
"""


def drawn(nodes: int, edges: int) -> tuple[tuple[int, int], ...]:
    """Pairs (parent, child) of a random graph without circles."""
    rolls = random.Random(20)
    return tuple(
        dict.fromkeys((rolls.randrange(child), child) for child in (rolls.randrange(1, nodes) for _ in range(edges)))
    )


def timed(what: str, act: Callable[[], Any], times: int = 3) -> Any:
    """Print the median time of an act; returns what it gave last."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        found = act()
        took.append(time.perf_counter() - began)
    print(f"| {what} | {statistics.median(took):.3f} s |", flush=True)
    return found


def pure(nodes: int, edges: int) -> None:
    """Layout and what is carried, without a database."""
    pairs = drawn(nodes, edges)

    def laid() -> Any:
        lay_out.cache_clear()
        return lay_out(nodes, pairs)

    print(f"\n{nodes:,} nodes, {len(pairs):,} edges, pure Python:\n\n| what | median |\n|---|---|")
    timed("layout", laid)
    graph = Graph(tuple(Edge(child, parent, RELATIONS[(child + parent) % 7]) for parent, child in pairs))
    stated: dict[Hashable, list[str]] = {key: [LICENCES[key % 7]] for key in range(nodes)}
    newest = max(graph.keys, key=lambda key: len(graph.reach(key, "up").steps)) if nodes <= 1000 else nodes - 1
    timed("licences carried to the newest node", lambda: carried(graph, newest, stated))


def stored(nodes: int, edges: int) -> None:
    """A graph in PostgreSQL: closures, a lineage tab, and the map."""
    from django.db import connection
    from django.test import Client

    from datacards.models import Corpus, Derivation, Revision, User
    from governance import lineage

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE datacards_derivation, datacards_licenceclaim")
        cursor.execute(DERIVE, {"nodes": nodes, "edges": edges})
        cursor.execute(STATE)
        cursor.execute("VACUUM ANALYZE datacards_derivation, datacards_licenceclaim, datacards_revision")
    made = list(Revision.objects.order_by("made_at", "pk").values_list("pk", flat=True))
    admin = User.objects.get(username="admin")
    print(
        f"\n{len(made):,} revisions, {Derivation.objects.count():,} edges, PostgreSQL:\n\n| what | median |\n|---|---|"
    )
    up = timed("ids upstream of the newest", lambda: lineage.reached([made[-1]], "up"), 1)
    down = timed("ids downstream of the oldest", lambda: lineage.reached([made[0]], "down"), 1)
    timed("steps to each upstream of the newest", lambda: lineage.ancestors([made[-1]]), 1)
    print(f"| upstream of the newest: {len(up):,}; downstream of the oldest: {len(down):,} | |")
    client = Client(headers={"host": "localhost"})
    client.force_login(admin)
    corpus = Corpus.objects.get(latest=made[-1])
    timed("page: its lineage tab", lambda: client.get(f"/corpora/{corpus.pk}/lineage/"))
    timed("page: the map around it, 3 steps", lambda: client.get(f"/lineage/?focus={made[-1]}"))
    timed("page: the whole map", lambda: client.get("/lineage/"))

    def anew() -> Any:
        lay_out.cache_clear()
        return client.get("/api/v1/lineage")

    answer = timed("JSON: the whole map, laid out anew", anew)
    assert answer.status_code == 200, answer.content[:200]
    timed("JSON: the whole map, laid out before", lambda: client.get("/api/v1/lineage"))
    print(f"| its size: {len(answer.content) / 1e6:.1f} MB, nodes: {len(answer.json()['nodes']):,} | |")
    print(f"| largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB | |")


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("nodes", 100_000), ("edges", 1_000_000), ("map-nodes", 5000), ("map-edges", 10_000)):
        asked.add_argument(f"--{name}", type=int, default=default)
    options = asked.parse_args()
    pure(options.map_nodes, options.map_edges)
    with tempfile.TemporaryDirectory(prefix="cst-lineage-", dir="/tmp") as home, product(Path(home)):
        owner = people()["steward"]
        seed(owner, options.nodes)
        stored(options.nodes, options.map_edges)
        stored(options.nodes, options.edges)


if __name__ == "__main__":
    main()
