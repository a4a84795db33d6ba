"""Four scores of a card, never blended; profiles and F-UJI's tests as data."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.cards import (
    completeness,
    default_profile,
    evidence,
    fair,
    field_at,
    fields,
    freshness,
    profile_at,
    profiles,
    scores,
)
from datacards.cards.fair import CHECKS, _data
from datacards.errors import BadInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def entry(value: Any = "Something.", **more: Any) -> dict[str, Any]:
    return {"value": value, "source": "person", "evidence": "", "by": "stella", "at": "2026-01-01", **more}


# --- completeness ------------------------------------------------------------------------------------------


def test_the_default_profile_is_what_the_field_table_calls_required() -> None:
    assert default_profile().paths == {field.path for field in fields() if field.required}


ASKS = {"house": 10, "huggingface": 17, "croissant": 11, "rai": 8, "telescope": 41, "provenance": 22}


@pytest.mark.parametrize(("id", "asks"), ASKS.items())
def test_a_profile_asks_what_its_source_asks(id: str, asks: int) -> None:
    assert len(profile_at(id).asks) == asks


def test_every_profile_asks_for_fields_that_exist() -> None:
    for profile in profiles():
        assert profile.source
        assert [field_at(path).path for path in profile.paths]


def test_the_telescope_profile_is_the_templates_widest_scope() -> None:
    assert profile_at("telescope").paths == {f.path for f in fields() if f.scope == "telescope" and f.template}


def test_any_path_of_an_ask_answers_it() -> None:
    found = completeness({"snapshot.source": entry()}, profile_at("huggingface"))
    assert found.filled == 1
    assert "overview.homepage" not in found.missing_paths


def test_what_is_missing_is_named_by_title_and_path_in_the_order_asked() -> None:
    found = completeness({}, profile_at("rai"))
    assert found.missing[0] == "Known limits and biases"
    assert found.missing_paths[0] == "quality.known_limits"


def test_an_unknown_profile_is_told_by_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"house, huggingface"):
        profile_at("nobody")


@given(st.sets(st.sampled_from([field.path for field in fields()]), max_size=30), st.sampled_from(profiles()))
def test_saying_more_never_makes_a_card_less_complete(said: set[str], profile: Any) -> None:
    values = {path: entry() for path in said}
    fewer = dict(list(values.items())[: len(values) // 2])
    assert completeness(fewer, profile).share <= completeness(values, profile).share


# --- evidence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"source": "computed"},
        {"source": "card", "evidence": "README.md"},
        {"evidence": "https://example.org/paper"},
        {"confirmed_by": "arno"},
    ],
)
def test_a_claim_with_more_than_somebodys_word_is_evidenced(more: dict[str, str]) -> None:
    assert evidence({"overview.title": entry(**more)}).share == 1.0


@pytest.mark.parametrize("more", [{}, {"confirmed_by": "stella"}, {"source": "import"}])
def test_nobodys_own_word_is_evidence(more: dict[str, str]) -> None:
    assert evidence({"overview.title": entry(**more)}).lacking == ("overview.title",)


def test_a_card_that_claims_nothing_has_no_share_of_evidence() -> None:
    assert evidence({"overview.title": entry("TODO")}).share is None


# --- freshness ---------------------------------------------------------------------------------------------


def test_a_claim_is_fresh_until_its_field_has_lived() -> None:
    life = timedelta(days=field_at("overview.title").life)
    at = (NOW - life).isoformat()
    assert freshness({"overview.title": entry(at=at)}, NOW).share == 1.0
    assert freshness({"overview.title": entry(at=at)}, NOW + timedelta(seconds=1)).share == 0.0


def test_what_is_measured_ages_faster_than_what_is_told() -> None:
    assert field_at("measured.consent").life < field_at("overview.title").life


def test_confirming_makes_a_claim_fresh_again() -> None:
    old = entry(at="2020-01-01", confirmed_at="2026-02-01T00:00:00+00:00", confirmed_by="stella")
    assert freshness({"overview.title": old}, NOW).share == 1.0


def test_a_stale_claim_is_not_fresh_however_young() -> None:
    values = {"measured.consent": entry(at=NOW.isoformat()), "overview.title": entry(stale=True)}
    assert freshness(values, NOW, {"measured.consent"}).lacking == ("measured.consent", "overview.title")


def test_a_claim_without_a_date_does_not_count() -> None:
    assert freshness({"overview.title": entry(at="")}, NOW).all == 0


# --- FAIR --------------------------------------------------------------------------------------------------

WHOLE = {
    "maintenance.persistent_id": "10.5281/zenodo.4081213",
    "overview.homepage": "https://example.org/data",
    "publication.metadata": "https://example.org/card",
    "access.download": "https://example.org/data.parquet",
    "authorship.creators": ["A. Person"],
    "authorship.publisher": "The Institute",
    "overview.title": "Pages",
    "overview.summary": "Pages of news.",
    "publication.published": "2026-01-01",
    "publication.keywords": ["news"],
    "use.access": "Everybody",
    "catalogue.origins": ["https://commoncrawl.org/2023-40"],
    "overview.modality": ["Text"],
    "snapshot.size": "3 documents",
    "publication.format": "Parquet (zstd)",
    "examples.fields": [{"Column": "text", "Type": "string", "Meaning": "The page."}],
    "licence.expression": "CC-BY-4.0",
    "publication.schema": "Croissant 1.1",
}


def of(values: dict[str, Any]) -> Any:
    return fair({path: {"value": value} for path, value in values.items()})


def test_a_whole_card_earns_every_point() -> None:
    assert of(WHOLE).failed == ()
    assert of(WHOLE).share == 1.0


def test_an_empty_card_earns_none_and_says_how_to_mend_each_test() -> None:
    found = fair({})
    assert found.earned == 0
    assert all(test.mend.endswith(".") and field_at(test.path) for test in found.failed)


def test_the_points_are_fujis_for_the_metrics_that_a_card_can_answer() -> None:
    assert fair({}).total == 17.5


def test_of_alternatives_the_best_counts() -> None:
    named = of({"collection.sources": "The news."})
    linked = of({"collection.sources": "The news.", "catalogue.origins": ["https://commoncrawl.org"]})
    assert linked.earned - named.earned == 1.0  # for provenance; both tell of related resources


@pytest.mark.parametrize("path", WHOLE)
def test_each_answer_counts(path: str) -> None:
    rest = {other: value for other, value in WHOLE.items() if other != path}
    assert len(of(rest).tests) == len(of(WHOLE).tests)
    assert of(rest).earned <= of(WHOLE).earned


@pytest.mark.parametrize(
    ("text", "unique", "persistent"),
    [
        ("10.5281/zenodo.1", True, True),
        ("https://doi.org/10.5281/zenodo.1", True, True),
        ("ark:/12148/btv1b8449691v", True, True),
        ("https://w3id.org/example/data", True, True),
        ("urn:isbn:0451450523", True, True),
        ("https://example.org/data", True, False),
        ("123e4567-e89b-12d3-a456-426614174000", True, False),
        ("data set no. 5", False, False),
        ("http://[::1", False, False),
        ("10.12/x", False, False),
    ],
)
def test_identifiers_are_told_by_their_form(text: str, unique: bool, persistent: bool) -> None:
    assert (CHECKS["unique"]([text]), CHECKS["persistent"]([text])) == (unique, persistent)


def test_a_format_is_a_word_not_a_part_of_one() -> None:
    assert CHECKS["format"](["CSV and Parquet"])
    assert not CHECKS["format"](["wavelets"])


def test_every_test_has_a_check_and_its_paths_exist() -> None:
    for row in _data()["tests"]:
        assert row["check"] in CHECKS
        assert all(field_at(path) for path in row["paths"])


def test_a_hostile_card_is_scored_at_once() -> None:
    values = {f.path: entry("10.1234/" + "a." * 9_990) for f in fields() if f.type == "text"}
    began = time.perf_counter()
    scores(values, profile_at("telescope"), now=NOW)
    assert time.perf_counter() - began < 2
