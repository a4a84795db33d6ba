"""List pages with 100,000 corpora beside an empty registry: queries per page and p95, in one run.

python -m benchmarks.lists [--corpora 100000] [--visits 60]
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

PAGES = {
    "corpora, newest": "/corpora/",
    "corpora by name": "/corpora/?sort=name",
    "corpora by refused share": "/corpora/?sort=-refused",
    "corpora, blocked only": "/corpora/?outcome=blocked",
    "corpora, search": "/corpora/?q=web-04",
    "corpora, search without a hit": "/corpora/?q=nowhere",
    "runs": "/runs/",
    "home": "/",
    "API corpora": "/api/v1/corpora",
    "API corpora, search": "/api/v1/corpora?q=web-04",
}
ROLES = ("reader", "steward", "admin")

SEED = """
WITH made AS (
    INSERT INTO datacards_corpus (id, name, title, summary, owner_id, audience, location, location_revision,
                                  created_at, updated_at)
    SELECT gen_random_uuid(), 'org-' || n %% 500 || '/web-' || lpad(n::text, 6, '0'), 'Web corpus number ' || n, '',
           %(owner)s, (ARRAY['organisation', 'organisation', 'named', 'public'])[1 + n %% 4], '/data/' || n, '',
           now() - n * interval '1 minute', now() - n * interval '1 minute'
    FROM generate_series(1, %(corpora)s) n RETURNING id, name
), revised AS (
    INSERT INTO datacards_revision (id, corpus_id, number, fingerprint, made_at, "commit", url_column, text_column,
                                    columns, size, rows, documents, tokens)
    SELECT gen_random_uuid(), id, 1, md5(name), now(), '', 'url', 'text', '[]', 1000, 10, 10,
           (hashtext(name)::bigint + 2147483648) FROM made RETURNING id, corpus_id, tokens
)
INSERT INTO governance_standing (corpus_id, outcome, refused_share, checked_share, card_share, licence, tokens,
                                 changed_at, considered_at)
SELECT corpus_id, (ARRAY['approved', 'blocked', 'indeterminate', 'undecided'])[1 + tokens %% 4],
       (tokens %% 1000) / 1000.0, 1, (tokens %% 10) / 10.0, 'CC-BY-4.0', tokens,
       now() - (tokens %% 100000) * interval '1 second', now() FROM revised
"""
LATEST = "UPDATE datacards_corpus c SET latest_id = r.id FROM datacards_revision r WHERE r.corpus_id = c.id"


@contextmanager
def product(home: Path) -> Iterator[None]:
    """Django on an embedded PostgreSQL of its own, with every migration."""
    os.environ |= {"CONSENTRY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "governance.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from governance.terminal import command_stack

    with command_stack():
        yield


def people() -> dict[str, object]:
    """One person of each role."""
    from datacards.models import User

    return {role: User.objects.create(username=role, role=role) for role in ROLES}


def seed(owner: object, corpora: int) -> None:
    """Fill the registry, as one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SEED, {"owner": owner.pk, "corpora": corpora})  # type: ignore[attr-defined]
        cursor.execute(LATEST)
    connection.connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def p95(visit: Callable[[], int], visits: int) -> float:
    """The 95th percentile of a page's time in milliseconds, after a warm-up."""
    visit()
    times = []
    for _ in range(visits):
        started = time.perf_counter()
        assert visit() == 200
        times.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(times, n=20)[-1]


def status(client: "Client", url: str) -> int:
    """Visit a page."""
    return int(client.get(url).status_code)


def queries_of(visit: Callable[[], int]) -> int:
    """How many statements a visit sends to the database."""
    from django.db import connection

    count = 0

    def counting(execute: Callable[..., object], *args: object) -> object:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counting):
        visit()
    return count


def measure(persons: dict[str, object], visits: int) -> dict[tuple[str, str], tuple[float, int]]:
    """(page, role) → p95 in milliseconds and queries."""
    from django.test import Client

    found = {}
    for role, person in persons.items():
        client = Client(headers={"host": "localhost"})
        client.force_login(person)  # type: ignore[arg-type]
        for name, url in PAGES.items():
            visit = partial(status, client, url)
            found[name, role] = p95(visit, visits), queries_of(visit)
    return found


def main() -> int:
    """Print the table; exit status 1 when a page needs more than 12 queries or 3 times an empty registry's p95."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cs-lists-") as folder, product(Path(folder)):
        persons = people()
        empty = measure(persons, asked.visits)
        seed(persons["steward"], asked.corpora)
        full = measure(persons, asked.visits)
    print(f"{'page':32}{'role':10}{'queries':>8}{'empty ms':>10}{'full ms':>10}{'ratio':>8}")
    for (name, role), (before, _) in empty.items():
        after, queries = full[name, role]
        print(f"{name:32}{role:10}{queries:>8}{before:>10.1f}{after:>10.1f}{after / before:>8.2f}")
    worst = max(full[key][0] / empty[key][0] for key in full)
    most = max(queries for _, queries in full.values())
    print(f"worst ratio {worst:.2f} (goal 3), most queries {most} (goal 12), {asked.corpora:,} corpora")
    return int(worst > 3 or most > 12)


if __name__ == "__main__":
    raise SystemExit(main())
