"""The picture of a lineage: layers, order and places, whatever the graph."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.ancestry.layers import layered
from governance.ancestry.layout import Look, lay_out
from governance.ancestry.ordering import _as_walked, crossings, ordered
from governance.ancestry.parts import Part, parts

EDGES = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40)
LOOK = Look()


def family(*edges: tuple[int, int]) -> Part:
    return max(parts(1 + max(max(edge) for edge in edges), edges), key=lambda part: part.count)


def crossed_by_hand(part: Part) -> int:
    cut = layered(part)
    place = {node: at for layer in ordered(cut) for at, node in enumerate(layer)}
    steps = [(cut.layer[a], place[a], place[b]) for a in range(len(cut.layer)) for b in cut.below[a]]
    return sum(1 for (la, a, b), (lc, c, d) in combinations(steps, 2) if la == lc and (a - c) * (b - d) < 0)


def test_a_chain_is_drawn_as_a_straight_line() -> None:
    places = lay_out(3, ((0, 1), (1, 2))).places
    assert [x for x, _ in places] == [0, 276, 552]
    assert {y for _, y in places} == {0}


def test_two_crossed_edges_are_uncrossed() -> None:
    part = family((0, 3), (1, 2), (0, 4), (1, 4))
    assert crossings(layered(part), ordered(layered(part))) == 0


def test_an_edge_past_another_node_bends_around_it() -> None:
    picture = lay_out(3, ((0, 1), (1, 2), (0, 2)))
    ((x, y),) = picture.bends[0, 2]
    left, top = picture.places[1]
    assert left <= x <= left + LOOK.width
    assert not top <= y <= top + LOOK.height


def test_families_stand_side_by_side() -> None:
    places = lay_out(4, ((0, 1), (2, 3))).places
    assert places[0] != places[2]


@given(EDGES)
def test_no_two_nodes_overlap_and_all_are_inside(edges: list[tuple[int, int]]) -> None:
    picture = lay_out(15, tuple(edges))
    for (ax, ay), (bx, by) in combinations(picture.places, 2):
        assert abs(ax - bx) >= LOOK.width or abs(ay - by) >= LOOK.height
    assert all(0 <= x <= picture.width - LOOK.width and 0 <= y <= picture.height - LOOK.height
               for x, y in picture.places)  # fmt: skip


@given(EDGES)
def test_every_edge_but_those_that_close_a_circle_leads_to_the_right(edges: list[tuple[int, int]]) -> None:
    places = lay_out(15, tuple(edges)).places
    for part in parts(15, edges):
        for parent, child in part.edges:
            assert places[part.names[parent]][0] < places[part.names[child]][0]


@given(EDGES.filter(lambda edges: any(a != b for a, b in edges)))
@settings(max_examples=50)
def test_crossings_are_counted_as_by_hand_and_sweeps_never_add_any(edges: list[tuple[int, int]]) -> None:
    part = max(parts(15, edges), key=lambda part: part.count)
    cut = layered(part)
    assert crossings(cut, ordered(cut)) == crossed_by_hand(part)
    assert crossings(cut, ordered(cut)) <= crossings(cut, _as_walked(cut))


@given(EDGES)
def test_the_same_graph_is_drawn_the_same(edges: list[tuple[int, int]]) -> None:
    one = lay_out(15, tuple(edges))
    lay_out.cache_clear()
    assert lay_out(15, tuple(edges)) == one


def test_nothing_is_drawn_of_nothing() -> None:
    assert (lay_out(0, ()).width, lay_out(0, ()).height) == (0, 0)
