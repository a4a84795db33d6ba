"""Our own upgrades: levels derived again from the kept bytes after the registry or the parser changed.

That is no drift. The snapshots stay as they are, no change is recorded; a content only points to levels under the
newer roll, whose date says when our reading changed.
"""

from collections.abc import Iterator
from itertools import groupby

from django.db import transaction

from crawler import registry
from crawler.agents import Roll
from crawler.models import Content
from crawler.robots import parse
from crawler.store import Store
from crawler.warc import read

BATCH = 500


def stale(roll: Roll) -> int:
    """How many contents have levels under another roll."""
    return Content.objects.exclude(levels=None).exclude(levels__roll=roll.version).count()


def derive(roll: Roll, store: Store) -> Iterator[int]:
    """Derive the levels of all stale contents again; yields how many were done after each batch. Safe to repeat."""
    row, done = registry.stored(roll), 0
    while True:
        with transaction.atomic():
            waiting = (
                Content.objects.exclude(levels=None).exclude(levels__roll=row).order_by("warc_file", "warc_offset")
            )
            batch = list(waiting.select_for_update(of=("self",), skip_locked=True)[:BATCH])
            letters = dict(_letters(batch, roll, store))
            vectors = registry.vectors(row, set(letters.values()))
            for content in batch:
                content.levels_id = vectors[letters[content.digest]]
            Content.objects.bulk_update(batch, ["levels"])
        if not batch:
            return
        done += len(batch)
        yield done


def _letters(batch: list[Content], roll: Roll, store: Store) -> Iterator[tuple[str, str]]:
    for name, contents in groupby(batch, key=lambda content: content.warc_file):
        with store.open(name) as file:
            for content in contents:
                yield content.digest, roll.letters(parse(read(file, content.warc_offset).body))
