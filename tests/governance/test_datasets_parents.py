"""Parents named in free text: what is offered and why, one answer for many, no circles, and undoing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from datacards.errors import Conflict, Refused
from datacards.models import Dataset, MentionState, ParentMention
from datacards.parentage import candidates, resolve_exactly
from governance import board_acts, parents
from tests.factories import person
from tests.governance.asking import asker
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
Make = Callable[..., Dataset]


def dataset(title: str, *parents: str, **more: Any) -> Dataset:
    """A dataset on record that names these parents."""
    values = {"register": "Acme", "identifier": title, "title": title, "record": {}, "digest": "0"} | more
    made = Dataset.objects.create(**values)
    ParentMention.objects.bulk_create(ParentMention(dataset=made, text=text) for text in parents)
    return made


def mentions(text: str) -> Any:
    return ParentMention.objects.filter(text=text)


@pytest.fixture
def vera() -> Any:
    return person("vera", "steward")


# --- what is offered ---------------------------------------------------------------------------------------


def test_titles_alike_are_offered_the_likeliest_first() -> None:
    dataset("Natural Questions"), dataset("Natural Questions Open"), dataset("Wikipedia")
    assert [each.title for each in candidates(["natural question"])["natural question"]] == [
        "Natural Questions", "Natural Questions Open"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [("SNLI", "the same but for capitals"), ("snli", "the same name"), ("snlli", "alike by groups of three letters")],
)
def test_what_is_offered_says_why(text: str, why: str) -> None:
    dataset("snli")
    assert why in candidates([text])[text][0].why


def test_an_address_on_the_hub_offers_every_dataset_with_that_id() -> None:
    dataset("First part", hub_id="acme/both"), dataset("Second part", hub_id="acme/both")
    text = "https://huggingface.co/datasets/acme/both"
    assert {each.title for each in candidates([text])[text]} == {"First part", "Second part"}


# --- answers -----------------------------------------------------------------------------------------------


def test_one_answer_holds_for_all_who_wrote_the_same(vera: Any) -> None:
    snli = dataset("snli")
    dataset("a", "SNLI"), dataset("b", "SNLI"), dataset("c", "MNLI")
    assert board_acts.resolve(vera, mentions("SNLI"), snli, reason="Its paper says so.") == 2
    found = mentions("SNLI").first()
    assert (found.parent, found.how, found.resolved_by) == (snli, "Its paper says so.", vera)
    assert mentions("MNLI").get().state == MentionState.OPEN


def test_an_answer_that_closes_a_circle_is_refused(vera: Any) -> None:
    first, second = dataset("first", "second"), dataset("second", "the first")
    resolve_exactly()
    with pytest.raises(Conflict, match="a lineage cannot be a circle"):
        board_acts.resolve(vera, mentions("the first"), first)
    assert mentions("second").get().parent == second


def test_no_dataset_becomes_its_own_parent(vera: Any) -> None:
    mine = dataset("mine", "myself")
    with pytest.raises(Conflict, match="circle"):
        board_acts.resolve(vera, mentions("myself"), mine)


def test_of_many_mentions_those_that_make_no_circle_are_answered(vera: Any) -> None:
    root = dataset("root", "the root")
    dataset("leaf", "the root")
    assert board_acts.resolve(vera, mentions("the root"), root) == 1


def test_not_among_the_records_is_an_answer(vera: Any) -> None:
    dataset("a", "A book of mine")
    assert board_acts.leave_outside(vera, mentions("A book of mine")) == 1
    assert mentions("A book of mine").get().state == MentionState.OUTSIDE


def test_what_was_taken_back_no_rule_resolves_again(vera: Any) -> None:
    dataset("snli"), dataset("a", "snli")
    assert resolve_exactly() == 1
    board_acts.reopen(vera, mentions("snli"))
    assert (resolve_exactly(), mentions("snli").get().state) == (0, MentionState.OPEN)


def test_what_is_answered_is_not_answered_over(vera: Any) -> None:
    dataset("a", "x")
    board_acts.leave_outside(vera, mentions("x"))
    with pytest.raises(Conflict, match="answered this already"):
        board_acts.leave_outside(vera, mentions("x"))


def test_only_a_steward_answers() -> None:
    dataset("a", "x")
    with pytest.raises(Refused, match="Only a steward"):
        board_acts.leave_outside(person("rita"), mentions("x"))


# --- the queue ---------------------------------------------------------------------------------------------


def test_the_text_named_most_often_comes_first(vera: Any) -> None:
    dataset("a", "rare"), dataset("b", "common"), dataset("c", "common")
    assert [(row.text, row.count) for row in parents.queue(vera, "open").rows] == [("common", 2), ("rare", 1)]


def test_pages_of_the_queue_hold_every_text_once_in_both_directions(vera: Any) -> None:
    dataset("a", *[f"text {n:02}" for n in range(7)]), dataset("b", "text 03")
    seen, at = [], ""
    while True:
        page = parents.queue(vera, "open", cursor=at, size=3)
        seen.append([row.text for row in page.rows])
        if page.next is None:
            break
        at = page.next
    back = parents.queue(vera, "open", cursor=page.previous or "", size=3)
    assert [text for texts in seen for text in texts] == ["text 03", *[f"text {n:02}" for n in (0, 1, 2, 4, 5, 6)]]
    assert [row.text for row in back.rows] == seen[1]


def test_the_queue_takes_few_queries_however_long_it_is(vera: Any) -> None:
    for n in range(30):
        dataset(f"dataset {n}", f"Dataset {n - 1}")
    assert Pages(vera).queries(reverse("dataset-parents")) <= 12


def test_a_steward_answers_by_a_button_and_undoes_it(vera: Any) -> None:
    snli, pages = dataset("snli"), Pages(vera)
    dataset("a", "SNLI")
    answer = pages.post("dataset-parents-answer", text="SNLI", choice=str(snli.pk), state="open")
    assert "last=SNLI" in answer["Location"]
    pages.post("dataset-parents-answer", text="SNLI", choice="again")
    assert mentions("SNLI").get().state == MentionState.OPEN


def test_a_reader_sees_the_queue_without_buttons(vera: Any) -> None:
    dataset("snli"), dataset("a", "SNLI")
    page = Pages(person("rita")).get("dataset-parents").content.decode()
    assert "the same but for capitals" in page
    assert 'name="choice"' not in page


def test_the_api_offers_answers_and_takes_back(vera: Any) -> None:
    snli, ask = dataset("snli"), asker(vera)
    dataset("a", "SNLI"), dataset("b", "SNLI")
    pk = ask("GET", "mentions", state="open").json()["items"][0]["id"]
    likely = ask("GET", f"mentions/{pk}/candidates").json()[0]
    assert (likely["dataset"]["id"], likely["why"]) == (str(snli.pk), "the same but for capitals")
    assert ask("PUT", f"mentions/{pk}/answer", {"dataset": str(snli.pk), "alike": True}).json() == {"count": 2}
    assert ask("DELETE", f"mentions/{pk}/answer").json() == {"count": 1}
