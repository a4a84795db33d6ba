"""What holds for any text, and on the texts that come with the demo and the labelled documents."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.terms import DOCUMENTS, MACRO_TARGET, TARGETS, load, macro, rules, score
from crawler.terms import classify
from governance.demo.terms import terms_text

WORDS = [
    *("you", "we", "must", "may", "not", "scrape", "robots", "automated means", "train", "AI", "models", "content"),
    *("output", "site", ":", ";", ".", "(a)", "(b)", "\n", "\n\n- ", "\n## ", "*", "**", "](http://x)", "prohibited"),
    *("commercial use", "personal", "only", "Nicht", "\u0130", "\u00df", "\u2019", "without consent", "e.g.", "copy"),
]
TEXTS = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))


@given(TEXTS, st.sampled_from(["en", "de", "fr", "es", None]))
def test_any_text_is_read_and_every_quote_is_verbatim(text: str, language: str | None) -> None:
    for clause in classify(text, language).clauses:
        assert text[clause.start : clause.end] == clause.quote != ""


@pytest.mark.parametrize(
    "pattern", ["scrape;", "(a) scrape ", "you may not use bots ", "](", "**", "- you may not:\n  - "]
)
def test_reading_takes_time_in_proportion_to_the_text(pattern: str) -> None:
    def seconds(length: int) -> float:
        text = (pattern * (length // len(pattern) + 1))[:length]
        began = time.process_time()
        classify(text, "en")
        return time.process_time() - began

    assert seconds(80_000) < 12 * seconds(20_000) + 0.5


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("unrestricted", "Unrestricted Use"),
        ("conditional", "Conditional Use"),
        ("non-commercial", "NC Only"),
        ("no-scraping", "No Scraping"),
        ("no-ai", "No AI"),
        ("no-scraping-no-ai", "No Scraping & AI"),
        ("none", "No Terms Pages"),
    ],
)
def test_the_demos_texts_come_out_as_they_are_meant(kind: str, named: str) -> None:
    assert classify(terms_text(kind, "www.example.org") or "").paper_class == named


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the labelled documents (../shared/data/tos_dev.jsonl) are not here")
def test_the_labelled_documents_are_read_as_well_as_promised() -> None:
    documents = load(DOCUMENTS)
    answers = rules(documents)
    for asked, target in TARGETS.items():
        assert score(documents, answers, *asked).f1 >= target
    assert macro(documents, answers) >= MACRO_TARGET
