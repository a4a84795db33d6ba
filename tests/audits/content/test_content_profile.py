"""The profile of a table: exact against the plainest way to count, whatever the format, and the same in portions."""

import csv
import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audits import portions
from audits.content import ContentProfile
from audits.protocol import AuditedFile, Tally
from datacards.corpora import list_path

WORDS = ["the", "of", "sea", "and", "wind", "naïve", "straße", "東京", "over", "12", "under_score", "café"]


def rows(count: int = 400) -> list[dict[str, Any]]:
    chance = random.Random(5)
    made: list[dict[str, Any]] = []
    for n in range(count):
        text = " ".join(chance.choices(WORDS, k=chance.randint(0, 40)))
        made.append({"id": n, "text": text if n % 10 else "  ", "note": "same" if n % 4 else None})
    return made + made[:25]


def parquet(folder: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows()), folder / "a.parquet", row_group_size=50)


def jsonl(folder: Path) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows())
    with gzip.open(folder / "a.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(lines)


def tsv(folder: Path) -> None:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "note"])
        writer.writeheader()
        writer.writerows(rows())


def profiled(folder: Path) -> Tally:
    audit = ContentProfile()
    files = [AuditedFile(file, "d" * 64, 0) for file in list_path(str(folder)).files]
    found = [audit.scan(portion, None, lambda rows: None).tally for portion in audit.portions(files)]
    tallies = [Tally.from_dict(json.loads(json.dumps(tally.as_dict()))) for tally in found]
    return audit.combine(tallies)


def told(folder: Path) -> dict[str, Any]:
    profile: dict[str, Any] = ContentProfile().recorded(profiled(folder))["profile"]
    return profile


def column(folder: Path, name: str = "text") -> dict[str, Any]:
    return next(each for each in told(folder)["columns"] if each["name"] == name)


@pytest.mark.parametrize("write", [parquet, jsonl, tsv])
def test_a_column_is_measured_as_one_would_by_hand(write: Any, tmp_path: Path) -> None:
    write(tmp_path)
    texts, found = [row["text"] for row in rows()], column(tmp_path)
    filled = [text.strip() for text in texts if text.strip()]
    assert found["texts"] == len(texts)
    assert found["empty"] == len(texts) - len(filled)
    assert found["characters"]["total"] == sum(map(len, texts))
    assert found["tokens"]["total"] == sum(len(re.findall(r"\w+", text)) for text in texts)
    assert found["distinct"] == len(set(filled))
    assert found["repeated"]["share"] == pytest.approx(1 - len(set(filled)) / len(filled))


@pytest.mark.parametrize("write", [parquet, jsonl])
def test_gaps_are_told_of_every_column(write: Any, tmp_path: Path) -> None:
    write(tmp_path)
    gaps = sum(row["note"] is None for row in rows()) / len(rows())
    assert told(tmp_path)["null_shares"]["note"] == pytest.approx(gaps)
    assert told(tmp_path)["null_shares"]["text"] == 0


def test_columns_without_text_have_their_gaps_from_parquets_footer(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a b", "c"], "score": [1.5, None]}), tmp_path / "a.parquet")
    assert told(tmp_path)["null_shares"] == {"text": 0.0, "score": 0.5}


def test_a_field_that_a_portion_lacks_is_missing_in_all_its_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one", "more": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "two"}\n{"text": "three"}\n{"text": "four"}\n')
    assert told(tmp_path)["null_shares"]["more"] == 0.75


def test_portions_add_up_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet(tmp_path)
    whole = told(tmp_path)
    monkeypatch.setattr(portions, "PORTION_BYTES", 1500)
    assert told(tmp_path) == whole


def test_white_space_at_the_ends_makes_no_other_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in ("a b", " a b\n", "a  b")))
    assert column(tmp_path)["distinct"] == 2


def test_texts_in_lists_and_structs_are_columns_too(tmp_path: Path) -> None:
    table = pa.table({"turns": [[{"say": "hello there"}, {"say": "hello there"}], []], "n": [1, 2]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert (column(tmp_path, "turns.say")["texts"], column(tmp_path, "turns.say")["distinct"]) == (2, 1)


def test_bytes_that_are_no_utf_8_are_measured_and_not_trusted(tmp_path: Path) -> None:
    raw = pa.array([b"caf\xff\xfe", b"\xf7\xbf\xbf\xbf", b"plain text", b"more plain text"] * 20, pa.binary())
    pq.write_table(pa.table({"text": raw}), tmp_path / "a.parquet")
    assert column(tmp_path)["texts"] == 80


def test_what_is_kept_of_a_portion_holds_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "the unmistakable sentence of one person"}) + "\n")
    assert "unmistakable" not in json.dumps(profiled(tmp_path).as_dict())


def test_the_work_stops_where_it_is_told_to(tmp_path: Path) -> None:
    parquet(tmp_path)
    audit = ContentProfile()
    [portion] = audit.portions([AuditedFile(file, "d" * 64, 0) for file in list_path(str(tmp_path)).files])

    def stop(rows: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        audit.scan(portion, None, stop)
