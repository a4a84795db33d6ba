"""The laws of the lattice, over real licences and what can be joined of them."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from datacards.licenses import Weighed, combine, default_table, judge_claims, known_expressions, relation_of, terms_of
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


def judged(expressions, relation="derived", **more):
    carried = relation_of(relation)
    return judge_claims([Weighed(terms_of(each), carried.alike, carried.alters, **more) for each in expressions])


any_words = st.lists(
    st.lists(st.sampled_from([*default_table().licences, "other", "Foo-1"]), min_size=1, max_size=2).flatmap(
        lambda some: st.sampled_from([" OR ", " AND "]).map(lambda operator: operator.join(some))
    ),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip
FLAGS = st.sampled_from([True, None, False])


@given(any_words, st.sampled_from(["subset", "filtered", "generated", "trained"]))
def test_combining_is_judging_claims_that_all_come_the_same_way(expressions, relation):
    one, other = combine(expressions, relation), judged(expressions, relation)
    assert (one.satisfiable, one.conflict, one.why) == (other.satisfiable, other.pair, other.why)
    assert one.terms.vector == other.terms.vector


@given(any_words, FLAGS, FLAGS)
def test_what_is_not_settled_lies_between_both_answers(expressions, alike, alters):
    order = {True: 0, None: 1, False: 2}

    def met(alike, alters):
        return order[judge_claims([Weighed(terms_of(each), alike, alters) for each in expressions]).satisfiable]

    assert met(False, False) <= met(alike, alters) <= met(True, True)


@given(any_words.filter(lambda many: len(many) < 3))
def test_a_conflict_names_claims_that_cannot_be_met_without_the_others_either(expressions):
    found = judged(expressions)
    assert (found.satisfiable is False) == bool(found.conflict) == bool(found.why) == bool(found.pair)
    if found.conflict:
        assert judged([expressions[at] for at in found.conflict]).satisfiable is False


@given(any_words)
def test_ones_own_licence_clashes_with_nothing(expressions):
    assert judged(expressions, own=True).satisfiable is not False
