"""AI Preferences, from the examples of draft-ietf-aipref-attach and draft-ietf-aipref-vocab."""

import pytest

from crawler.channels import read_signals
from crawler.channels.aipref import HISTORIC, PROPOSED, preferences
from crawler.permissions import answer
from tests.crawler.channels.saying import only, said

ATTACH_EXAMPLE = (
    b"User-Agent: *\nAllow: /\nDisallow: /never/\nContent-Usage: / train-ai=n\nContent-Usage: /ai-ok/ train-ai=y\n\n"
    b"User-Agent: ExampleBot\nAllow: /\nContent-Usage: / train-ai=y\n"
)


def header(*values: str) -> set[tuple[str, str, str]]:
    return said(read_signals(headers=[("Content-Usage", value) for value in values]), "aipref")


def test_a_header_speaks_for_its_response() -> None:
    signal = only(read_signals(headers={"content-usage": "train-ai=n"}, url="https://example.org/a?b=c"), "aipref")
    assert (signal.value, signal.where, signal.path) == ("disallowed", "header Content-Usage", "/a?b=c$")
    assert signal.quote == "train-ai=n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("train-ai=y, search=n", {("ai-train", "allowed"), ("search", "disallowed")}),
        ("train-ai;allow=n, train-ai=y", {("ai-train", "allowed")}),  # parameters mean nothing
        ('train-ai=y, train-ai, search=n, search="n"', {("ai-train", "unstated"), ("search", "unstated")}),
        ('train-ai;has;parameters="?"', {("ai-train", "unstated")}),
        ("train-ai=maybe", {("ai-train", "unstated")}),
        ('train-ai="n"', {("ai-train", "unstated")}),
        ("train-ai=?0", {("ai-train", "unstated")}),
        ("train-ai=(n)", {("ai-train", "unstated")}),
        ("train-ai=N", {("ai-train", "unstated")}),
        ("colour=blue", set()),
        ("", set()),
    ],
)
def test_only_the_tokens_y_and_n_of_the_last_of_equal_labels_are_known(
    value: str, expected: set[tuple[str, str]]
) -> None:
    assert {told[1:] for told in header(value)} == expected


@pytest.mark.parametrize(
    "value",
    ["Train-AI=n", "train-ai=n,", "train-ai=n search=n", "train-ai: n", "train-ai=n;", "train-ai=n\0", "=n", "träin=n"],
)
def test_what_does_not_parse_makes_all_unknown(value: str) -> None:
    assert {told[1:] for told in header(value)} == {("ai-train", "unstated"), ("search", "unstated")}


def test_one_broken_line_makes_the_whole_field_unknown() -> None:
    assert {told[2] for told in header("train-ai=n", "search=;")} == {"unstated"}


def test_of_repeated_headers_any_refusal_wins() -> None:
    signals = read_signals(headers=[("Content-Usage", "train-ai=n"), ("Content-Usage", "train-ai=y")])
    found = answer(signals, "GPTBot", "ai-train")
    assert found.value == "disallowed"
    assert [conflict.allowed.quote for conflict in found.conflicts] == ["train-ai=y"]


@pytest.mark.parametrize(
    ("agent", "path", "value"),
    [("AnyBot", "/test", "disallowed"), ("AnyBot", "/ai-ok/test", "allowed"), ("ExampleBot", "/test", "allowed")],
)
def test_in_robots_txt_the_longest_path_of_the_agents_group_counts(agent: str, path: str, value: str) -> None:
    assert answer(read_signals(robots=ATTACH_EXAMPLE), agent, "ai-train", path).value == value


def test_a_rule_is_found_by_its_line() -> None:
    signals = read_signals(robots=ATTACH_EXAMPLE)
    assert {signal.where for signal in signals} == {"robots.txt line 4", "robots.txt line 5", "robots.txt line 9"}
    assert {signal.line for signal in signals} == {4, 5, 9}


def test_equal_paths_that_contradict_come_to_the_refusal() -> None:
    body = b"User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n\n"
    found = answer(read_signals(robots=body), "*", "ai-train", "/a")
    assert (found.value, len(found.conflicts)) == ("disallowed", 1)


def test_a_longer_path_that_is_silent_leaves_the_purpose_unknown() -> None:
    body = b"User-agent: *\nContent-Usage: / train-ai=n\nContent-Usage: /x/ search=y\n"
    assert answer(read_signals(robots=body), "*", "ai-train", "/x/page").value == "unstated"
    assert answer(read_signals(robots=body), "*", "ai-train", "/y").value == "disallowed"


def test_a_rule_without_a_path_is_for_the_whole_site() -> None:
    signal = only(read_signals(robots=b"User-agent: *\nCONTENT-usage : train-ai=n # no\n"), "aipref")
    assert (signal.path, signal.value) == ("/", "disallowed")


def test_wildcards_and_the_end_mark_count_in_a_path() -> None:
    body = b"User-agent: *\nContent-Usage: /*.pdf$ train-ai=n\n"
    signals = read_signals(robots=body)
    assert answer(signals, "*", "ai-train", "/a/b.pdf").value == "disallowed"
    assert answer(signals, "*", "ai-train", "/a/b.pdf.html").value == "unstated"


@pytest.mark.parametrize(
    ("kind", "label"), [("historic", label) for label in HISTORIC] + [("proposed", label) for label in PROPOSED]
)
def test_a_label_of_another_draft_refuses_but_does_not_permit(kind: str, label: str) -> None:
    refused = read_signals(headers={"Content-Usage": f"{label}=n"})
    assert {signal.value for signal in refused} == {"disallowed"}
    assert {signal.note for signal in refused} == {f"{kind} label {label}"}
    assert {told[2] for told in header(f"{label}=y")} == {"unstated"}


def test_a_dictionary_that_is_too_long_is_unknown() -> None:
    assert preferences(b"a, " * 30_000 + b"train-ai=n") is None
    assert {told[2] for told in header("a, " * 10_000 + "train-ai=n")} == {"unstated"}
