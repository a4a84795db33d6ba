"""Pictures as SVG, drawn on the server: they print, need no script, and take their colours from the style sheet.

Widths are percentages and no inline style is used, so that they bend with the page under a strict content policy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from governance.words import percent

PATTERNS = {"unknown": "hatch", "unreachable": "cross"}


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its share of the whole (0..1), its class (refused, some, allowed, unknown) and its name."""

    share: float
    kind: str
    name: str


def share(value: float | None, of: str = "", tone: str = "refused") -> SafeString:
    """A share as a bar with its number; hatched, and said to be unknown, when it is None."""
    if value is None:
        bar = _rect(0, 1, "unknown", "not known")
    else:
        bar = format_html('<rect class="f-track" width="100%" height="100%"/>{}', _rect(0, value, tone, of))
    return format_html(
        '<span class="share{}"><svg aria-hidden="true">{}</svg><span class="number">{}</span></span>',
        " unknown" if value is None else "", bar, percent(value),
    )  # fmt: skip


def stacked(parts: Sequence[Part], label: str) -> SafeString:
    """One bar of several parts that lie side by side; each tells its name and share on hover."""
    drawn, at = [], 0.0
    for part in parts:
        drawn.append((_rect(at, part.share, part.kind, f"{part.name}: {percent(part.share)}"),))
        at += part.share
    return format_html(
        '<span class="stackbar"><svg role="img" aria-label="{}"><rect class="f-track" width="100%" height="100%"/>{}'
        "</svg></span>",
        label, format_html_join("", "{}", drawn),
    )  # fmt: skip


def _rect(at: float, width: float, kind: str, title: str) -> SafeString:
    fill = _fill(kind)
    return format_html(
        '<rect x="{}%" width="{}%" height="100%" {}><title>{}</title></rect>',
        _number(at * 100), _number(width * 100), fill, title,
    )  # fmt: skip


def _fill(kind: str) -> SafeString:
    """A plain colour, or one of the patterns that each page carries (parts/patterns.html)."""
    if pattern := PATTERNS.get(kind):
        return format_html('fill="url(#{})"', pattern)
    return format_html('class="f-{}"', kind)


def swatch(kind: str) -> SafeString:
    """The little square of a legend."""
    return format_html('<svg width="14" height="14" aria-hidden="true">{}</svg>', _rect(0, 1, kind, ""))


@dataclass(frozen=True)
class Step:
    """What holds from a moment on: the parts of the whole, from the bottom up."""

    at: datetime
    parts: tuple[Part, ...]


HEIGHT, TOP, BOTTOM = 220, 12, 28


def steps(series: Sequence[Step], until: datetime, label: str) -> SafeString:
    """Stacked shares over time. What a site permits holds until it says otherwise, so levels are steps, not slopes."""
    if not series:
        return mark_safe("")
    start, top = series[0].at, max(0.05, *(sum(p.share for p in step.parts) for step in series))
    span = max(1.0, (until - start).total_seconds())
    ends = [step.at for step in series[1:]] + [until]
    plot = HEIGHT - TOP - BOTTOM
    boxes: list[tuple[SafeString]] = []
    for step, end in zip(series, ends, strict=True):
        left, right = ((moment - start).total_seconds() / span * 92 + 8 for moment in (step.at, end))
        base = 0.0
        for part in step.parts:
            y = TOP + plot * (1 - (base + part.share) / top)
            boxes.append((_box(left, right - left, y, plot * part.share / top, part, step.at),))
            base += part.share
    return format_html(
        '<svg class="steps-chart" role="img" aria-label="{}">{}{}{}</svg>',
        label, _grid(top, plot), format_html_join("", "{}", boxes), _dates(start, until),
    )  # fmt: skip


def _box(x: float, width: float, y: float, height: float, part: Part, since: datetime) -> SafeString:
    fill = _fill(part.kind)
    return format_html(
        '<rect x="{}%" width="{}%" y="{}" height="{}" {}><title>{}: {} since {}</title></rect>',
        _number(x), _number(width), _number(y), _number(height), fill, part.name, percent(part.share),
        f"{since:%-d %b %Y}",
    )  # fmt: skip


def _grid(top: float, plot: float) -> SafeString:
    marks = [(TOP + plot * (1 - i / 4), percent(top * i / 4)) for i in range(5)]
    return format_html_join(
        "",
        '<line class="s-line" x1="8%" x2="100%" y1="{0}" y2="{0}"/><text class="chart-text" x="0" y="{1}">{2}</text>',
        ((_number(y), _number(y + 4), said) for y, said in marks),
    )


def _dates(start: datetime, until: datetime) -> SafeString:
    middle = start + (until - start) / 2
    places: Iterable[tuple[int, str, datetime]] = ((8, "start", start), (54, "middle", middle), (100, "end", until))
    return format_html_join(
        "",
        '<text class="chart-text" x="{}%" y="{}" text-anchor="{}">{}</text>',
        ((x, HEIGHT - 6, anchor, f"{at:%-d %b %Y}") for x, anchor, at in places),
    )


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
