"""Content Signals, from the policy text of contentsignals.org and files as they are served."""

import pytest

from crawler.channels import read_signals
from crawler.channels.content_signals import signals_of
from crawler.permissions import answer
from tests.crawler.channels.saying import only, said

MANAGED = (
    b"# As a condition of accessing this website, you agree to the content signals.\n\n"
    b"# BEGIN Cloudflare Managed content\n"
    b"User-agent: *\nContent-Signal: search=yes,ai-train=no,use=reference\nAllow: /\n\n"
    b"User-agent: Amazonbot\nDisallow: /\n"
)


def robots(body: bytes) -> set[tuple[str, str, str]]:
    return said(read_signals(robots=body), "content-signals")


def test_each_signal_is_yes_or_no_and_an_absent_one_is_not_recorded() -> None:
    body = b"User-Agent: *\nContent-Signal: ai-train=no, search=yes\nAllow: /\n"
    assert robots(body) == {("*", "ai-train", "disallowed"), ("*", "search", "allowed")}
    assert answer(read_signals(robots=body), "*", "ai-input").value == "unstated"


def test_the_managed_file_tells_how_content_may_be_used_in_a_note() -> None:
    signals = read_signals(robots=MANAGED)
    assert {(signal.purpose, signal.value, signal.line, signal.note) for signal in signals} == {
        ("search", "allowed", 5, "use=reference"), ("ai-train", "disallowed", 5, "use=reference")
    }  # fmt: skip


def test_use_alone_is_recorded_and_decides_nothing() -> None:
    signal = only(read_signals(robots=b"User-agent: *\nContent-Signal: use=full\n"), "content-signals")
    assert (signal.value, signal.note) == ("unstated", "use=full")


def test_outside_any_group_the_line_is_everybodys() -> None:
    signal = only(read_signals(robots=b"Content-Signal: ai-train=no\nUser-agent: A\nDisallow:\n"), "content-signals")
    assert (signal.agent, signal.scope) == ("*", "site")


def test_a_group_of_several_agents_speaks_to_each() -> None:
    body = b"User-agent: GPTBot\nUser-agent: CCBot/2.0\nContent-Signal: ai-train=yes\n"
    assert robots(body) == {("GPTBot", "ai-train", "allowed"), ("CCBot", "ai-train", "allowed")}


def test_a_group_of_nothing_but_signals_ends_at_the_next_agent() -> None:
    body = b"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: GPTBot\nContent-Signal: ai-train=yes\n"
    assert robots(body) == {("*", "ai-train", "disallowed"), ("GPTBot", "ai-train", "allowed")}


def test_an_agent_with_a_group_of_its_own_is_not_spoken_to_by_the_star() -> None:
    body = b"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: GPTBot\nContent-Signal: search=yes\n"
    assert answer(read_signals(robots=body), "gptbot", "ai-train").value == "unstated"


def test_a_path_may_come_first() -> None:
    signal = only(read_signals(robots=b"User-agent: *\nContent-Signal: /blog/ ai-train=no\n"), "content-signals")
    assert (signal.path, signal.value) == ("/blog/", "disallowed")


def test_a_response_header_speaks_for_its_response() -> None:
    signals = read_signals(headers=[(b"Content-Signal", b"ai-train=yes, search=yes, ai-input=no")])
    assert said(signals, "content-signals") == {
        ("*", "ai-train", "allowed"), ("*", "search", "allowed"), ("*", "ai-input", "disallowed")
    }  # fmt: skip
    assert {(signal.where, signal.path) for signal in signals} == {("header Content-Signal", "/$")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"AI-Train = NO", [("ai-train", "disallowed")]),
        (b"ai-train=maybe", [("ai-train", "unstated")]),
        (b"ai-train", [("ai-train", "unstated")]),
        (b"ai_train=no", []),
        (b",,=,ai-train=no,", [("ai-train", "disallowed")]),
        (b"ai-train=no; search=yes", [("ai-train", "unstated")]),
        (b"\xff\xfe=no", []),
        (b"", []),
    ],
)
def test_malformed_signals_say_nothing(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(told.purpose, told.value) for told in signals_of(value)] == expected


def test_contradicting_lines_are_both_kept_and_the_refusal_wins() -> None:
    body = b"User-agent: *\nContent-Signal: ai-train=yes\nContent-Signal: ai-train=no\n"
    found = answer(read_signals(robots=body), "*", "ai-train")
    assert (found.value, [(c.allowed.line, c.disallowed.line) for c in found.conflicts]) == ("disallowed", [(2, 3)])
