"""The registry of agents, and the strings of level letters."""

from collections import Counter
from pathlib import Path

import pytest

from crawler.agents import Agent, Purpose, Roll, product_token, shipped
from crawler.robots import parse

AGENTS = shipped()
BY_NAME = {agent.name: agent for agent in AGENTS}


def test_the_registry_knows_at_least_sixty_agents_of_every_purpose() -> None:
    assert len(AGENTS) >= 60
    assert {agent.purpose for agent in AGENTS} == set(Purpose)


def test_every_agent_has_an_operator_a_note_and_a_token_of_its_own() -> None:
    assert all(agent.operator and agent.note and agent.token for agent in AGENTS)
    tokens = Counter(token.lower() for _, tokens in Roll.of(AGENTS).entries for token in tokens)
    assert {token for token, times in tokens.items() if times > 1} == set()


def test_documented_agents_cite_their_documentation() -> None:
    assert all(agent.url.startswith("https://") for agent in AGENTS if agent.url)
    assert sum(bool(agent.url) for agent in AGENTS) >= 60


def test_a_successor_is_an_agent_of_the_registry() -> None:
    assert BY_NAME["anthropic-ai"].successor == "ClaudeBot"
    assert all(agent.successor in BY_NAME for agent in AGENTS if agent.successor)


def test_control_tokens_never_fetch() -> None:
    controls = {agent.name for agent in AGENTS if not agent.fetches}
    assert controls == {"Google-Extended", "Applebot-Extended"}


@pytest.mark.parametrize(
    ("name", "token"),
    [("GPTBot", "GPTBot"), ("MistralAI-User/1.0", "MistralAI-User"), ("Kangaroo Bot", "Kangaroo"), ("360Spider", "")],
)
def test_a_token_ends_where_rfc_9309_ends_it(name: str, token: str) -> None:
    assert product_token(name) == token


def test_a_name_that_is_no_valid_token_is_found_where_a_site_writes_it() -> None:
    roll = Roll.of(AGENTS)
    letters = roll.letters(parse(b"User-agent: Kangaroo Bot\nUser-agent: MistralAI-User/1.0\nDisallow: /\n"))
    blocked = {name for name, level in roll.levels(letters).items() if level == "all"}
    assert blocked == {"Kangaroo Bot", "MistralAI-User"}


def test_of_several_names_of_one_agent_the_strictest_named_counts() -> None:
    roll = Roll.of([Agent("omgili", "Webz.io", Purpose.DATASET, aliases=("omgilibot",))])
    assert roll.letters(parse(b"User-agent: omgilibot\nDisallow: /\n\nUser-agent: *\nDisallow:\n")) == "a"
    both = b"User-agent: omgili\nDisallow: /x\nUser-agent: omgilibot\nDisallow:\n"
    assert roll.letters(parse(both)) == "s"


def test_letters_and_levels_are_inverse() -> None:
    roll = Roll.of(AGENTS)
    letters = roll.letters(parse(b"User-agent: CCBot\nDisallow: /\nUser-agent: *\nDisallow: /a\n"))
    assert roll.levels(letters)["CCBot"] == "all"
    assert Counter(letters) == {"s": len(AGENTS) - 1, "a": 1}


def test_the_version_of_a_roll_follows_names_and_tokens_but_no_wording() -> None:
    one = Agent("A", "x", Purpose.TRAIN)
    assert Roll.of([one]).version == Roll.of([Agent("A", "y", Purpose.SEARCH, note="other")]).version
    assert Roll.of([one]).version != Roll.of([Agent("A", "x", Purpose.TRAIN, aliases=("B",))]).version


def test_one_group_of_every_agent_blocks_each_agent_that_we_know_too() -> None:
    path = Path(__file__).parents[2].parent / "shared" / "data" / "ai_agents_robots.txt"
    if not path.exists():
        pytest.skip("the list of AI agents is not beside this checkout (../shared/data)")
    file, roll = parse(path.read_bytes()), Roll.of(AGENTS)
    named = {name for name, tokens in roll.entries if any(file.names(token) for token in tokens)}
    levels = roll.levels(roll.letters(file))
    assert {name for name, level in levels.items() if level == "all"} == named
    assert len(named) >= 80
