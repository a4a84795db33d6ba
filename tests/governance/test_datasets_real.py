"""The real records on the board: all of them, and judged as `python -m benchmarks.licences` judges them."""

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from benchmarks.licences import Reference, hub_licence, words
from datacards import runs
from datacards.licenses import Verdict, combine, terms_of, verdict_of
from datacards.models import Dataset
from governance import board_acts
from tests.factories import person

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDS = DATA / "licence_records.jsonl.xz"
pytestmark = [
    pytest.mark.django_db(transaction=True),  # the lease of a run of seconds is prolonged by another connection
    pytest.mark.skipif(not RECORDS.exists(), reason=f"the real records are not at {RECORDS}"),
]


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    with lzma.open(RECORDS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_the_board_judges_every_real_record_as_the_benchmark_does(records: list[dict[str, Any]]) -> None:
    run = board_acts.import_records(person("vera", "steward"), path=str(RECORDS), register="Real", wake=False)
    assert runs.work_until_done(run).outcome["new"] == len(records) == 2511
    rows = {row.identifier: row for row in Dataset.objects.all()}
    first = {record["Unique Dataset Identifier"]: record for record in reversed(records)}
    wrong = [name for name, record in first.items() if rows[name].verdict != verdict_of(words(record)).verdict]
    apart = [name for name, record in first.items() if _several(record) and rows[name].satisfiable != _met(record)]
    hub = [name for name, record in first.items() if rows[name].hub_verdict != verdict_of(_hub(record)).verdict]
    assert (wrong, apart, hub) == ([], [], [])


def test_the_hub_calls_those_commercial_that_the_reference_does_and_two_by_their_configuration(
    records: list[dict[str, Any]],
) -> None:
    text = [record for record in records if record["_modality"] == "text"]
    ours = [record for record in text if verdict_of(_hub(record)).verdict == Verdict.COMMERCIAL]
    theirs = [record for record in text if REFERENCE.use(hub_licence(record)) == "All"]
    assert len(theirs) == 1341
    assert [record for record in theirs if record not in ours] == []
    assert {hub_licence(record) for record in ours if record not in theirs} == {""}


def _hub(record: dict[str, Any]) -> list[str]:
    told = record.get("Inferred Metadata") or {}
    return [told[member] for member in ("HF Yaml License", "HF Config License") if told.get(member)]


REFERENCE = Reference.read(DATA) if RECORDS.exists() else Reference({}, {}, {})


def _several(record: dict[str, Any]) -> bool:
    return len({terms_of(word).expression for word in words(record)}) > 1


def _met(record: dict[str, Any]) -> bool | None:
    return combine(words(record)).satisfiable
