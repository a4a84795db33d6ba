"""The level of an agent: none, some or all of a site refused."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.robots import parse

CASES = [
    ("", "none"),
    ("Disallow:", "none"),
    ("Allow: /", "none"),
    ("Crawl-delay: 10", "none"),
    ("Disallow: /", "all"),
    ("Disallow: /*", "all"),
    ("Disallow: *", "all"),
    ("Disallow: /*$", "all"),
    ("Disallow: /$", "some"),
    ("Disallow: /private", "some"),
    ("Disallow: /*.pdf$", "some"),
    ("Disallow: private", "none"),
    ("Disallow: /\nAllow: /", "none"),
    ("Disallow: /\nAllow: /public", "some"),
    ("Disallow: /\nAllow: /$", "some"),
    ("Disallow: /\nAllow: /index.html", "some"),
    ("Disallow: /\nAllow: /robots.txt", "all"),
    ("Disallow: /\nAllow: *.css", "some"),
    ("Disallow: /\nAllow: foo", "all"),
    ("Disallow: /*\nAllow: /", "all"),
    ("Disallow: /\nAllow: /*", "none"),
    ("Disallow: /\nDisallow: /public/\nAllow: /public", "some"),
    ("Disallow: /\nDisallow: /public*\nAllow: /public", "all"),
    ("Disallow: /\nDisallow: /*/css\nAllow: */css", "some"),
    ("Disallow: /a\nAllow: /a", "none"),
    ("Disallow: /a\nAllow: /ab", "some"),
]


@pytest.mark.parametrize(("rules", "level"), CASES)
def test_the_level_is_what_an_agent_may_still_fetch(rules: str, level: str) -> None:
    assert parse(f"User-agent: *\n{rules}\n".encode()).level("CCBot") == level


def test_each_agent_has_its_own_level_and_the_others_have_the_stars() -> None:
    robots = parse(b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nDisallow: /admin\n")
    assert robots.levels(["gptbot", "CCBot", "ia_archiver"]) == {"gptbot": "all", "CCBot": "all", "ia_archiver": "some"}


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("Disallow: /x\nDisallow: /", (False, 3, "Disallow: /")),
        ("Disallow: /b\nDisallow: /a", (False, 2, "Disallow: /b")),
        ("Allow: /b\nDisallow: /b\nDisallow: /a", (False, 4, "Disallow: /a")),
        ("Allow: /", (True, 2, "Allow: /")),
        ("Disallow:", (True, None, None)),
        ("Disallow: /x\nDisallow: *", (False, 3, "Disallow: *")),
    ],
)
def test_the_reason_is_the_rule_behind_the_level(rules: str, reason: tuple[bool, int | None, str | None]) -> None:
    robots = parse(f"User-agent: *\n{rules}\n".encode())
    assert robots.reason("any") == reason


PATHS = ["http://h/" + "".join(tail) for length in range(6) for tail in product("a/x", repeat=length)]
RULES = st.lists(
    st.tuples(st.sampled_from(["Allow", "Disallow"]), st.text("a/*", max_size=4), st.sampled_from(["", "$"])),
    max_size=5,
)


@settings(max_examples=300)
@given(RULES, st.booleans())
def test_the_level_agrees_with_asking_for_every_short_path(rules: list[tuple[str, str, str]], root: bool) -> None:
    lines = ["User-agent: *", *(["Disallow: /"] if root else []), *(f"{key}: {text}{end}" for key, text, end in rules)]
    robots = parse("\n".join(lines).encode())
    verdicts = {robots.check("any", path).allowed for path in PATHS}
    level = {frozenset({True}): "none", frozenset({False}): "all"}.get(frozenset(verdicts), "some")
    assert robots.level("any") == level
