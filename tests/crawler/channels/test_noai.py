"""noai in the page and in its headers."""

import pytest

from crawler.channels import read_signals
from crawler.channels.noai import directives
from crawler.permissions import answer
from tests.crawler.channels.saying import only, said


def test_a_page_refuses_training_by_its_meta_element() -> None:
    signal = only(read_signals(html='<meta name="ROBOTS" content="NoIndex, NoAI">', url="https://e.org/p"), "noai")
    assert (signal.purpose, signal.value, signal.where, signal.path) == ("ai-train", "disallowed", "meta robots", "/p$")


def test_images_alone_do_not_close_the_page() -> None:
    signals = read_signals(headers={"X-Robots-Tag": "noimageai"})
    assert only(signals, "noai").scope == "images"
    assert answer(signals, "*", "ai-train", "/").value == "unstated"


def test_a_header_speaks_to_everybody() -> None:
    signal = only(read_signals(headers={"x-robots-tag": "noai"}), "noai")
    assert (signal.agent, signal.where, signal.value) == ("*", "header X-Robots-Tag", "disallowed")


def test_an_agent_scopes_the_whole_list_of_its_header() -> None:
    signals = read_signals(headers=[("X-Robots-Tag", "GPTBot: noai, noimageai"), ("X-Robots-Tag", "noindex")])
    assert {(signal.agent, signal.scope) for signal in signals} == {("GPTBot", "page"), ("GPTBot", "images")}
    assert answer(signals, "CCBot", "ai-train").value == "unstated"


def test_headers_of_one_name_in_a_mapping_all_count() -> None:
    signals = read_signals(headers={b"X-Robots-Tag": [b"GPTBot: noai", b"noai"]})
    assert said(signals, "noai") == {("GPTBot", "ai-train", "disallowed"), ("*", "ai-train", "disallowed")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("unavailable_after: 25 Jun 2010 PST, noai", [("*", "unavailable_after: 25 jun 2010 pst"), ("*", "noai")]),
        ("max-snippet:10, noai", [("*", "max-snippet:10"), ("*", "noai")]),
        ("a: noai, b: noindex, noai", [("a", "noai"), ("b", "noindex"), ("b", "noai")]),
        (" , ,noai", [("*", ""), ("*", ""), ("*", "noai")]),
        (": noai", [("*", ": noai")]),
        ("noai noimageai", [("*", "noai noimageai")]),
    ],
)  # fmt: skip
def test_a_list_is_read_by_commas_and_colons(value: str, expected: list[tuple[str, str]]) -> None:
    assert [tuple(directive) for directive in directives(value)] == expected


def test_a_meta_element_may_be_an_agents() -> None:
    signal = only(read_signals(html='<meta name="gptbot" content="noai, noindex">'), "noai")
    assert (signal.agent, signal.where) == ("gptbot", "meta gptbot")


@pytest.mark.parametrize("name", ["keywords", "description", "author", "og:title", ""])
def test_words_about_noai_are_no_directive(name: str) -> None:
    assert read_signals(html=f'<meta name="{name}" content="how, to, say, noai">') == []


def test_a_comment_or_a_text_is_no_element() -> None:
    assert (
        read_signals(
            html='<!-- <meta name="robots" content="noai"> --><p>&lt;meta name="robots" content="noai"&gt;</p>'
        )
        == []
    )


def test_a_page_in_another_charset_is_read() -> None:
    html = '<meta charset="utf-16"><meta name="robots" content="noai">'
    assert only(read_signals(html=html.encode("utf-16")), "noai").value == "disallowed"
