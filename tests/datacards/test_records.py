"""Reading a register's records: what counts as a claim, what is refused, and that nothing is guessed."""

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.circles import on_circles
from datacards.errors import BadInput
from datacards.naming import hosts, hub_id, url_key
from datacards.record_files import lines_of
from datacards.records import Record, parse
from tests.datacards.record_cases import lines, record, written

REAL = Path(__file__).parents[3] / "shared" / "data" / "licence_records.jsonl.xz"
real = pytest.mark.skipif(not REAL.exists(), reason=f"the real records are not at {REAL}")


def read(**more: Any) -> Record:
    return next(parse([json.dumps(record(**more)).encode()]))


def refused(**more: Any) -> str:
    with pytest.raises(BadInput) as error:
        read(**more)
    return str(error.value)


def test_each_licence_is_a_claim_of_the_reviewer_with_their_note() -> None:
    claim = read().claims[0]
    assert (claim.source, claim.expression, claim.reviewer) == ("register", "MIT License", "Vera")
    assert claim.quote == "Read in the repository."


def test_the_hubs_word_is_a_claim_of_its_own_and_says_when_it_was_seen() -> None:
    claim = read().claims[1]
    assert (claim.source, claim.expression) == ("hub", "CC BY-NC 4.0")
    assert claim.quote == "HF Yaml License: CC BY-NC 4.0 (as of May 2024)"


def test_what_registers_write_for_nothing_is_no_claim() -> None:
    assert read(Licenses=[{"License": "None"}, {"License": ""}], **{"Inferred Metadata": {}}).claims == ()


def test_the_same_claim_twice_is_one() -> None:
    assert len(read(Licenses=[{"License": "MIT"}, {"License": "MIT"}], **{"Inferred Metadata": {}}).claims) == 1


def test_a_speech_record_names_its_sources_and_tasks_by_other_members() -> None:
    found = read(Source=["Podcast"], Tasks=["Speech Recognition"], _modality="speech", **{"Text Sources": []})
    assert (found.sources, found.tasks, found.modality) == (("Podcast",), ("Speech Recognition",), "speech")


def test_a_link_that_is_no_web_address_leads_nowhere() -> None:
    assert "repository" not in read(**{"GitHub URL": "javascript:alert(1)"}).links


def test_the_refusal_names_the_line_and_the_member() -> None:
    with pytest.raises(BadInput, match=r"records\.jsonl, line 2, member “Licenses”: a list of objects was expected"):
        list(parse([*lines(record()).splitlines(), *lines(record(Licenses="MIT")).splitlines()], "records.jsonl"))


@pytest.mark.parametrize(
    "line",
    [b"[]", b"3", b"{", b'{"a": NaN}', b'{"a": 1e999}', b"\xff{}", b'{"Dataset Name": "no identifier"}',
     b'{"Unique Dataset Identifier": "a\\u0000b"}', b'{"Unique Dataset Identifier": "\\ud800"}',
     b'{"a":' * 100_000, b'{"Unique Dataset Identifier": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_a_line_that_cannot_be_kept_is_refused_in_one_sentence(line: bytes) -> None:
    with pytest.raises(BadInput, match=r"line 1\b[^\n]*\.$"):
        list(parse([line]))


def test_a_backslash_before_u0000_is_a_text_like_any_other() -> None:
    assert read(**{"License Notes": "\\u0000"}).claims[0].quote == "\\u0000"


@pytest.mark.parametrize("long", ["Unique Dataset Identifier", "Collection", "License Verified By"])
def test_a_member_that_is_too_long_is_named(long: str) -> None:
    assert f"member “{long}”" in refused(**{long: "x" * 501})


def test_a_list_of_too_many_is_refused() -> None:
    assert "at most 2,000 items" in refused(**{"Text Sources": [str(n) for n in range(2001)]})


NAMES = st.sampled_from(["License", "HF Yaml License", "x"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)), st.sampled_from([*record()]))
def test_any_value_of_any_member_is_read_or_refused(value: Any, member: str) -> None:
    with suppress(BadInput):
        assert read(**{member: value}).identifier


@given(st.permutations(list(record())))
def test_the_digest_does_not_depend_on_the_order_of_members(order: list[str]) -> None:
    told = record()
    assert next(parse([json.dumps({key: told[key] for key in order}).encode()])).digest == read().digest


# --- files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.xz", "jsonl.gz", "jsonl.zst"])
def test_every_way_of_packing_reads_the_same(tmp_path: Path, ending: str) -> None:
    path = written(tmp_path / f"records.{ending}", record("a"), record("b"))
    with lines_of(path) as found:
        assert [each.identifier for each in parse(found)] == ["a", "b"]


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*[record(str(n)) for n in range(500)]))[:-200])
    with pytest.raises(BadInput, match="damaged or cut off"), lines_of(path) as found:
        list(found)


def test_a_file_that_is_not_what_its_ending_says_is_refused(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl.xz").write_bytes(b"plain")
    with pytest.raises(BadInput, match="cannot be read"), lines_of(tmp_path / "records.jsonl.xz") as found:
        list(found)


def test_a_record_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * (64 << 20)))
    with pytest.raises(BadInput, match="more than 4 MiB"), lines_of(tmp_path / "bomb.jsonl.gz") as found:
        list(found)


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    path, told = written(tmp_path / "records.jsonl.xz", record()), [0]
    with lines_of(path, told.append) as found:
        list(found)
    assert told[-1] == path.stat().st_size


# --- what texts name ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [("https://huggingface.co/datasets/acme/web", "acme/web"), ("huggingface.co/datasets/squad", "squad"),
     ("https://huggingface.co/datasets/squad/viewer/x", "squad"), ("https://huggingface.co/acme/model", ""),
     ("http://www.huggingface.co/datasets/a/b/tree/main?x#y", "a/b"), ("acme/web", "")],
)  # fmt: skip
def test_an_address_of_the_hub_names_a_dataset(text: str, found: str) -> None:
    assert hub_id(text) == found


@pytest.mark.parametrize("text", ["http://www.Example.org/a/", "https://example.org/a.git#x", "example.org/a"])
def test_addresses_that_lead_to_one_place_are_one(text: str) -> None:
    assert url_key(text) == "example.org/a"


@pytest.mark.parametrize("text", ["crowdsourced", "node.js", "v1.2", "U.S. reports", "Smith et al., 2013", "", "a.b"])
def test_words_that_are_no_host_name_none(text: str) -> None:
    assert hosts([text]) == [""]


def test_a_host_is_found_in_an_address_and_by_itself() -> None:
    assert hosts(["en.wikipedia.org", "https://bbc.co.uk/news", "WikiHow.com/x"]) == [
        "en.wikipedia.org", "bbc.co.uk", "wikihow.com"]  # fmt: skip


EDGES = st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


@given(EDGES)
def test_without_the_edges_on_circles_there_is_no_circle(edges: set[tuple[int, int]]) -> None:
    assert on_circles(edges - on_circles(edges)) == set()


@given(EDGES)
def test_edges_that_go_one_way_only_are_never_on_a_circle(edges: set[tuple[int, int]]) -> None:
    assert on_circles({(a, b) for a, b in edges if a < b}) == set()


# --- the real ones -----------------------------------------------------------------------------------------


@real
def test_all_real_records_are_read() -> None:
    with lines_of(REAL) as found:
        records = list(parse(found, REAL.name))
    assert len(records) == 2511
    assert {each.modality for each in records} == {"text", "speech", "video"}


@real
def test_every_licence_of_the_real_records_is_a_claim() -> None:
    with lines_of(REAL) as found:
        wrong = [
            each.identifier for each in parse(found)
            if {item["License"] for item in each.raw["Licenses"]} - {claim.expression for claim in each.claims}
        ]  # fmt: skip
    assert wrong == []
