"""Every text of a file is read, whatever its format."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audits import texts
from audits.pii import Scanner
from audits.pii.audit import StructuredScan
from audits.protocol import AuditedFile, Portion
from datacards.corpora import Part, list_path
from datacards.errors import BadInput

ROWS = [
    {"id": 1, "text": "say a@example.org", "meta": {"by": "x"}, "tags": ["b@example.org"]},
    {"id": 2, "text": "nothing", "meta": {"by": "c@example.org"}, "tags": []},
]
FOUND = [(0, "tags", None), (0, "text", None), (1, "meta.by", None)]


def source(path):
    return list_path(path).files[0]


def places(path, columns=()):
    scanner = Scanner(columns)
    for batch in texts.batches(source(path), None, columns):
        scanner.add(batch)
    assert scanner.rows == len(ROWS)
    return sorted((row["row"], row["column"], None) for row in scanner.result.findings.to_pylist())


def as_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_parquet_is_read_with_its_lists_and_structs(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    assert places(tmp_path / "a.parquet") == FOUND


def test_json_lines_are_read_with_their_lists_and_objects(tmp_path):
    (tmp_path / "a.jsonl").write_text(as_lines(ROWS))
    assert places(tmp_path / "a.jsonl") == FOUND


def test_compressed_json_lines_are_read(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(as_lines(ROWS).encode()))
    assert places(tmp_path / "a.jsonl.gz") == FOUND


def test_json_lines_whose_fields_change_type_are_read_all_the_same(tmp_path):
    (tmp_path / "a.jsonl").write_text(as_lines([ROWS[0], ROWS[1] | {"id": "two", "extra": [1, {"x": "y"}]}]))
    assert places(tmp_path / "a.jsonl") == FOUND


def test_csv_columns_of_numbers_are_texts_too(tmp_path):
    (tmp_path / "a.csv").write_text("url,card\nx,4111111111111111\ny,1\n")
    assert places(tmp_path / "a.csv") == [(0, "card", None)]


def test_columns_of_bytes_that_hold_utf_8_are_texts_and_images_are_not(tmp_path):
    table = pa.table({"text": [b"see a@example.org", b"\xff b@example.org"], "png": [b"\x89PNG a@example.org"] * 2})
    pq.write_table(table, tmp_path / "a.parquet")
    assert places(tmp_path / "a.parquet") == [(0, "text", None), (1, "text", None)]


def test_only_a_leaf_that_is_asked_for_is_read(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    assert places(tmp_path / "a.parquet", ["meta.by"]) == [(1, "meta.by", None)]


@pytest.mark.parametrize("size", [1, 40, 100, 1000])
def test_parts_of_json_lines_hold_each_record_once(tmp_path, size):
    rows = [{"text": f"row {n} of m{n}@example.org"} for n in range(50)]
    path = tmp_path / "a.jsonl"
    path.write_text(as_lines(rows))
    file, total = source(path), path.stat().st_size
    parts = [Part(start, min(total, start + size), size) for start in range(0, total, size)]
    found = [StructuredScan().scan(Portion(file, "", part, 0), None, lambda rows: None) for part in parts]
    assert sum(result.tally.rows for result in found) == 50
    assert sum(result.findings.num_rows for result in found) == 50


def test_a_file_without_text_is_refused(tmp_path):
    pq.write_table(pa.table({"n": [1]}), tmp_path / "n.parquet")
    with pytest.raises(BadInput, match=r"n\.parquet has no column with text, so there is nothing to scan"):
        list(StructuredScan().portions([AuditedFile(source(tmp_path / "n.parquet"), "", 1)]))


def test_a_portion_survives_json(tmp_path):
    (tmp_path / "a.jsonl").write_text("{}\n")
    portion = Portion(source(tmp_path / "a.jsonl"), "digest", Part(0, 3, 3), 1, ("a", "b"))
    assert Portion.from_dict(json.loads(json.dumps(portion.as_dict()))) == portion
