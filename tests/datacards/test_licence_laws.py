"""The laws of the lattice, over real licences and what can be joined of them."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from datacards.licenses import combine, default_table, known_expressions, terms_of
from datacards.licenses.lattice import BOTTOM, CHAINS, NOTHING_KNOWN, Many, Span, Vector

LICENCES = [one.vector for one in default_table().licences.values()]
vectors = st.lists(st.sampled_from(LICENCES), min_size=1, max_size=3).map(lambda many: reduce(Vector.join, many))
STRICTEST = {name: Span(len(chain) - 1, len(chain) - 1) for name, chain in CHAINS.items()}
EVERYTHING = {
    name: Many(frozenset().union(*(one.many(name).names for one in LICENCES)), True)
    for name, part in BOTTOM.parts.items()
    if isinstance(part, Many)
}
TOP = Vector({name: STRICTEST.get(name) or EVERYTHING[name] for name in BOTTOM.parts})


@given(vectors)
def test_joining_with_itself_changes_nothing(a):
    assert a.join(a) == a == a.meet(a)


@given(vectors, vectors)
def test_the_order_of_two_does_not_matter(a, b):
    assert a.join(b) == b.join(a)
    assert a.meet(b) == b.meet(a)


@given(vectors, vectors, vectors)
def test_the_order_of_three_does_not_matter(a, b, c):
    assert a.join(b).join(c) == a.join(b.join(c))
    assert a.meet(b).meet(c) == a.meet(b.meet(c))


@given(vectors, vectors)
def test_a_join_absorbs_a_meet(a, b):
    assert a.join(a.meet(b)) == a == a.meet(a.join(b))


@given(vectors, vectors, vectors)
def test_joining_more_never_becomes_less_strict(a, b, c):
    assert a.within(a.join(b))
    assert not a.within(b) or a.join(c).within(b.join(c))


@given(vectors)
def test_everything_lies_between_bottom_and_top(a):
    assert BOTTOM.within(a)
    assert a.within(TOP)
    assert a.join(BOTTOM) == a
    assert a.join(TOP) == TOP


@given(vectors)
def test_the_unknown_never_becomes_more_generous(a):
    joined = a.join(NOTHING_KNOWN)
    assert all(joined.rank(name).low >= a.rank(name).low for name in CHAINS)
    assert joined.at_most("use", "any") is not True


many = st.lists(st.sampled_from(known_expressions()), min_size=1, max_size=4)


@given(many, st.sampled_from(["subset", "filtered", "generated", "trained", "evaluated"]))
def test_combining_does_not_depend_on_the_order(expressions, relation):
    one, other = combine(expressions, relation), combine(expressions[::-1], relation)
    assert one.satisfiable == other.satisfiable
    assert one.terms.vector == other.terms.vector


@given(many, st.sampled_from(known_expressions()))
def test_what_cannot_be_met_cannot_be_met_with_more(expressions, more):
    if combine(expressions).satisfiable is False:
        assert combine([*expressions, more]).satisfiable is False


@given(many)
def test_a_conflict_names_two_licences_that_are_there_and_clash_by_themselves(expressions):
    found = combine(expressions)
    if found.conflict:
        assert set(found.conflict) <= set(expressions)
        assert combine(list(found.conflict)).satisfiable is False


@given(many)
def test_a_sum_says_what_combining_says(expressions):
    assert terms_of(" AND ".join(dict.fromkeys(expressions))).vector == combine(expressions).terms.vector
