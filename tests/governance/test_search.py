"""Corpora are found by name, title, summary and card, in order of how well they match, and narrowed down by facets."""

import pytest
from django.db import connection

from datacards.models import CardVersion, Corpus, CorpusText
from governance.catalogue import facets, found
from tests.factories import World, card, corpus
from tests.governance.asking import Ask
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(steward: Pages):
    """Names on the list's first page under a filter."""

    def names(**query: str) -> list[str]:
        return [row.corpus.name for row in steward.get("corpora", **query).context["page"].rows]

    return names


@pytest.fixture
def say(world: World):
    """Writes a card's value as its next version."""

    def say(of: Corpus, **values: object) -> None:
        newest = CardVersion.objects.filter(corpus=of).order_by("-number").first()
        told = {path.replace("__", "."): {"value": value, "source": "person"} for path, value in values.items()}
        kept = newest.values if newest else {}
        number = newest.number + 1 if newest else 1
        CardVersion.objects.create(corpus=of, revision=of.revision, number=number, values=kept | told)

    return say


def test_a_word_of_the_newest_card_is_found_at_once(world: World, names, say) -> None:
    say(world.blocked, use__intended="Studies of lighthouses.")
    assert names(q="lighthouse") == ["harbour/web-2026"]


def test_a_word_that_was_taken_out_of_the_card_is_found_no_more(world: World, names, say) -> None:
    say(world.blocked, use__intended="Studies of lighthouses.")
    say(world.blocked, use__intended="Studies of piers.")
    assert names(q="lighthouses") == []


def test_a_choice_of_several_is_found_by_its_words(world: World, names, say) -> None:
    say(world.blocked, overview__modality=["Graphs", "Time series"])
    assert names(q="graphs") == ["harbour/web-2026"]


def test_a_word_in_another_language_is_found_as_it_is_written(world: World, names, say) -> None:
    say(world.blocked, use__intended="Для обучения моделей")
    assert names(q="обучения") == ["harbour/web-2026"]


def test_a_phrase_is_found_as_a_phrase(world: World, names, say) -> None:
    say(world.blocked, use__intended="quiet harbours only")
    assert names(q='"quiet harbours"') == ["harbour/web-2026"]
    assert names(q='"harbours quiet"') == []


def test_a_word_with_a_minus_is_left_out(world: World, names) -> None:
    assert "harbour/web-2026-filtered" in names(q="harbour")
    assert "harbour/web-2026-filtered" not in names(q="harbour -filtered")


def test_the_last_word_may_be_unfinished_and_the_others_may_not(world: World, names, say) -> None:
    say(world.blocked, use__intended="rare lighthouses")
    assert names(q="rare lighth") == ["harbour/web-2026"]
    assert names(q="rar lighthouses") == []


def test_the_corpus_of_that_name_comes_before_those_whose_card_names_it(world: World, names, say) -> None:
    say(world.blocked, use__intended="encyclopedia encyclopedia encyclopedia")
    assert names(q="harbour/encyclopedia")[0] == "harbour/encyclopedia"


def test_an_order_that_was_asked_for_wins_over_the_best_match(world: World, names) -> None:
    assert names(q="harbour", sort="name") == sorted(names(q="harbour"))


def test_a_misspelt_name_is_answered_with_the_closest_ones(steward: Pages) -> None:
    assert "Did you mean harbour/encyclopedia" in steward.text("corpora", q="encyclopadia")


def test_the_closest_names_are_only_those_that_one_may_read(world: World, steward: Pages) -> None:
    assert world.hidden.name not in steward.text("corpora", q=world.hidden.name[:-1] + "x")


def test_words_of_a_hidden_card_find_nothing(world: World, names, say) -> None:
    say(world.hidden, use__intended="xylophones")
    assert names(q="xylophones") == []


@pytest.mark.parametrize("odd", ["!", "a & b", "':*", "\\", "((", "_", '"', "-", "or", "%", "a" * 200, "²", "&|!<->"])
def test_no_words_are_taken_for_a_query_of_the_database(steward: Pages, odd: str) -> None:
    assert steward.get("corpora", q=odd).status_code == 200


def test_a_card_of_many_megabytes_can_be_written(world: World, say) -> None:
    say(world.blocked, **{f"field{n}__x": " ".join(f"w{n}x{m}" for m in range(3000)) for n in range(60)})
    assert CorpusText.objects.get(pk=world.blocked.pk).words


def test_renaming_and_deleting_are_followed(world: World) -> None:
    made = corpus(world.steward, "harbour/new-one", {})
    Corpus.objects.filter(pk=made.pk).update(title="Lantern")
    assert CorpusText.objects.matching("lantern").get().corpus == made


def test_languages_and_kinds_of_data_narrow_the_list_down(world: World, names, say) -> None:
    say(world.blocked, overview__languages="de, gsw", overview__modality=["Audio"])
    assert names(language="gsw") == names(modality="Audio") == ["harbour/web-2026"]


def test_facets_count_what_the_list_shows_and_nothing_else(world: World, say) -> None:
    say(world.blocked, overview__languages="de")
    say(world.hidden, overview__languages="de")
    by_key = {facet.key: facet for facet in facets(found(world.steward, {}))}
    assert [(v.value, v.count) for v in by_key["language"].values if v.value == "de"] == [("de", 1)]


def test_a_facet_leads_to_the_corpora_that_it_counted(world: World, steward: Pages, names) -> None:
    page = steward.get("corpora").context
    outcome = next(each for each in page["facets"] if each["facet"].key == "outcome")
    for one in outcome["values"]:
        assert len(names(outcome=one["value"].value)) == one["value"].count


def test_the_interface_counts_the_same(world: World, ask: Ask) -> None:
    told = ask("GET", "corpora/facets").json()
    assert told["facets"]["outcome"] == [
        {"value": v.value, "label": v.label, "count": v.count}
        for v in next(f for f in facets(found(world.steward, {})) if f.key == "outcome").values
    ]


def test_pages_of_the_best_matches_show_every_corpus_once(world: World, steward: Pages) -> None:
    for number in range(90):
        corpus(world.steward, f"many/{number:03}", {})
    from governance.watch import add_missing_standings

    add_missing_standings()
    seen, at = [], ""
    while at is not None:
        page = steward.get("corpora", q="many", at=at).context["page"]
        seen += [row.pk for row in page.rows]
        at = page.next
    assert len(seen) == len(set(seen)) == 90


def test_a_damaged_page_number_is_refused(steward: Pages) -> None:
    assert steward.get("corpora", q="harbour", at="-1").status_code == 400


def test_what_is_searched_follows_from_the_rows_alone(world: World) -> None:
    before = list(CorpusText.objects.order_by("pk").values_list("pk", "words", "languages"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT datacards_index_corpus(id) FROM datacards_corpus")
    assert list(CorpusText.objects.order_by("pk").values_list("pk", "words", "languages")) == before
    assert card(world.blocked, world.steward)
