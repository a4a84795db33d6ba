"""Our parser beside Google's own matcher, on our table of cases and on files made up of robots-like lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.robots import parse
from tests.crawler.robots_cases import CASES, Case

NO_ORACLE = "Google's matcher is not installed (pip install jwm-robotstxt)"


def google(body: bytes, agent: str, url: str) -> bool:
    """The oracle's answer. It leaves it to its caller that /robots.txt is always allowed; no row asks that of it."""
    matcher = pytest.importorskip("jwm.robotstxt.googlebot", reason=NO_ORACLE).RobotsMatcher()
    return bool(matcher.OneAgentAllowedByRobots(body, agent, url))


def named(case: Case) -> str:
    return f"{case.source}: {case.agent} {case.url.removeprefix('https://example.org')}"


def test_the_table_has_three_hundred_cases_and_no_case_twice() -> None:
    assert len(CASES) == len({case[1:] for case in CASES}) >= 300


@pytest.mark.parametrize("case", CASES, ids=named)
def test_we_answer_as_the_rfc_says(case: Case) -> None:
    assert parse(case.body).check(case.agent, case.url).allowed is case.allowed


@pytest.mark.parametrize("case", CASES, ids=named)
def test_google_answers_as_the_rfc_says(case: Case) -> None:
    assert google(case.body, case.agent, case.url) is case.allowed


KEYS = [
    "User-agent", "user-agent", "useragent", "user agent", "Disallow", "Allow", "disalow", "dissallow", "Sitemap",
    "Crawl-delay", "Host", "allowance", "", "Content-Usage",
]  # fmt: skip
TOKENS = ["a", "A", "ab", "*", "* x", "a/1", "a b", "b", "a-b", "2a", "", "é"]
PIECES = st.sampled_from(
    ["/", "/", "a", "b", "*", "$", "?", "%2f", "%41", "%", "é", ".html", "/index.html", " ", ";", "#"]
)
VALUES = st.one_of(st.sampled_from(TOKENS), st.lists(PIECES, max_size=6).map(lambda tail: "/" + "".join(tail)))
BETWEEN = st.sampled_from([":", ": ", " : ", " ", "\t", "  ", "::", ""])
LINES = st.one_of(
    st.tuples(st.sampled_from(KEYS[:4]), st.just(": "), st.sampled_from(TOKENS), st.just("")).map("".join),
    st.tuples(st.sampled_from(KEYS), BETWEEN, VALUES, st.sampled_from(["", " ", "# x", "\0y"])).map("".join),
    st.sampled_from(["", "#", "<html>", " "]),
)
ENDS = st.sampled_from(["\n", "\r", "\r\n"])
MARKS = st.sampled_from([b"", b"", b"\xef", b"\xef\xbb", b"\xef\xbb\xbf", b"\xbb\xbf"])
BODIES = st.builds(
    lambda mark, lines: mark + "".join(map("".join, lines)).encode(),
    MARKS,
    st.lists(st.tuples(LINES, ENDS), max_size=14),
)
URL_PIECES = st.sampled_from(["/", "a", "b", "$", "?", "%2F", "%41", "%", ".html", "index.html", "%C3%A9", ";", "*"])
PATHS = st.lists(URL_PIECES, max_size=6).map(lambda tail: "https://h/" + "".join(tail))


@settings(max_examples=1500, deadline=None)
@given(BODIES, st.sampled_from(["a", "ab", "b", "a-b", "zz"]), st.lists(PATHS, min_size=1, max_size=5))
def test_we_agree_with_google_on_any_file_of_robots_like_lines(body: bytes, agent: str, urls: list[str]) -> None:
    robots = parse(body)
    assert [robots.check(agent, url).allowed for url in urls] == [google(body, agent, url) for url in urls]


@given(BODIES, st.lists(PATHS, min_size=1, max_size=3))
def test_hex_of_a_url_has_no_case_as_google_asks_of_its_callers(body: bytes, urls: list[str]) -> None:
    robots = parse(body)
    small = [url.replace("%2F", "%2f").replace("%C3%A9", "%c3%a9") for url in urls]
    assert [robots.check("a", url).allowed for url in small] == [google(body, "a", url) for url in urls]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120), PATHS)
def test_we_agree_with_google_on_any_bytes_in_a_rule(tail: bytes, url: str) -> None:
    body = b"User-agent: a\nDisallow: /" + tail
    assert parse(body).check("a", url).allowed is google(body, "a", url)
