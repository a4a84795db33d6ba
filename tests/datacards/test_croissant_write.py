"""Croissant as we write it: judged by mlcroissant and by our own checks, and read again without a loss."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from datacards.errors import BadInput
from datacards.exchange.croissant import document, problems, read, write
from datacards.exchange.described import DescribedColumn, DescribedFile, DescribedParent
from datacards.licenses import default_table, terms_of
from tests.datacards.descriptions import COMPLETE, DESCRIPTIONS, by_mlcroissant, whole

FILE = DescribedFile("data/a b.parquet", 3, "a" * 64, "parquet")
OTHER = DescribedFile("data/c.jsonl.gz", 3, "b" * 64, "jsonl.gz")


def entry(value):
    return {"value": value, "source": "person"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(COMPLETE)
def test_every_export_passes_both_judges(described):
    body = write(described)
    assert problems(json.loads(body)) == []
    assert by_mlcroissant(body) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DESCRIPTIONS)
def test_nothing_is_written_that_our_own_checks_do_not_pass(described):
    wrong = problems(document(described))
    if wrong:
        with pytest.raises(BadInput, match="lacks"):
            write(described)
    else:
        assert problems(json.loads(write(described))) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DESCRIPTIONS)
def test_every_value_of_the_card_comes_back_as_it_was(described):
    read_again = read(json.dumps(document(described)).encode()).values
    told = {path: one["value"] for path, one in described.values.items() if one["value"] not in ("", [])}
    assert {path: read_again[path]["value"] for path in told} == told


def test_a_whole_description_names_files_columns_licence_and_parents():
    parents = [DescribedParent("Base", "filtered", "https://example.org/base", "MIT")]
    columns = [DescribedColumn("text", "string"), DescribedColumn("tags", "list<item: string>")]
    imported = read(write(whole(files=[FILE, OTHER], columns=columns, parents=parents)))
    assert [file.sha256 for file in imported.files] == ["a" * 64, "b" * 64]
    assert list(imported.columns) == columns
    assert (imported.licence, list(imported.parents)) == ("CC-BY-4.0", parents)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"licence": ""}, "It lacks a licence: state one."),
        ({"publisher": ""}, "It lacks a creator"),
        ({"made_at": None}, "It lacks a date of publication"),
        ({"summary": ""}, "It lacks a description"),
        ({"url": ""}, "It lacks an address"),
    ],
)
def test_what_croissant_requires_is_never_made_up(missing, sentence):
    with pytest.raises(BadInput, match=sentence):
        write(whole(**missing))


def test_mlcroissant_alone_would_pass_a_dataset_without_licence_creator_or_date():
    bare = document(whole(licence="", publisher="", made_at=None))
    assert by_mlcroissant(json.dumps(bare).encode()) == []
    assert len(problems(bare)) == 3


def test_non_commercial_and_share_alike_are_told_as_odrl():
    (offer,) = document(whole(licence="CC-BY-NC-SA-4.0"))["usageInfo"]
    assert [rule["odrl:action"]["@id"] for rule in offer["odrl:prohibition"]] == ["cc:CommercialUse"]
    (permission,) = offer["odrl:permission"]
    duties = [duty["odrl:action"]["@id"] for duty in permission["odrl:duty"]]
    assert duties == ["cc:Attribution", "cc:Notice", "cc:ShareAlike"]


@pytest.mark.parametrize(
    ("licence", "permitted", "prohibited"),
    [
        ("CC0-1.0", ["cc:CommercialUse", "cc:DerivativeWorks"], []),
        ("CC-BY-NC-ND-4.0", [], ["cc:CommercialUse", "cc:DerivativeWorks"]),
        ("OpenAI", ["cc:DerivativeWorks"], ["card:training", "card:outputs"]),
    ],
)
def test_an_offer_says_what_the_licence_settles_and_nothing_else(licence, permitted, prohibited):
    (offer,) = document(whole(licence=licence))["usageInfo"]
    told = [
        [rule["odrl:action"]["@id"] for rule in offer.get(f"odrl:{kind}", [])] for kind in ("permission", "prohibition")
    ]
    assert told == [permitted, prohibited]


@pytest.mark.parametrize("licence", sorted(default_table().licences))
def test_what_a_licence_leaves_open_is_in_no_offer(licence):
    terms = terms_of(licence)
    rules = [rule for offer in document(whole(licence=licence)).get("usageInfo", [])
             for kind in ("permission", "prohibition") for rule in offer.get(f"odrl:{kind}", [])]  # fmt: skip
    told = {rule["odrl:action"]["@id"]: rule["@type"] == "odrl:Permission" for rule in rules}
    assert told.get("cc:DerivativeWorks", terms.derivatives) == terms.derivatives
    assert ("card:training" in told) == (
        terms.recognised and terms.vector.told("training") in ("allowed", "prohibited")
    )


@pytest.mark.parametrize("licence", ["other", "cc", "Our own terms", "LicenseRef-x"])
def test_terms_that_nobody_knows_make_no_offer(licence):
    assert "usageInfo" not in document(whole(licence=licence))


def test_the_collection_is_an_activity_with_its_agents_and_its_ends():
    values = {"collection.method": entry(["Web crawl"]), "collection.period": entry("2025-03 to 2025-09")}
    (activity,) = document(whole(values=values))["prov:wasGeneratedBy"]
    assert (activity["prov:startedAtTime"], activity["prov:endedAtTime"]) == ("2025-03", "2025-09")
    assert activity["prov:wasAssociatedWith"] == [{"@type": "prov:Agent", "prov:label": "An Institute"}]


def test_a_period_in_words_is_kept_in_words_and_becomes_no_date():
    made = document(whole(values={"collection.period": entry("spring of 2025")}))
    assert made["card:collection.period"] == "spring of 2025"
    assert "rai:dataCollectionTimeframe" not in made


def test_the_card_speaks_the_words_of_responsible_ai():
    values = {"quality.known_limits": entry("Mostly English."), "use.intended": entry("Pretraining.")}
    made = document(whole(values=values))
    assert (made["rai:dataLimitations"], made["rai:dataUseCases"]) == ("Mostly English.", "Pretraining.")
    assert "http://mlcommons.org/croissant/RAI/1.0" in made["conformsTo"]


def test_nested_columns_are_arrays_and_sub_fields():
    columns = [DescribedColumn("m", "list<item: struct<a: int64, b: fixed_size_list<item: float>[3]>>")]
    (field,) = document(whole(files=[FILE], columns=columns))["recordSet"][0]["field"]
    assert (field["isArray"], field["arrayShape"]) == (True, "-1")
    assert [(sub["dataType"], sub.get("arrayShape")) for sub in field["subField"]] == [
        ("cr:Int64", None),
        ("cr:Float32", "3"),
    ]
