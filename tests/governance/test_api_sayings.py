"""All that a site says, through the API."""

import pytest

from tests.factories import NOAI, World, domain, home, terms
from tests.governance.asking import Ask

pytestmark = pytest.mark.django_db


def values(answer: dict) -> dict[str, str]:
    return {each["purpose"]: each["value"] for each in answer["answers"]}


def test_a_site_answers_by_use_with_the_statement_that_decides(world: World, ask: Ask) -> None:
    home(domain("wiki.example"), NOAI)
    told = ask("GET", "domains/wiki.example/says").json()
    assert values(told)["ai-train"] == "disallowed"
    assert told["answers"][3]["deciding"][0]["where"] == "meta robots"
    assert {each["document"] for each in told["documents"]} == {"robots", "home"}


def test_an_agent_that_robots_names_gets_its_own_answer(ask: Ask) -> None:
    assert values(ask("GET", "domains/poems.example/says", agent="gptbot").json())["crawl"] == "disallowed"
    assert values(ask("GET", "domains/poems.example/says").json())["crawl"] != "disallowed"


def test_contradictions_are_told_with_both_sides(world: World, ask: Ask) -> None:
    terms(domain("blog.example"))
    conflict = ask("GET", "domains/blog.example/says").json()["conflicts"][0]
    assert (conflict["allowed"]["channel"], conflict["disallowed"]["channel"]) == ("robots", "terms")


def test_an_agent_that_nobody_registered_is_refused_in_words(ask: Ask) -> None:
    answer = ask("GET", "domains/wiki.example/says", agent="NoSuchBot")
    assert (answer.status_code, "no agent" in answer.json()["detail"]) == (422, True)
