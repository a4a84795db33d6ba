"""The restricted share of a web-sized corpus from its head and a random sample of its tail, with an interval.

Nobody asks the sixteen million domains of C4. *Consent in Crisis* (Longpre et al. 2024) asked the 2,000 with the most
tokens (the head, a census) and 10,000 drawn at random, each with the same chance, from the rest.

Two estimators stand side by side:

- `stratified`: head total plus tail total times the sample's ratio of restricted tokens to tokens. The ratio, not the
  mean, because tokens per domain vary by orders of magnitude; the interval is a bootstrap over the sampled domains.
- `reweighted`, the form that the paper's published figures lead to: each stratum's token-weighted share, both added by
  the strata's shares of the corpus's *tokens*, which the paper publishes for the head. Equal to the first where the
  head's share is computed from the same table; different where the published share (of all of the corpus) and the
  table's own totals disagree.

`pooled` is what comes out when head and sample are thrown together: it overstates the head.

The head has no sampling error, so the interval only speaks of the tail. It says nothing of domains that were not
reached: leave them out or count them, and say which.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datacards.errors import BadInput

RESAMPLES = 2000
FEWEST = 30  # sampled domains, below which no interval is told


@dataclass(frozen=True)
class KnownCorpus:
    """Sizes that Longpre et al. (2024) give, in tokens and domains, and the share of tokens in the 2,000 largest."""

    name: str
    tokens: int
    domains: int
    head_share: float


HEAD = 2000
KNOWN: dict[str, KnownCorpus] = {
    corpus.name: corpus
    for corpus in (
        KnownCorpus("C4", 170_005_451_386, 15_928_138, 0.1087),
        KnownCorpus("RefinedWeb", 431_169_198_316, 33_210_738, 0.1565),
        KnownCorpus("Dolma", 1_974_278_779_400, 45_246_789, 0.2178),
    )
}


@dataclass(frozen=True)
class Site:
    """A domain that was asked: its tokens in the corpus, and how restricted it is (1 all, 0 not at all)."""

    tokens: int
    restricted: float


@dataclass(frozen=True)
class Estimate:
    """A share of tokens (0..1); the interval is None where the sample is too small to tell one."""

    share: float
    low: float | None
    high: float | None
    sampled: int
    level: float = 0.95


def stratified(
    head: Sequence[Site], sample: Sequence[Site], tokens: int, level: float = 0.95, seed: int = 0
) -> Estimate:
    """The restricted share of a corpus of `tokens` from all of its head and a random sample of the rest.

    Raises BadInput where the head is larger than the corpus, or the rest has no sample.
    """
    head_tokens = sum(site.tokens for site in head)
    rest = tokens - head_tokens
    _check(rest, sample)
    fixed = sum(site.tokens * site.restricted for site in head)
    if rest == 0:
        share = fixed / tokens if tokens else 0.0
        return Estimate(share, share, share, 0, level)
    share, low, high = _ratio(sample, level, seed)
    place = [None if ratio is None else (fixed + rest * ratio) / tokens for ratio in (low, high)]
    return Estimate((fixed + rest * share) / tokens, place[0], place[1], len(sample), level)


def reweighted(
    head: Sequence[Site], sample: Sequence[Site], head_share: float, level: float = 0.95, seed: int = 0
) -> Estimate:
    """Each stratum's share of restricted tokens, weighed by a published share of the head."""
    if not 0 <= head_share <= 1:
        raise BadInput(f"The head's share of the tokens must lie between 0 and 1, not {head_share}.")
    _check(1 if head_share < 1 else 0, sample)
    of_head = share_of(head)
    share, low, high = _ratio(sample, level, seed) if sample else (0.0, None, None)
    ends = [None if end is None else head_share * of_head + (1 - head_share) * end for end in (low, high)]
    return Estimate(head_share * of_head + (1 - head_share) * share, ends[0], ends[1], len(sample), level)


def pooled(head: Sequence[Site], sample: Sequence[Site]) -> float:
    """All asked domains as if they were the corpus: biased towards the head, told for comparison."""
    return share_of([*head, *sample])


def share_of(sites: Sequence[Site]) -> float:
    """Restricted tokens as a share of the tokens of these domains; 0 where there are none."""
    tokens = sum(site.tokens for site in sites)
    return sum(site.tokens * site.restricted for site in sites) / tokens if tokens else 0.0


def _check(rest: int, sample: Sequence[Site]) -> None:
    if rest < 0:
        raise BadInput("The head has more tokens than the whole corpus; give the tokens of the whole.")
    if rest > 0 and not sum(site.tokens for site in sample):
        raise BadInput("Nothing is known of the rest of the corpus: ask a random sample of its domains first.")


def _ratio(sample: Sequence[Site], level: float, seed: int) -> tuple[float, float | None, float | None]:
    """The sample's restricted share with its percentile bootstrap interval over domains."""
    tokens = np.array([site.tokens for site in sample], dtype=float)
    restricted = tokens * np.array([site.restricted for site in sample], dtype=float)
    share = float(restricted.sum() / tokens.sum())
    if len(sample) < FEWEST:
        return share, None, None
    ratios = _resampled(tokens, restricted, seed)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return share, float(low), float(high)


def _resampled(tokens: npt.NDArray[np.float64], restricted: npt.NDArray[np.float64], seed: int) -> list[float]:
    random, size, found = np.random.default_rng(seed), len(tokens), []
    for _ in range(RESAMPLES):
        drawn = random.integers(0, size, size)
        whole = tokens[drawn].sum()
        found.append(float(restricted[drawn].sum() / whole) if whole else 0.0)
    return found
