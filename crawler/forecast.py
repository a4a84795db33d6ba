"""Where a monthly share is heading, told only together with how wrong the same method was before.

Three methods are tried on the history itself (rolling origin: forecast from every earlier month, compare with what
came): `naive` (it stays as it is), `damped` (a damped trend, Holt's method with dampening) and `logit` (a straight line
through the log-odds of the last months). The one with the smallest mean absolute error is used, naive where none beats
it; the band is the spread of its own errors at each distance. Too short a history gets no forecast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

FEWEST = 12  # months of history
FIRST = 8  # months before the first back-test
WINDOW = 12  # months that the line runs through
LEVEL = 0.8
_EDGE = 1e-4
_GRID = tuple(product((0.3, 0.6, 0.9), (0.1, 0.3), (0.8, 0.9, 0.98)))  # smoothing of level and trend, and dampening

Method = Callable[[Sequence[float], int], list[float]]


@dataclass(frozen=True)
class Forecast:
    """Shares for the coming months with a band of LEVEL, the method, and mean absolute errors of the back-test.

    `tests` is how many forecasts were compared with what came.
    """

    method: str
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    error: float
    naive_error: float
    tests: int


def forecast(history: Sequence[float], ahead: int = 6) -> Forecast | None:
    """Continue a monthly share (0..1, oldest first); None where the history is too short to test a method on."""
    if len(history) < FEWEST or ahead < 1:
        return None
    errors = {name: backtest(history, method, ahead) for name, method in METHODS.items()}
    means = {name: _mean(told) for name, told in errors.items()}
    best = min(means, key=lambda name: (means[name], name != "naive"))
    shares = METHODS[best](history, ahead)
    spread = _spread(errors[best], ahead)
    low = tuple(max(0.0, share - width) for share, width in zip(shares, spread, strict=True))
    high = tuple(min(1.0, share + width) for share, width in zip(shares, spread, strict=True))
    tests = sum(len(told) for told in errors[best])
    return Forecast(best, tuple(shares), low, high, means[best], means["naive"], tests)


def backtest(history: Sequence[float], method: Method, ahead: int) -> list[list[float]]:
    """Per distance (1..ahead) the errors of forecasts from every month after the FIRST, in shares."""
    found: list[list[float]] = [[] for _ in range(ahead)]
    for origin in range(min(FIRST, len(history) - 1), len(history)):
        told = method(history[:origin], ahead)
        for distance, (share, came) in enumerate(zip(told, history[origin:], strict=False)):
            found[distance].append(abs(share - came))
    return found


def naive(history: Sequence[float], ahead: int) -> list[float]:
    """It stays as it is."""
    return [history[-1]] * ahead


def damped(history: Sequence[float], ahead: int) -> list[float]:
    """A damped trend, smoothed by the constants that fitted the history's own next months best."""
    if len(history) < 3:
        return naive(history, ahead)
    _, level, trend, damping = min(_smooth(history, *constants) for constants in _GRID)
    steps = np.cumsum(damping ** np.arange(1, ahead + 1))
    return [float(share) for share in np.clip(level + trend * steps, 0, 1)]


def logit(history: Sequence[float], ahead: int) -> list[float]:
    """A straight line through the log-odds of the last months, from where the history stands now."""
    recent = np.clip(np.asarray(history[-WINDOW:], dtype=float), _EDGE, 1 - _EDGE)
    if len(recent) < 3:
        return naive(history, ahead)
    odds = np.log(recent / (1 - recent))
    slope = np.polyfit(np.arange(len(odds)), odds, 1)[0]
    told = 1 / (1 + np.exp(-(odds[-1] + slope * np.arange(1, ahead + 1))))
    return [float(share) for share in told]


METHODS: dict[str, Method] = {"naive": naive, "damped": damped, "logit": logit}


def _smooth(history: Sequence[float], alpha: float, beta: float, damping: float) -> tuple[float, float, float, float]:
    """Squared error of the one-month forecasts, then level and trend at the end, and the dampening."""
    level, trend, error = history[0], history[1] - history[0], 0.0
    for share in history[1:]:
        told = level + damping * trend
        error += (share - told) ** 2
        before, level = level, told + alpha * (share - told)
        trend = damping * trend + beta * (level - before - damping * trend)
    return error, level, trend, damping


def _mean(told: list[list[float]]) -> float:
    every = [error for errors in told for error in errors]
    return sum(every) / len(every)


def _spread(told: list[list[float]], ahead: int) -> list[float]:
    """The LEVEL quantile of the errors at each distance, never narrower further away; far ones have few, so the nearer
    ones' growth goes on."""
    widths: list[float] = []
    for distance in range(ahead):
        errors = told[distance]
        own = float(np.quantile(errors, LEVEL)) if len(errors) >= 3 else 0.0
        grown = widths[0] * (distance + 1) ** 0.5 if widths else 0.0
        widths.append(max(own, grown, widths[-1] if widths else 0.0))
    return widths
