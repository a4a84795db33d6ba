"""What changed between two versions of a card."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from datacards.cards import diff
from datacards.cards.diff import marked


def card(**values: Any) -> dict[str, dict[str, Any]]:
    return {path.replace("__", "."): {"value": value, "source": "person"} for path, value in values.items()}


def test_a_card_does_not_differ_from_itself() -> None:
    one = card(overview__title="Pages", overview__modality=["Text"])
    assert diff(one, one) == ()


def test_added_removed_and_changed_fields_are_told_in_the_cards_order() -> None:
    before = card(overview__summary="News.", use__intended="Tests.")
    after = card(overview__title="Pages", overview__summary="Old news.")
    told = [(change.path, change.kind) for change in diff(before, after)]
    assert told == [("overview.title", "added"), ("overview.summary", "changed"), ("use.intended", "removed")]


def test_a_filler_that_becomes_an_answer_is_added() -> None:
    assert diff(card(overview__summary="TODO"), card(overview__summary="News."))[0].kind == "added"


def test_the_same_words_on_another_ground_are_told() -> None:
    before, after = card(overview__title="Pages"), card(overview__title="Pages")
    after["overview.title"]["confirmed_by"] = "arno"
    assert [change.kind for change in diff(before, after)] == ["sourced"]


def test_a_field_that_the_table_no_longer_has_is_still_told() -> None:
    assert diff({}, card(old__field="x"))[0].title == "old.field"


def test_the_words_that_differ_are_marked() -> None:
    old, new = marked("Pages of old news.", "Pages of good news.")
    assert (old.head, old.middle, old.tail) == ("Pages of ", "old ", "news.")
    assert new.middle == "good "


@given(st.text(), st.text())
def test_marking_loses_nothing(old: str, new: str) -> None:
    left, right = marked(old, new)
    assert left.head + left.middle + left.tail == old
    assert right.head + right.middle + right.tail == new
    assert (left.head, left.tail) == (right.head, right.tail)


@given(st.lists(st.text(" ab", max_size=4), max_size=3))
def test_lists_are_compared_line_by_line(items: list[str]) -> None:
    before, after = card(publication__keywords=items), card(publication__keywords=[*items, "x"])
    assert next(change.kind for change in diff(before, after)) in ("added", "changed")
