"""Exact bounds against what is published and against the binomial itself."""

import pytest
from scipy.stats import binom

from audits.bounds import upper_share


def test_nothing_in_three_thousand_rows_leaves_a_thousandth_at_most():
    assert upper_share(0, 3000) == pytest.approx(0.000998, abs=1e-6)


@pytest.mark.parametrize(("hits", "rows"), [(0, 10), (1, 10), (9, 10), (17, 3000), (2999, 3000)])
def test_at_the_bound_so_few_hits_have_a_chance_of_one_in_twenty(hits, rows):
    assert binom.cdf(hits, rows, upper_share(hits, rows)) == pytest.approx(0.05)


def test_where_all_or_nothing_was_looked_at_nothing_is_ruled_out():
    assert (upper_share(7, 7), upper_share(0, 0)) == (1.0, 1.0)
