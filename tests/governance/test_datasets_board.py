"""The board of datasets: one sentence, one picture, and a list that is what the address says."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from datacards.models import Dataset
from tests.datacards.record_cases import record
from tests.factories import REFUSES_AI, domain, person, snapshot
from tests.governance.pages import Pages
from tests.governance.test_datasets_import import imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """A steward who sees four datasets."""
    confirmed = {"Inferred Metadata": {"HF Yaml License": "MIT License"}}
    imported(
        tmp_path,
        record("kept", **confirmed),
        record("broken", Licenses=[{"License": "CC BY-NC 4.0"}], **confirmed),
        record("bare", Licenses=[{"License": "Unspecified"}], **confirmed),
        record("quotes", _modality="speech", Collection="Spoken"),
    )
    return Pages(Dataset.objects.get(identifier="kept").imported_by)


def titles(pages: Pages, **query: str) -> list[str]:
    return [row.title for row, _ in pages.get("datasets", **query).context["rows"]]


def test_the_board_answers_in_one_sentence(pages: Pages) -> None:
    assert (
        "Of 3 datasets that the Hub calls commercial, 1 is confirmed; 1 is non-commercial and 1 is without a licence"
        in pages.text("datasets")
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [({"hub": "commercial"}, ["Bare", "Broken", "Kept"]), ({"q": "kep"}, ["Kept"]),
     ({"modality": "speech"}, ["Quotes"]),
     ({"collection": "Spoken"}, ["Quotes"]), ({"verdict": "non-commercial"}, ["Broken"]), ({"register": "x"}, []),
     ({"flag": "exposed"}, []), ({"flag": "disputed", "hub": "commercial"}, ["Broken"])],
)  # fmt: skip
def test_the_list_is_what_the_address_asks_for(pages: Pages, query: dict[str, str], found: list[str]) -> None:
    assert titles(pages, **query) == found


def test_a_dataset_that_names_a_refusing_site_is_exposed(pages: Pages) -> None:
    snapshot(domain("wiki.example.org"), REFUSES_AI)
    assert titles(pages, flag="exposed") == ["Bare", "Broken", "Kept", "Quotes"]
    assert "names wiki.example.org, which refuses training" in pages.text("datasets")


def test_the_csv_has_what_is_shown(pages: Pages) -> None:
    answer: Any = pages.get("datasets-csv", q="broken")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("broken,Broken,Acme,Sayings,text,acme/broken,commercial,non-commercial,True")


def test_the_board_takes_few_queries(pages: Pages) -> None:
    assert pages.queries(reverse("datasets")) <= 15


def test_a_datasets_page_takes_few_queries(pages: Pages) -> None:
    assert pages.queries(reverse("dataset", args=[Dataset.objects.get(identifier="kept").pk])) <= 15


def test_who_has_no_role_does_not_see_records(pages: Pages) -> None:
    assert Pages(person("otto", "outsider")).get("datasets").status_code == 403


def test_a_datasets_page_shows_the_claims_side_by_side(pages: Pages) -> None:
    told = pages.text("dataset", Dataset.objects.get(identifier="broken").pk)
    for words in ("A register's reviewer", "CC BY-NC 4.0", "The Hub's metadata", "MIT License", "Vera", "Read in the"):
        assert words in told


def test_a_persons_word_outranks_the_imported_ones(pages: Pages) -> None:
    found = Dataset.objects.get(identifier="broken")
    form = {"expression": "MIT", "reason": "Its maker changed it in May."}
    assert pages.post("dataset-claim", found.pk, **form).status_code == 302
    found.refresh_from_db()
    assert found.verdict == "commercial"
    assert "Its maker changed it in May." in pages.text("dataset", found.pk)


def test_a_word_without_a_reason_is_refused_at_the_field(pages: Pages) -> None:
    answer = pages.post("dataset-claim", Dataset.objects.get(identifier="broken").pk, expression="MIT")
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_a_domains_page_tells_which_datasets_name_it(pages: Pages) -> None:
    assert "Datasets that name it 4 datasets on record" in pages.text("domain", "wiki.example.org")


def test_who_has_a_role_sees_the_domains_that_datasets_name(pages: Pages) -> None:
    assert Pages(person("rita")).get("domain", "wiki.example.org").status_code == 200
    assert Pages(person("otto", "outsider")).get("domain", "wiki.example.org").status_code == 404


def test_a_foreign_word_for_a_place_is_no_link(pages: Pages) -> None:
    Dataset.objects.get(identifier="kept").licence_claims.update(url="javascript:alert(1)")
    page = pages.get("dataset", Dataset.objects.get(identifier="kept").pk).content.decode()
    assert 'href="javascript' not in page
