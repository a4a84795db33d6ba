"""What terms come to may turn on words that are too few to count by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.drift import terms_changes
from crawler.drift.telling import Change

START = datetime(2026, 1, 1, tzinfo=UTC)
BASE = (
    "Welcome to our service, which is for everybody. You may read our articles at home. "
    "We may change the prices at any time with notice.\n\n"
)
LIST = "* copy our articles by hand\n* scrape our pages with robots"


def changes(*texts: str, days: float = 1) -> list[Change]:
    return terms_changes([(START + timedelta(days=days * n), text) for n, text in enumerate(texts)])


@pytest.mark.parametrize("ban", ["Do not scrape.", "Scraping is prohibited."])
def test_a_ban_of_few_words_is_told(ban: str) -> None:
    found = [(change.kind, change.direction, change.axis) for change in changes(BASE, BASE + ban)]
    assert found == [("clause-added", "tightened", "scraping")]


@pytest.mark.parametrize(("may", "not_"), [("You may:", "You may not:"), ("You are allowed to:", "You must not:")])
def test_the_words_above_a_list_turn_its_items(may: str, not_: str) -> None:
    found = changes(f"{BASE}{may}\n\n{LIST}", f"{BASE}{not_}\n\n{LIST}")
    scraping = next(change for change in found if change.axis == "scraping")
    assert (scraping.direction, scraping.before[:8], scraping.after[:8]) == ("tightened", may[:8], not_[:8])


def test_a_ban_of_few_words_that_is_taken_back_within_the_window_is_not_told() -> None:
    assert changes(BASE, BASE + "Do not scrape.", BASE) == []


def test_a_ban_of_few_words_that_lasted_is_told_when_it_goes() -> None:
    found = [(change.kind, change.direction) for change in changes(BASE, BASE + "Do not scrape.", BASE, days=30)]
    assert found == [("clause-added", "tightened"), ("clause-removed", "loosened")]


def test_a_text_of_one_short_sentence_can_change() -> None:
    found = changes("You may not scrape this site.", "You may scrape this site.")
    assert [(change.kind, change.direction) for change in found] == [("clause-changed", "loosened")]


def test_another_currency_is_another_price() -> None:
    dear, cheap = (BASE + f"The licence costs {sign}20 for each and every month." for sign in "€$")
    assert [change.kind for change in changes(cheap, dear)] == ["text-changed"]


def test_a_cookie_banner_without_buttons_says_nothing() -> None:
    banner = "We use cookies to improve your experience. By continuing to browse you agree to that."
    assert changes(BASE, BASE + banner) == []
