"""Head and sample: known answers, and an interval that covers what it should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.estimates import FEWEST, KNOWN, Site, pooled, reweighted, share_of, stratified
from datacards.errors import BadInput

HEAD = [Site(600, 1), Site(400, 0)]
TAIL = [Site(10, 1), Site(30, 0)]
sites = st.lists(st.builds(Site, st.integers(1, 10**6), st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=20)


def test_the_head_counts_as_it_is_and_the_sample_for_the_rest() -> None:
    assert stratified(HEAD, TAIL, tokens=5000).share == pytest.approx((600 + 4000 * 0.25) / 5000)


def test_with_the_true_share_of_the_head_both_estimators_agree() -> None:
    ours, papers = stratified(HEAD, TAIL, tokens=5000), reweighted(HEAD, TAIL, head_share=1000 / 5000)
    assert ours.share == pytest.approx(papers.share)


def test_another_share_of_the_head_moves_the_papers_form_alone() -> None:
    assert reweighted(HEAD, TAIL, head_share=0.5).share == pytest.approx(0.5 * 0.6 + 0.5 * 0.25)


def test_throwing_all_together_overstates_the_head() -> None:
    assert pooled(HEAD, TAIL) == pytest.approx(610 / 1040)


def test_a_few_sites_give_no_interval() -> None:
    found = stratified(HEAD, TAIL, tokens=5000)
    assert (found.low, found.high, found.sampled) == (None, None, 2)


def test_without_a_sample_the_rest_is_not_guessed() -> None:
    with pytest.raises(BadInput, match="random sample"):
        stratified(HEAD, [], tokens=5000)


def test_a_head_larger_than_its_corpus_is_told() -> None:
    with pytest.raises(BadInput, match="more tokens than the whole"):
        stratified(HEAD, TAIL, tokens=500)


def test_a_census_has_no_error() -> None:
    found = stratified(HEAD, [], tokens=1000)
    assert (found.low, found.share, found.high) == (0.6, 0.6, 0.6)


@given(head=sites, sample=sites, rest=st.integers(1, 10**9))
def test_the_estimate_lies_between_its_strata(head: list[Site], sample: list[Site], rest: int) -> None:
    tokens = sum(site.tokens for site in head) + rest
    shares = sorted([share_of(head), share_of(sample)])
    assert shares[0] - 1e-9 <= stratified(head, sample, tokens).share <= shares[1] + 1e-9


def _drawn(random: np.random.Generator) -> list[tuple[float, bool]]:
    return list(zip(random.lognormal(5, 1, 20_000), random.random(20_000) < 0.3, strict=True))


def test_the_interval_covers_the_truth_about_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.estimates.RESAMPLES", 300)
    random = np.random.default_rng(7)
    population = [Site(int(t), float(r)) for t, r in _drawn(random)]
    truth, covered = stratified(population, [], sum(s.tokens for s in population)).share, 0
    for trial in range(100):
        drawn = [population[i] for i in random.integers(0, len(population), 400)]
        found = stratified([], drawn, sum(s.tokens for s in population), seed=trial)
        covered += found.low is not None and found.high is not None and found.low <= truth <= found.high
    assert 88 <= covered <= 100


def test_the_papers_corpora_have_their_sizes() -> None:
    assert KNOWN["C4"].tokens == 170_005_451_386
    assert FEWEST <= 100
