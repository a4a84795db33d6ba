"""Whose rules they are: lines, keys, groups and product tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots import parse, statements

ANY = "http://foo.bar/x/y"

GROUPS = (
    b"allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\n"
    b"allow: /y/\n\n\nallow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n"
)
FALLBACK = b"User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n"
BLANKS = b"User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n"

READINGS = [
    # groups of one agent merge; rules before any agent count for nobody
    (GROUPS, "FooBot", "/x/b", True),
    (GROUPS, "FooBot", "/z/d", True),
    (GROUPS, "FooBot", "/y/c", False),
    (GROUPS, "BarBot", "/y/c", True),
    (GROUPS, "BarBot", "/w/a", True),
    (GROUPS, "BarBot", "/z/d", False),
    (GROUPS, "BazBot", "/z/d", True),
    (GROUPS, "BazBot", "/foo/bar/", False),
    (GROUPS, "FooBot", "/foo/bar/", False),
    # `*` counts only where no group names the agent, even an empty group
    (FALLBACK, "FooBot", "/x/page", True),
    (FALLBACK, "FooBot", "/y/page", False),
    (FALLBACK, "QuxBot", "/x/page", False),
    (b"user-agent: *\ndisallow: /\nuser-agent: FooBot\n", "FooBot", "/", True),
    (b"user-agent: FooBot\ndisallow: /\n", "QuxBot", "/", True),
    (b"user-agent: * \ndisallow: /\n", "QuxBot", "/", False),
    (b"user-agent: * all\ndisallow: /\n", "QuxBot", "/", False),
    (b"user-agent: *Qux\ndisallow: /\n", "QuxBot", "/", True),
    # unknown lines and sitemaps neither open nor close a group
    (b"User-agent: BarBot\nSitemap: https://foo.bar/s\nUser-agent: *\nDisallow: /\n", "BarBot", "/", False),
    (b"User-agent: FooBot\nCrawl-delay: 3\nUser-agent: *\nDisallow: /\n", "FooBot", "/", False),
    (b"User-agent: FooBot\nDisallow:\nUser-agent: *\nDisallow: /\n", "FooBot", "/", True),
    # tokens: letters, `-` and `_`, whole and without case; a value is cut at anything else
    (BLANKS, "Foo", "/x/y", True),
    (BLANKS, "Foo Bar", "/x/y", False),
    (BLANKS, "FooBar", "/x/y", False),
    (b"user-agent: FOO/2.1\ndisallow: /\n", "foo", "/", False),
    (b"user-agent: foobot\ndisallow: /\n", "foo", "/", True),
    (b"user-agent: 360Spider\ndisallow: /\n", "360Spider", "/", True),
    (b"user-agent: a\ndisallow: /a\nuser-agent:\ndisallow: /\n", "a", "/b", True),
    # keys: any case, Google's misspellings, a blank for the colon where two words are left
    (b"uSeR-aGeNt: FooBot\ndIsAlLoW: /\n", "FooBot", "/", False),
    (b"user-agent FooBot\ndisallow /\n", "FooBot", "/", False),
    (b"useragent: FooBot\ndissallow: /\n", "FooBot", "/", False),
    (b"user agent: FooBot\ndissalow: /\n", "FooBot", "/", False),
    (b"user-agent: FooBot\ndisalow: /\n", "FooBot", "/", False),
    (b"user-agent: FooBot\ndiasllow: /\n", "FooBot", "/", False),
    (b"user-agent: FooBot\ndisallaw: /\n", "FooBot", "/", False),
    (b"foo: FooBot\nbar: /\n", "FooBot", "/", True),
    (b"user-agent: FooBot\ndisallow / everything\n", "FooBot", "/", True),
    (b"user-agent: FooBot\n: /\n", "FooBot", "/", True),
    # bytes: marks at the start, ends of line, a NUL
    (b"\xef\xbb\xbfuser-agent: a\ndisallow: /", "a", "/", False),
    (b"\xef\xbbuser-agent: a\rdisallow: /\r", "a", "/", False),
    (b"\xefuser-agent: a\r\ndisallow: /\r\n", "a", "/", False),
    (b"\xef\x11\xbfuser-agent: a\ndisallow: /", "a", "/", True),
    (b"user-agent: a\n\xef\xbb\xbfdisallow: /", "a", "/", True),
    (b"user-agent: a\ndisallow: /b\0/c", "a", "/b", False),
    ("user-agent: a\ndisallow: /".encode("utf-16"), "a", "/", True),
    # nothing asked, nothing refused
    (b"", "FooBot", "", True),
    (b"user-agent: FooBot\ndisallow: /\n", "", "", True),
    (b"user-agent: FooBot\ndisallow: /\n", "FooBot", "", False),
]


@pytest.mark.parametrize(("body", "agent", "path", "allowed"), READINGS)
def test_an_agent_gets_the_rules_of_its_groups(body: bytes, agent: str, path: str, allowed: bool) -> None:
    url = f"http://foo.bar{path}" if path else ""
    assert parse(body).check(agent, url).allowed is allowed


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_are_counted_alike_for_every_line_end(end: bytes) -> None:
    body = end.join([b"User-Agent: foo", b"Allow: /some", b"User-Agent: bar", b"", b"", b"Disallow: /"])
    assert [s.line for s in statements(body)] == [1, 2, 3, 6]
    assert parse(body + end).check("bar", ANY).line == 6


def test_one_group_of_a_hundred_agents_after_a_star_blocks_each_of_them() -> None:
    names = [f"Agent-{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(156)]
    lines = ["User-agent: *", *(f"User-agent: {name}" for name in names), "Disallow: /private", "Disallow: /"]
    levels = parse("\n".join(lines).encode()).levels(names)
    assert set(levels.values()) == {"all"}
    assert len(levels) == 156


def test_sitemaps_are_kept_from_anywhere_in_the_file() -> None:
    robots = parse(b"Sitemap: https://a/1\nUser-agent: x\nSite-map: https://a/2\nDisallow: /\n")
    assert robots.sitemaps == ("https://a/1", "https://a/2")
    assert robots.level("x") == "all"


def test_with_a_limit_the_line_that_it_cuts_does_not_count() -> None:
    body = b"User-agent: *\nDisallow: /private\nDisallow: /more\n"
    assert parse(body, limit=25).level("x") == "none"
    assert parse(body, limit=32).level("x") == "some"
    assert parse(body, limit=10_000).check("x", "/more").line == 3


def test_html_has_no_groups() -> None:
    page = b"<!doctype html><html><head><title>Not found</title></head><body>User-agent: no</body></html>"
    assert not parse(page).has_groups
    assert parse(b"user-agent: *").has_groups


@given(st.binary(max_size=400), st.text(max_size=20), st.text(max_size=40))
def test_no_bytes_make_parsing_or_asking_fail(body: bytes, agent: str, url: str) -> None:
    robots = parse(body)
    assert robots.check(agent, url).allowed in (True, False)
    assert robots.level(agent) in ("none", "some", "all")


DELAYS = (
    b"Host: h\nUser-agent: a\nCrawl-delay: 2\nUser-agent: b\nDisallow: /x\nUser-agent: a\ncrawl-DELAY: 7.5 # slow\n"
)


@pytest.mark.parametrize(("agent", "seconds"), [("a", 7.5), ("b", 2.0), ("c", None)])
def test_the_delay_of_an_agent_is_the_longest_that_its_groups_name(agent: str, seconds: float | None) -> None:
    assert parse(DELAYS).crawl_delay(agent) == seconds


@pytest.mark.parametrize("value", ["", "-1", "nan", "inf", "1e9", "5s", "1,5", "9" * 4000])
def test_a_delay_that_is_no_number_of_seconds_is_none(value: str) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {value}\n".encode()).crawl_delay("a") is None


def test_statements_with_other_keys_belong_to_the_group_they_stand_in() -> None:
    robots = parse(b"License: /l\nUser-agent: a\nContent-Usage: train-ai=n\nDisallow: /x\nUser-agent: *\nHost: h\n")
    assert [tuple(each) for each in robots.extras("a")] == [(3, b"Content-Usage", b"train-ai=n")]
    assert [each.line for each in robots.extras("other")] == [6]
    assert [each.key for each in robots.loose] == [b"License"]


def test_the_rules_of_an_agent_are_those_of_all_its_groups() -> None:
    robots = parse(b"User-agent: a\nDisallow: /x\nUser-agent: *\nDisallow: /y\nUser-agent: A\nAllow: /z\n")
    assert robots.rules("a") == ((False, b"/x", 2), (True, b"/z", 6))
    assert robots.rules("b") == ((False, b"/y", 4),)
