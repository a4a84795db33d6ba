"""The same documents give the same shares, whatever format they are in."""

import gzip
import json
import tracemalloc
from itertools import pairwise

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacards.corpora import Part, count_file, digest_of, find_columns, list_path, merged, parts_of, read_batches

ROWS = [
    {"url": "https://a.example/1", "text": "one two"},
    {"url": "https://a.example/2", "text": 'quoted "three"\nlines, and commas'},
    {"url": "https://b.example/", "text": None},
    {"url": None, "text": "zwölf Uhr"},
    {"url": "https://ü.example/", "text": "\x00 nul"},
] * 3
SHARES = {"a.example": (21, 6), "b.example": (0, 3), "": (6, 3), "xn--tda.example": (3, 3)}


def counted(path, **chosen):
    file = list_path(path).files[0]
    return count_file(file, find_columns(file, **chosen), hashed=True)


def shares(table):
    return {row["domain"]: (row["tokens"], row["documents"]) for row in table.to_pylist()}


def jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def compressed(path, body):
    with pa.CompressedOutputStream(str(path), {"gz": "gzip", "zst": "zstd"}[path.suffix[1:]]) as file:
        file.write(body)
    return path


def table(kind=None):
    kind = kind or pa.string()
    return pa.table(
        {"url": pa.array([r["url"] for r in ROWS], kind), "text": pa.array([r["text"] for r in ROWS], kind)}
    )


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_parquet_columns_of_any_text_type_are_counted(tmp_path, kind):
    pq.write_table(table(kind), tmp_path / "x.parquet", row_group_size=4)
    assert shares(counted(tmp_path / "x.parquet").shares) == SHARES


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip", "lz4", "brotli"])
def test_parquet_of_any_compression_is_counted(tmp_path, codec):
    pq.write_table(table(), tmp_path / "x.parquet", compression=codec)
    assert shares(counted(tmp_path / "x.parquet").shares) == SHARES


def test_columns_inside_structs_are_counted_and_null_structs_have_no_domain(tmp_path):
    rows = [{"meta": None if row["url"] is None else {"url": row["url"], "n": 1}, "text": row["text"]} for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    (tmp_path / "y.jsonl").write_bytes(jsonl(rows))
    assert shares(counted(tmp_path / "x.parquet").shares) == SHARES
    assert shares(counted(tmp_path / "y.jsonl").shares) == SHARES


def test_urls_inside_json_texts_are_counted(tmp_path):
    rows = [{"meta": json.dumps({"url": row["url"], "n": 1}, indent=1), "text": row["text"]} for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    (tmp_path / "y.jsonl").write_bytes(jsonl(rows))
    assert shares(counted(tmp_path / "x.parquet").shares) == SHARES
    assert shares(counted(tmp_path / "y.jsonl").shares) == SHARES


@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.json", "x.jsonl.gz", "x.json.zst"])
def test_json_lines_are_counted_plain_and_compressed(tmp_path, name):
    path = tmp_path / name
    compressed(path, jsonl(ROWS)) if path.suffix in (".gz", ".zst") else path.write_bytes(jsonl(ROWS))
    assert shares(counted(path).shares) == SHARES


def test_json_lines_may_have_a_byte_order_mark_blank_lines_and_no_last_line_break(tmp_path):
    body = b"\xef\xbb\xbf" + jsonl(ROWS).replace(b"\n", b"\r\n\r\n").rstrip()
    (tmp_path / "x.jsonl").write_bytes(body)
    assert shares(counted(tmp_path / "x.jsonl").shares) == SHARES


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.csv.gz", "x.tsv.zst"])
def test_tables_are_counted_plain_and_compressed(tmp_path, name):
    sink = pa.BufferOutputStream()
    pcsv.write_csv(table(), sink, pcsv.WriteOptions(delimiter="\t" if "tsv" in name else ","))
    path, body = tmp_path / name, sink.getvalue().to_pybytes()
    compressed(path, body) if path.suffix in (".gz", ".zst") else path.write_bytes(body)
    assert shares(counted(path).shares) == SHARES


def test_a_domain_table_gives_its_own_numbers(tmp_path):
    (tmp_path / "x.csv").write_text("domain,tokens,docs\nexample.com,7,2\nB.example.,5,1\ngutenberg,3,1\n")
    assert shares(counted(tmp_path / "x.csv").shares) == {"example.com": (7, 2), "b.example": (5, 1), "": (3, 1)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 2000), max_size=6))
def test_json_lines_cut_at_any_bytes_are_counted_once(tmp_path, cuts):
    (tmp_path / "x.jsonl").write_bytes(jsonl(ROWS))
    file = list_path(tmp_path / "x.jsonl").files[0]
    edges = sorted({0, file.size, *(cut % file.size for cut in cuts)})
    parts = [Part(start, stop) for start, stop in pairwise(edges)]
    found = [count_file(file, find_columns(file), part) for part in parts]
    assert sum(one.rows for one in found) == len(ROWS)
    assert shares(merged([one.shares for one in found])) == SHARES


def test_parquet_cut_by_row_groups_is_counted_once(tmp_path):
    pq.write_table(table(), tmp_path / "x.parquet", row_group_size=2)
    file = list_path(tmp_path / "x.parquet").files[0]
    parts = parts_of(file, target=file.size // 3)
    assert len(parts) > 1
    assert sum(part.size for part in parts) <= file.size
    found = [count_file(file, find_columns(file), part) for part in parts]
    assert shares(merged([one.shares for one in found])) == SHARES


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet"])
def test_the_digest_is_that_of_the_whole_file(tmp_path, name):
    path = tmp_path / name
    if name.endswith("parquet"):
        pq.write_table(table(), path)
    else:
        path.write_bytes(gzip.compress(jsonl(ROWS)) if name.endswith("gz") else jsonl(ROWS))
    assert counted(path).digest == digest_of(list_path(path).files[0])


def test_progress_adds_up_to_the_files_size(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(jsonl(ROWS))
    file, seen = list_path(tmp_path / "x.jsonl").files[0], []
    count_file(file, find_columns(file), progress=seen.append)
    assert sum(seen) == file.size


def test_batches_are_read_with_plain_names_and_types(tmp_path):
    pq.write_table(table(pa.string_view()).rename_columns(["link", "body"]), tmp_path / "x.parquet")
    file = list_path(tmp_path / "x.parquet").files[0]
    batch = next(read_batches(file, find_columns(file, url="link")))
    assert batch.schema.names == ["url", "text"]
    assert batch.column("text").type == pa.large_string()


def test_large_files_are_counted_in_little_memory(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    line = jsonl([{"url": "https://a.example/", "text": "word " * 2000}]) * 100
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(200):
            file.write(line)
    pool = pa.default_memory_pool()
    tracemalloc.start()
    before = pool.bytes_allocated()
    found = counted(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert shares(found.shares) == {"a.example": (40_000_000, 20_000)}
    assert peak + pool.max_memory() - before < 150 << 20  # of 200 MB
