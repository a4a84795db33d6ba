"""Length distributions: what is exact, what is off and by how much, and that portions add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.content.lengths import Lengths

NUMBERS = st.lists(st.integers(0, 10**12), max_size=60)


def of(numbers: list[int]) -> Lengths:
    made = Lengths()
    made.add(np.array(numbers, np.int64))
    return made


@given(NUMBERS, NUMBERS)
def test_the_lengths_of_two_portions_add_up_to_those_of_the_whole(one: list[int], other: list[int]) -> None:
    together = of(one)
    together.merge(of(other))
    assert together == of(one + other)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60), st.sampled_from([0.05, 0.25, 0.5, 0.75, 0.99]))
def test_a_quantile_is_off_by_at_most_five_percent(numbers: list[int], share: float) -> None:
    true = sorted(numbers)[max(0, int(np.ceil(share * len(numbers))) - 1)]
    assert of(numbers).quantile(share) == pytest.approx(true, rel=0.05, abs=0)


@given(st.lists(st.integers(0, 16), min_size=1))
def test_up_to_sixteen_every_quantile_is_exact(numbers: list[int]) -> None:
    assert of(numbers).quantile(0.5) == sorted(numbers)[(len(numbers) - 1) // 2]


@given(NUMBERS)
def test_the_histogram_by_doublings_holds_every_length_once(numbers: list[int]) -> None:
    drawn = of(numbers).by_doubling()
    assert sum(count for *_, count in drawn) == len(numbers)
    for least, most, count in drawn:
        assert sum(least <= number <= most for number in numbers) == count


def test_sums_and_ends_are_exact() -> None:
    lengths = of([3, 1000, 7])
    assert (lengths.total, lengths.count, lengths.least, lengths.most) == (1010, 3, 3, 1000)


@given(NUMBERS)
def test_lengths_survive_json(numbers: list[int]) -> None:
    assert Lengths.from_dict(of(numbers).as_dict()) == of(numbers)


def test_nothing_has_neither_mean_nor_quantile() -> None:
    assert (Lengths().mean, Lengths().quantile(0.5), Lengths().by_doubling()) == (None, None, [])
