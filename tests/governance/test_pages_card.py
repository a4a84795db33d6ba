"""The Data Card's pages: lenses, scores, grounds, questions of reviewers, versions."""

import re
from typing import Any

import pytest

from datacards import cards
from datacards.models import CardVersion
from governance import card_acts
from tests.factories import World
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(world: World, db: None) -> Pages:
    """The approver's browser."""
    return Pages(world.approver)


@pytest.fixture
def outsider(world: World, db: None) -> Pages:
    """The browser of somebody with an account and no role here."""
    return Pages(world.outsider)


def whole(world: World) -> CardVersion:
    """A card with every field filled."""
    values = {
        f.path: {"value": _said(f), "source": "person", "by": "stella", "at": "2026-01-01"} for f in cards.fields()
    }
    return CardVersion.objects.create(
        corpus=world.blocked, revision=world.blocked.revision, number=9, values=values, made_by=world.steward
    )


def _said(field: cards.Field) -> Any:
    by_type = {"list": ["One."], "rows": [dict.fromkeys(field.columns, "cell")], "number": 1, "date": "2026"}
    if field.choices:
        return [field.choices[0]] if field.type == "choices" else field.choices[0]
    return by_type.get(field.type, "https://x.example" if field.type == "link" else "Said.")


def saved(steward: Pages, world: World, **form: Any) -> Any:
    """What htmx gets when a field is left."""
    steward.client.defaults["HTTP_HX_REQUEST"] = "true"
    return steward.post("corpus-card", world.blocked.pk, **form)


# --- the tab -----------------------------------------------------------------------------------------------


def test_a_full_card_takes_at_most_15_queries(world: World, steward: Pages) -> None:
    whole(world)
    for path in ("overview.title", "quality.known_limits", "harms.leaks"):
        card_acts.ask(world.approver, world.blocked, path=path, text="Why?")
    assert steward.queries(f"/corpora/{world.blocked.pk}/?profile=telescope") <= 15


def test_every_field_has_its_place_on_the_page_once(world: World, steward: Pages) -> None:
    body = steward.get("corpus", world.blocked.pk).content.decode()
    found = re.findall(r'<div class="field[^"]*" id="f-([^"]+)"', body)
    assert sorted(found) == sorted(re.sub(r"[._]", "-", field.path) for field in cards.fields())


def test_what_the_profile_asks_comes_first_and_unfolded(world: World, steward: Pages) -> None:
    page = steward.get("corpus", world.blocked.pk, profile="rai")
    first = page.context["lenses"][0]
    assert first.key == "asked"
    assert {f.path for group in first.groups for f in group.fields} == cards.profile_at("rai").paths
    assert all(group.opened for group in first.groups)


def test_the_lenses_after_it_are_folded_by_section(world: World, steward: Pages) -> None:
    lenses = steward.get("corpus", world.blocked.pk).context["lenses"]
    assert [lens.key for lens in lenses] == ["asked", *cards.SCOPES]
    assert not any(group.opened for lens in lenses[1:] for group in lens.groups)


def test_an_unknown_profile_is_the_default(world: World, steward: Pages) -> None:
    assert steward.get("corpus", world.blocked.pk, profile="x\x00").context["profile"] == cards.default_profile()


def test_each_missing_field_is_a_link_to_it(world: World, steward: Pages) -> None:
    page = steward.get("corpus", world.blocked.pk, profile="huggingface")
    body = page.content.decode()
    missing = page.context["scores"].completeness.missing_paths
    assert missing
    for path in missing:
        place = re.sub(r"[._]", "-", path)
        assert f'href="#f-{place}"' in body
        assert f'id="f-{place}"' in body


def test_the_stated_licence_answers_what_a_profile_asks(world: World, steward: Pages) -> None:
    scores = steward.get("corpus", world.blocked.pk, profile="huggingface").context["scores"]
    assert "licence.expression" not in scores.completeness.missing_paths


def test_the_share_of_the_default_profile_is_the_standings(world: World, steward: Pages) -> None:
    page = steward.get("corpus", world.blocked.pk)
    assert page.context["scores"].completeness.share == page.context["standing"].card_share


def test_a_reader_sees_what_is_said_and_no_field_to_type_in(world: World, reader: Pages) -> None:
    whole(world)
    body = reader.get("corpus", world.blocked.pk).content.decode()
    assert "<textarea" not in body.split('id="card"')[1]
    assert "https://x.example" in body


def test_what_somebody_wrote_is_text_on_the_page(world: World, steward: Pages) -> None:
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "<b>x</b></textarea><script>"})
    for name, query in (
        ("corpus", {}),
        ("corpus-card-field", {"path": "overview.summary"}),
        ("corpus-card-compare", {}),
    ):
        assert "<b>x" not in steward.get(name, world.blocked.pk, **query).content.decode()


# --- saving ------------------------------------------------------------------------------------------------


def test_only_what_is_sent_changes(world: World, steward: Pages) -> None:
    before = world.blocked.cards.latest("number").values
    saved(steward, world, **{"overview.summary": "Pages."})
    after = world.blocked.cards.latest("number").values
    assert {path for path in after if after[path] != before.get(path)} == {"overview.summary"}
    assert set(before) <= set(after)


def test_the_answer_brings_scores_progress_and_ground_up_to_date(world: World, steward: Pages) -> None:
    body = saved(steward, world, **{"overview.summary": "Pages.", "profile": "rai"}).content.decode()
    places = re.findall(r'id="([^"]+)" hx-swap-oob="true"', body) + re.findall(r'id="(scores)"', body)
    assert {"scores", "g-overview-summary"} <= set(places)
    assert 'value="rai" selected' in body


def test_unchecking_every_choice_empties_the_field(world: World, steward: Pages) -> None:
    saved(steward, world, **{"overview.modality": ""})
    assert "overview.modality" not in world.blocked.cards.latest("number").values


def test_an_error_while_typing_is_told_at_its_field_and_nothing_is_stored(world: World, steward: Pages) -> None:
    response = saved(steward, world, **{"overview.homepage": "example.org"})
    assert 'id="g-overview-homepage"' in response.content.decode()
    assert "not saved: “Home page” takes a whole web address" in words(response)
    assert world.blocked.cards.count() == 1


def test_without_javascript_an_error_keeps_what_was_typed_and_unfolds_its_section(world: World, steward: Pages) -> None:
    page = steward.post("corpus-card", world.blocked.pk, **{"privacy.epsilon": "much", "use.access": "Everybody"})
    body = page.content.decode()
    assert page.status_code == 422
    assert 'value="much"' in body
    assert [g.title for lens in page.context["lenses"][1:] for g in lens.groups if g.opened] == [
        "Synthetic and private release"
    ]


def test_rows_are_typed_one_a_line_and_shown_in_their_columns_order(world: World, steward: Pages) -> None:
    saved(steward, world, **{"sensitive.attributes": "Health | Stories | GDPR Art. 9(2)(e)"})
    body = steward.get("corpus", world.blocked.pk).content.decode()
    assert "Health | Stories | GDPR Art. 9(2)(e)" in body


def test_saving_leads_back_to_the_chosen_profile(world: World, steward: Pages) -> None:
    response = steward.post("corpus-card", world.blocked.pk, **{"overview.summary": "Pages.", "profile": "rai"})
    assert response["Location"].endswith(f"/corpora/{world.blocked.pk}/?profile=rai#card")


# --- confirming and reviewing ------------------------------------------------------------------------------


def test_confirming_leads_back_to_the_field_which_says_so(world: World, approver: Pages) -> None:
    response = approver.post("corpus-card-confirm", world.blocked.pk, path="overview.title")
    assert response["Location"].endswith("#f-overview-title")
    assert "confirmed by abel" in approver.text("corpus", world.blocked.pk)


def test_a_reviewers_question_stands_at_its_field_until_it_is_settled(
    world: World, approver: Pages, steward: Pages
) -> None:
    approver.post("corpus-card-ask", world.blocked.pk, path="use.intended", text="For whom?")
    assert steward.text("corpus", world.blocked.pk).count("For whom?") == 2  # at the field, and in the list
    note = world.blocked.card_notes.get()
    steward.post("corpus-card-settle", world.blocked.pk, note=str(note.pk))
    assert "For whom?" not in steward.text("corpus", world.blocked.pk)
    assert "settled by stella" in steward.text("corpus-card-field", world.blocked.pk, path="use.intended")


def test_a_question_that_cannot_be_used_keeps_what_was_typed(world: World, approver: Pages) -> None:
    response = approver.post("corpus-card-ask", world.blocked.pk, path="use.intended", text="x" * 2001)
    assert response.status_code == 422
    assert "Ask something" in words(response)
    assert "x" * 2001 in response.content.decode()


def test_an_outsider_sees_no_reviewers_questions(world: World, approver: Pages, outsider: Pages) -> None:
    approver.post("corpus-card-ask", world.approved.pk, path="use.intended", text="For whom?")
    type(world.approved).objects.filter(pk=world.approved.pk).update(audience="public")
    assert "For whom?" not in outsider.text("corpus", world.approved.pk)
    assert "For whom?" not in outsider.text("corpus-card-field", world.approved.pk, path="use.intended")


@pytest.mark.parametrize("note", ["", "x", "-1", "9" * 30, "²"])
def test_a_note_that_nobody_made_is_not_found(world: World, steward: Pages, note: str) -> None:
    assert steward.post("corpus-card-settle", world.blocked.pk, note=note).status_code == 404


def test_another_corpuss_note_is_not_found(world: World, steward: Pages) -> None:
    note = card_acts.ask(world.approver, world.approved, text="Why?")
    assert steward.post("corpus-card-settle", world.blocked.pk, note=str(note.pk)).status_code == 404


# --- one field, versions -----------------------------------------------------------------------------------


def test_a_fields_page_tells_how_it_came_about(world: World, steward: Pages) -> None:
    for text in ("First.", "Second."):
        card_acts.save_card(world.steward, world.blocked, {"overview.summary": text})
        card_acts.save_card(world.steward, world.blocked, {"overview.title": text})
    past = steward.get("corpus-card-field", world.blocked.pk, path="overview.summary").context["past"]
    assert [(row["number"], row["text"]) for row in past] == [(4, "Second."), (2, "First.")]


@pytest.mark.parametrize("path", ["no.such", "overview.title\x00"])
def test_a_field_that_the_card_lacks_is_not_found(world: World, steward: Pages, path: str) -> None:
    assert steward.get("corpus-card-field", world.blocked.pk, path=path).status_code == 404


def test_versions_are_listed_newest_first(world: World, steward: Pages) -> None:
    card_acts.save_card(world.steward, world.blocked, {"overview.summary": "Pages."})
    rows = steward.get("corpus-card-versions", world.blocked.pk).context["versions"]
    assert [row.number for row, _ in rows] == [2, 1]


def test_two_versions_stand_side_by_side_with_what_differs_marked(world: World, steward: Pages) -> None:
    for text in ("Pages of old news.", "Pages of good news."):
        card_acts.save_card(world.steward, world.blocked, {"overview.summary": text})
    body = steward.get("corpus-card-compare", world.blocked.pk, **{"from": "2", "to": "3"}).content.decode()
    assert "Pages of <del>old </del>news." in body
    assert "Pages of <ins>good </ins>news." in body


def test_a_version_compared_with_itself_does_not_differ(world: World, steward: Pages) -> None:
    assert "Nothing differs." in steward.text("corpus-card-compare", world.blocked.pk, **{"from": "1", "to": "1"})


@pytest.mark.parametrize("query", [{"to": "77"}, {"from": "77", "to": "1"}])
def test_a_version_that_does_not_exist_is_not_found(world: World, steward: Pages, query: dict[str, str]) -> None:
    assert steward.get("corpus-card-compare", world.blocked.pk, **query).status_code == 404
