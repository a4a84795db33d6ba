"""CAWG's training and data mining assertion, and its forerunner, inside media files."""

import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels import cbor, read_signals
from crawler.channels.jumbf import MAX_BOXES, boxes, stores
from crawler.permissions import answer
from tests.crawler.channels import media
from tests.crawler.channels.saying import said

LABEL = "cawg.training-mining"
EXAMPLE = {
    "entries": {
        "cawg.ai_inference": {"use": "allowed"},
        "cawg.ai_generative_training": {"use": "notAllowed"},
        "cawg.ai_training": {"use": "constrained", "constraint_info": "only with a licence"},
        "cawg.data_mining": {"use": "notAllowed"},
    }
}
URL = "https://e.org/a.jpg"
NO = {"entries": {"cawg.ai_training": {"use": "notAllowed"}}}


@pytest.mark.parametrize("wrap", [media.jpeg, media.png, media.webp, media.mp4, bytes], ids=lambda wrap: wrap.__name__)
def test_the_assertion_is_found_in_every_kind_of_file(wrap: Callable[[bytes], bytes]) -> None:
    signals = read_signals(media={URL: wrap(media.store(LABEL, NO))})
    assert said(signals, "c2pa") == {("*", "ai-train", "disallowed")}
    assert {(signal.where, signal.path, signal.scope) for signal in signals} == {
        (f"assertion {LABEL}", "/a.jpg$", "asset")
    }


def test_each_entry_is_recorded_and_constrained_is_not_allowed() -> None:
    signals = read_signals(media={URL: media.jpeg(media.store(LABEL, EXAMPLE))})
    assert {(signal.quote, signal.purpose, signal.value) for signal in signals} == {
        ("cawg.ai_inference: allowed", "ai-input", "allowed"),
        ("cawg.ai_generative_training: notAllowed", "ai-train", "disallowed"),
        ("cawg.ai_training: constrained", "ai-train", "disallowed"),
        ("cawg.data_mining: notAllowed", "ai-train", "unstated"),
    }
    assert "constrained: only with a licence; signature not validated" in {signal.note for signal in signals}


def test_every_signal_says_that_no_signature_was_validated() -> None:
    signals = read_signals(media=media.png(media.store(LABEL, EXAMPLE)))
    assert all("signature not validated" in signal.note for signal in signals)


def test_the_older_assertion_is_read_as_well_in_json_too() -> None:
    old = {"entries": {"c2pa.ai_training": {"use": "notAllowed"}, "c2pa.ai_inference": {"use": "allowed"}}}
    for kind in (b"cbor", b"json"):
        signals = read_signals(media={URL: media.jpeg(media.store("c2pa.training-mining", old, kind))})
        assert said(signals, "c2pa") == {("*", "ai-train", "disallowed"), ("*", "ai-input", "allowed")}


def test_a_numbered_assertion_is_one_too() -> None:
    assert read_signals(media=media.jpeg(media.store(f"{LABEL}__1", NO)))


def test_a_store_may_be_spread_over_many_segments() -> None:
    assert said(read_signals(media=media.jpeg(media.store(LABEL, EXAMPLE), part=37)), "c2pa") == said(
        read_signals(media=media.jpeg(media.store(LABEL, EXAMPLE))), "c2pa"
    )


def test_an_asset_says_nothing_of_the_site() -> None:
    signals = read_signals(media=media.jpeg(media.store(LABEL, NO)))
    assert answer(signals, "*", "ai-train").value == "unstated"
    named = read_signals(media={URL: media.jpeg(media.store(LABEL, NO))})
    assert answer(named, "*", "ai-train", "/a.jpg").value == "disallowed"


@pytest.mark.parametrize(
    "told", [[], {}, {"entries": []}, "text", {"entries": {}}, {"entries": "x"}, {"entry": {"cawg.ai_training": 1}}]
)
def test_an_assertion_of_another_form_permits_nothing(told: Any) -> None:
    signals = read_signals(media=media.jpeg(media.store(LABEL, told)))
    assert {signal.value for signal in signals} <= {"unstated"}


def test_an_assertion_that_cannot_be_read_is_recorded() -> None:
    broken = media.superbox("c2pa", media.superbox(LABEL, media.box(b"json", b"[" * 50_000)))
    huge = media.superbox("c2pa", media.superbox(LABEL, media.box(b"json", b" " * 70_000)))
    for store in (broken, huge):
        (signal,) = read_signals(media=store)
        assert (signal.value, signal.note) == ("unstated", "it cannot be read; signature not validated")


def test_of_many_files_the_first_hundred_are_read() -> None:
    files = {f"https://e.org/{n}": media.store(LABEL, NO) for n in range(150)}
    assert len(read_signals(media=files)) == 100


@pytest.mark.parametrize("use", ["NotAllowed", "", "maybe", 5, [], {"use": {}}])
def test_an_unknown_use_is_unstated(use: Any) -> None:
    signals = read_signals(media=media.jpeg(media.store(LABEL, {"entries": {"cawg.ai_training": {"use": use}}})))
    assert said(signals, "c2pa") == {("*", "ai-train", "unstated")}


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_file_may_end_anywhere(cut: int) -> None:
    for wrap in (media.jpeg, media.png, media.webp, media.mp4, bytes):
        read_signals(media=wrap(media.store(LABEL, EXAMPLE))[:cut])


def test_boxes_nested_without_end_are_left() -> None:
    nested = b""
    for _ in range(2000):
        nested = media.superbox("a", nested)
    assert list(boxes(nested)) == []


def test_a_store_of_too_many_boxes_is_read_in_part() -> None:
    assert len(list(boxes(media.box(b"free", b"") * (MAX_BOXES + 50)))) == MAX_BOXES


def test_lengths_that_lie_are_not_believed() -> None:
    lies = struct.pack(">I4sQ", 1, b"jumb", 2**63) + b"x" * 40
    assert list(boxes(lies)) == []
    assert list(stores(b"\xff\xd8" + b"\xff\xeb\xff\xffJP")) == []


@given(st.binary(max_size=300))
def test_no_bytes_break_the_decoder_of_cbor(data: bytes) -> None:
    with suppress(cbor.NotCbor):
        cbor.decode(data)


@given(
    st.recursive(
        st.text(max_size=20) | st.integers(0, 255),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=8,
    )
)
def test_what_is_written_in_cbor_is_read_again(value: Any) -> None:
    assert cbor.decode(media.cbor(value)) == value


# RFC 8949, appendix A
@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("1b000000e8d4a51000", 1000000000000), ("3903e7", -1000), ("f93c00", 1.0), ("fb3ff199999999999a", 1.1),
        ("f5", True), ("f6", None), ("c11a514b67b0", 1363896240), ("4401020304", b"\1\2\3\4"), ("62c3bc", "ü"),
        ("83010203", [1, 2, 3]), ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}), ("5f42010243030405ff", b"\1\2\3\4\5"),
    ],
)  # fmt: skip
def test_the_examples_of_the_rfc_are_read(data: str, value: Any) -> None:
    assert cbor.decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data", ["", "9b7fffffffffffffff", "5b7fffffffffffffff00", "1c", "81" * 100, "a1", "9f" * 20_000, "82ff"]
)
def test_broken_or_endless_cbor_is_refused(data: str) -> None:
    with pytest.raises(cbor.NotCbor):
        cbor.decode(bytes.fromhex(data))
