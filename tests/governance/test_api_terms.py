"""Terms of service through the API."""

import pytest

from tests.factories import SCRAPING, World
from tests.governance.asking import Ask

pytestmark = pytest.mark.django_db
TERMS = "domains/news.example/terms"


def given(ask: Ask, **more: str) -> dict[str, str]:
    return {"digest": ask("GET", TERMS).json()["digest"], "axis": "scraping", "verdict": "prohibited", **more}


def test_terms_are_told_with_their_quotes(ask: Ask) -> None:
    told = ask("GET", TERMS).json()
    assert told["stance"]["paper_class"] == "No Scraping & AI"
    assert told["clauses"][0]["quote"] == SCRAPING
    assert told["text"][told["clauses"][0]["start"] :].startswith(SCRAPING)


def test_a_review_is_told_and_leaves_the_queue(ask: Ask) -> None:
    assert [each["domain"] for each in ask("GET", "terms").json()["items"]] == ["news.example"]
    assert ask("POST", f"{TERMS}/reviews", given(ask)).status_code == 201
    assert ask("GET", "terms").json()["items"] == []
    assert ask("GET", TERMS).json()["reviews"][0]["confirmed"] is True


def test_a_review_of_another_text_is_a_conflict(ask: Ask) -> None:
    assert ask("POST", f"{TERMS}/reviews", given(ask, digest="0" * 64)).status_code == 409


def test_a_quote_that_is_not_in_the_text_is_refused(ask: Ask) -> None:
    answer = ask("POST", f"{TERMS}/reviews", given(ask, quote="All is allowed."))
    assert "not in the text" in answer.json()["detail"]


def test_a_verdict_that_is_none_is_refused(ask: Ask) -> None:
    assert ask("POST", f"{TERMS}/reviews", given(ask, verdict="maybe")).status_code == 422


def test_a_reader_reads_and_does_not_review(world: World, reading: Ask) -> None:
    assert reading("GET", TERMS).status_code == 200
    assert reading("POST", f"{TERMS}/reviews", given(reading)).status_code == 403


def test_where_the_terms_are_can_be_said(ask: Ask) -> None:
    pin = {"url": "https://news.example/legal", "selector": "main"}
    assert ask("PUT", f"{TERMS}/page", pin).json() == pin
    assert ask("PUT", f"{TERMS}/page", {}).json() == {"url": "", "selector": ""}
