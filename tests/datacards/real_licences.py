"""The real records of datasets' licences, where they are."""

import json
import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

RECORDS = Path(__file__).parents[2].parent / "shared" / "data" / "licence_records.jsonl.xz"
INFERRED = ("HF Yaml License", "HF Config License", "GitHub License", "PwC License Name")


def real_records() -> list[dict[str, Any]]:
    """All records; the test is skipped where they are not."""
    if not RECORDS.exists():
        pytest.skip("the real licence records (../shared/data) are not here")
    return _read()


@cache
def _read() -> list[dict[str, Any]]:
    with lzma.open(RECORDS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def words_of(record: dict[str, Any]) -> Iterator[str]:
    """Every word for a licence in a record."""
    yield from (str(each.get("License") or "") for each in record["Licenses"] if each.get("License"))
    inferred = record.get("Inferred Metadata") or {}
    yield from (str(inferred[key]) for key in INFERRED if inferred.get(key))
