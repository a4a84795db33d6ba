"""The record that every channel is read into."""

import dataclasses
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels import CHANNELS, MOST, PURPOSES, Signal, dump, load, ordered, read_signals
from crawler.channels.signals import bounded
from crawler.permissions import answer
from tests.crawler.channels import media

EVERY_DOCUMENT = {
    "robots": b"License: https://e.org/l.xml\nUser-agent: *\nContent-Signal: ai-train=no\nContent-Usage: search=y\n",
    "headers": [("X-Robots-Tag", "noai"), ("tdm-reservation", "1")],
    "html": '<meta name="robots" content="noai"><meta name="tdm-reservation" content="0">',
    "tdmrep": '[{"location": "/", "tdm-reservation": 1}]',
    "ai_txt": "User-agent: *\nDisallow: /\n",
    "rsl": '<rsl><content url="/"><license><permits type="usage">search</permits></license></content></rsl>',
    "llms_txt": "# Site",
    "media": media.png(media.store("cawg.training-mining", {"entries": {"cawg.ai_training": {"use": "allowed"}}})),
    "url": "https://e.org/",
}

texts = st.text(st.characters(), max_size=400)
signals = st.builds(
    Signal, channel=st.sampled_from(sorted(CHANNELS)), purpose=st.sampled_from(PURPOSES), agent=texts,
    value=st.sampled_from(["allowed", "disallowed", "unstated"]), where=texts, path=texts,
    scope=st.sampled_from(["group", "site", "page", "asset", "images"]), line=st.none() | st.integers(1, 9),
    rank=st.integers(0, 9), quote=texts, note=texts,
)  # fmt: skip


def test_every_channel_with_a_document_is_read_into_the_one_record() -> None:
    found = {signal.channel for signal in read_signals(**EVERY_DOCUMENT)}
    assert found == CHANNELS.keys() - {"robots", "terms"}


def test_every_channel_has_a_title_a_document_a_meaning_and_a_specification() -> None:
    told = [dataclasses.astuple(channel) for channel in CHANNELS.values() if channel.name != "terms"]
    assert all(all(row) and row[4].startswith("https://") for row in told)


def test_the_order_of_documents_headers_and_signals_is_one() -> None:
    found = read_signals(**EVERY_DOCUMENT)
    turned = {**EVERY_DOCUMENT, "headers": EVERY_DOCUMENT["headers"][::-1]}
    assert read_signals(**turned) == found == ordered(reversed(found))


def test_text_and_bytes_are_read_alike() -> None:
    as_bytes = {
        key: body.encode() if isinstance(body, str) and key != "url" else body for key, body in EVERY_DOCUMENT.items()
    }
    assert read_signals(**as_bytes) == read_signals(**EVERY_DOCUMENT)


@given(st.lists(signals, max_size=5))
def test_signals_outlive_their_storage(found: list[Signal]) -> None:
    text = dump(found)
    assert load(text) == ordered(found)
    assert dump(load(text)) == dump(reversed(found)) == text


@given(signals)
def test_no_text_of_a_signal_is_unfit_for_a_row(signal: Signal) -> None:
    told = dump([signal])
    assert told.encode("utf-8")
    assert "\\u0000" not in told
    assert len(told) < 2000
    assert all(
        len(text.splitlines()) <= 1 for text in (signal.where, signal.quote, signal.note, signal.path, signal.agent)
    )


def test_a_path_too_long_to_keep_refuses_more_and_permits_less() -> None:
    path = "/" + "a" * 1000
    refused, allowed = (read_signals(tdmrep=json.dumps([{"location": path, "tdm-reservation": n}])) for n in (1, 0))
    assert answer(refused, "*", "ai-train", path).value == "disallowed"
    assert answer(allowed, "*", "ai-train", path).value == "unstated"


def test_what_says_nothing_is_left_out_of_the_stored_form() -> None:
    signal = Signal("noai", "ai-train", "*", "disallowed", "meta robots")
    assert signal.as_dict() == {
        "channel": "noai", "purpose": "ai-train", "agent": "*", "value": "disallowed", "where": "meta robots"
    }  # fmt: skip


def test_a_field_of_a_later_version_is_left_out_on_loading() -> None:
    signal = Signal("noai", "ai-train", "*", "disallowed", "meta robots")
    assert load(json.dumps([{**signal.as_dict(), "mood": "firm"}])) == [signal]


def made(number: int, value: str) -> Signal:
    return Signal("aipref", "ai-train", f"Bot-{number}", value, f"robots.txt line {number}")


def test_permissions_are_dropped_before_refusals() -> None:
    kept = bounded([*(made(n, "allowed") for n in range(2000)), *(made(n, "disallowed") for n in range(300))])
    assert len(kept) <= MOST
    assert sum(signal.value == "disallowed" for signal in kept) == 300


def test_where_refusals_are_too_many_they_are_everybodys() -> None:
    kept = bounded(made(n, "disallowed") for n in range(2000))
    assert len(kept) <= MOST
    (everybodys,) = [signal for signal in kept if signal.agent == "*"]
    assert (everybodys.value, everybodys.where) == ("disallowed", "robots.txt")


def test_a_flood_of_permissions_permits_nothing() -> None:
    pulled = 0

    def flood() -> Iterator[Signal]:
        nonlocal pulled
        while True:
            pulled += 1
            yield made(pulled, "allowed")

    kept = bounded(flood())
    assert pulled < 25_000
    assert {signal.purpose for signal in kept if signal.agent == "*" and signal.value == "disallowed"} == {
        "search", "ai-input", "ai-train"
    }  # fmt: skip


@pytest.mark.parametrize("number", [0, 1, MOST])
def test_within_the_bound_nothing_is_dropped(number: int) -> None:
    assert len(bounded(made(n, "allowed") for n in range(number))) == number
