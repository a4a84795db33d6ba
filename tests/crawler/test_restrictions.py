"""The finer scale: what a site says to an agent, by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.restrictions import KINDS, ORDER, Restriction, finer
from crawler.robots import parse
from crawler.states import PERMITTING, SPEAKING, State


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        ("Disallow:", "none"), ("Allow: /", "none"), ("", "none"), ("Crawl-delay: 0", "none"),
        ("Disallow:\nSitemap: https://h/s.xml", "sitemap"),
        ("Crawl-delay: 10", "crawl-delay"), ("Crawl-delay: 1.5\nSitemap: https://h/s.xml", "crawl-delay"),
        ("Crawl-delay: soon", "none"),
        ("Content-Signal: ai-train=no\nAllow: /", "other"), ("Request-rate: 1/5\nCrawl-delay: 5", "other"),
        ("Disallow: /admin/\nDisallow: /cgi-bin/", "private-directories"),
        ("Disallow: /a\nCrawl-delay: 5", "private-directories"),
        ("Disallow: /admin/\nDisallow: /*.pdf", "patterns"),
        ("Disallow: /x$", "patterns"), ("Disallow: /s?q=", "patterns"),
        ("Disallow: /admin/\nAllow: /*.pdf", "private-directories"), ("Disallow: /admin\nDisallow: *", "full"),
        ("Disallow: /", "full"), ("Disallow: /\nAllow: /public", "private-directories"),
    ],
)  # fmt: skip
def test_a_file_is_of_the_strictest_kind_that_holds(rules: str, kind: str) -> None:
    assert finer(f"User-agent: *\n{rules}\n".encode(), State.OK, "CCBot") == kind


def test_each_agent_has_its_own_kind() -> None:
    robots = parse(b"User-agent: a\nDisallow: /\nUser-agent: *\nCrawl-delay: 3\n")
    assert [finer(robots, State.REDIRECTED, agent) for agent in "ab"] == ["full", "crawl-delay"]


@pytest.mark.parametrize("state", sorted(PERMITTING))
def test_without_a_file_that_speaks_there_is_no_robots(state: State) -> None:
    assert finer(b"User-agent: *\nDisallow: /\n", state, "a") == "no-robots"


def test_a_site_without_an_answer_is_told_apart() -> None:
    assert finer(b"", State.UNREACHABLE, "a") == Restriction.UNREACHABLE


def test_the_table_has_every_kind_once() -> None:
    assert sorted(ORDER) == sorted(Restriction)
    assert len(KINDS) == len(set(ORDER))


@given(
    st.lists(
        st.sampled_from(["Disallow: /a", "Disallow: /*b", "Crawl-delay: 2", "Host: h", "Disallow: /", "Disallow:"])
    )
)
def test_another_line_never_makes_a_file_milder(lines: list[str]) -> None:
    kinds = [finer("\n".join(["User-agent: *", *lines[:n]]).encode(), State.OK, "a") for n in range(len(lines) + 1)]
    assert kinds == sorted(kinds, key=ORDER.index)


@pytest.mark.parametrize("state", sorted(SPEAKING))
def test_where_a_file_speaks_its_kind_counts(state: State) -> None:
    assert finer(b"User-agent: *\nDisallow: /\n", state, "a") == "full"
