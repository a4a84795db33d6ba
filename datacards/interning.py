"""Writes domains and their shares by COPY: millions of them in one transaction, none twice."""

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import tldextract
from django.db import connection

from datacards.corpora.arrays import lines
from datacards.models import Revision

SHARDS = 4096
FETCHED = 50_000

TALLY = """
CREATE TEMP TABLE tally (name text COLLATE "C" NOT NULL, tokens bigint NOT NULL, documents bigint NOT NULL)
ON COMMIT DROP"""
NEWCOMERS = """
CREATE TEMP TABLE newcomers (name text COLLATE "C" NOT NULL, registrable text NOT NULL, shard smallint NOT NULL)
ON COMMIT DROP"""
UNKNOWN = """
SELECT tally.name FROM tally LEFT JOIN datacards_domain known ON known.name = tally.name WHERE known.id IS NULL"""
# In one order everywhere, so that two registrations that meet wait for each other instead of locking each other out.
INTERN = """
INSERT INTO datacards_domain (name, registrable, shard)
SELECT name, registrable, shard FROM newcomers ORDER BY name ON CONFLICT (name) DO NOTHING"""
SHARE = """
INSERT INTO datacards_domainshare (revision_id, domain_id, tokens, documents)
SELECT %s, known.id, tally.tokens, tally.documents
FROM tally JOIN datacards_domain known ON known.name = tally.name"""


def store_shares(revision: Revision, tables: Iterable[pa.Table]) -> None:
    """Store tables of shares (each domain once in all of them) as the revision's. Call it in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TALLY)
        cursor.execute(NEWCOMERS)
        for table in tables:
            with cursor.copy("COPY tally (name, tokens, documents) FROM STDIN") as copy:
                for text in _rows(table):
                    copy.write(text)
        cursor.execute("ANALYZE tally")
        _meet_newcomers(cursor)
        cursor.execute(INTERN)
        cursor.execute(SHARE, [revision.pk])
        cursor.execute("DROP TABLE tally, newcomers")


def _rows(table: pa.Table) -> Iterator[bytes]:
    """COPY's text format; domains hold no character that would need an escape."""
    for batch in table.to_batches(max_chunksize=FETCHED):
        numbers = pc.binary_join_element_wise(
            batch["tokens"].cast(pa.string()), batch["documents"].cast(pa.string()), "\t"
        )
        yield lines(pc.binary_join_element_wise(batch["domain"], numbers, "\t")).to_pybytes()


def _meet_newcomers(cursor: Any) -> None:
    """Place the domains that nobody has seen so far."""
    raw = connection.connection
    with raw.cursor(name="unknown_domains") as unknown:
        unknown.execute(UNKNOWN)
        while names := unknown.fetchmany(FETCHED):
            with cursor.copy("COPY newcomers (name, registrable, shard) FROM STDIN") as copy:
                for (name,) in names:
                    owner = registrable(name)
                    copy.write_row((name, owner, shard(owner)))


def registrable(domain: str) -> str:
    """The part that somebody registered (``example.co.uk``), by the public suffix list; else the whole."""
    return _suffixes().extract_str(domain).top_domain_under_public_suffix or domain


def shard(registrable_domain: str) -> int:
    """0..4095: hosts of one owner are in one shard, so that one crawler is polite to all of them."""
    return zlib.crc32(registrable_domain.encode()) % SHARDS


@cache
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
