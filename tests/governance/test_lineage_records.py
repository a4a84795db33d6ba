"""Lineage in the records: what is upstream and downstream, through datasets on record too, and what a reader sees."""

import pytest

from datacards.errors import BadInput, Conflict, Refused
from datacards.models import Corpus, Dataset, LicenceClaim
from governance import lineage, lineage_acts, lineage_claims, tracing
from tests.factories import World, corpus, licence, revision
from tests.governance.lineages import Family, beyond, derive, family, known, mention, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def kin(world: World, db: None) -> Family:
    return family(world.steward)


def test_upstream_leads_through_ties_and_mentions(kin: Family) -> None:
    assert lineage.ancestors([kin.tuned.revision.pk]) == {
        kin.mixture.latest_id: 1, kin.held.latest_id: 2, kin.questions.pk: 3, kin.bulk.pk: 4,
    }  # fmt: skip


def test_downstream_leads_the_same_way_back(kin: Family) -> None:
    assert lineage.descendants([kin.bulk.pk]) == {
        kin.questions.pk: 1, kin.held.latest_id: 2, kin.mixture.latest_id: 3, kin.tuned.latest_id: 4,
    }  # fmt: skip


def test_of_several_starts_the_nearest_counts(kin: Family) -> None:
    found = lineage.ancestors([kin.tuned.revision.pk, kin.held.revision.pk])
    assert (found[kin.mixture.revision.pk], found[kin.questions.pk]) == (1, 1)


def test_a_mention_that_is_not_resolved_is_no_edge(kin: Family) -> None:
    kin.bulk.parents.create(text="something on the web")
    assert lineage.ancestors([kin.bulk.pk]) == {}


def test_a_record_made_from_a_corpus_of_ours_is_downstream_of_it(kin: Family) -> None:
    made = record("Made of the mixture")
    mention(made, kin.mixture, "filtered")
    assert lineage.descendants([kin.mixture.revision.pk])[made.pk] == 1
    assert lineage.ancestors([made.pk])[kin.bulk.pk] == 4


def test_an_older_revision_is_a_copy_only_where_something_was_made_from_it(kin: Family) -> None:
    older = kin.held.revision
    revision(kin.held, {"ask.example": 6000})
    assert {older.pk, kin.held.latest_id} <= set(lineage.descendants([kin.questions.pk]))
    older.made_into.all().delete()
    assert older.pk not in lineage.descendants([kin.questions.pk])


def test_of_a_huge_lineage_the_nearest_are_taken(kin: Family) -> None:
    near = lineage.closure([kin.tuned.revision.pk], "up", most=3)
    assert set(near.keys) == {kin.tuned.latest_id, kin.mixture.latest_id, kin.held.latest_id}


def test_a_circle_of_mentions_ends(kin: Family) -> None:
    mention(kin.bulk, kin.questions)
    assert lineage.ancestors([kin.questions.pk]) == {kin.bulk.pk: 1}


def test_what_lies_beyond_a_hidden_corpus_is_not_seen(world: World, kin: Family) -> None:
    beyond(world, kin.mixture)
    seen = tracing.trace(kin.mixture.revision.pk, world.steward)
    assert {node.name for node in seen.nodes.values()} == {
        "kin/mixture", "kin/tuned", "kin/questions", "Questions and answers", "Bulk of the web"
    }  # fmt: skip
    assert world.approved.latest_id in tracing.trace(kin.mixture.revision.pk, world.admin).nodes


def test_nothing_that_is_carried_tells_of_what_is_hidden(world: World, kin: Family) -> None:
    before = tracing.trace(kin.mixture.revision.pk, world.steward)
    beyond(world, kin.mixture)
    after = tracing.trace(kin.mixture.revision.pk, world.steward)
    assert (after.licence, after.refusal) == (before.licence, before.refusal)
    assert tracing.trace(kin.mixture.revision.pk, world.admin).refusal.share == 0.97


def test_an_outsider_sees_no_datasets_on_record(world: World, kin: Family) -> None:
    kin.held.grants.create(user=world.outsider, reason="Looks.", granted_by=world.steward)
    assert set(tracing.trace(kin.held.revision.pk, world.outsider).nodes) == {kin.held.revision.pk}


def test_the_heaviest_refusal_is_told_with_its_way_and_what_is_not_known(world: World, kin: Family) -> None:
    known(kin.mixture, refused=None)
    found = tracing.trace(kin.tuned.revision.pk, world.steward).refusal
    assert (found.key, found.share, found.unknown, len(found.way)) == (kin.held.latest_id, 0.31, 3, 2)


def test_an_evaluation_carries_neither_licence_nor_refusal(world: World, kin: Family) -> None:
    judge = corpus(world.steward, "kin/judge")
    derive(judge, kin.held, "evaluated")
    seen = tracing.trace(judge.revision.pk, world.steward)
    assert (seen.refusal.counted, [claim.steps for claim in seen.licence.claims]) == (0, [])
    assert set(seen.up.steps) > {kin.held.latest_id}


def test_the_nearest_claim_that_forbids_is_told_with_its_way(world: World, kin: Family) -> None:
    found = tracing.trace(kin.tuned.revision.pk, world.steward).licence
    assert found.commercial is False
    assert found.strictest is not None
    assert (found.strictest.expression, found.strictest.steps, len(found.way)) == ("CC-BY-NC-4.0", 3, 3)


# --- whose licence counts ----------------------------------------------------------------------------------


def test_many_corpora_have_the_licence_that_counts_for_each(world: World, kin: Family) -> None:
    licence(kin.held, "CC0-1.0")  # newer, but by the card
    found = lineage_claims.corpus_licences([kin.held.pk, kin.mixture.pk, kin.tuned.pk])
    assert {pk: said[0].expression for pk, said in found.items()} == {kin.held.pk: "MIT", kin.mixture.pk: "Apache-2.0"}
    assert [said[0].row for said in found.values()] == [
        LicenceClaim.objects.effective(each).pk for each in sorted((kin.held, kin.mixture), key=lambda c: c.pk)
    ]


def test_all_that_a_registers_reviewer_found_binds_and_a_person_overrules() -> None:
    both = record("Two licences", "MIT", "CC-BY-SA-4.0")
    LicenceClaim.objects.create(dataset=both, expression="other", source="hub")
    assert binding(both) == {"MIT", "CC-BY-SA-4.0"}
    LicenceClaim.objects.create(dataset=both, expression="CC0-1.0", source="register")  # it was looked at again
    assert binding(both) == {"CC0-1.0"}
    LicenceClaim.objects.create(dataset=both, expression="ODbL-1.0", source="person")
    assert binding(both) == {"ODbL-1.0"}


def binding(of: Dataset) -> set[str]:
    return {said.expression for said in lineage_claims.dataset_licences([of.pk])[of.pk]}


def in_dispute(of: Corpus) -> bool | None:
    return lineage_claims.disputed(lineage_claims.newest_by_source(of))


def test_sources_that_say_different_things_are_in_dispute(world: World, kin: Family) -> None:
    assert in_dispute(kin.tuned) is None
    assert in_dispute(kin.held) is False
    licence(kin.held, "mit")
    assert in_dispute(kin.held) is False
    licence(kin.held, "CC0-1.0")
    assert in_dispute(kin.held) is True


# --- ties --------------------------------------------------------------------------------------------------


def test_a_corpus_is_tied_to_its_record_and_untied(world: World, kin: Family) -> None:
    assert lineage_acts.tie(world.steward, kin.tuned, kin.bulk.pk).dataset == kin.bulk
    assert lineage_acts.untie(world.steward, kin.tuned).dataset is None


def test_only_who_manages_a_corpus_ties_it(world: World, kin: Family) -> None:
    with pytest.raises(Refused, match="Only stella"):
        lineage_acts.tie(world.other, kin.tuned, kin.bulk.pk)


def test_a_tie_needs_a_record(world: World, kin: Family) -> None:
    with pytest.raises(BadInput, match="no such dataset"):
        lineage_acts.tie(world.steward, kin.tuned, kin.tuned.pk)


def test_a_tie_cannot_close_a_circle(world: World, kin: Family) -> None:
    made = record("Made of the mixture")
    mention(made, kin.mixture)
    with pytest.raises(Conflict, match="cannot be a circle"):
        lineage_acts.tie(world.steward, kin.held, made.pk)
