"""The lineage tab of a corpus and the map's page, without JavaScript."""

import pytest

from datacards.models import Corpus
from governance.evidence import gather
from governance.watch import newer_evidence
from tests.factories import World, licence
from tests.governance.asking import Ask
from tests.governance.lineages import Family, beyond, derive, family, record
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db
PRIVATE = "unreleased"


@pytest.fixture
def kin(world: World, db: None) -> Family:
    return family(world.steward)


def test_the_tab_says_what_is_carried_and_from_where(kin: Family, steward: Pages) -> None:
    seen = steward.text("corpus-lineage", kin.tuned.pk)
    assert "Disallowed by CC-BY-NC-4.0 of Questions and answers , 3 steps upstream" in seen
    assert "31.0 % of the tokens of kin/questions come from sites that refuse AI training, 2 steps upstream" in seen


def test_the_lists_give_distance_relation_licence_decision_and_refusals(kin: Family, steward: Pages) -> None:
    seen = steward.text("corpus-lineage", kin.tuned.pk)
    assert "kin/mixture revision 1, 1 step upstream Trained on Apache-2.0 Blocked 12.0 %" in seen
    assert "kin/questions revision 1, 2 steps upstream · refuses most Mixed from every second one MIT Blocked" in seen
    assert "Questions and answers on record, 3 steps upstream · strictest licence A copy of CC-BY-NC-4.0" in seen


def test_two_licences_that_cannot_be_met_at_once_are_named(world: World, kin: Family, steward: Pages) -> None:
    licence(kin.held, "ODbL-1.0", world.steward)
    other = record("A shared one", "CC-BY-SA-4.0")
    Corpus.objects.filter(pk=world.approved.pk).update(dataset=other)
    derive(kin.mixture, world.approved)
    assert "Cannot be met CC-BY-SA-4.0 of harbour/encyclopedia against ODbL-1.0 of kin/questions" in steward.text(
        "corpus-lineage", kin.mixture.pk
    )


@pytest.mark.parametrize(("mark", "edges"), [("refusal", 2), ("licence", 3)])
def test_the_address_chooses_which_way_is_marked(kin: Family, steward: Pages, mark: str, edges: int) -> None:
    body = steward.get("corpus-lineage", kin.tuned.pk, mark=mark).content.decode()
    assert body.count('class="edge heavy"') == edges


def test_a_mark_nobody_knows_marks_what_there_is(kin: Family, steward: Pages) -> None:
    assert b"edge heavy" in steward.get("corpus-lineage", kin.tuned.pk, mark="'><script>").content


def test_no_page_has_a_trace_of_what_is_hidden(world: World, kin: Family, steward: Pages, reader: Pages) -> None:
    before = steward.text("corpus-lineage", kin.mixture.pk), steward.text("lineage", focus=str(kin.mixture.latest_id))
    beyond(world, kin.mixture)
    after = steward.text("corpus-lineage", kin.mixture.pk), steward.text("lineage", focus=str(kin.mixture.latest_id))
    assert after == before
    assert PRIVATE not in reader.get("lineage").content.decode()


def test_the_whole_map_is_a_list_without_javascript(kin: Family, reader: Pages) -> None:
    seen = reader.text("lineage")
    assert "10 revisions and datasets on record hang together by 7 edges" in seen
    assert "Questions and answers on record 1 1 CC-BY-NC-4.0" in seen


def test_around_one_node_are_its_picture_and_its_lists(kin: Family, reader: Pages) -> None:
    response = reader.get("lineage", focus=str(kin.questions.pk))
    assert b'<svg class="lineage' in response.content
    assert "It was made from 1 thing on record, and 3 things were made of it." in words(response)


@pytest.mark.parametrize("asked", ["focus=00000000-0000-4000-8000-000000000000", "hidden"])
def test_a_node_that_one_may_not_know_of_is_not_found(world: World, kin: Family, reader: Pages, asked: str) -> None:
    beyond(world, kin.mixture)
    asked = f"focus={world.hidden.latest_id}" if asked == "hidden" else asked
    assert reader.client.get(f"/lineage/?{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["focus=x", "steps=999", "page=-1", "page=99999999999", "q=%00", "page=9"])
def test_a_damaged_address_shows_the_whole_map(kin: Family, reader: Pages, asked: str) -> None:
    response = reader.client.get(f"/lineage/?{asked}")
    assert response.status_code == 200
    assert "The same as a list" in words(response)


def test_a_search_finds_corpora_and_records_that_one_may_read(world: World, kin: Family, reader: Pages) -> None:
    assert "kin/questions corpus Questions and answers on record at Atlas" in reader.text("lineage", q="questions")
    assert "Nothing that you may read fits" in reader.text("lineage", q=PRIVATE)


def test_an_outsider_sees_no_record(kin: Family, world: World) -> None:
    body = Pages(world.outsider).get("lineage").content.decode()
    assert "Questions and answers" not in body
    assert "kin/" not in body


def test_a_corpus_is_tied_to_its_record_by_search_and_untied(kin: Family, steward: Pages) -> None:
    assert "Bulk of the web Atlas Tie to Bulk of the web" in steward.text("corpus-lineage", kin.tuned.pk, find="bulk")
    steward.post("corpus-lineage-tie", kin.tuned.pk, dataset=kin.bulk.pk)
    kin.tuned.refresh_from_db()
    assert kin.tuned.dataset == kin.bulk
    steward.post("corpus-lineage-untie", kin.tuned.pk)
    kin.tuned.refresh_from_db()
    assert kin.tuned.dataset is None


def test_a_tie_to_nothing_is_told(kin: Family, steward: Pages) -> None:
    steward.post("corpus-lineage-tie", kin.tuned.pk, dataset="nothing")
    assert "no such dataset is on record" in steward.text("corpus-lineage", kin.tuned.pk)


def test_a_large_family_takes_no_more_queries_than_a_small_one(kin: Family, world: World, steward: Pages) -> None:
    path = f"/corpora/{kin.tuned.pk}/lineage/"
    few = steward.queries(path)
    for number in range(30):
        other = record(f"Record {number}", "MIT")
        other.parents.create(text="x", state="resolved", parent=kin.bulk)
    assert steward.queries(path) == few
    assert steward.queries(f"/lineage/?focus={kin.bulk.pk}") <= 15
    assert steward.queries("/lineage/") <= 15


# --- the facts that decisions rest on ----------------------------------------------------------------------


def test_facts_count_what_a_reader_may_not_see(world: World, kin: Family) -> None:
    beyond(world, kin.mixture)
    facts = gather(kin.mixture.revision)
    assert facts["lineage.parents"].value == 3
    assert facts["lineage.licence_satisfiable"].value is False


def test_licences_upstream_make_facts_with_the_claims_they_rest_on(kin: Family) -> None:
    facts = gather(kin.tuned.revision)
    assert facts["lineage.licence_commercial"].value is False
    assert facts["lineage.licence_satisfiable"].value is None  # nobody stated its own
    assert len(facts["lineage.licence_commercial"].sources) == 4
    assert facts["licence.disputed"].value is None


def test_only_an_evaluation_upstream_refuses_nothing(world: World, kin: Family) -> None:
    derive(world.undecided, world.blocked, "evaluated")
    facts = gather(world.undecided.revision)
    assert (facts["lineage.parents"].value, facts["lineage.refused_share"].value) == (1, 0.0)


def test_a_newer_word_on_a_record_decides_what_is_downstream_again(kin: Family, world: World) -> None:
    at = record("Something else").imported_at
    world.steward.save()
    kin.bulk.licence_claims.create(expression="MIT", source="person")
    because = newer_evidence(at)
    assert because[kin.tuned.pk] == "Something that it was made from has newer evidence."


# --- the API -----------------------------------------------------------------------------------------------


def test_the_api_tells_what_is_carried(ask: Ask, kin: Family) -> None:
    told = ask("GET", f"corpora/{kin.tuned.pk}/lineage").json()
    assert [(each["title"], each["steps"]) for each in told["datasets_from"]] == [
        ("Questions and answers", 3), ("Bulk of the web", 4),
    ]  # fmt: skip
    assert told["licence"]["strictest"]["of"]["name"] == "Questions and answers"
    assert (told["refusal"]["share"], told["refusal"]["of"]["name"]) == (0.31, "kin/questions")


def test_the_api_gives_the_graph_laid_out(ask: Ask, kin: Family) -> None:
    graph = ask("GET", "lineage", focus=str(kin.mixture.latest_id), steps=1).json()
    names = [node["name"] for node in graph["nodes"]]
    assert sorted(names) == ["kin/mixture", "kin/questions", "kin/tuned"]
    for edge in graph["edges"]:
        assert graph["nodes"][edge["parent"]]["x"] < graph["nodes"][edge["child"]]["x"]
    assert graph["complete"] is True


def test_the_api_gives_at_most_so_many_nodes_and_says_so(ask: Ask, kin: Family) -> None:
    graph = ask("GET", "lineage", limit=3).json()
    assert (len(graph["nodes"]), graph["complete"]) == (3, False)
    assert ask("GET", "lineage", limit=5001).status_code == 422


def test_the_api_hides_what_one_may_not_read(reading: Ask, world: World, kin: Family) -> None:
    beyond(world, kin.mixture)
    assert PRIVATE not in reading("GET", "lineage").content.decode()
    assert reading("GET", "lineage", focus=str(world.hidden.latest_id)).status_code == 404


def test_a_tie_is_made_and_taken_back_by_the_api(ask: Ask, kin: Family) -> None:
    path = f"corpora/{kin.tuned.pk}/dataset"
    assert ask("PUT", path, {"dataset": str(kin.bulk.pk)}).status_code == 204
    assert ask("GET", f"corpora/{kin.tuned.pk}/lineage").json()["datasets_from"][0]["relation"] == "copy"
    assert ask("DELETE", path).status_code == 204
    assert ask("PUT", path, {"dataset": str(kin.tuned.pk)}).status_code == 422
