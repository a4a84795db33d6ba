"""ai.txt as Spawning's generator writes it, and its namesakes."""

import pytest

from crawler.channels import read_signals
from crawler.permissions import answer
from tests.crawler.channels.saying import only, said

GENERATED = (
    b"# Spawning AI\n# Prevent datasets from using the following file types\n\nUser-Agent: *\nDisallow: *.txt\n"
    b"Disallow: *.jpg\nAllow: *.mp4\nDisallow: /\nAllow: /\n"
)


def test_an_ending_refuses_files_of_that_ending() -> None:
    signals = read_signals(ai_txt=b"User-Agent: *\nDisallow: *.jpg\nAllow: *.mp4\n")
    values = [answer(signals, "*", "ai-train", path).value for path in ("/a/b.jpg", "/v.mp4", "/page")]
    assert values == ["disallowed", "allowed", "unstated"]
    assert {signal.note for signal in signals} == {"files of this ending"}


def test_the_longest_rule_counts_and_of_equals_the_refusal() -> None:
    signals = read_signals(ai_txt=GENERATED)
    values = [answer(signals, "*", "ai-train", path).value for path in ("/a.jpg", "/a.mp4", "/page")]
    assert values == ["disallowed", "allowed", "disallowed"]


def test_a_rule_is_found_by_its_line() -> None:
    signal = only(read_signals(ai_txt=b"User-agent: *\nDisallow: /\n"), "ai-txt")
    assert (signal.where, signal.line, signal.quote) == ("ai.txt line 2", 2, "Disallow: /")


def test_an_agents_group_is_its_own() -> None:
    signals = read_signals(ai_txt=b"User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nAllow: /\n")
    assert answer(signals, "GPTBot", "ai-train").value == "allowed"
    assert answer(signals, "CCBot", "ai-train").value == "disallowed"


@pytest.mark.parametrize(
    ("rule", "path"), [(b"jpg", "*.jpg"), (b".jpg", "*.jpg"), (b"images/a", "/images/a"), (b"/x", "/x")]
)
def test_an_ending_or_a_path_may_be_written_carelessly(rule: bytes, path: str) -> None:
    assert only(read_signals(ai_txt=b"User-agent: *\nDisallow: " + rule), "ai-txt").path == path


def test_before_any_agent_a_refusal_counts_and_a_permission_does_not() -> None:
    body = b"Disallow: /a\nAllow: /b\nUser-agent: *\nDisallow:\n"
    assert said(read_signals(ai_txt=body), "ai-txt") == {("*", "ai-train", "disallowed")}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"# ai.txt\nSpec-Version: 1.0\nSite-Name: My Blog\nTraining: deny\n", "a file of policy keys"),
        (b'{"training": false}', "a file of JSON"),
        (b"Please do not train on this.\n", "a text in free form"),
        (b"\0\xff", "a text in free form"),
    ],
)
def test_another_dialect_is_recorded_and_not_read(body: bytes, kind: str) -> None:
    signal = only(read_signals(ai_txt=body), "ai-txt")
    assert (signal.value, signal.note) == ("unstated", f"{kind}: not read")


@pytest.mark.parametrize("body", [b"", b" \n", b"<html><body>Not found</body></html>"])
def test_nothing_or_a_page_is_no_ai_txt(body: bytes) -> None:
    assert read_signals(ai_txt=body) == []
