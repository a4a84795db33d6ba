"""Scanning tables finds what `find` finds, row by row, whatever the table looks like."""

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.pii import SCHEMA, HmacSeal, Tier, find, scan, scanning

VALUES = [
    "jane@example.org", "+41 44 668 18 00", "555-123-4567", "4111111111111111", "GB29 NWBK 6016 1331 9268 19",
    "93.184.216.34", "2a00:1450:4001:81b::200e", "00:1B:44:11:3A:B7", "536-22-8145", "AKIAIOSFODNN7EXAMPLE",
    "https://bob:s3cr3t@db.example.com", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "12345678", "2024-01-02", "1.2.3.4",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n", "eyJhbGciOiJIUzI1NiJ9.e30.abc-def_ghi",
]  # fmt: skip
PIECES = st.sampled_from(
    [*VALUES, *" .,:;@-_+()#/\n\0\t", "phone ", "é", "日", "\ud800", "0", "12", "a", "Z", "::", "@"]
)
TEXTS = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=12).map("".join))
FAST = settings(deadline=None, max_examples=300)


def placed(result):
    return [tuple(row[name] for name in ("row", "type", "start", "end", "tier")) for row in result.findings.to_pylist()]


def by_find(rows):
    return [(row, f.type, f.start, f.end, f.tier.value) for row, text in enumerate(rows) for f in find(text or "")]


@FAST
@given(TEXTS)
def test_find_never_raises_and_its_offsets_lie_in_the_text(text):
    ends = [0]
    for finding in find(text):
        assert ends[-1] <= finding.start < finding.end <= len(text)
        ends.append(finding.end)


@FAST
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=8))
def test_a_table_holds_what_its_rows_hold(rows):
    rows = [row and row.encode("utf-8", "replace").decode() for row in rows]
    assert placed(scan(pa.table({"t": pa.array(rows, pa.string())}))) == by_find(rows)


def test_rows_that_touch_in_memory_do_not_join_into_a_value():
    assert placed(scan(["jane", "@example.org", "4111 1111", " 1111 1111", "AKIAIOSFOD", "NN7EXAMPLE"])) == []


def test_a_large_table_holds_what_its_rows_hold_across_blocks_and_portions(monkeypatch):
    monkeypatch.setattr(scanning, "PORTION", 150_000)
    rng = random.Random(5)
    rows = [" ".join(rng.choices([*VALUES, "plain", "words", "äöü", "2019"], k=rng.randint(0, 60))) for _ in range(900)]
    assert placed(scan(rows)) == by_find(rows)


def test_a_slice_of_an_array_counts_its_own_rows():
    rows = ["a@example.org", "none", "see b@example.org"]
    assert placed(scan(pa.array(rows).slice(1))) == [(1, "email", 4, 17, "validated")]


def test_nulls_hold_nothing_even_where_memory_does():
    hidden = pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\x02"), *pa.array(["a@example.org", "b@example.org"]).buffers()[1:]]
    )
    assert [row[0] for row in placed(scan(hidden))] == [1]


def test_bytes_that_are_not_utf_8_count_as_one_character_each():
    raw = b"\xff\xfe jane@example.org \xc3"
    texts = pa.Array.from_buffers(pa.string(), 1, pa.array([raw], pa.binary()).buffers())
    assert [(p[2], p[3]) for p in placed(scan(texts))] == [(3, 19)]


def test_a_row_of_many_megabytes_is_scanned_to_its_end():
    row = "word " * 2_000_000 + "jane@example.org"
    assert placed(scan([row, "x"])) == [(0, "email", 10_000_000, 10_000_016, "validated")]


@pytest.mark.parametrize(
    "filler",
    [
        "@",
        "1",
        "a1",
        ":",
        "-----BEGIN ",
        "eyJ",
        "1.2.3.4 ",
        "5 5-5 ",
        "a@b.",
        "://a:b@",
        "a@b.com ",
        "555-123-4567 ",
        "4111111111111111 ",
        "eyJhbGciOiJIUzI1NiJ9.e30.x ",
        "::1 ",
        "DE89 3704 0044 0532 0130 00 ",
    ],
)
@pytest.mark.timeout(60)
def test_a_megabyte_of_anything_takes_seconds_at_most(filler):
    scan([filler * (1_000_000 // len(filler))])


TYPES = {
    "large": lambda v: pa.array(v, pa.large_string()),
    "view": lambda v: pa.array(v, pa.string_view()),
    "dictionary": lambda v: pa.array(v).dictionary_encode(),
    "list": lambda v: pa.array([[x] for x in v]),
    "struct": lambda v: pa.array([{"text": x, "n": 1} for x in v]),
    "messages": lambda v: pa.array([[{"role": "user", "content": x}] for x in v]),
    "map": lambda v: pa.array([[("k", x)] for x in v], pa.map_(pa.string(), pa.string())),
}


@pytest.mark.parametrize("kind", TYPES)
def test_texts_are_found_in_every_type_that_can_hold_them(kind):
    rows = ["none", "a@example.org", "x", "say b@example.org"]
    assert [p[:3] for p in placed(scan(pa.table({"c": TYPES[kind](rows)})))] == [(1, "email", 0), (3, "email", 4)]


def test_a_text_in_a_list_is_told_by_its_place_in_the_row():
    table = pa.table({"c": [["x"], [], ["y", "z", "a@example.org"]]})
    assert scan(table).findings.select(["row", "item"]).to_pylist() == [{"row": 2, "item": 2}]


def test_counts_tell_findings_from_rows():
    table = pa.table({"a": ["x@example.org y@example.org", "z@example.org", "no"], "b": ["", "93.184.216.34", ""]})
    result = scan(table)
    assert [(c.column, c.type, c.findings, c.rows) for c in result.counts] == [
        ("a", "email", 3, 2),
        ("b", "ipv4", 1, 1),
    ]
    assert (result.rows, result.rows_with(), result.rows_with(["ipv4"], [Tier.PATTERN])) == (3, 2, 0)


def test_a_column_without_text_is_refused_by_name():
    with pytest.raises(ValueError, match="No text in column n; columns with text are t"):
        scan(pa.table({"t": ["x"], "n": [1]}), columns=["n"])


def test_only_the_columns_asked_for_are_scanned():
    table = pa.table({"a": ["x@example.org"], "m": [{"b": "y@example.org", "c": "z@example.org"}]})
    assert scan(table, columns=["m.b"]).columns == ("m.b",)


def test_equal_values_have_equal_digests_in_any_spelling_and_other_keys_others():
    rows = ["4111 1111 1111 1111", "card 4111111111111111", "card 4012888888881881"]
    one, same, other = scan(rows, seal=HmacSeal(b"k")).findings["digest"].to_pylist()
    assert one == same != other
    assert scan(rows, seal=HmacSeal(b"another")).findings["digest"][0].as_py() != one


def test_findings_hold_places_and_no_values():
    findings = scan(["jane@example.org"], seal=HmacSeal(b"k")).findings
    assert findings.schema == SCHEMA
    assert "jane" not in str(findings.to_pylist())
