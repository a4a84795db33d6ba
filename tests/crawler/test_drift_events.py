"""Typed events between two readings of a site."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels import read_signals
from crawler.channels.signals import Signal
from crawler.drift import KINDS, Event, Reading, direction_of, events
from crawler.states import State
from crawler.terms import classify

NO_TRAINING = Signal("content-signals", "ai-train", "*", "disallowed", "robots.txt line 2", line=2, quote="ai-train=no")
values = st.sampled_from(["allowed", "disallowed", "unstated"])
signals = st.lists(
    st.builds(
        Signal, st.sampled_from(["aipref", "rsl"]), st.sampled_from(["search", "ai-train"]),
        st.sampled_from(["*", "GPTBot", "CCBot"]), values, st.just("robots.txt"), path=st.sampled_from(["/", "/a"]),
    ),
    max_size=8,
)  # fmt: skip
levels = st.dictionaries(st.sampled_from("ABC"), st.sampled_from(["none", "some", "all", "unreachable"]))
readings = st.builds(Reading, st.sampled_from(State), levels, signals)


def told(before: Reading, after: Reading) -> list[tuple[str, str, str]]:
    return [(event.kind, event.agent, event.direction) for event in events(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "way"),
    [
        ("none", "all", "agent-newly-blocked", "tightened"), ("some", "all", "agent-newly-blocked", "tightened"),
        ("all", "none", "agent-freed", "loosened"), ("none", "some", "level-up", "tightened"),
        ("some", "none", "level-down", "loosened"), ("none", "unreachable", "fetch-state-changed", "tightened"),
        ("all", "unreachable", "fetch-state-changed", "neutral"),
    ],
)  # fmt: skip
def test_a_move_of_an_agents_level_has_a_kind(before: str, after: str, kind: str, way: str) -> None:
    moved = told(Reading(levels={"A": before, "B": "some"}), Reading(levels={"A": after, "B": "some"}))
    assert moved == [(kind, "A", way)]


def test_agents_that_move_alike_are_one_event() -> None:
    before, after = (Reading(levels=dict.fromkeys("ABC", level)) for level in ("none", "all"))
    assert told(before, after) == [("agent-newly-blocked", "*", "tightened")]


def test_a_file_that_is_gone_is_an_event_even_where_it_forbade_nothing() -> None:
    found = events(Reading(State.OK, {"A": "none"}), Reading(State.UNAVAILABLE, {"A": "none"}))
    assert [(event.kind, event.before, event.after) for event in found] == [
        ("fetch-state-changed", "ok", "unavailable")
    ]


@pytest.mark.parametrize("other", [State.REDIRECTED, State.OVERSIZE])
def test_a_file_that_speaks_from_elsewhere_is_no_event(other: State) -> None:
    assert events(Reading(State.OK), Reading(other)) == []


def test_a_site_that_cannot_be_reached_has_taken_no_channel_back() -> None:
    down = Reading(State.UNREACHABLE)
    assert [event.kind for event in events(Reading(signals=[NO_TRAINING]), down)] == ["fetch-state-changed"]


def test_a_new_channel_tells_what_it_says() -> None:
    allowed = replace(NO_TRAINING, purpose="search", value="allowed")
    [event] = events(Reading(), Reading(signals=[NO_TRAINING, allowed]))
    assert (event.kind, event.after, event.direction) == (
        "channel-added", "ai-train disallowed, search allowed", "tightened",
    )  # fmt: skip


def test_a_channel_that_is_gone_loosens_what_it_forbade() -> None:
    assert told(Reading(signals=[NO_TRAINING]), Reading()) == [("channel-removed", "*", "loosened")]


def test_a_usage_that_flips_keeps_both_quotes() -> None:
    allowed = replace(NO_TRAINING, value="allowed", quote="ai-train=yes")
    [event] = events(Reading(signals=[NO_TRAINING]), Reading(signals=[allowed]))
    assert (event.kind, event.direction, event.quotes) == ("usage-flipped", "loosened", ("ai-train=no", "ai-train=yes"))


def test_an_agent_told_what_everybody_is_told_is_no_event() -> None:
    assert (
        events(Reading(signals=[NO_TRAINING]), Reading(signals=[NO_TRAINING, replace(NO_TRAINING, agent="CCBot")]))
        == []
    )


def test_moved_lines_comments_and_reordered_groups_are_no_event() -> None:
    groups = [
        b"User-agent: *\nContent-Signal: ai-train=no\n",
        b"User-agent: A\nContent-Signal: ai-train=no, search=yes\n",
    ]
    before, after = (
        read_signals(robots=b"".join(groups)),
        read_signals(robots=b"# moved\n\n" + b"\n#\n".join(groups[::-1])),
    )
    assert before != after
    assert events(Reading(signals=before), Reading(signals=after)) == []


def test_a_clause_that_terms_add_is_told_by_its_axis_and_words() -> None:
    sentence = "You may not scrape the website."
    [event] = events(
        Reading(terms=classify("You may read the website.", "en")), Reading(terms=classify(sentence, "en"))
    )
    assert (event.kind, event.axis, event.before, event.after) == (
        "clause-added", "scraping", "not_mentioned", "prohibited",
    )  # fmt: skip
    assert event.quotes[1] in sentence


def test_terms_that_are_gone_loosen_where_they_forbade() -> None:
    held = classify("You may not scrape the website.", "en")
    assert told(Reading(terms=held), Reading()) == [("terms-vanished", "*", "loosened")]


def test_terms_that_nobody_understood_have_lost_no_clause() -> None:
    held = classify("You may not scrape the website.", "en")
    assert events(Reading(terms=held), Reading(terms=replace(classify(""), supported=False))) == []


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of event"):
        Event("something", "", "")


@given(readings)
def test_a_reading_never_differs_from_itself(reading: Reading) -> None:
    assert events(reading, replace(reading, signals=list(reversed(reading.signals)))) == []


@given(readings, readings)
def test_every_event_is_of_a_known_kind_and_survives_json(before: Reading, after: Reading) -> None:
    for event in events(before, after):
        assert event.kind in KINDS
        assert {"agent", "before", "after", "kind"} <= event.as_dict().keys()
        assert Event.from_dict(json.loads(json.dumps(event.as_dict()))) == event


@given(readings, readings)
def test_the_way_back_is_the_other_direction(before: Reading, after: Reading) -> None:
    opposite = {"tightened": "loosened", "loosened": "tightened", "neutral": "neutral"}
    assert direction_of(events(after, before)) == opposite[direction_of(events(before, after))]
