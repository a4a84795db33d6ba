"""JSON from strangers: what is refused, and that nothing is changed on the way through."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.errors import BadInput
from datacards.exchange.strictjson import MAX_BYTES, MAX_DEPTH, Number, dumps, loads

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(JSON)
def test_what_is_written_is_read_as_the_same(value):
    assert loads(dumps(value).encode()) == value
    assert json.loads(dumps(value, indent=2)) == value


@pytest.mark.parametrize("number", ["1.10", "1e5", "-0", "1.0", "0.1", "12", "1E+5", "-0.0"])
def test_a_number_is_written_as_it_was_spelt(number):
    assert dumps(loads(f"[{number}]".encode())) == f"[{number}]"


def test_a_version_keeps_its_last_zero():
    assert loads(b'{"version": 1.10}') == {"version": Number("1.10")}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"a": 1, "a": 2}', "“a” twice"),
        (b'{"a": 1, "\\u0061": 2}', "“a” twice"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1e999]", "1e999"),
        (b"[" + b"9" * 5000 + b"]", "5,000 digits"),
        (b"[" * 100_000, f"{MAX_DEPTH} levels"),
        (b'{"a":' * 100_000, f"{MAX_DEPTH} levels"),
        (b"[" + b"[]," * 600_000 + b"[]]", "500,000 values"),
        (b" " * (MAX_BYTES + 1), "bytes long"),
        (b'["\\u0000"]', "NUL"),
        (b'["\\ud800"]', "surrogate"),
        (b'["\xff"]', "UTF-8"),
        (b'{"a": 1', "line 1, column 8"),
        (b"{'a': 1}", "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_what_could_mean_two_things_or_fill_the_memory_is_refused_in_a_sentence(body, why):
    with pytest.raises(BadInput, match=why) as refusal:
        loads(body)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("body", [b'"\\"' * 900_000, b'"' * 3_000_001, b"\\" * 5_000_000, b'["' + b"\\\\" * 2_000_000])
def test_a_string_that_never_ends_is_refused_at_once(body):
    began = time.perf_counter()
    with pytest.raises(BadInput):
        loads(body)
    assert time.perf_counter() - began < 5


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert loads(b"\xef\xbb\xbf{}") == {}


def test_a_backslash_before_u0000_is_a_backslash():
    assert loads(b'["\\\\u0000"]') == ["\\u0000"]
