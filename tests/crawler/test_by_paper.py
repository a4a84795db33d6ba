"""The paper's code beside ours, on robots.txt files small enough to read by eye."""

from typing import Any

import pytest

from crawler.by_paper import ANY, asked, compared, sites
from crawler.series import Question
from crawler.store import configured
from tests.crawler.conftest import revision_of
from tests.crawler.test_consent import NOBODY, Say
from tests.crawler.test_consent import say as say

pytestmark = pytest.mark.django_db
LATER_GROUP = "User-agent: *\nDisallow:\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
ONE_AGENT = "User-agent: GPTBot\nDisallow: /\n"


@pytest.fixture
def world(say: Say) -> Any:
    """a refuses both by a group that the paper's code reads for the last alone; b one; c nobody's; d was not asked."""
    revision = revision_of({"a.test": 100, "b.test": 30, "c.test": 20, "d.test": 10})
    say("a.test", LATER_GROUP)
    say("b.test", ONE_AGENT)
    say("c.test", NOBODY.replace("/", "/private") if NOBODY else "#")
    return revision


def test_what_the_papers_code_misses_is_told_agent_by_agent(world: Any) -> None:
    found = {each.agent: each for each in compared(sites(world, configured()))}
    gpt = found["GPTBot"]
    assert {reading: amount.tokens for reading, amount in gpt.refused.items()} == {
        "ours": 130, "paper": 30, "latest": 130,
    }  # fmt: skip
    assert {edition: amount.tokens for edition, amount in gpt.missed.items()} == {"paper": 100, "latest": 0}
    assert found["CCBot"].missed["paper"].tokens == 0


def test_whoever_is_refused_any_agent_counts_once(world: Any) -> None:
    first = compared(sites(world, configured()))[0]
    assert (first.agent, first.refused["ours"].tokens, first.refused["ours"].domains) == (ANY, 130, 2)


def test_a_question_narrows_the_agents(world: Any) -> None:
    found = compared(sites(world, configured(), question=Question(agent="CCBot")))
    assert [each.agent for each in found] == [ANY, "CCBot"]
    assert found[0].refused["ours"].tokens == 100


def test_a_site_that_nobody_asked_is_no_part_of_the_sample(world: Any) -> None:
    assert [each.verdict.name for each in asked(sites(world, configured()))] == ["a.test", "b.test", "c.test"]
