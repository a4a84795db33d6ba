"""Which rule decides: facts of RFC 9309 and of Google's public matcher, in our own words.

Each row: a robots.txt body, the agent, the URL, whether it may be fetched, and the deciding line.
"""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots import MAX_LINE, parse, path_of

FOO = b"User-agent: FooBot\n"
ONLY = FOO + b"Disallow: /\n"

PATTERNS = [
    # longest match in octets, a tie allows (RFC 9309 section 2.2.2)
    (FOO + b"Disallow: /x/page.html\nAllow: /x/\n", "/x/page.html", False, 2),
    (FOO + b"Allow: /x/page.html\nDisallow: /x/\n", "/x/page.html", True, 2),
    (FOO + b"Allow: /x/page.html\nDisallow: /x/\n", "/x/", False, 3),
    (FOO + b"Disallow: \nAllow: \n", "/x", True, None),
    (ONLY + b"Allow: /\n", "/x", True, 3),
    (FOO + b"Disallow: /x\nAllow: /x/\n", "/x", False, 2),
    (FOO + b"Disallow: /x\nAllow: /x/\n", "/x/", True, 3),
    (FOO + b"Allow: /page\nDisallow: /*.html\n", "/page.html", False, 3),
    (FOO + b"Allow: /page\nDisallow: /*.html\n", "/page", True, 2),
    (FOO + b"Allow: /x/page.\nDisallow: /*.html\n", "/x/page.html", True, 2),
    (FOO + b"Allow: /x/page.\nDisallow: /*.html\n", "/x/y.html", False, 3),
    (FOO + b"Allow: /$\nDisallow: /\n", "/", True, 2),
    (FOO + b"Allow: /$\nDisallow: /\n", "/page.html", False, 3),
    (FOO + b"Disallow: /a\nDisallow: /a\n", "/a", False, 2),
    # the path is case-sensitive
    (FOO + b"Disallow: /X/\n", "/x/y", True, None),
    # `*`, `$`, `#`
    (FOO + b"Disallow: /foo/bar/quz\nAllow: /foo/*/qux\n", "/foo/bar/quz", False, 2),
    (FOO + b"Disallow: /foo/bar$\n", "/foo/bar", False, 2),
    (FOO + b"Disallow: /foo/bar$\n", "/foo/bar/", True, None),
    (FOO + b"Disallow: /a$b\n", "/a$b", False, 2),
    (FOO + b"# Disallow: /\nDisallow: /foo/quz#qux\nAllow: /\n", "/foo/quz", False, 3),
    (ONLY + b"Allow: /fish\n", "/fishheads/yummy.html", True, 3),
    (ONLY + b"Allow: /fish\n", "/Fish.asp", False, 2),
    (ONLY + b"Allow: /fish\n", "/?id=fish", False, 2),
    (ONLY + b"Allow: /fish*\n", "/fish.html?id=anything", True, 3),
    (ONLY + b"Allow: /fish/\n", "/fish", False, 2),
    (ONLY + b"Allow: /fish/\n", "/fish/?id=anything", True, 3),
    (ONLY + b"Allow: /*.php\n", "/folder/any.php.file.html", True, 3),
    (ONLY + b"Allow: /*.php\n", "/index?f=filename.php/", True, 3),
    (ONLY + b"Allow: /*.php\n", "/windows.PHP", False, 2),
    (ONLY + b"Allow: /*.php$\n", "/folder/filename.php", True, 3),
    (ONLY + b"Allow: /*.php$\n", "/filename.php?parameters", False, 2),
    (ONLY + b"Allow: /*.php$\n", "/filename.php5", False, 2),
    (ONLY + b"Allow: /fish*.php\n", "/fishheads/catfish.php?parameters", True, 3),
    (ONLY + b"Allow: /fish*.php\n", "/Fish.PHP", False, 2),
    (FOO + b"Disallow: foo\n", "/foo", True, None),
    (FOO + b"Disallow: *foo\n", "/a/foo", False, 2),
    # octets: beyond ASCII they are encoded in rules, hex digits compare without case, nothing is decoded
    (ONLY + b"Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par\n",
     "/foo/bar?qux=taz&baz=http://foo.bar?tar&par", True, 3),
    (ONLY + "Allow: /foo/bar/ツ\n".encode(), "/foo/bar/%E3%83%84", True, 3),
    (ONLY + "Allow: /foo/bar/ツ\n".encode(), "/foo/bar/ツ", False, 2),
    (ONLY + b"Allow: /foo/bar/%E3%83%84\n", "/foo/bar/ツ", False, 2),
    (ONLY + b"Allow: /foo/%e3%83%84\n", "/foo/%E3%83%84", True, 3),
    (ONLY + b"Allow: /foo/%E3%83%84\n", "/foo/%e3%83%84", True, 3),
    (ONLY + b"Allow: /foo/bar/%62%61%7A\n", "/foo/bar/baz", False, 2),
    (ONLY + b"Allow: /foo/bar/%62%61%7A\n", "/foo/bar/%62%61%7A", True, 3),
    (ONLY + b"Allow: /a%2Fb\n", "/a/b", False, 2),
    # an allowed index page allows its folder
    (ONLY + b"Allow: /allowed-slash/index.html\n", "/allowed-slash/", True, 3),
    (ONLY + b"Allow: /allowed-slash/index.html\n", "/allowed-slash/index.htm", False, 2),
    (ONLY + b"Allow: /allowed-slash/index.html\n", "/allowed-slash/index.html", True, 3),
    (FOO + b"Disallow: /a/index.html\n", "/a/", True, None),
    # robots.txt itself
    (ONLY, "/robots.txt", True, None),
    (ONLY, "/robots.txt?x", False, 2),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path", "allowed", "line"), PATTERNS)
def test_the_longest_matching_rule_decides(body: bytes, path: str, allowed: bool, line: int | None) -> None:
    verdict = parse(body).check("FooBot", "https://foo.bar" + path)
    assert (verdict.allowed, verdict.line) == (allowed, line)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/"), ("http://www.example.com", "/"), ("http://www.example.com/", "/"),
        ("http://www.example.com/a", "/a"), ("http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"),
        ("http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"), ("example.com", "/"),
        ("example.com/a/", "/a/"), ("a", "/"), ("a/b", "/b"), ("/a", "/a"), ("example.com?a", "/?a"),
        ("example.com/a;b#c", "/a;b"), ("//a/b/c", "/b/c"), ("http://a#b/c", "/"), ("/a?u=http://b/c", "/a?u=http://b/c"),
    ],
)  # fmt: skip
def test_the_path_of_a_url_is_what_rules_are_compared_with(url: str, path: str) -> None:
    assert path_of(url) == path


def test_a_verdict_quotes_the_rule_as_the_site_wrote_it() -> None:
    verdict = parse(FOO + b"dissalow:  /caf\xc3\xa9/*\n").check("foobot", "https://foo.bar/caf%C3%A9/menu")
    assert verdict == (False, 2, "Disallow: /café/*")


def test_an_over_long_line_is_cut_and_still_counts() -> None:
    path = "/x/" + "a" * (MAX_LINE - len("disallow: /x/"))
    robots = parse(FOO + b"disallow: " + path.encode() + b"/qux\n")
    assert robots.check("FooBot", "http://foo.bar/fux").allowed
    assert not robots.check("FooBot", f"http://foo.bar{path}/fux").allowed


@given(st.text("ab*$", max_size=8), st.text("ab$", max_size=10))
def test_stars_and_dollars_mean_what_the_regular_expression_says(pattern: str, path: str) -> None:
    body, end = (pattern[:-1], "$") if pattern.endswith("$") else (pattern, "")
    expected = re.match("/" + ".*".join(map(re.escape, body.split("*"))) + end, "/" + path)
    verdict = parse(f"User-agent: x\nDisallow: /{pattern}\n".encode()).check("x", f"http://h/{path}")
    assert verdict.allowed is (expected is None)


def test_a_pattern_full_of_stars_takes_no_exponential_time() -> None:
    robots = parse(FOO + b"Disallow: /" + b"*a" * 4000 + b"*b$\n")
    began = time.perf_counter()
    assert robots.check("FooBot", "http://foo.bar/" + "a" * 8000).allowed
    assert time.perf_counter() - began < 0.5


def test_a_hostile_file_of_wildcards_is_levelled_in_bounded_time() -> None:
    rules = b"".join(b"Allow: /*%d\nDisallow: /*%d*\n" % (i, i) for i in range(10_000))
    began = time.perf_counter()
    assert parse(ONLY + rules).level("FooBot") == "all"
    assert time.perf_counter() - began < 10


NAMES = [f"bot-{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]


def slow_file(wild: int, joined: bool) -> bytes:
    """Refusals that longer permissions outweigh, behind many patterns that match nothing; for all agents, or each."""
    lines = [f"User-agent: {name}" for name in NAMES] + [f"Allow: /q{i:05}*zzzzzzzz" for i in range(wild)]
    lines += [f"{word}: /{i}*" for i in range(300) for word in ("Disallow", "Allow")] + ["Disallow: /x*y"]
    own = [f"User-agent: {name}\nDisallow: /{name}*b\nAllow: /{name}*" for name in NAMES] if joined else []
    return "\n".join([*lines, *own]).encode()


@pytest.mark.parametrize(
    ("wild", "joined", "level"), [(14_000, False, "some"), (14_000, True, "all"), (300, True, "some")]
)
def test_a_file_that_is_slow_for_each_of_many_agents_is_slow_once(wild: int, joined: bool, level: str) -> None:
    began = time.process_time()
    robots = parse(slow_file(wild, joined))
    assert {(robots.level(name), robots.reason(name).allowed) for name in NAMES} <= {(level, True), (level, False)}
    assert time.process_time() - began < 5
