"""How many texts are different: exact where they are few, unbiased and within its error where they are many."""

from contextlib import AbstractContextManager
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.content import distinct
from audits.content.distinct import Distinct, hashes_of

TEXTS = st.lists(st.sampled_from([f"text {n}" for n in range(40)]), max_size=80)


def few() -> AbstractContextManager[object]:
    """So that sixteen different texts are many."""
    return patch.object(distinct, "MOST", 16)


def of(texts: list[str]) -> Distinct:
    made = Distinct()
    made.add(hashes_of(pa.array(texts, pa.string())))
    return made


def numbered(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64, count, np.uint64, endpoint=False)


def same(one: Distinct, other: Distinct) -> bool:
    return one.as_dict() == other.as_dict()


@given(TEXTS)
def test_few_texts_are_counted_exactly(texts: list[str]) -> None:
    assert of(texts).distinct == len(set(texts))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_sketches_merge_to_that_of_all_texts_in_any_grouping(portions: list[list[str]]) -> None:
    with few():
        left, right = Distinct(), Distinct()
        for portion in portions:
            left.merge(of(portion))
        for portion in reversed(portions):
            right.merge(of(portion))
        assert same(left, right)
        assert same(left, of([text for portion in portions for text in portion]))


def test_memory_is_bounded_whatever_there_is_to_count() -> None:
    made = Distinct()
    for seed in range(10):
        made.add(numbered(30_000, seed))
    assert len(made.hashes) <= distinct.MOST
    assert len(str(made.as_dict())) < 300_000


def test_the_estimate_of_many_lies_within_its_error() -> None:
    errors = []
    for seed in range(40):
        made = Distinct()
        made.add(numbered(200_000, seed))
        errors.append(made.distinct / 200_000 - 1)
    expected = distinct.ERROR / np.sqrt(distinct.MOST)
    assert np.std(errors) < 1.5 * expected
    assert abs(np.mean(errors)) < 4 * expected / np.sqrt(40)  # no bias beyond its own chance


@pytest.mark.parametrize("copies", [1, 2, 5])
def test_repetitions_are_found_within_the_interval(copies: int) -> None:
    made = Distinct()
    made.add(np.repeat(numbered(60_000), copies))
    told = made.repeated()
    assert told.low <= 1 - 1 / copies <= told.high
    assert not told.exact


def test_one_text_repeated_without_end_is_not_overlooked() -> None:
    for seed in range(10):
        made, hashes = Distinct(), numbered(100_000, seed)
        made.add(np.concatenate([hashes, np.full(100_000, hashes[0])]))
        assert made.repeated().share == pytest.approx(0.5, abs=0.03)


def test_a_corpus_without_repetitions_is_not_said_to_have_any() -> None:
    made = Distinct()
    made.add(numbered(300_000))
    assert made.repeated().share == 0


def test_a_sketch_survives_json() -> None:
    made = Distinct()
    made.add(numbered(50_000))
    assert same(Distinct.from_dict(made.as_dict()), made)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_hash_is_that_of_the_text_wherever_it_lies(kind: pa.DataType) -> None:
    whole = pa.array(["a", "", "größe", "a"], kind)
    assert hashes_of(whole)[0] == hashes_of(whole)[3]
    assert hashes_of(whole.slice(2)).tolist() == hashes_of(whole)[2:].tolist()


def test_no_texts_have_no_share() -> None:
    assert Distinct().repeated() is None
