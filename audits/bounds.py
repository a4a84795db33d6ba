"""Exact bounds on shares."""


def upper_share(hits: int, rows: int, confidence: float = 0.95) -> float:
    """One-sided Clopper–Pearson upper bound on the share of rows with a property, after `hits` among `rows` sampled.

    0 hits in 3,000 rows give 0.000998. Clopper and Pearson, Biometrika 26 (1934). 1.0 where nothing was looked at.
    """
    from scipy.special import betaincinv  # takes 0.2 s, which not every process needs to spend

    if not 0 <= hits <= rows:
        raise ValueError("hits must lie between 0 and rows")
    return 1.0 if hits == rows else float(betaincinv(hits + 1, rows - hits, confidence))
