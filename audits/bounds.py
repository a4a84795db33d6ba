"""Exact bounds on shares."""

import math


def upper_share(hits: int, rows: int, confidence: float = 0.95) -> float:
    """One-sided Clopper–Pearson upper bound on the share of rows with a property, after `hits` among `rows` sampled.

    0 hits in 3,000 rows give 0.000998. Clopper and Pearson, Biometrika 26 (1934). 1.0 where nothing was looked at.
    """
    from scipy.special import betaincinv  # takes 0.2 s, which not every process needs to spend

    if not 0 <= hits <= rows:
        raise ValueError("hits must lie between 0 and rows")
    return 1.0 if hits == rows else float(betaincinv(hits + 1, rows - hits, confidence))


def wilson(hits: int, sampled: int) -> tuple[float, float]:
    """Two-sided 95 % interval of a share after `hits` among `sampled`: Wilson, JASA 22 (1927). (0, 1) of nothing."""
    if not 0 <= hits <= sampled:
        raise ValueError("hits must lie between 0 and sampled")
    if not sampled:
        return 0.0, 1.0
    share, z2 = hits / sampled, 1.959964**2
    middle = (share + z2 / (2 * sampled)) / (1 + z2 / sampled)
    off = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * sampled)) / sampled) / (1 + z2 / sampled)
    return max(0.0, middle - off), min(1.0, middle + off)
