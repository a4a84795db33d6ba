"""The picture of a lineage: revisions in columns by distance, edges between them, the heaviest path marked."""

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, ACROSS, DOWN = 212, 52, 64, 16  # of a node, and of the gaps between nodes, in pixels
PAD = 4
LETTERS = 27


@dataclass(frozen=True)
class Node:
    """A revision: how far from the page's own (upstream is negative), what is written on it, where it leads."""

    key: Hashable
    column: int
    name: str
    note: str
    href: str
    tone: str = "quiet"


Edge = tuple[Hashable, Hashable]  # parent, child


def heaviest_path(edges: Iterable[Edge], start: Hashable, end: Hashable) -> set[Edge]:
    """The edges of a shortest way from parent `start` down to `end`; none when there is no way."""
    onward: dict[Hashable, list[Hashable]] = {}
    for parent, child in edges:
        onward.setdefault(parent, []).append(child)
    came: dict[Hashable, Hashable] = {start: start}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for child in onward.get(here, []):
            if child not in came:
                came[child] = here
                waiting.append(child)
    path: set[Edge] = set()
    while end in came and came[end] != end:
        path.add((came[end], end))
        end = came[end]
    return path


def draw(nodes: Sequence[Node], edges: Sequence[Edge], heavy: set[Edge], label: str) -> SafeString:
    """The lineage as SVG; its boxes are links."""
    places = _places(nodes)
    width = max(x for x, _ in places.values()) + WIDTH + PAD
    height = max(y for _, y in places.values()) + HEIGHT + PAD
    known = [edge for edge in edges if edge[0] in places and edge[1] in places]
    known.sort(key=lambda edge: edge in heavy)
    return format_html(
        '<svg class="lineage" width="{}" height="{}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>',
        width, height, width, height, label,
        format_html_join("", "{}", ((_edge(places[a], places[b], (a, b) in heavy),) for a, b in known)),
        format_html_join("", "{}", ((_node(node, places[node.key]),) for node in nodes)),
    )  # fmt: skip


def _places(nodes: Sequence[Node]) -> dict[Hashable, tuple[int, int]]:
    """Left upper corners; each column is centred on the tallest."""
    first = min(node.column for node in nodes)
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    tallest = max(len(column) for column in columns.values())
    places = {}
    for number, column in columns.items():
        above = (tallest - len(column)) * (HEIGHT + DOWN) // 2
        for row, node in enumerate(column):
            places[node.key] = (PAD + (number - first) * (WIDTH + ACROSS), PAD + above + row * (HEIGHT + DOWN))
    return places


def _edge(parent: tuple[int, int], child: tuple[int, int], heavy: bool) -> SafeString:
    x1, y1, x2, y2 = parent[0] + WIDTH, parent[1] + HEIGHT // 2, child[0], child[1] + HEIGHT // 2
    bend = max(24, (x2 - x1) // 2)
    return format_html(
        '<path class="edge{}" d="M{} {}C{} {} {} {} {} {}"/>',
        " heavy" if heavy else "", x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2,
    )  # fmt: skip


def _node(node: Node, place: tuple[int, int]) -> SafeString:
    x, y = place
    name = node.name if len(node.name) <= LETTERS else node.name[: LETTERS - 1] + "…"
    return format_html(
        '<a href="{}" class="node tone-{}{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="8"/>'
        '<rect class="edge-mark" x="{}" y="{}" width="4" height="{}" rx="2"/>'
        '<text x="{}" y="{}" class="node-name">{}</text><text x="{}" y="{}" class="node-note">{}</text></a>',
        node.href, node.tone, " own" if node.column == 0 else "", node.name, x, y, WIDTH, HEIGHT,
        x + 8, y + 10, HEIGHT - 20, x + 20, y + 22, name, x + 20, y + 40, node.note,
    )  # fmt: skip
