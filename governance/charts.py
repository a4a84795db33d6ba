"""Pictures as SVG, drawn on the server: they print, need no script, and take their colours from the style sheet.

Widths are percentages and no inline style is used, so that they bend with the page under a strict content policy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

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


@lru_cache(maxsize=4096)  # a list shows a hundred of them
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
        number(at * 100), number(width * 100), fill, title,
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


PLOT = 180  # pixels


def steps(series: Sequence[Step], until: datetime, label: str) -> SafeString:
    """Stacked shares over time. What a site permits holds until it says otherwise, so levels are steps, not slopes."""
    if not series:
        return mark_safe("")
    start, top = series[0].at, max(0.05, *(sum(part.share for part in step.parts) for step in series))
    span = max(1.0, (until - start).total_seconds())
    places = [(step.at - start).total_seconds() / span for step in series] + [1.0]
    boxes = [
        (box,) for step, left, right in zip(series, places, places[1:], strict=False)
        for box in _column(step, left, right, top)
    ]  # fmt: skip
    return format_html(
        '<div class="steps"><span class="ticks" aria-hidden="true">{}</span><svg role="img" aria-label="{}">{}{}</svg>'
        '<span class="days" aria-hidden="true">{}</span></div>',
        axis(top), label, format_html_join("", "{}", boxes), grid(), _days(start, until),
    )  # fmt: skip


def _column(step: Step, left: float, right: float, top: float) -> Iterator[SafeString]:
    base = 0.0
    for part in step.parts:
        height = PLOT * part.share / top
        base += height
        yield format_html(
            '<rect x="{}%" width="{}%" y="{}" height="{}" {}><title>{}: {} from {}</title></rect>',
            number(left * 100), number((right - left) * 100), number(PLOT - base), number(height),
            _fill(part.kind), part.name, percent(part.share), f"{step.at:%-d %b %Y, %H:%M}",
        )  # fmt: skip


def axis(top: float) -> SafeString:
    """Five shares from the top down to nothing."""
    said = ((percent(top * quarter / 4).replace(".0 %", " %"),) for quarter in range(4, -1, -1))
    return format_html_join("", "<span>{}</span>", said)


def grid() -> SafeString:
    """The lines across a plot."""
    heights = ((number(PLOT * quarter / 4),) for quarter in range(1, 4))
    return format_html_join("", '<line class="s-over" x1="0" x2="100%" y1="{0}" y2="{0}"/>', heights)


def _days(start: datetime, until: datetime) -> SafeString:
    days = (start, start + (until - start) / 2, until)
    form = "%-d %b %Y" if until - start > timedelta(days=2) else "%-d %b, %H:%M"
    return format_html_join("", "<span>{}</span>", ((at.strftime(form),) for at in days))


def number(value: float) -> str:
    """A coordinate."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
