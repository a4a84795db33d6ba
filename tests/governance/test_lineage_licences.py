"""What licences come to along a lineage: which bind, which cannot be met at once, and by which way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.relations import RELATIONS
from governance.ancestry.graph import Edge, Graph
from governance.ancestry.licences import Carried, carried

KNOWN = ("MIT", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC0-1.0", "ODbL-1.0", "other")


def mixed(*parents: str, relation: str = "mixed", own: str = "MIT") -> Carried:
    """A child with a licence of its own, made in one step of parents under these."""
    graph = Graph(tuple(Edge("child", at, relation) for at in range(len(parents))))
    return carried(graph, "child", {at: [each] for at, each in enumerate(parents)} | {"child": [own]})


def told(found: Carried) -> set[str]:
    return {claim.expression for claim in found.conflict}


def test_open_licences_come_to_an_open_one() -> None:
    found = mixed("MIT", "CC0-1.0")
    assert (found.commercial, found.satisfiable, found.conflict) == (True, True, ())


def test_one_that_forbids_commercial_use_forbids_it_for_all() -> None:
    found = mixed("MIT", "CC-BY-NC-4.0")
    assert (found.commercial, found.satisfiable) == (False, True)
    assert found.strictest is not None
    assert found.strictest.expression == "CC-BY-NC-4.0"


def test_two_share_alike_licences_cannot_be_met_at_once() -> None:
    found = mixed("MIT", "CC-BY-SA-4.0", "ODbL-1.0")
    assert (found.satisfiable, told(found)) == (False, {"CC-BY-SA-4.0", "ODbL-1.0"})


def test_share_alike_that_grants_commercial_use_clashes_with_one_that_forbids_it() -> None:
    assert told(mixed("CC-BY-SA-4.0", "CC-BY-NC-4.0")) == {"CC-BY-SA-4.0", "CC-BY-NC-4.0"}
    assert told(mixed("CC-BY-NC-SA-4.0", "CC-BY-NC-4.0")) == set()


@pytest.mark.parametrize(("relation", "met"), [("subset", True), ("filtered", False), ("trained", None)])
def test_no_derivatives_binds_where_the_data_is_altered(relation: str, met: bool | None) -> None:
    assert mixed("CC-BY-ND-4.0", relation=relation).satisfiable is met


@pytest.mark.parametrize(("relation", "met"), [("subset", True), ("generated", None), ("evaluated", True)])
def test_share_alike_binds_adaptations_and_is_open_behind_a_model(relation: str, met: bool | None) -> None:
    found = mixed("CC-BY-SA-4.0", "ODbL-1.0", relation=relation)
    assert (found.satisfiable, found.conflict) == (met, ())


def test_one_altering_way_is_enough_to_break_no_derivatives() -> None:
    graph = Graph((Edge("c", "far", "subset"), Edge("c", "m", "filtered"), Edge("m", "far", "subset")))
    assert carried(graph, "c", {"far": ["CC-BY-ND-4.0"], "m": ["MIT"], "c": ["MIT"]}).satisfiable is False


def test_an_evaluation_passes_no_licence_on() -> None:
    assert mixed("CC-BY-NC-4.0", "other", relation="evaluated").commercial is True


def test_what_nobody_states_leaves_all_open() -> None:
    found = carried(Graph((Edge("child", "parent", "mixed"),)), "child", {"child": ["MIT"]})
    assert (found.unstated, found.commercial, found.satisfiable) == (1, None, None)


def test_a_word_that_says_nothing_is_never_taken_for_a_licence() -> None:
    assert (mixed("other").commercial, mixed("other").satisfiable) == (None, None)


def test_of_equal_conflicts_the_nearest_is_told() -> None:
    graph = Graph(
        (Edge("c", "p", "mixed"), Edge("p", "far", "mixed"), Edge("c", "near", "mixed"), Edge("c", "q", "mixed"))
    )
    stated = {"far": ["ODbL-1.0"], "near": ["ODbL-1.0"], "q": ["CC-BY-SA-4.0"], "c": ["MIT"], "p": ["MIT"]}
    assert {claim.key for claim in carried(graph, "c", stated).conflict} == {"near", "q"}


def test_alike_by_one_way_is_enough() -> None:
    edges = (Edge("c", "m", "trained"), Edge("m", "far", "mixed"), Edge("c", "n", "mixed"), Edge("n", "o", "mixed"),
             Edge("o", "far", "mixed"), Edge("c", "q", "mixed"))  # fmt: skip
    stated = {"far": ["ODbL-1.0"], "q": ["CC-BY-SA-4.0"]}
    assert len(carried(Graph(edges), "c", stated).conflict) == 2


EDGES = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 6), st.sampled_from(sorted(RELATIONS))), max_size=14)
STATED = st.dictionaries(st.integers(0, 7), st.lists(st.sampled_from(KNOWN), min_size=1, max_size=2), max_size=8)


@given(EDGES, STATED, st.sampled_from(KNOWN))
def test_one_more_parent_never_allows_more(
    edges: list[tuple[int, int, str]], stated: dict[int, list[str]], more: str
) -> None:
    graph = tuple(Edge(child, parent, relation) for child, parent, relation in edges if parent < child)
    before = carried(Graph(graph), 7, stated)
    after = carried(Graph((*graph, Edge(7, 8, "mixed"))), 7, stated | {8: [more]})
    order = {True: 0, None: 1, False: 2}
    assert order[after.commercial] >= order[before.commercial]
    assert order[after.satisfiable] >= order[before.satisfiable]


@given(EDGES, STATED)
def test_a_conflict_is_one_claim_or_two_that_weigh(
    edges: list[tuple[int, int, str]], stated: dict[int, list[str]]
) -> None:
    graph = Graph(tuple(Edge(child, parent, relation) for child, parent, relation in edges if parent < child))
    found = carried(graph, 7, stated)
    assert len(found.conflict) in ((1, 2) if found.satisfiable is False else (0,))
    assert set(found.conflict) <= set(found.claims)
