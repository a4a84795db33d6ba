"""Forecasts are chosen by what they would have got wrong."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.forecast import FEWEST, METHODS, damped, forecast, logit, naive

histories = st.lists(st.floats(0, 1), min_size=FEWEST, max_size=40)


def test_a_short_history_gets_no_forecast() -> None:
    assert forecast([0.1] * (FEWEST - 1)) is None


def test_what_never_moved_is_told_to_stay_without_error() -> None:
    found = forecast([0.25] * 24)
    assert found is not None
    assert (found.method, found.error, found.shares) == ("naive", 0.0, (0.25,) * 6)


def test_a_steady_rise_is_continued_and_beats_naive() -> None:
    found = forecast([0.05 + 0.01 * month for month in range(30)], ahead=3)
    assert found is not None
    assert found.method != "naive"
    assert found.error < found.naive_error / 2
    assert found.shares == pytest.approx((0.35, 0.36, 0.37), abs=0.006)


def test_noise_around_a_level_is_not_taken_for_a_trend() -> None:
    found = forecast([0.3 + (0.01 if month % 2 else -0.01) for month in range(30)])
    assert found is not None
    assert all(abs(share - 0.3) < 0.02 for share in found.shares)


@given(history=histories)
def test_a_forecast_is_a_share_inside_its_band(history: list[float]) -> None:
    found = forecast(history)
    assert found is not None
    for low, share, high in zip(found.low, found.shares, found.high, strict=True):
        assert 0 <= low <= share + 1e-9
        assert share <= high + 1e-9 <= 1 + 1e-9


@given(history=histories)
def test_the_chosen_method_was_never_worse_than_naive(history: list[float]) -> None:
    found = forecast(history)
    assert found is not None
    assert found.error <= found.naive_error


@given(history=histories)
def test_the_band_never_narrows_with_distance_before_the_edges(history: list[float]) -> None:
    found = forecast(history, ahead=4)
    assert found is not None
    inner = [h - s for h, s in zip(found.high, found.shares, strict=True) if h < 1]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(inner))


@given(history=st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_every_method_takes_any_history(history: list[float]) -> None:
    assert naive(history, 2) == [history[-1]] * 2
    for method in (damped, logit):
        assert all(0 <= share <= 1 for share in method(history, 2))
    assert set(METHODS) == {"naive", "damped", "logit"}
