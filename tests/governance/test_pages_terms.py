"""Terms of service: what a reader sees of them, what a steward says of them, and whom it reaches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crawler.domain_terms import terms_of
from crawler.models import Content, TermsPage, TermsReview
from tests.factories import SCRAPING, TERMS, World, domain, terms
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db


def review(pages: Pages, host: str = "news.example", **form: str) -> int:
    found = terms_of(domain(host))
    digest = found.version.text_digest if found else ""
    return int(pages.post("domain-terms-review", host, **({"digest": digest, "axis": "scraping"} | form)).status_code)


def test_a_reader_sees_the_deciding_words_in_the_text(world: World, reader: Pages) -> None:
    body = reader.get("domain-terms", "news.example").content.decode()
    assert f"</a>{SCRAPING}</mark>" in body
    assert "These terms forbid scraping and AI training." in body


def test_a_reader_is_offered_no_form(reader: Pages) -> None:
    assert "domain-terms-review" not in reader.get("domain-terms", "news.example").content.decode()
    assert review(reader, verdict="prohibited") == 403


def test_a_steward_confirms_what_was_read(world: World, steward: Pages) -> None:
    assert review(steward, verdict="prohibited") == 302
    made = TermsReview.objects.get()
    assert (made.confirmed, made.by, made.axis) == (True, world.steward, "scraping")


def test_an_override_changes_what_counts_everywhere(world: World, steward: Pages) -> None:
    terms(domain("poems.example"))
    assert review(steward, verdict="conditional", reason="Search engines may.") == 302
    found = terms_of(domain("poems.example"))
    assert found
    assert (found.axis("scraping").verdict, found.stance.paper_class) == ("conditional", "No AI")
    stances = Content.objects.filter(versions__text=TERMS).values_list("stance__scraping", flat=True)
    assert set(stances) == {"conditional"}


def test_an_override_without_a_reason_is_refused_at_the_form(steward: Pages) -> None:
    assert review(steward, verdict="allowed") == 422
    assert not TermsReview.objects.exists()


def test_a_review_of_a_text_that_was_replaced_is_refused(steward: Pages) -> None:
    assert review(steward, verdict="prohibited", digest="0" * 64) == 422


def test_the_newest_review_counts(world: World, steward: Pages) -> None:
    for verdict in ("allowed", "prohibited"):
        review(steward, verdict=verdict, reason="I have read it.")
    found = terms_of(domain("news.example"))
    assert found
    assert found.axis("scraping").verdict == "prohibited"
    assert found.stance.paper_class == "No Scraping & AI"


def test_no_word_of_a_person_leaves_terms_that_cannot_be_read(world: World, steward: Pages) -> None:
    terms(
        domain("poems.example"), "Ehdot suomeksi.", language="fi", scraping="not_mentioned", ai_training="not_mentioned"
    )
    assert "a person has to look" in steward.text("domain-terms", "poems.example")


def test_reviewed_terms_leave_the_queue(steward: Pages) -> None:
    assert "news.example" in steward.text("terms")
    review(steward, verdict="prohibited")
    assert "news.example" not in steward.text("terms")
    assert "news.example" in steward.text("terms", state="reviewed")


def test_the_queue_has_the_most_tokens_first(world: World, steward: Pages) -> None:
    terms(domain("wiki.example"), "Other terms.", at=timezone.now() - timedelta(days=1))
    seen = steward.text("terms")
    assert seen.index("wiki.example") < seen.index("news.example")


def test_the_queue_can_be_of_one_corpus(world: World, steward: Pages) -> None:
    terms(domain("books.example"), "Other terms.")
    seen = steward.text("terms", corpus=str(world.blocked.pk))
    assert "news.example" in seen
    assert "books.example" not in seen


def test_terms_of_a_hidden_corpus_are_in_nobody_elses_queue(world: World, reader: Pages) -> None:
    terms(domain("secret.example"), "Hidden terms.")
    assert "secret.example" not in reader.text("terms")
    assert reader.get("domain-terms", "secret.example").status_code == 404


def test_the_terms_of_a_day_are_those_fetched_by_then(world: World, reader: Pages) -> None:
    terms(domain("news.example"), "Everything is allowed.", at=timezone.now() - timedelta(days=40), scraping="allowed")
    day = (timezone.now() - timedelta(days=30)).date().isoformat()
    assert "Everything is allowed." in reader.text("domain-terms", "news.example", as_of=day)


def test_a_steward_says_where_the_terms_are(world: World, steward: Pages) -> None:
    form = {"url": "https://news.example/legal", "selector": "main .text"}
    assert steward.post("domain-terms-pin", "news.example", **form).status_code == 302
    pinned = TermsPage.objects.get()
    assert (pinned.url, pinned.selector, pinned.pinned_by) == (form["url"], form["selector"], world.steward)
    steward.post("domain-terms-pin", "news.example", url="")
    assert not TermsPage.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("url", "not an address"), ("selector", "]["), ("url", "file:///etc")])
def test_a_pin_that_cannot_be_used_is_told_at_its_field(steward: Pages, field: str, value: str) -> None:
    form = {"url": "https://news.example/legal", field: value}
    assert steward.post("domain-terms-pin", "news.example", **form).status_code == 422
    assert not TermsPage.objects.exists()
