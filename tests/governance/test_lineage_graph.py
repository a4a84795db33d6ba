"""The pure graph of a lineage: walks, ways and what is left of it for a reader."""

from hypothesis import given
from hypothesis import strategies as st

from datacards.models.corpus import Relation
from datacards.relations import RELATIONS, relation_kind
from governance.ancestry.graph import Edge, Graph

DIAMOND = Graph(
    (Edge("left", "top", "subset"), Edge("right", "top", "mixed"), Edge("low", "left", "filtered"),
     Edge("low", "right", "evaluated"), Edge("top", "root", "subset"))
)  # fmt: skip
GRAPHS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40).map(
    lambda pairs: Graph(tuple(Edge(child, parent, "mixed") for child, parent in pairs if child != parent))
)


def test_a_walk_counts_the_fewest_steps_to_each() -> None:
    assert DIAMOND.reach("low", "up").steps == {"left": 1, "right": 1, "top": 2, "root": 3}
    assert DIAMOND.reach("root", "down").steps == {"top": 1, "left": 2, "right": 2, "low": 3}


def test_a_way_leads_from_what_was_found_back_to_the_start() -> None:
    way = DIAMOND.reach("low", "up").way("root")
    assert [edge.parent for edge in way] == ["root", "top", "left"]
    assert way[-1].child == "low"


def test_a_walk_takes_only_the_edges_that_are_to_be_kept() -> None:
    carrying = DIAMOND.reach("low", "up", lambda edge: relation_kind(edge.relation).consent)
    assert set(carrying.steps) == {"left", "top", "root"}


def test_what_lies_beyond_a_hidden_node_vanishes_with_it() -> None:
    seen = DIAMOND.only({"low", "left", "right", "root"})
    assert set(seen.reach("low", "up").steps) == {"left", "right"}
    assert "root" in seen.keys


def test_around_a_node_is_what_is_upstream_and_downstream_to_so_many_steps() -> None:
    assert set(DIAMOND.around("left", 1).keys) == {"top", "left", "low"}


@given(GRAPHS, st.integers(0, 9))
def test_every_walk_ends_even_in_circles_and_every_way_is_as_long_as_told(graph: Graph, start: int) -> None:
    reach = graph.reach(start, "up")
    assert start not in reach.steps
    assert all(len(reach.way(key)) == far for key, far in reach.steps.items())


@given(GRAPHS, st.integers(0, 9), st.integers(0, 9))
def test_up_and_down_agree(graph: Graph, one: int, other: int) -> None:
    assert (other in graph.reach(one, "up").steps) == (one in graph.reach(other, "down").steps)


@given(GRAPHS, st.sets(st.integers(0, 9)))
def test_hiding_nodes_never_makes_anything_nearer(graph: Graph, kept: set[int]) -> None:
    left = graph.only(kept)
    for start in kept:
        whole = graph.reach(start, "up").steps
        assert all(key in kept and whole[key] <= far for key, far in left.reach(start, "up").steps.items())


def test_every_relation_that_can_be_recorded_is_in_the_table() -> None:
    assert {(each.value, each.label) for each in Relation} == {
        (kind.name, kind.label) for kind in RELATIONS.values() if kind.name != "copy"
    }


def test_a_relation_nobody_knows_carries_everything() -> None:
    assert (relation_kind("stolen").licence, relation_kind("stolen").consent) == (True, True)
