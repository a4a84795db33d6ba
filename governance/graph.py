"""The picture of a lineage as SVG: what was made stands right of what it was made from, one way is marked."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.ancestry.layout import Look, Picture, Point, lay_out

LOOK = Look()
PAD = 4
LETTERS = 25
FITS = 1400  # up to this width a wide screen shows all of it, made smaller


@dataclass(frozen=True)
class Box:
    """A node as it is drawn: what is written on it, where it leads, its tone; `own` is the page's own."""

    key: Hashable
    name: str
    note: str
    href: str
    tone: str = "quiet"
    own: bool = False
    dashed: bool = False


Line = tuple[Hashable, Hashable]  # parent, child


def draw(boxes: Sequence[Box], lines: Iterable[Line], heavy: set[Line], label: str) -> SafeString:
    """The lineage as SVG; its boxes are links, in the order in which they are to be walked."""
    number = {box.key: at for at, box in enumerate(boxes)}
    known = list(dict.fromkeys(line for line in lines if line[0] in number and line[1] in number))
    pairs = {line: (number[line[0]], number[line[1]]) for line in known}
    picture = lay_out(len(boxes), tuple(pairs.values()), LOOK)
    known.sort(key=lambda line: line in heavy)
    width, height = picture.width + 2 * PAD, picture.height + 2 * PAD
    return format_html(
        '<svg class="lineage{}" width="{}" height="{}" viewBox="{} {} {} {}" role="group" aria-label="{}">{}{}</svg>',
        " fits" if width <= FITS else "", width, height, -PAD, -PAD, width, height, label,
        format_html_join("", "{}", ((_line(picture, pairs[line], line in heavy),) for line in known)),
        format_html_join("", "{}", ((_box(box, picture.places[number[box.key]]),) for box in boxes)),
    )  # fmt: skip


def _line(picture: Picture, pair: tuple[int, int], heavy: bool) -> SafeString:
    (x1, y1), (x2, y2) = picture.places[pair[0]], picture.places[pair[1]]
    stops = [(x1 + LOOK.width, y1 + LOOK.height // 2), *picture.bends.get(pair, ()), (x2, y2 + LOOK.height // 2)]
    path = "".join(_curve(a, b) for a, b in pairwise(stops))
    return format_html('<path class="edge{}" d="M{} {}{}"/>', " heavy" if heavy else "", *stops[0], path)


def _curve(a: Point, b: Point) -> str:
    bend = max(24, (b[0] - a[0]) // 2)
    return f"C{a[0] + bend} {a[1]} {b[0] - bend} {b[1]} {b[0]} {b[1]}"


def _box(box: Box, place: Point) -> SafeString:
    x, y = place
    name = box.name if len(box.name) <= LETTERS else f"{box.name[:11]}…{box.name[12 - LETTERS :]}"
    kinds = f"{' own' if box.own else ''}{' outside' if box.dashed else ''}"
    return format_html(
        '<a href="{}" class="node tone-{}{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="8"/>'
        '<rect class="edge-mark" x="{}" y="{}" width="4" height="{}" rx="2"/>'
        '<text x="{}" y="{}" class="node-name">{}</text><text x="{}" y="{}" class="node-note">{}</text></a>',
        box.href, box.tone, kinds, f"{box.name}: {box.note}", x, y, LOOK.width, LOOK.height,
        x + 8, y + 10, LOOK.height - 20, x + 20, y + 22, name, x + 20, y + 40, box.note,
    )  # fmt: skip
