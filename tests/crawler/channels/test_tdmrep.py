"""TDM Reservation Protocol, from the examples of the Community Group's final report."""

import json
from typing import Any

import pytest

from crawler.channels import read_signals
from crawler.permissions import answer
from tests.crawler.channels.saying import only, said

POLICY = "https://provider.com/policies/policy.json"


def file(*entries: Any) -> bytes:
    return json.dumps(list(entries)).encode()


def entry(location: str, reservation: Any, **more: str) -> dict[str, Any]:
    return {"location": location, "tdm-reservation": reservation, **more}


THREE = file(
    entry("/directory-a/", 1, **{"tdm-policy": POLICY}),
    entry("/directory-b/html/", 1),
    entry("/directory-b/images/*.jpg", 0),
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/directory-a/x", "disallowed"), ("/directory-b/html/1", "disallowed"),
        ("/directory-b/images/1.jpg", "allowed"), ("/directory-b/images/1.png", "unstated"),
        ("/Directory-A/x", "unstated"),
    ],
)  # fmt: skip
def test_an_entry_holds_for_the_paths_that_its_location_matches(path: str, value: str) -> None:
    assert answer(read_signals(tdmrep=THREE), "*", "ai-train", path).value == value


def test_an_entry_is_found_by_its_number_and_tells_its_policy() -> None:
    first = next(signal for signal in read_signals(tdmrep=THREE) if signal.path == "/directory-a/")
    assert (first.where, first.quote) == ("/.well-known/tdmrep.json entry 1", "tdm-reservation: 1")
    assert POLICY in first.note


def test_the_first_location_that_matches_counts() -> None:
    signals = read_signals(tdmrep=file(entry("/open/", 0), entry("/", 1)))
    assert answer(signals, "*", "ai-train", "/open/a").value == "allowed"
    assert answer(signals, "*", "ai-train", "/other").value == "disallowed"
    swapped = read_signals(tdmrep=file(entry("/", 1), entry("/open/", 0)))
    assert answer(swapped, "*", "ai-train", "/open/a").value == "disallowed"


def test_the_end_mark_stops_a_location() -> None:
    signals = read_signals(tdmrep=file(entry("/exactly$", 1)))
    assert answer(signals, "*", "ai-train", "/exactly").value == "disallowed"
    assert answer(signals, "*", "ai-train", "/exactly/not").value == "unstated"


def test_headers_reserve_and_name_a_policy() -> None:
    signals = read_signals(headers=[("TDM-Reservation", "1"), ("tdm-policy", POLICY)])
    signal = only(signals, "tdmrep")
    assert (signal.value, signal.where) == ("disallowed", "header tdm-reservation")
    assert POLICY in signal.note


def test_a_page_reserves_by_its_meta_element() -> None:
    html = f'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="{POLICY}">'
    signal = only(read_signals(html=html, url="https://e.org/p"), "tdmrep")
    assert (signal.value, signal.where, signal.path) == ("disallowed", "meta tdm-reservation", "/p$")
    assert POLICY in signal.note


def test_a_header_outweighs_the_file_and_the_page_the_header() -> None:
    body, page = file(entry("/", 1)), "https://e.org/p"
    header = {"tdm-reservation": "0"}
    meta = '<meta name="tdm-reservation" content="1">'
    assert answer(read_signals(tdmrep=body, headers=header, url=page), "*", "ai-train", "/p").value == "allowed"
    signals = read_signals(tdmrep=body, headers=header, html=meta, url=page)
    assert answer(signals, "*", "ai-train", "/p").deciding[0].where == "meta tdm-reservation"
    assert answer(signals, "*", "ai-train", "/q").deciding[0].where == "/.well-known/tdmrep.json entry 1"


def test_of_the_whole_site_one_pages_permission_says_little() -> None:
    found = answer(read_signals(tdmrep=file(entry("/", 1)), headers={"tdm-reservation": "0"}), "*", "ai-train")
    assert (found.value, len(found.conflicts)) == ("disallowed", 1)


@pytest.mark.parametrize(
    ("told", "value"),
    [(1, "disallowed"), (0, "allowed"), ("1", "disallowed"), ("0", "unstated"), (2, "unstated"), (True, "unstated"),
     (None, "unstated"), ([1], "unstated"), (-1, "unstated"), (False, "unstated")],
)  # fmt: skip
def test_a_careless_refusal_counts_and_a_careless_permission_does_not(told: Any, value: str) -> None:
    assert only(read_signals(tdmrep=file(entry("/", told))), "tdmrep").value == value


@pytest.mark.parametrize("told", ["", "2", "yes", "01", "1;0"])
def test_other_values_of_a_header_are_unset(told: str) -> None:
    assert said(read_signals(headers={"tdm-reservation": told}), "tdmrep") == {("*", "ai-train", "unstated")}


@pytest.mark.parametrize("body", [b"{", b"1", b'"a"', b"[" * 100_000, b"\xff\xfe", b"[1e999999, NaN]x", b"9" * 5000])
def test_a_file_that_is_no_list_says_nothing_and_is_recorded(body: bytes) -> None:
    signal = only(read_signals(tdmrep=body), "tdmrep")
    assert (signal.value, signal.note) == ("unstated", "not a list of entries in JSON: nothing is known from it")


def test_entries_without_a_location_match_nothing() -> None:
    signals = read_signals(tdmrep=b'[{"tdm-reservation": 1}, 5, null, {"location": 3, "tdm-reservation": 1}]')
    assert {signal.value for signal in signals} == {"unstated"}


def test_a_lone_object_is_read_as_one_entry() -> None:
    assert (
        only(read_signals(tdmrep=b'\xef\xbb\xbf{"location": "/", "tdm-reservation": 1}'), "tdmrep").value
        == "disallowed"
    )


def test_a_page_in_the_files_place_is_no_file() -> None:
    assert read_signals(tdmrep=b"<!DOCTYPE html><title>Not found</title>") == []
