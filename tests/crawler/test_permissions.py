"""The answer of all channels together."""

import dataclasses
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.agents import Agent, Purpose, shipped
from crawler.channels import CHANNELS, PURPOSES, Signal, read_signals
from crawler.permissions import (
    UNSTATED,
    Conflict,
    Permission,
    Terms,
    answer,
    combine,
    permissions,
    refused_purposes,
    singled_out,
)
from crawler.robots import parse
from crawler.states import PERMITTING, State

TRAIN = Agent("GPTBot", "OpenAI", Purpose.TRAIN)
SEARCH = Agent("SearchBot", "Anyone", Purpose.SEARCH)
DATASET = Agent("CCBot", "Common Crawl", Purpose.DATASET)
USER = Agent("FetchBot", "Anyone", Purpose.USER_FETCH)
UNKNOWN = Agent("DarkBot", "Nobody", Purpose.UNDOCUMENTED)
CONTROL = Agent("Google-Extended", "Google", Purpose.TRAIN, fetches=False)
ALL = [TRAIN, SEARCH, DATASET, USER, UNKNOWN, CONTROL]
RANK = {"unstated": 0, "allowed": 1, "disallowed": 2}


def statement(value: str, channel: str = "aipref", **more: object) -> Signal:
    return Signal(channel, "ai-train", "*", value, "somewhere", **more)


def table(robots: bytes = b"", terms: Terms | None = None, **documents: object) -> dict[tuple[str, str], Permission]:
    signals = read_signals(robots=robots, **documents)
    return permissions(parse(robots), State.OK, signals, terms, ALL)


def values(found: dict[tuple[str, str], Permission], agent: str) -> list[str]:
    return [found[agent, purpose].value for purpose in PURPOSES]


# --- the law of combination ------------------------------------------------------------------------------

statements = st.lists(
    st.builds(
        statement, st.sampled_from(["allowed", "disallowed", "unstated"]), st.sampled_from(sorted(CHANNELS)),
        line=st.integers(1, 3),
    ), max_size=8,
)  # fmt: skip


@given(statements, st.randoms())
def test_order_and_repetition_do_not_matter(told: list[Signal], random: Random) -> None:
    mixed = [*told, *told]
    random.shuffle(mixed)
    assert combine(mixed) == combine(told)


@given(statements)
def test_what_decides_decides_alone(told: list[Signal]) -> None:
    found = combine(told)
    assert combine(found.deciding) == dataclasses.replace(found, conflicts=())


@given(statements, statements)
def test_another_statement_never_loosens_the_answer(told: list[Signal], more: list[Signal]) -> None:
    assert RANK[combine([*told, *more]).value] >= RANK[combine(told).value]


@given(statements)
def test_every_channel_that_permits_what_another_refuses_is_in_a_conflict(told: list[Signal]) -> None:
    found = combine(told)
    permitting, refusing = ({s.channel for s in told if s.value == value} for value in ("allowed", "disallowed"))
    pairs = {(conflict.allowed.channel, conflict.disallowed.channel) for conflict in found.conflicts}
    assert pairs == {(one, other) for one in permitting for other in refusing}


def test_nothing_said_is_unstated() -> None:
    assert combine([]) == UNSTATED == Permission("unstated")


def test_a_permission_stands_where_nobody_refuses() -> None:
    allowed = statement("allowed")
    assert combine([statement("unstated", "noai"), allowed]) == Permission("allowed", (allowed,))


def test_a_refusal_wins_and_the_permission_is_shown_against_it() -> None:
    allowed, refused = statement("allowed", "rsl"), statement("disallowed", "tdmrep")
    assert combine([allowed, refused]) == Permission("disallowed", (refused,), (Conflict(allowed, refused),))


# --- robots.txt -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (TRAIN, ["disallowed", "unstated", "unstated", "disallowed"]),
        (DATASET, ["disallowed", "unstated", "unstated", "disallowed"]),
        (SEARCH, ["disallowed", "disallowed", "unstated", "unstated"]),
        (USER, ["disallowed", "unstated", "disallowed", "unstated"]),
        (UNKNOWN, ["disallowed", "disallowed", "disallowed", "disallowed"]),
        (CONTROL, ["unstated", "unstated", "unstated", "disallowed"]),
    ],
    ids=lambda value: value.name if isinstance(value, Agent) else "",
)
def test_who_may_not_fetch_may_not_do_what_it_fetches_for(agent: Agent, expected: list[str]) -> None:
    assert values(table(f"User-agent: {agent.name}\nDisallow: /\n".encode()), agent.name) == expected


def test_a_refusal_of_everybody_is_the_stars() -> None:
    found = table(b"User-agent: *\nDisallow: /\n")
    assert values(found, "*") == ["disallowed"] * 4
    assert found["GPTBot", "ai-train"].deciding[0].where == "robots.txt line 2"


def test_a_file_that_refuses_nothing_allows_fetching_and_no_use() -> None:
    found = table(b"User-agent: *\nDisallow:\n")
    assert values(found, "GPTBot") == ["allowed", "unstated", "unstated", "unstated"]
    assert found["GPTBot", "crawl"].deciding[0].note == "no rule refuses it"


def test_a_file_that_refuses_some_paths_allows_the_site_with_a_note() -> None:
    found = table(b"User-agent: *\nDisallow: /private/\n")["GPTBot", "crawl"]
    assert (found.value, found.deciding[0].note) == ("allowed", "some paths are refused")


def test_a_file_made_to_be_slow_refuses_the_site() -> None:
    names = [f"Bot{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
    shared = b"".join(b"User-agent: %s\n" % name.encode() for name in names) + b"Allow: /x\n" + b"Disallow: /y\n" * 2000
    own = b"".join(b"User-agent: %s\nDisallow: /z\n" % name.encode() for name in names)
    agent = Agent(names[0], "Anyone", Purpose.TRAIN)
    found = permissions(parse(shared + own), State.OK, [], None, [agent])[names[0], "crawl"]
    assert (found.value, found.deciding[0].note) == ("disallowed", "a file made to be slow: taken as a refusal")


def test_a_path_is_asked_by_its_rule() -> None:
    robots = parse(b"User-agent: *\nDisallow: /private/\n")
    found = permissions(robots, State.OK, [], None, ALL, "/private/x")["GPTBot", "ai-train"]
    assert (found.value, found.deciding[0].quote) == ("disallowed", "Disallow: /private/")


def test_of_an_agents_several_names_the_strictest_counts() -> None:
    agent = Agent("omgili", "Webz.io", Purpose.DATASET, aliases=("omgilibot",))
    robots = parse(b"User-agent: omgili\nDisallow:\n\nUser-agent: omgilibot\nDisallow: /\n")
    assert permissions(robots, State.OK, [], None, [agent])["omgili", "crawl"].value == "disallowed"


def test_who_cannot_be_asked_permits_nothing() -> None:
    signals = read_signals(headers={"Content-Usage": "train-ai=y"})
    found = permissions(None, State.UNREACHABLE, signals, None, ALL)
    assert {permission.value for permission in found.values()} == {"disallowed"}
    assert [conflict.allowed.channel for conflict in found["GPTBot", "ai-train"].conflicts] == ["aipref"]


@pytest.mark.parametrize("state", [None, *sorted(PERMITTING)])
def test_where_there_is_no_file_nobody_has_said_anything(state: State | None) -> None:
    assert set(permissions(None, state, [], None, ALL).values()) == {UNSTATED}


def test_a_file_that_was_not_kept_permits_nothing() -> None:
    assert permissions(None, State.OK, [], None, ALL)["*", "crawl"].value == "disallowed"


# --- the channels together -----------------------------------------------------------------------------------


def test_robots_that_allow_and_terms_that_forbid_are_a_conflict() -> None:
    found = table(b"User-agent: *\nAllow: /\n", Terms(scraping="prohibited", scraping_quote="You may not scrape."))
    (conflict,) = found["*", "crawl"].conflicts
    assert (conflict.allowed.channel, conflict.disallowed.channel) == ("robots", "terms")
    assert conflict.disallowed.quote == "You may not scrape."


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("prohibited", "disallowed"),
        ("conditional", "disallowed"),
        ("allowed", "allowed"),
        ("not-mentioned", "unstated"),
    ],
)
def test_terms_speak_to_everybody(told: str, value: str) -> None:
    assert table(terms=Terms(ai_training=told))["*", "ai-train"].value == value


def test_a_signal_that_permits_what_robots_refuse_is_a_conflict() -> None:
    found = table(b"User-agent: GPTBot\nContent-Signal: ai-train=yes\nDisallow: /\n")["GPTBot", "ai-train"]
    (conflict,) = found.conflicts
    assert (found.value, conflict.allowed.line, conflict.disallowed.line) == ("disallowed", 2, 3)


def test_signals_of_the_stars_group_are_not_for_an_agent_with_its_own() -> None:
    found = table(b"User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: GPTBot\nAllow: /\n")
    assert found["CCBot", "ai-train"].value == "disallowed"
    assert found["GPTBot", "ai-train"].value == "unstated"


def test_a_page_that_names_an_agent_closes_itself_to_it_alone() -> None:
    found = table(headers={"X-Robots-Tag": "gptbot: noai"})
    assert [found[name, "ai-train"].value for name in ("GPTBot", "CCBot", "*")] == [
        "disallowed",
        "unstated",
        "unstated",
    ]


def test_agents_that_nobody_names_share_their_answers() -> None:
    robots = b"User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: GPTBot\nDisallow: /\n"
    found = permissions(parse(robots), State.OK, read_signals(robots=robots), None, shipped())
    assert len(found) == 4 * (len(shipped()) + 1)
    assert len({id(permission) for permission in found.values()}) <= 4 * 10


def test_every_answer_is_the_one_that_asking_alone_gives() -> None:
    robots = b"User-agent: *\nContent-Signal: ai-train=no\nContent-Usage: / search=n\n"
    robots += b"User-agent: CCBot\nContent-Usage: / search=y\n"
    signals = read_signals(robots=robots, headers={"X-Robots-Tag": "searchbot: noai"})
    found = permissions(None, None, signals, None, ALL)
    names = ["*", *(agent.name for agent in ALL)]
    assert found == {(name, purpose): answer(signals, name, purpose) for name in names for purpose in PURPOSES}


def test_the_purposes_refused_to_everybody_are_told() -> None:
    robots = b"User-agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\nContent-Usage: /x/ search=n\n"
    assert refused_purposes(read_signals(robots=robots)) == {"ai-input", "ai-train"}
    assert refused_purposes([]) == frozenset()


def test_agents_singled_out_are_told_by_name() -> None:
    robots = b"User-agent: GPTBot\nContent-Signal: ai-train=no\nUser-agent: CCBot\nContent-Signal: ai-train=yes\n"
    assert singled_out(read_signals(robots=robots)) == {"gptbot": {"ai-train"}, "ccbot": frozenset()}
