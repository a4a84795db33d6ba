"""A histogram of lengths in doublings, as SVG on the grid of `governance.charts`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from governance.charts import PLOT, grid, number
from governance.words import compact, percent


@dataclass(frozen=True)
class Bin:
    """How many have a length from `least` to `most`, both included, and their share of all (0..1)."""

    least: int
    most: int
    count: int
    share: float

    @property
    def range(self) -> str:
        """Its lengths in words."""
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,} to {self.most:,}"


def bins(drawn: Sequence[Sequence[int]]) -> list[Bin]:
    """From (least, most, how many) with the shares that they are."""
    total = sum(count for *_, count in drawn) or 1
    return [Bin(least, most, count, count / total) for least, most, count in drawn]


def histogram(found: Sequence[Bin], what: str) -> SafeString:
    """One column per doubling; `what` are the things, such as “tokens in a text”. Axes: share of all, and length."""
    if not found:
        return mark_safe("")
    top = max(each.share for each in found) or 1.0
    width = 100 / len(found)
    shape = '<rect class="f-accent" x="{}%" width="{}%" y="{}" height="{}"><title>{} {}: {} ({})</title></rect>'
    columns = format_html_join("", shape, (_column(each, at, width, top, what) for at, each in enumerate(found)))
    ticks = format_html_join("", "<span>{}</span>", ((percent(top * part / 2),) for part in (2, 1, 0)))
    ends = dict.fromkeys((found[0].least, found[len(found) // 2].least, found[-1].most))
    below = format_html_join("", "<span>{}</span>", ((compact(end),) for end in ends))
    most = max(found, key=lambda each: each.share)
    label = f"{what.capitalize()}, in doublings: most often {most.range}, {percent(most.share)}."
    return format_html(
        '<div class="steps"><span class="ticks" aria-hidden="true">{}</span><svg role="img" aria-label="{}">{}{}</svg>'
        '<span class="days" aria-hidden="true">{}</span></div>',
        ticks, label, columns, grid(), below,
    )  # fmt: skip


def _column(each: Bin, at: int, width: float, top: float, what: str) -> tuple[str, ...]:
    height = PLOT * each.share / top
    left, wide = number(at * width + width * 0.06), number(width * 0.88)
    told = (each.range, what, f"{each.count:,}", percent(each.share))
    return left, wide, number(PLOT - height), number(height), *told
