"""Documents of sites that mean harm: whatever they send, reading ends, within bounds, and raises nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels import MOST, Signal, dump, groups, read_signals, rsl
from crawler.channels.documents import MAX_FIELD, header_lines
from crawler.channels.page import MAX_ELEMENTS, MAX_SCRIPT, read_page
from crawler.channels.rsl_document import Document, read_document
from crawler.robots import MAX_BYTES
from tests.crawler.channels import media

BODIES = st.binary(max_size=200) | st.text(max_size=200)
NAMES = st.sampled_from(["Content-Usage", "content-signal", "X-Robots-Tag", "tdm-reservation", "tdm-policy", "Link"])
WORDS = st.lists(
    st.sampled_from(
        [b"User-agent: *\n", b"User-agent: A\n", b"User-agent: \xff\n", b"Content-Usage: ", b"Content-Signal: ",
         b"License: ", b"Allow: /\n", b"train-ai=n", b"/a/*$ ", b"search=yes, ", b"\n", b"\0", b"#", b"https://[",
         b"ai-train=no", b"*", b";"]
    ), max_size=30,
).map(b"".join)  # fmt: skip
MARKUP = st.lists(
    st.sampled_from(
        ["<meta name=robots content='noai'>", "<meta", " name='", "<script type='application/rsl+xml'>", "</script>",
         "<rsl>",         "<content url='", "<license>", "<permits type='usage'>", "<!--", "-->", "&#0;", "\ud800",
         "<link rel=license href='//[' ",         "type='application/rsl+xml'>", "<![CDATA[", "]]>", "<a>" * 300]
    ), max_size=20,
).map("".join)  # fmt: skip


@given(
    robots=BODIES | WORDS,
    html=BODIES | MARKUP,
    tdmrep=BODIES,
    ai_txt=BODIES | WORDS,
    rsl=BODIES | MARKUP,
    llms_txt=BODIES,
)
def test_no_bodies_break_the_reader(**bodies: bytes | str) -> None:
    found = read_signals(**bodies, url="https://e.org/")
    assert dump(found).encode()


@given(st.lists(st.tuples(NAMES | st.text(max_size=9), BODIES), max_size=6), st.text(max_size=30))
def test_no_headers_and_no_address_break_the_reader(headers: list[tuple[str, bytes]], url: str) -> None:
    assert all(isinstance(signal, Signal) for signal in read_signals(headers=headers, url=url))


@given(
    st.sampled_from([media.jpeg, media.png, media.webp, media.mp4, bytes]), st.integers(0, 400), st.binary(max_size=8),
    st.integers(0, 400),
)  # fmt: skip
def test_no_media_break_the_reader(wrap: type, at: int, put: bytes, cut: int) -> None:
    whole = bytearray(wrap(media.store("cawg.training-mining", {"entries": {"cawg.ai_training": {"use": "allowed"}}})))
    whole[at : at + len(put)] = put
    assert len(read_signals(media={"https://e.org/x": bytes(whole[: len(whole) - cut % 50])})) <= 2


def test_a_header_of_ten_megabytes_is_cut_and_gives_no_permission() -> None:
    value = b"train-ai=y, " + b"a" * 10_000_000
    (field,) = header_lines([("Content-Usage", value)])
    assert (len(field.value), field.cut) == (MAX_FIELD, True)
    assert {signal.value for signal in read_signals(headers=[("Content-Usage", value)])} == {"unstated"}


def test_a_million_headers_are_not_all_read() -> None:
    pulled = 0

    def flood() -> Iterator[tuple[str, str]]:
        nonlocal pulled
        while pulled < 1_000_000:
            pulled += 1
            yield "X-Robots-Tag", f"Bot{pulled}: noai"

    assert len(read_signals(headers=flood())) <= MOST
    assert pulled <= 1000


_DECLARED = rsl.Declared
AGENTS = b"".join(b"User-agent: %c%c%c\n" % (97 + n // 576, 97 + n // 24 % 24, 97 + n % 24) for n in range(8000))


def test_a_group_of_thousands_of_agents_does_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    init = Signal.__post_init__

    def counting(self: Signal) -> None:
        nonlocal made
        made += 1
        init(self)

    def declaring(*fields: Any) -> rsl.Declared:
        nonlocal made
        made += 1
        return _DECLARED(*fields)

    monkeypatch.setattr(Signal, "__post_init__", counting)
    monkeypatch.setattr(rsl, "Declared", declaring)
    found = read_signals(
        robots=AGENTS + b"Content-Usage: train-ai=y\nContent-Signal: ai-train=yes\nLicense: x\n" * 4000
    )
    assert made < 4 * 25_000
    assert {signal.value for signal in found if signal.agent == "*"} == {"disallowed"}


def test_a_licence_of_thousands_of_agents_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def reading(body: bytes) -> Document:
        read.append(body)
        return read_document(body)

    monkeypatch.setattr(rsl, "read_document", reading)
    licence = b"<rsl><content><license/></content>" + b"<a/>" * 50_000 + b"</rsl>"
    assert read_signals(robots=AGENTS + b"License: https://e.org/l\n", rsl=licence)
    assert len(read) == 1


def test_lines_that_say_nothing_are_read_once_for_all_agents() -> None:
    found = list(groups.lines(AGENTS + b"Content-Signal: x=y\n" * 5000, "content-signal"))
    assert len(found) == 5000
    assert len({id(line.agents) for line in found}) == 1


def test_a_file_beyond_500_kib_counts_by_its_whole_lines() -> None:
    body = b"User-agent: *\n" + b"#" * (MAX_BYTES - 20) + b"\nContent-Signal: ai-train=yes\n"
    assert read_signals(robots=body) == []


def test_elements_nested_a_million_deep_are_survived() -> None:
    deep = b"<div>" * 400_000
    assert read_signals(html=b"<meta name=robots content=noai>" + deep) != []
    read_page(deep)


def test_a_page_of_a_million_elements_is_read_in_part() -> None:
    page = read_page(b"<meta name=a content=b>" * 80_000)
    assert len(page.metas) == MAX_ELEMENTS


def test_a_script_that_never_ends_is_cut() -> None:
    (licence,) = read_page(b'<script type="application/rsl+xml">' + b"<rsl>" * 300_000).licences
    assert len(licence) == MAX_SCRIPT + 1


@pytest.mark.parametrize(
    "value", [b"<a>;" * 4000, b"<" * 16_000, b'<a>; x="' * 2000, b"<a>; b " * 2000, b"<a>" + b" ; a" * 4000]
)
def test_a_link_header_of_traps_is_refused_or_read(value: bytes) -> None:
    assert read_signals(headers=[("Link", value)]) == []


def test_nul_characters_reach_no_signal() -> None:
    found = read_signals(
        robots=b"User-agent: a\0b\nContent-Signal: /x\0 ai-train=no\n", headers=[("X-Robots-Tag", "a\0: noai, noai")],
        ai_txt=b"User-agent: *\nDisallow: /\0x\n", llms_txt=b"# a\0b",
        tdmrep='[{"location": "/\\u0000", "tdm-reservation": 1}]',
    )  # fmt: skip
    assert found
    assert "\0" not in dump(found)
    assert "\\u0000" not in dump(found)
