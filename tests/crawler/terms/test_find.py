"""Which pages may hold a site's terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.terms.find import MAX_CANDIDATES, NAMES, find

HOME = "https://www.example.co.uk/en/"


def first(html: str) -> tuple[str, float]:
    found = find(html.encode(), HOME)
    return found[0].url, found[0].score


@pytest.mark.parametrize("language", list(NAMES))
def test_a_link_says_terms_in_many_languages(language: str) -> None:
    for name in NAMES[language][0].split(" | "):
        url, score = first(f'<a href="/x/17">{name.upper()}</a>')
        assert (url, score >= 1) == ("https://www.example.co.uk/x/17", True)


def test_the_footers_terms_come_before_the_legal_page_and_guesses_come_last() -> None:
    page = '<a href="/legal">Legal</a><footer><a href="../terms#top">Terms &amp; Conditions</a></footer>'
    urls = [candidate.url for candidate in find(page.encode(), HOME)]
    assert urls[:2] == ["https://www.example.co.uk/terms", "https://www.example.co.uk/legal"]
    assert "https://www.example.co.uk/tos" in urls[2:]


def test_a_candidate_says_why() -> None:
    assert find(b'<a href="/a">Nutzungsbedingungen</a>', HOME)[0].why == "a link says 'nutzungsbedingungen' (de)"


@pytest.mark.parametrize(
    "words",
    ["Privacy policy", "Cookie terms", "Long-term investing", "What our terms mean for the trees of the village"],
)
def test_other_pages_are_none(words: str) -> None:
    assert first(f'<a href="/a">{words}</a>')[1] < 0.5


def test_another_site_counts_only_where_the_link_says_that_terms_are_there() -> None:
    page = '<a href="https://legal.group.com/t">Terms of Use</a><a href="https://other.com/terms">More</a>'
    urls = [candidate.url for candidate in find(page.encode(), HOME)]
    assert urls[0] == "https://legal.group.com/t"
    assert "https://other.com/terms" not in urls


def test_another_host_of_the_same_domain_is_the_same_site() -> None:
    assert first('<a href="https://about.example.co.uk/terms">Terms</a>') == ("https://about.example.co.uk/terms", 1.1)


@pytest.mark.parametrize(
    "href", ["javascript:terms()", "mailto:terms@example.org", "http://[broken", "ftp://a/terms", ""]
)
def test_a_link_that_is_no_page_is_none(href: str) -> None:
    assert first(f'<a href="{href}">Terms of use</a>')[1] < 1 or href == ""


def test_credentials_in_a_link_are_left_out() -> None:
    assert first('<a href="https://a:b@www.example.co.uk/t">Terms</a>')[0] == "https://www.example.co.uk/t"


@given(st.binary(max_size=300))
def test_any_page_has_candidates_of_http_only(body: bytes) -> None:
    found = find(b"<a href='" + body, HOME)
    assert 0 < len(found) <= MAX_CANDIDATES
    assert all(candidate.url.startswith(("http://", "https://")) for candidate in found)
