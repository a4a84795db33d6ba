"""Two texts side by side."""

import time

from hypothesis import given
from hypothesis import strategies as st

from governance.comparing import LONGEST, SHOWN, side_by_side

lines = st.lists(st.sampled_from("abc"), max_size=12)


@given(lines, lines)
def test_differing_lines_are_all_shown_in_their_order(before: list[str], after: list[str]) -> None:
    pairs = side_by_side(before, after)
    gone = [pair.before for pair in pairs if pair.before is not None and not pair.same]
    came = [pair.after for pair in pairs if pair.after is not None and not pair.same]
    assert sorted([*before, *came]) == sorted([*after, *gone])


@given(lines)
def test_equal_texts_have_no_difference(text: list[str]) -> None:
    assert all(pair.same for pair in side_by_side(text, text))


def test_a_long_equal_stretch_is_shortened_to_its_ends() -> None:
    same = [str(n) for n in range(100)]
    assert [pair.after for pair in side_by_side(same, [*same, "new"])] == ["0", "1", "2", "97", "98", "99", "new"]


def test_an_endless_line_is_cut() -> None:
    (pair,) = side_by_side([], ["x" * 10 * LONGEST])
    assert pair.after is not None
    assert (len(pair.after), pair.after[-1]) == (LONGEST, "…")


def test_hostile_texts_are_compared_in_no_time() -> None:
    before, after = [str(n % 7) for n in range(4000)], [str(n % 5) for n in range(4000)]
    begun = time.perf_counter()
    assert len(side_by_side(before, after)) == SHOWN
    assert time.perf_counter() - begun < 2
