"""Pictures of one share over time: the history with its forecast, and many small ones side by side.

Drawn like governance.charts: on the server, without a script or an inline style, so that they print.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from crawler.forecast import LEVEL, Forecast
from governance.charts import axis, grid, number
from governance.words import percent

WIDTH, HEIGHT, SMALL = 1000, 180, 48
Points = Sequence[tuple[float, float]]


def outlook(history: Sequence[float], told: Forecast | None, months: Sequence[datetime], label: str) -> SafeString:
    """A share month by month as a line, and what may come as a dashed line in its band."""
    if not history:
        return mark_safe("")
    ahead = len(told.shares) if told else 0
    top = max(0.05, *history, *(told.high if told else ()))
    past = _points(history, 0, len(history) + ahead, top)
    drawn = [_line(past, "s-past")]
    if told is not None:
        drawn = [*_coming(told, len(history), top, past[-1]), *drawn]
    last = f"{months[-1]:%b %Y}" + (f" + {ahead} months" if ahead else "")
    return format_html(
        '<div class="steps"><span class="ticks" aria-hidden="true">{}</span>'
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}{}{}</svg>'
        '<span class="days" aria-hidden="true"><span>{}</span><span>{}</span></span></div>',
        axis(top), label, WIDTH, HEIGHT, format_html_join("", "{}", ((each,) for each in drawn)), grid(),
        _hover(history, months, ahead), f"{months[0]:%b %Y}", last,
    )  # fmt: skip


def _coming(told: Forecast, start: int, top: float, now: tuple[float, float]) -> list[SafeString]:
    whole = start + len(told.shares)
    low, high = _points(told.low, start, whole, top), _points(told.high, start, whole, top)
    title = f"{LEVEL:.0%} of the earlier forecasts would have been inside this band"
    band = format_html(
        '<polygon class="f-band" points="{}"><title>{}</title></polygon>', _joined([now, *high, *reversed(low)]), title
    )
    return [band, _line([now, *_points(told.shares, start, whole, top)], "s-coming")]


def _hover(history: Sequence[float], months: Sequence[datetime], ahead: int) -> SafeString:
    width = WIDTH / (len(history) + ahead)
    rows = (
        (number(place * width), number(width), HEIGHT, f"{month:%b %Y}: {percent(share)}")
        for place, (share, month) in enumerate(zip(history, months, strict=True))
    )
    return format_html_join(
        "", '<rect class="f-none" x="{}" width="{}" height="{}"><title>{}</title></rect>', rows
    )  # fmt: skip


def small(shares: Sequence[float], top: float, label: str) -> SafeString:
    """A small area on a scale that it shares with its neighbours."""
    points = _points(shares, 0, len(shares), top, SMALL)
    edges = [(0.0, points[0][1]), *points, (float(WIDTH), points[-1][1])] if points else []
    corners = _joined([(0, SMALL), *edges, (WIDTH, SMALL)])
    return format_html(
        '<svg class="small-area" role="img" aria-label="{0}" viewBox="0 0 {1} {2}" preserveAspectRatio="none">'
        '<rect class="f-track" width="{1}" height="{2}"/><polygon class="f-refused" points="{3}"><title>{0}</title>'
        "</polygon></svg>",
        label, WIDTH, SMALL, corners,
    )  # fmt: skip


def _points(
    shares: Sequence[float], start: int, whole: int, top: float, height: int = HEIGHT
) -> list[tuple[float, float]]:
    at = (WIDTH * (start + place + 0.5) / whole for place in range(len(shares)))
    return [(x, height - height * share / top) for x, share in zip(at, shares, strict=True)]


def _line(points: Points, kind: str) -> SafeString:
    return format_html('<polyline class="{}" points="{}" vector-effect="non-scaling-stroke"/>', kind, _joined(points))


def _joined(points: Points) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
