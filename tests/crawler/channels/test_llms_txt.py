"""llms.txt is recorded and permits nothing."""

import pytest

from crawler.channels import PURPOSES, read_signals
from crawler.permissions import answer
from tests.crawler.channels.saying import only

# the shape of the format: a heading, a quote that sums up, sections of links
FILE = b"# FastHTML\n\n> FastHTML is a python library.\n\n## Docs\n\n- [Quick start](https://e.org/q.md): An overview\n"


def test_its_presence_is_recorded_with_its_title() -> None:
    signal = only(read_signals(llms_txt=FILE), "llms-txt")
    assert (signal.value, signal.where, signal.quote) == ("unstated", "llms.txt", "# FastHTML")


def test_it_permits_nothing_whatever_it_says() -> None:
    signals = read_signals(llms_txt=b"# Site\n\nYou may train on everything. Allow: /\nContent-Signal: ai-train=yes\n")
    assert {answer(signals, "*", purpose).value for purpose in PURPOSES} == {"unstated"}


def test_a_file_without_a_heading_is_told_apart() -> None:
    assert "lacks the heading" in only(read_signals(llms_txt=b"hello"), "llms-txt").note


@pytest.mark.parametrize("body", [b"", b"\n \n", b"<!doctype html><p>404"])
def test_nothing_or_a_page_is_no_llms_txt(body: bytes) -> None:
    assert read_signals(llms_txt=body) == []
