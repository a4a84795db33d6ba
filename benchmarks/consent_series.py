"""How long questions about consent take: on a date, and month by month.

    python -m benchmarks.consent_series [--domains 14000] [--months 100] [--changes 4]

Makes a corpus whose sites changed each of seven documents so many times, in a database of its own, and asks. Few ways
to say something stand beside many: every site has signals with a line and an address of its own.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

SITES = """
INSERT INTO datacards_domain (name, registrable, shard)
SELECT 's' || i || '.example', 's' || i || '.example', i %% 4096 FROM generate_series(1, %(domains)s) i;
INSERT INTO datacards_domainshare (revision_id, domain_id, tokens, documents)
SELECT %(revision)s, id, 1000000000 / (id + 10) + 1, 10 FROM datacards_domain;
INSERT INTO crawler_signalset (digest, reader, signals)
SELECT 'b' || i, 1, jsonb_build_array(jsonb_build_object('channel', 'tdmrep', 'purpose', 'ai-train', 'agent', '*',
    'value', CASE WHEN i %% 3 = 0 THEN 'disallowed' ELSE 'unstated' END, 'where', '/x', 'line', i))
FROM generate_series(1, %(domains)s / 3) i;
INSERT INTO crawler_termsstance (scraping, ai_training, non_commercial, no_redistribution, output_only, paper_class)
SELECT s, t, false, false, false, '' FROM unnest(ARRAY['prohibited', 'not_mentioned']) s,
    unnest(ARRAY['prohibited', 'conditional', 'not_mentioned']) t;
INSERT INTO crawler_content (digest, size, warc_file, warc_offset, first_seen, levels_id, stance_id)
SELECT 'b' || i, 1, 'x', 0, now(), (SELECT id FROM crawler_levelvector ORDER BY id OFFSET i %% %(vectors)s LIMIT 1),
       (SELECT id FROM crawler_termsstance ORDER BY id OFFSET i %% 6 LIMIT 1)
FROM generate_series(1, %(vectors)s) i;
INSERT INTO crawler_snapshot (id, domain_id, channel, fetched_at, state, content_id, signals_id, final_url, hops,
    warc_file, headers, error, source)
SELECT gen_random_uuid(), d.id, c.channel, now() - (%(months)s - m - 0.5) * interval '30 days', 'ok',
       'b' || 1 + (hashint8(d.id * 31 + m * (%(changes)s + 1) / %(months)s) & 1023) %% %(vectors)s,
       CASE WHEN c.channel IN ('robots', 'tdmrep', 'home') AND d.id %% 3 = 0
            THEN (SELECT min(id) FROM crawler_signalset) + d.id / 3 - 1 END, '', '[]', '', '{}', '', ''
FROM datacards_domain d, unnest(%(channels)s::text[]) c(channel), generate_series(0, %(months)s - 1) m
WHERE c.channel = 'robots' OR m %% 3 = 0;
"""


def main() -> None:
    """Make the corpus and print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in {"domains": 14_000, "months": 100, "changes": 4, "vectors": 300}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    options = vars(parser.parse_args())
    home = tempfile.mkdtemp(prefix="consentry-series-")
    os.environ |= {"CONSENTRY_HOME": home, "DJANGO_SETTINGS_MODULE": "governance.settings"}
    import django

    django.setup()
    from pathlib import Path

    from governance.stack import Stack

    with Stack(Path(home), broker=False):
        _run(options)


def _run(options: dict[str, int]) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    revision = _corpus(options)
    from crawler.consent import restriction, top_domains
    from crawler.series import Question, months
    from crawler.spells import rebuild, rebuild_all

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM crawler_snapshot")
        print(f"{cursor.fetchone()[0]:,} snapshots of {options['domains']:,} sites")
        timed("all spells", lambda: list(rebuild_all()))
        cursor.execute("ANALYZE crawler_spell")
        cursor.execute("SELECT count(*), min(domain_id), max(until) FROM crawler_spell")
        spells, first, last = cursor.fetchone()
    print(f"{spells:,} spells")
    timed("spells of a batch of 500, all", lambda: rebuild(range(first, first + 500)))
    timed("spells of a batch of 500, the newest fetch only", lambda: rebuild(range(first, first + 500), last))
    timed("consent on a date", lambda: restriction(revision))
    found = timed("consent on a date, again", lambda: restriction(revision))
    print(f"{len(found.groups):,} groups, {found.refused_share():.3f} refused")
    timed("the largest refusing sites", lambda: top_domains(revision))
    series = timed("all months", lambda: months(revision))
    print(f"{len(series.groups):,} groups in {len(series.ends)} months")
    timed("one question", lambda: series.levels(Question()))
    every = [Question(agent=agent.name) for agent in series.registered]
    timed(f"{len(every)} agents", lambda: [series.levels(question) for question in every])


def _corpus(options: dict[str, int]) -> Any:
    from django.db import connection

    from crawler import registry
    from crawler.models import LevelVector
    from crawler.monthly import CHANNELS
    from datacards.models import Corpus, Revision, User

    row = registry.stored(registry.current_roll())
    size = len(row.entries)
    letters = ["".join("nsa"[(i * 7 + j * j * i) % 11 % 3] for j in range(size)) for i in range(options["vectors"])]
    LevelVector.objects.bulk_create([LevelVector(roll=row, letters=each) for each in set(letters)])
    owner = User.objects.create(username="bench", role="steward")
    corpus = Corpus.objects.create(name="bench", owner=owner, location="/")
    revision = Revision.objects.create(corpus=corpus, number=1, fingerprint="x", tokens=1)
    values: dict[str, Any] = {**options, "vectors": len(set(letters)), "revision": revision.pk, "channels": CHANNELS}
    with connection.cursor() as cursor:
        for statement in filter(str.strip, SITES.split(";")):
            cursor.execute(statement, values)
    return revision


def timed(name: str, ask: Callable[[], Any]) -> Any:
    """Print how long a question takes, and return its answer."""
    start = time.perf_counter()
    found = ask()
    print(f"{time.perf_counter() - start:8.2f} s  {name}", flush=True)
    return found


if __name__ == "__main__":
    main()
