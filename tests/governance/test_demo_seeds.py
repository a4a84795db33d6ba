"""The datasets that the demo puts on record: what is said of each names its source, and the page shows it."""

from pathlib import Path

import pytest

from datacards import runs
from datacards.models import Dataset, LicenceClaim
from datacards.record_files import lines_of
from datacards.records import Record, parse
from governance import disagreement
from governance.demo import loading
from governance.stated import MOST, stated
from tests.factories import person
from tests.governance.pages import Pages, words

ABSTRACTS = Path(__file__).parents[3] / "shared" / "design" / "seed_abstracts.txt"
UNSTATED = {"compile", "humanvid", "controlface10k", "emoticon-conversations", "cosmicman-hq-1.0"}


@pytest.fixture(scope="module")
def records() -> list[Record]:
    with lines_of(loading.SEEDS) as lines:
        return list(parse(lines))


@pytest.fixture
def pages(db: None) -> Pages:
    """The steward who put them on record."""
    steward = person("stella", "steward")
    runs.work_until_done(loading.put_on_record(steward))
    return Pages(steward)


def seed(name: str) -> Dataset:
    return Dataset.objects.get(register=loading.REGISTER, identifier=name)


# --- the file ----------------------------------------------------------------------------------------------


def test_every_statement_has_a_value_a_quote_and_an_address(records: list[Record]) -> None:
    told = [fact for record in records for fact in stated(record.raw)]
    assert len(told) == sum(len(record.raw["Facts"]) for record in records) >= 40
    assert all(fact.quote and fact.url.startswith("https://arxiv.org/abs/") for fact in told)


@pytest.mark.skipif(not ABSTRACTS.exists(), reason=f"{ABSTRACTS} is absent: the abstracts are not in the repository")
def test_every_quote_stands_in_the_abstract_of_its_paper(records: list[Record]) -> None:
    paragraphs = [text.strip() for text in ABSTRACTS.read_text().split("\n\n")]
    for fact in (fact for record in records for fact in stated(record.raw)):
        assert fact.quote in paragraphs[paragraphs.index(fact.source) + 1]


def test_a_licence_is_claimed_of_no_dataset_without_an_address(records: list[Record]) -> None:
    assert {record.identifier for record in records if not record.claims} == UNSTATED
    assert all(claim.url.startswith("https://") for record in records for claim in record.claims)


# --- on record ---------------------------------------------------------------------------------------------


def test_put_on_record_twice_they_are_ten_with_the_claims_of_once(pages: Pages) -> None:
    before = LicenceClaim.objects.count()
    runs.work_until_done(loading.put_on_record(Dataset.objects.first().imported_by))  # type: ignore[union-attr,arg-type]
    assert (Dataset.objects.count(), LicenceClaim.objects.count()) == (10, before)


def test_the_page_shows_what_the_abstract_says_in_its_words(pages: Pages) -> None:
    told = words(pages.get("dataset", seed("tab").pk))
    assert "Size 1,268 court cases The corpus comprises 1,268 English-language court cases" in told


def test_where_nobody_states_a_licence_the_page_says_so(pages: Pages) -> None:
    assert "Nobody states a licence" in pages.text("dataset", seed("humanvid").pk)


def test_cc_by_without_a_version_is_not_taken_for_one_of_its_versions(pages: Pages) -> None:
    table = disagreement.table(seed("pass"))
    assert [(column.expression, column.licences) for column in table.columns] == [("CC-BY", ())]


# --- records of others -------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [None, "x", 3, {"Fact": "x"}, [None, 3, "x", []], [{"Fact": "Size", "Value": "3"}]])
def test_what_has_another_shape_or_no_source_is_passed_over(facts: object) -> None:
    assert stated({"Facts": facts}) == []


def test_a_long_list_is_cut_and_a_long_text_too() -> None:
    fact = {"Fact": "Size", "Value": "9" * 9000, "Source": "A paper"}
    found = stated({"Facts": [fact] * 1000})
    assert (len(found), len(found[0].value)) == (MOST, 600)


def test_an_address_that_runs_a_script_is_no_link(pages: Pages) -> None:
    row = seed("tab")
    row.record["Facts"] = [{"Fact": "Size", "Value": "3", "Source": "x", "Source URL": "javascript:alert(1)"}]
    row.save()
    assert 'href="javascript' not in pages.get("dataset", row.pk).content.decode()
