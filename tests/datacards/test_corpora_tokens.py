r"""Counting tokens: whatever the bytes, the numbers are those of Python's ``\w+``."""

import re

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datacards.corpora import count_tokens, tokens

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ROWS = st.lists(st.none() | TEXT, max_size=8)


def naive(texts):
    return [len(re.findall(r"\w+", text)) if text else 0 for text in texts]


@settings(max_examples=500, deadline=None)
@given(rows=ROWS, block=st.sampled_from([64, 128, 1 << 19]), skip=st.integers(0, 3), large=st.booleans())
@example(rows=["a", "b", "", None, "c"], block=64, skip=1, large=False)
@example(rows=["x" * 63 + "é" * 40 + "𝔘𝔫" * 30], block=64, skip=0, large=True)
def test_any_texts_have_as_many_tokens_as_the_regular_expression_finds(rows, block, skip, large):
    texts = pa.array(rows, pa.large_string() if large else pa.string()).slice(skip)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "BLOCK", block)
        assert count_tokens(texts).tolist() == naive(texts.to_pylist())


def test_every_code_point_is_classed_as_the_regular_expression_does():
    points = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    assert count_tokens(pa.array(points)).tolist() == [int(re.match(r"\w", point) is not None) for point in points]


def test_tokens_do_not_reach_over_the_end_of_a_text():
    assert count_tokens(pa.array(["ab", "cd", " ef", "", "g"])).tolist() == [1, 1, 1, 0, 1]


def test_a_null_among_words_has_no_tokens():
    assert count_tokens(pa.array(["ab", None, "cd"])).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "script", ["ascii words here ", "naïve “quotes” – dash ", "Привет мир ", "你好，世界 ", "𝔘𝔫𝔦 💩 "]
)
def test_long_texts_of_every_script_are_counted_over_block_borders(script):
    text = script * (2 * tokens.BLOCK // len(script.encode()))
    assert count_tokens(pa.array([text, text])).tolist() == naive([text, text])
