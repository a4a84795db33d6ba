"""How fast crawls were in the last day, hour by hour: each run's own average, spread over the hours that it ran."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datacards.models import Run

HOURS = 24
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hour:
    """From when, and how many domains were asked in it."""

    at: datetime
    domains: float


def hours(runs: Iterable[Run], now: datetime) -> list[Hour]:
    """The last day's hours, the oldest first."""
    start = now.replace(minute=0, second=0, microsecond=0) - HOUR * (HOURS - 1)
    counts = [0.0] * HOURS
    for run in runs:
        for number in range(HOURS):
            counts[number] += run.rate * _within(run, start + HOUR * number, now)
    return [Hour(start + HOUR * number, count) for number, count in enumerate(counts)]


def _within(run: Run, at: datetime, now: datetime) -> float:
    """For how many seconds of an hour a run was running."""
    if run.started_at is None:
        return 0.0
    end = min(run.ended_at or now, at + HOUR)
    return max(0.0, (end - max(run.started_at, at)).total_seconds())


def chart(series: Sequence[Hour]) -> SafeString:
    """Columns, one an hour, on the grid of charts.steps."""
    top = max(1.0, *(hour.domains for hour in series))
    width = 100 / len(series)
    drawn = (
        (
            f"{number * width + width * 0.1:.3f}", f"{width * 0.8:.3f}", f"{180 - 180 * hour.domains / top:.2f}",
            f"{180 * hour.domains / top:.2f}", f"{hour.at:%H:%M}", f"{hour.domains:,.0f}",
        )
        for number, hour in enumerate(series)
    )  # fmt: skip
    shape = '<rect class="f-accent" x="{}%" width="{}%" y="{}" height="{}"><title>from {}: {} domains</title></rect>'
    ticks = format_html_join("", "<span>{}</span>", ((f"{top * part / 2:,.0f}",) for part in (2, 1, 0)))
    days = format_html_join("", "<span>{}</span>", ((f"{series[n].at:%H:%M}",) for n in (0, len(series) // 2, -1)))
    label = f"Domains asked in each of the last {len(series)} hours, at most {top:,.0f} in one."
    return format_html(
        '<div class="steps"><span class="ticks" aria-hidden="true">{}</span><svg role="img" aria-label="{}">{}</svg>'
        '<span class="days" aria-hidden="true">{}</span></div>',
        ticks, label, format_html_join("", shape, drawn), days,
    )  # fmt: skip
