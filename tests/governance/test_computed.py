"""Computed claims of the Data Card: each from its evidence, one version for many changes, and never over a person."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audits.models import Audit
from datacards import cards
from datacards.models import CardVersion, Corpus, Revision, Run, User
from governance import card_acts, computed, watch
from governance.computed import CLAIMS, refresh, states
from tests import factories

pytestmark = pytest.mark.django_db

ENGLISH = {"code": "en", "texts": 97, "share": 0.97, "low": 0.92, "high": 0.99}
LENGTHS = {
    "total": 5000, "mean": 50.0, "least": 2, "most": 400, "histogram": [[2, 3, 10], [4, 7, 90]],
    "quantiles": {"0.05": 3, "0.25": 20, "0.5": 44, "0.75": 70, "0.95": 200, "0.99": 380},
}  # fmt: skip
COLUMN = {
    "name": "text", "texts": 1000, "empty": 10, "bytes": 60_000, "characters": LENGTHS, "tokens": LENGTHS,
    "distinct": 900, "repeated": {"share": 0.09, "low": 0.09, "high": 0.09, "exact": True}, "most_repeated": 4,
    "languages": [ENGLISH], "languages_of": 100,
}  # fmt: skip


@pytest.fixture
def steward() -> User:
    return factories.person("stella", "steward")


@pytest.fixture
def web(steward: User) -> Corpus:
    return factories.corpus(steward, "acme/web", {"news.example": 900, "wiki.example": 100})


def profile(of: Revision, **column: Any) -> Audit:
    told = {"rows": 1000, "null_shares": {"text": 0.0, "score": 0.25}, "columns": [COLUMN | column]}
    return Audit.objects.create(
        revision=of, name="content.profile", pack_digest="p", rows=of.rows, rows_known=of.rows,
        summary={"profile": told},
    )  # fmt: skip


def values(of: Corpus) -> dict[str, Any]:
    card = CardVersion.objects.filter(corpus=of).order_by("-number").first()
    return card.values if card else {}


def value(of: Corpus, path: str) -> Any:
    refresh(of)
    return values(of).get(path, {}).get("value")


def newer_revision(of: Corpus) -> Revision:
    number = of.revision.number + 1
    made = Revision.objects.create(corpus=of, number=number, fingerprint=f"n{number}", rows=2000, tokens=2000)
    Corpus.objects.filter(pk=of.pk).update(latest=made)
    return made


def test_every_claim_has_a_field_and_fits_it(web: Corpus, steward: User) -> None:
    profile(web.revision)
    factories.audit(web.revision, {("text", "email"): 4})
    factories.licence(web, "CC-BY-4.0", steward)
    factories.snapshot(factories.domain("news.example"), factories.REFUSES_AI)
    found = computed.told(web, timezone.now())
    assert set(found) == set(CLAIMS)
    for path, claim in found.items():
        assert cards.clean(path, claim.value) == claim.value


def test_a_corpus_without_evidence_claims_only_what_its_registration_counted(web: Corpus) -> None:
    refresh(web)
    assert set(values(web)) == {"snapshot.source", "snapshot.size", "measured.statistics", "measured.domains"}


def test_the_largest_domains_are_told_with_their_shares(web: Corpus) -> None:
    rows = [{"Domain": "news.example", "Share": "90.0 %"}, {"Domain": "wiki.example", "Share": "10.0 %"}]
    assert value(web, "measured.domains") == rows


def test_consent_is_told_as_of_the_days_on_which_sites_were_asked(web: Corpus) -> None:
    then = timezone.now() - timedelta(days=3)
    factories.snapshot(factories.domain("news.example"), factories.REFUSES_AI, at=then)
    said = value(web, "measured.consent")
    assert said.startswith("90.0 % of the tokens come from sites that refuse AI training. 90.0 % come from sites that")
    assert f"Asked on {then:%-d %B %Y}." in said


def test_languages_are_those_of_the_documents_with_their_intervals(web: Corpus) -> None:
    profile(web.revision)
    assert value(web, "measured.languages") == [{"Language": "en", "Share": "97.0 % (92.0 % to 99.0 %)"}]


def test_duplicates_tell_how_they_were_counted(web: Corpus) -> None:
    profile(web.revision)
    assert value(web, "measured.duplicates").startswith("9.0 % of the 990 texts in “text” repeat another one")
    profile(web.revision, repeated={"share": 0.09, "low": 0.08, "high": 0.1, "exact": False})
    assert "9.0 % (8.0 % to 10.0 %)" in value(web, "measured.duplicates")


def test_remaining_personal_data_has_a_bound_where_not_all_rows_were_read(web: Corpus) -> None:
    factories.audit(web.revision, {("text", "email"): 4}, secrets=1)
    assert "exact" in value(web, "measured.personal_data")
    rows = web.revision.rows
    Audit.objects.create(
        revision=web.revision, name="pii.structured", pack_digest="p", rows=rows // 2, rows_known=rows, personal_rows=0
    )
    assert "at most" in value(web, "measured.personal_data")


def test_columns_with_personal_data_are_named(web: Corpus) -> None:
    factories.audit(web.revision, {("text", "email"): 4})
    [row] = value(web, "measured.personal_columns")
    assert (row["Column"], row["Kind"], row["Rows"]) == ("text", "E-mail address, validated", "4")


@pytest.mark.parametrize(
    ("expression", "said"),
    [("CC-BY-NC-4.0", "commercial use not permitted"), ("other", "leaves the licence open"), ("Foo-1", "not known")],
)
def test_a_licence_is_told_with_what_it_permits(web: Corpus, steward: User, expression: str, said: str) -> None:
    factories.licence(web, expression, steward)
    assert said in value(web, "measured.licence")
    assert values(web)["licence.expression"]["value"] == expression


# --- refreshing ---------------------------------------------------------------------------------------------


def test_several_evidences_at_once_make_one_version(web: Corpus, steward: User) -> None:
    refresh(web)
    before = web.cards.count()
    profile(web.revision)
    factories.licence(web, "MIT", steward)
    refresh(web)
    assert web.cards.count() == before + 1


def test_the_same_evidence_makes_no_version(web: Corpus) -> None:
    profile(web.revision)
    factories.snapshot(factories.domain("news.example"), factories.ALLOWS)
    refresh(web)
    assert refresh(web) is None


def test_newer_evidence_replaces_what_older_said(web: Corpus) -> None:
    profile(web.revision)
    refresh(web)
    newer = profile(web.revision)
    refresh(web)
    assert values(web)["measured.languages"]["evidence"] == f"audit:{newer.pk}"


def test_a_persons_value_is_never_touched_and_what_differs_is_told(web: Corpus, steward: User) -> None:
    card_acts.save_card(steward, web, {"snapshot.statistics": "About a thousand texts."})
    profile(web.revision)
    card = refresh(web)
    entry = values(web)["snapshot.statistics"]
    assert (entry["value"], entry["source"], entry["by"]) == ("About a thousand texts.", "person", "stella")
    assert states(card)["snapshot.statistics"].differs.startswith("text: 1,000 texts, 10 empty")


def test_a_refreshed_card_keeps_what_people_wrote(web: Corpus, steward: User) -> None:
    factories.card(web, steward)
    before = values(web)
    refresh(web)
    assert {path: values(web)[path] for path in before} == before


def test_new_data_makes_old_claims_stale_until_they_are_measured_again(web: Corpus) -> None:
    profile(web.revision)
    refresh(web)
    made = newer_revision(web)
    card = refresh(web)
    assert states(card)["measured.statistics"].fresh
    assert states(card)["measured.languages"].why == "of revision 1; this is revision 2"
    profile(made)
    assert states(refresh(web))["measured.languages"].fresh


def test_consent_turns_stale_by_time_alone(web: Corpus) -> None:
    factories.snapshot(factories.domain("news.example"), factories.ALLOWS)
    card = refresh(web)
    assert states(card)["measured.consent"].fresh
    late = states(card, timezone.now() + timedelta(days=34))["measured.consent"]
    assert (late.fresh, late.why) == (False, "the consent is 34 days old")


def test_a_crawl_under_way_does_not_make_a_version_for_every_site(web: Corpus, steward: User) -> None:
    factories.snapshot(factories.domain("news.example"), factories.ALLOWS)
    refresh(web)
    crawl = Run.objects.create(kind="crawl", state="running", corpus=web, started_by=steward)
    factories.snapshot(factories.domain("wiki.example"), factories.REFUSES_AI)
    assert refresh(web) is None
    Run.objects.filter(pk=crawl.pk).update(state="completed")
    assert refresh(web)


def test_reading_states_asks_the_database_nothing(
    web: Corpus, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    profile(web.revision)
    card = refresh(web)
    with django_assert_num_queries(0):
        states(card)


def test_each_state_points_to_the_page_that_shows_its_evidence(web: Corpus) -> None:
    profile(web.revision)
    assert states(refresh(web))["measured.languages"].url == f"/corpora/{web.pk}/audits/#profile"


@pytest.mark.django_db(transaction=True)
def test_a_look_computes_cards_of_corpora_with_newer_evidence(web: Corpus) -> None:
    profile(web.revision)
    watch.look()
    assert "measured.languages" in values(web)
    count = web.cards.count()
    watch.look()
    assert web.cards.count() == count
