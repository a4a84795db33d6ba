"""What counts as a change of terms over their recorded versions, and what only looks like one."""

import lzma
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.drift import KINDS, terms_account, terms_changes
from crawler.terms.verdict import TermsVerdict

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
HISTORY = Path(__file__).parents[2] / "../shared/data/terms_history.jsonl.xz"

READ = "You may read all pages of this website at any time."
BAN = "You may not scrape the website or use any robot to copy it."
LAW = "These terms are governed by the laws of the country where we live."
TERMS = f"# Terms of use\n\nLast updated: 3 May 2024\n\n{READ} {LAW}\n\n{BAN}\n"

sentences = st.sampled_from(
    [READ, BAN, LAW, "Payments are due within thirty days.", "We may close an account that harms others."]
)
texts = st.lists(sentences, min_size=1, unique=True).map("\n\n".join)


def kinds(*texts: str, every: timedelta = 30 * DAY, technical: list[bool] | None = None) -> list[tuple[str, str]]:
    versions = [(START + n * every, text) for n, text in enumerate(texts)]
    return [
        (change.kind, change.direction) for change in terms_changes(versions, technical=technical or [], language="en")
    ]


def reasons(*texts: str, every: timedelta = 30 * DAY) -> list[str]:
    return [each.reason for each in terms_account([(START + n * every, text) for n, text in enumerate(texts)])]


def test_a_ban_that_is_added_is_a_clause_with_its_words() -> None:
    [change] = terms_changes([(START, TERMS.replace(BAN, "")), (START + DAY, TERMS)], language="en")
    assert (change.at, change.kind, change.direction) == (START + DAY, "clause-added", "tightened")
    assert (change.axis, change.before, change.after) == ("scraping", "", BAN)


def test_a_ban_that_is_removed_loosens() -> None:
    assert kinds(TERMS, TERMS.replace(BAN, "")) == [("clause-removed", "loosened")]


def test_a_ban_in_other_words_is_changed_but_neutral() -> None:
    assert kinds(TERMS, TERMS.replace("any robot", "any spider, robot or scraper")) == [("clause-changed", "neutral")]


def test_another_sentence_of_no_axis_is_text() -> None:
    assert kinds(TERMS, TERMS.replace("where we live", "where you live")) == [("text-changed", "neutral")]


def test_what_is_taken_back_within_the_window_is_no_change() -> None:
    assert kinds(TERMS, TERMS.replace(BAN, ""), TERMS, every=3 * DAY) == []


def test_what_lasts_longer_than_the_window_is_two_changes() -> None:
    assert [kind for kind, _ in kinds(TERMS, TERMS.replace(BAN, ""), TERMS)] == ["clause-removed", "clause-added"]


def test_a_page_that_fails_for_a_day_hides_no_change_beside_it() -> None:
    lines = "\n\n".join(f"Article {n} says that number {n} is lent to nobody at all." for n in range(30))
    error = "This page isn't available. An unexpected error has occurred."
    assert kinds(lines + TERMS, error, lines + TERMS.replace(BAN, ""), every=DAY) == [("clause-removed", "loosened")]


def test_terms_that_stay_away_have_vanished() -> None:
    lines = "\n\n".join(f"Article {n} says that number {n} is lent to nobody at all." for n in range(30))
    assert kinds(lines, "Not found", "Not found") == [("terms-vanished", "neutral")]


def test_what_our_own_extractor_changed_is_no_change() -> None:
    assert kinds(TERMS, READ, READ, technical=[False, True, False]) == []


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (TERMS, "same text"), (TERMS.replace(" ", "  ").replace("\n\n", "\n\n\n"), "whitespace"),
        (TERMS.replace(BAN, f"**{BAN}**"), "markup, punctuation or link targets"),
        (TERMS.replace("website", "[website](https://x.example/?utm_source=1)"), "markup, punctuation or link targets"),
        (TERMS.replace("3 May 2024", "7 June 2026"), "date stamp"),
        (f"Last updated: 3 May 2024\n\n{BAN}\n\n# Terms of use\n\n{LAW}\n\n{READ}", "order or repetition"),
        (f"[Home](/) [Prices](/prices)\n\n{TERMS}", "navigation, headings, banners or counters"),
        (f"{TERMS}\n\n© 2026 Example Ltd. All rights reserved.", "navigation, headings, banners or counters"),
        (f"{TERMS}\n\nWe use cookies. [Accept all cookies](#) or [reject all](#).",
         "navigation, headings, banners or counters"),
        (f"{TERMS}\n\n12 people found this helpful", "navigation, headings, banners or counters"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_change_has_a_reason(after: str, reason: str) -> None:
    assert reasons(TERMS, after)[1] == reason


def test_entities_quote_style_and_list_markers_are_markup() -> None:
    before = f"{LAW}\n\n* sell the “data” & the tools to others\n"
    after = f'{LAW}\n\n1. sell the "data" &amp; the tools to others\n'
    assert reasons(before, after)[1] == "markup, punctuation or link targets"


def test_an_entry_of_a_list_counts_though_it_is_short() -> None:
    assert kinds(f"{LAW}\n\nDo not:\n\n* sell tools\n", f"{LAW}\n\nDo not:\n\n* sell tools\n* copy pages\n")


def test_a_date_within_a_sentence_that_says_more_counts() -> None:
    assert kinds("Your rights end on 3 May 2024 everywhere.", "Your rights end on 7 May 2026 everywhere.")


def test_a_negation_alone_is_a_change() -> None:
    assert kinds(TERMS, TERMS.replace("may not scrape", "may scrape"))


@given(st.lists(texts, min_size=1, max_size=5))
def test_every_version_is_accounted_for(history: list[str]) -> None:
    account = terms_account([(START + n * DAY, text) for n, text in enumerate(history)])
    assert len(account) == len(history)
    for each in account:
        assert bool(each.changes) != bool(each.reason)
        assert all(change.kind in KINDS for change in each.changes)


@given(texts, texts)
def test_a_return_within_the_window_raises_nothing(one: str, other: str) -> None:
    assert kinds(one, other, one, every=DAY) == []


@given(texts, st.randoms())
def test_the_order_of_blocks_says_nothing(text: str, chance: object) -> None:
    blocks = text.split("\n\n")
    chance.shuffle(blocks)
    assert kinds(text, "\n\n".join(blocks)) == []


@given(texts, texts)
def test_a_sentence_is_never_lost(one: str, other: str) -> None:
    assert bool(kinds(one, other)) == (set(one.split("\n\n")) != set(other.split("\n\n")))


@pytest.mark.parametrize(
    "hostile", ["[" * 50_000, "[a](" * 20_000, "<p " * 50_000, "1." * 60_000, "* " * 60_000, "![(" * 30_000]
)
def test_hostile_text_takes_no_long_time(hostile: str) -> None:
    began = time.perf_counter()
    terms_account([(START, hostile), (START + DAY, hostile[1:])], classify=lambda text, language: TermsVerdict())
    assert time.perf_counter() - began < 10


@pytest.mark.slow
@pytest.mark.skipif(not HISTORY.exists(), reason="the recorded terms of ../shared/data are not here")
def test_no_recorded_upgrade_and_no_lone_return_is_reported() -> None:
    import json

    with lzma.open(HISTORY, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["service"] == "Claude.ai"]
    for document in {row["terms"] for row in rows}:
        held = [row for row in rows if row["terms"] == document]
        told = [(datetime.fromisoformat(row["date"]), row["text"]) for row in held]
        account = terms_account(told, technical=[row["technical"] for row in held])
        assert not [each for each, row in zip(account, held, strict=True) if row["technical"] and each.changes]
