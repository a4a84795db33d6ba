"""The page of a site as of a day: everything on it as it was known then, a banner, and the way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import NOAI, REFUSES_ALL, World, domain, home, snapshot, terms
from tests.governance.asking import Ask
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db


def ago(days: int) -> str:
    """A day as the page takes it."""
    return f"{timezone.now() - timedelta(days=days):%Y-%m-%d}"


@pytest.fixture
def turned(world: World, db: None) -> str:
    """A site that permitted everything until fifty days ago, and refuses by every channel since."""
    site, then = domain("forum.example"), timezone.now() - timedelta(days=50)
    snapshot(site, b"User-agent: *\nAllow: /\n", then - timedelta(days=100))
    snapshot(site, REFUSES_ALL, then)
    home(site, NOAI, at=then)
    terms(site, at=then)
    return site.name


@pytest.fixture
def reader(world: World, db: None, turned: str) -> Pages:
    """A browser that may read every site."""
    return Pages(world.admin)


def test_a_site_is_shown_as_it_was_known_by_the_end_of_a_day(reader: Pages, turned: str) -> None:
    then = reader.text("domain", turned, as_of=ago(90))
    assert "You look at" in then
    assert "what was known by the end of that day" in then
    assert "Training AI models Unstated" in then
    assert "Training AI models Disallowed" in reader.text("domain", turned)


def test_statements_and_terms_that_came_later_are_not_there_then(reader: Pages, turned: str) -> None:
    then, now = reader.text("domain", turned, as_of=ago(90)), reader.text("domain", turned)
    assert "No terms of service have been read." in then
    assert "meta robots" not in then
    assert "Terms of service: No Scraping & AI" in now
    assert "meta robots" in now


def test_the_way_back_leads_to_now(reader: Pages, turned: str) -> None:
    page = reader.get("domain", turned, as_of=ago(90)).content.decode()
    assert f'<a href="{reverse("domain", args=[turned])}">Back to now</a>' in page
    assert "Back to now" not in reader.text("domain", turned)


def test_before_anything_is_known_the_page_says_so_and_from_when_on(reader: Pages, turned: str) -> None:
    seen = reader.text("domain", turned, as_of=ago(900))
    assert "This site had not been asked by that day." in seen
    assert "The first that is known is from" in seen


@pytest.mark.parametrize("bad", ["yesterday", "2024-13-01", "31.12.2024 25:00", "\x00"])
def test_what_is_no_date_is_told_in_one_sentence(reader: Pages, turned: str, bad: str) -> None:
    page = reader.get("domain", turned, as_of=bad)
    assert page.status_code == 200
    assert "This is no date; write it as 2024-05-31." in page.content.decode()


def test_links_to_other_fetches_and_to_the_terms_keep_the_day(reader: Pages, turned: str) -> None:
    page = reader.get("domain", turned, as_of=ago(20)).content.decode()
    assert f"?as_of={ago(20)}&amp;snapshot=" in page
    assert f"{reverse('domain-terms', args=[turned])}?as_of={ago(20)}" in page


def test_the_api_tells_what_a_site_said_then(administering: Ask, turned: str) -> None:
    moments = [(timezone.now() - timedelta(days=days)).isoformat() for days in (90, 10)]
    said = [administering("GET", f"domains/{turned}/says", as_of=at).json()["answers"] for at in moments]
    training = [next(a["value"] for a in answers if a["purpose"] == "ai-train") for answers in said]
    assert training == ["unstated", "disallowed"]


def test_the_api_answers_a_bad_date_with_one_sentence(administering: Ask, turned: str) -> None:
    answer = administering("GET", f"domains/{turned}/says", as_of="2024-05-31")
    assert answer.status_code == 422
    assert "2026-11-30T09:00:00Z" in answer.content.decode()
