"""Writes the demo's corpora to a folder, byte for byte the same each time."""

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from governance.demo import people, prose
from governance.demo.stances import STANCES
from governance.demo.world import CORPORA, Corpus, Document, documents, placement

SHARDS = 3
FIRST_DAY = date(2026, 1, 1)
SCHEMA = pa.schema([("url", pa.string()), ("text", pa.string()), ("crawled", pa.date32()), ("score", pa.int16())])
FEATURES = [("url", "string"), ("text", "string"), ("crawled", "date32"), ("score", "int16")]


def fingerprint() -> str:
    """Eight hex digits that change with anything that the files depend on."""
    sites = [(stance.name, stance.sites) for stance in STANCES]
    words = (prose.SUBJECTS, prose.SLOTS, prose.TEMPLATES, people.PLANTED, people.SENTENCES, people.DECOYS)
    return hashlib.sha256(repr((CORPORA, sites, words, FEATURES, README)).encode()).hexdigest()[:8]


def write(folder: Path, on_written: Callable[[Corpus], None] = lambda _: None) -> dict[str, Path]:
    """Write what is missing below `folder`; returns the location of each corpus by its name.

    A later version of this world has a folder of its own there, so that no old file is taken for a new one.
    """
    folder = folder / f"world-{fingerprint()}"
    folder.mkdir(parents=True, exist_ok=True)
    for corpus in CORPORA:
        target = folder / corpus.place
        if not target.exists():
            unfinished = folder / f".{corpus.place}.{os.getpid()}"
            WRITERS[corpus.form](corpus, unfinished)
            unfinished.rename(target)
        on_written(corpus)
    return {corpus.name: folder / corpus.place for corpus in CORPORA}


# --- one writer per form --------------------------------------------------------------------------------------


def _table_of(rows: Iterable[Document]) -> pa.Table:
    columns = [(r.url, r.text, FIRST_DAY + timedelta(r.day), r.score) for r in rows]
    return pa.table([list(column) for column in zip(*columns, strict=True)], schema=SCHEMA)


def _write_parquet(corpus: Corpus, path: Path) -> None:
    pq.write_table(_table_of(documents(corpus)), path, compression="zstd", row_group_size=1000)


def _write_hub(corpus: Corpus, path: Path) -> None:
    """A data set folder as the Hugging Face Hub has it: README.md with metadata, shards below data/."""
    (path / "data").mkdir(parents=True, exist_ok=True)
    schema = SCHEMA.with_metadata({"huggingface": json.dumps({"info": {"features": _features()}})})
    rows, each = documents(corpus), -(-corpus.documents // SHARDS)
    for shard in range(SHARDS):
        table = _table_of(islice(rows, each)).cast(schema)
        name = f"train-{shard:05d}-of-{SHARDS:05d}.parquet"
        pq.write_table(table, path / "data" / name, compression="zstd", row_group_size=500)
    (path / "README.md").write_text(_readme(corpus), encoding="utf-8")


def _features() -> dict[str, dict[str, str]]:
    return {name: {"dtype": kind, "_type": "Value"} for name, kind in FEATURES}


def _readme(corpus: Corpus) -> str:
    features = "\n".join(f"  - name: {name}\n    dtype: {kind}" for name, kind in FEATURES)
    return README.format(corpus=corpus, features=features, sites=len(placement(corpus)))


def _records(corpus: Corpus) -> Iterator[dict[str, Any]]:
    for row in documents(corpus):
        yield {"url": row.url, "text": row.text, "posted": (FIRST_DAY + timedelta(row.day)).isoformat()}


def _json_lines(corpus: Corpus) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in _records(corpus)).encode()


def _write_jsonl(corpus: Corpus, path: Path) -> None:
    path.write_bytes(_json_lines(corpus))


def _write_gzip(corpus: Corpus, path: Path) -> None:
    path.write_bytes(gzip.compress(_json_lines(corpus), mtime=0))


def _write_zstd(corpus: Corpus, path: Path) -> None:
    with pa.output_stream(str(path), compression="zstd") as stream:
        stream.write(_json_lines(corpus))


def _write_csv(corpus: Corpus, path: Path) -> None:
    _write_rows(path, ["link", "published", "body"], ([r["url"], r["posted"], r["text"]] for r in _records(corpus)))


def _write_table(corpus: Corpus, path: Path) -> None:
    shares = sorted(placement(corpus).items(), key=lambda share: (-share[1], share[0]))
    _write_rows(path, ["domain", "tokens", "docs"], ([host, n * corpus.tokens_each, n] for host, n in shares))


def _write_rows(path: Path, header: list[str], rows: Iterable[list[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


WRITERS: MappingProxyType[str, Callable[[Corpus, Path], None]] = MappingProxyType(
    {
        "hub": _write_hub,
        "parquet": _write_parquet,
        "jsonl": _write_jsonl,
        "jsonl.gz": _write_gzip,
        "jsonl.zst": _write_zstd,
        "csv": _write_csv,
        "table": _write_table,
    }
)
README = """---
license: odc-by
language:
- en
pretty_name: {corpus.title}
size_categories:
- 1K<n<10K
task_categories:
- text-generation
tags:
- web
- demo
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*
dataset_info:
  features:
{features}
  splits:
  - name: train
    num_examples: {corpus.documents}
---

# Dataset Card for {corpus.title}

## Dataset Summary

{corpus.summary} Each of its {corpus.documents:,} documents has exactly {corpus.tokens_each} tokens, so that every
number which Consentry shows for it can be checked by hand.

## Dataset Creation

### Source Data

Pages of {sites} sites under host names that are reserved for examples. Nobody's real pages were copied: a small grammar
wrote them.

### Personal and Sensitive Information

None was put in.

## Considerations for Using the Data

For trying out Consentry, and for nothing else.

## Licensing Information

Open Data Commons Attribution License 1.0.
"""
