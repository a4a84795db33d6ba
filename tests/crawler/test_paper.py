"""The paper's estimator makes the paper's mistakes, and ours does not."""

import pytest

from crawler import paper
from crawler.robots import parse

NAMES = [f"Agent-{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(156)]
LONG_GROUP = "\n".join(
    ["User-agent: *", "Disallow: /p", "", *(f"User-agent: {n}" for n in NAMES), "Disallow: /"]
).encode()


def blocked(levels: dict[str, str]) -> int:
    return sum(level == "all" for level in levels.values())


def test_after_the_first_rule_only_the_last_agent_of_a_group_is_seen_blocked() -> None:
    assert blocked(paper.levels(LONG_GROUP, NAMES)) == 1
    assert blocked(parse(LONG_GROUP).levels(NAMES)) == 156


def test_before_any_rule_the_whole_group_is_seen() -> None:
    assert blocked(paper.levels(LONG_GROUP.partition(b"\n\n")[2], NAMES)) == 156


def test_the_latest_edition_gives_a_rule_to_all_agents_above_it() -> None:
    body = b"User-agent: a\nDisallow: /x\nUser-agent: b\nDisallow: /\n"
    assert paper.levels(body, ["a", "b"], "latest") == {"a": "all", "b": "all"}
    assert paper.levels(body, ["a", "b"]) == parse(body).levels(["a", "b"]) == {"a": "some", "b": "all"}


@pytest.mark.parametrize(
    ("rules", "theirs", "ours"),
    [
        ("Disallow: /", "all", "all"), ("Disallow:", "none", "none"), ("", "none", "none"),
        ("Disallow: /x", "some", "some"), ("Allow: /x", "none", "none"),
        ("Disallow: /*", "some", "all"), ("Disallow: *", "some", "all"),
        ("Disallow: /x?", "none", "some"), ("Disallow: /\nAllow: /", "none", "none"),
        ("Disallow: /x\nDisallow: /y\nAllow: /", "some", "some"), ("Disallow: /\nAllow: x", "some", "all"),
        ("Disallow:\nDisallow:", "some", "none"),
    ],
)  # fmt: skip
def test_they_read_rules_as_words_and_we_as_what_may_be_fetched(rules: str, theirs: str, ours: str) -> None:
    body = f"User-agent: a\n{rules}\n".encode()
    assert paper.levels(body, ["a"]) == {"a": theirs}
    assert parse(body).level("a") == ours


def test_an_agent_is_met_only_in_the_first_spelling() -> None:
    body = b"User-agent: gptbot\nDisallow: /\n"
    assert paper.levels(body, ["GPTBot", "gptbot"]) == {"GPTBot": "none", "gptbot": "all"}


def test_an_agent_that_is_not_named_has_what_the_star_has() -> None:
    assert paper.levels(b"User-agent: *\nDisallow: /\n", ["b"]) == {"b": "all"}
