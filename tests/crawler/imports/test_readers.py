"""Histories from elsewhere, written by real writers, damaged on purpose, and read into sightings."""

import base64
import gzip
import hashlib
import json
import lzma
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.documents import Document
from crawler.imports import Bad, Sighting, files_of, read
from crawler.imports.sighting import Unusable, host_of, moment
from datacards.errors import BadInput

RULES = b"User-agent: GPTBot\nDisallow: /\n"
DAY = "2023-07-01T00:00:00Z"
Write = Callable[..., Path]


def both(path: Path, **more: object) -> tuple[list[Sighting], list[Bad]]:
    found = list(read(path, **more))
    return [f for f in found if isinstance(f, Sighting)], [f for f in found if isinstance(f, Bad)]


# --- WARC --------------------------------------------------------------------------------------------------


@pytest.fixture
def warc(tmp_path: Path) -> Write:
    """A file of answers: (url, body, status) or what else a record has."""

    def write(*answers: tuple[str, bytes, int], name: str = "a.warc.gz", date: str = DAY) -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            writer = WARCWriter(file, gzip=name.endswith("gz"))
            writer.write_record(writer.create_warcinfo_record(name, {"software": "test"}))
            for url, body, status in answers:
                http = StatusAndHeaders(f"{status} X", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
                record = writer.create_warc_record(
                    url,
                    "response",
                    payload=BytesIO(body),
                    length=len(body),
                    http_headers=http,
                    warc_headers_dict={"WARC-Date": date},
                )
                writer.write_record(record)
        return path

    return write


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_answers_of_a_warc_file_are_sighted_with_their_status(warc: Write, name: str) -> None:
    path = warc(("https://News.example/robots.txt", RULES, 200), ("http://b.example/robots.txt", b"", 404), name=name)
    sightings, bad = both(path)
    assert [(s.domain, s.status, s.body) for s in sightings] == [("news.example", 200, RULES), ("b.example", 404, b"")]
    assert (sightings[0].at, bad) == (datetime(2023, 7, 1, tzinfo=UTC), [])


def test_of_a_crawl_only_the_documents_of_consent_are_taken(warc: Write) -> None:
    urls = ("/", "/story", "/ai.txt", "/llms.txt", "/.well-known/tdmrep.json", "/robots.txt?x=1")
    sightings, _ = both(warc(*((f"https://a.example{url}", b"x", 200) for url in urls)))
    assert [s.document for s in sightings] == [Document.HOME, Document.AI_TXT, Document.LLMS_TXT, Document.TDMREP]


def test_a_revisit_has_the_body_that_it_repeats(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer, http = WARCWriter(file, gzip=True), StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        url = "https://a.example/robots.txt"
        first = writer.create_warc_record(url, "response", BytesIO(RULES), len(RULES), http_headers=http)
        writer.write_record(first)
        again = writer.create_revisit_record(url, first.rec_headers["WARC-Payload-Digest"], url, DAY, http)
        writer.write_record(again)
    sightings, bad = both(path)
    assert ([s.body for s in sightings], bad) == ([RULES, RULES], [])


def test_a_file_that_breaks_off_keeps_what_came_before(warc: Write) -> None:
    path = warc(*((f"https://{n}.example/robots.txt", RULES, 200) for n in "abc"))
    whole = path.read_bytes()
    for cut in range(1, len(whole) // 3):
        path.write_bytes(whole[:-cut])
        sightings, _ = both(path)
        assert {s.body for s in sightings} == {RULES}, cut  # never half of one
        assert {"a.example"} <= {s.domain for s in sightings}, cut


def test_an_unfolding_bomb_is_cut(warc: Write) -> None:
    sightings, _ = both(warc(("https://a.example/robots.txt", b" " * 60_000_000, 200)))
    assert (len(sightings[0].body or b""), sightings[0].cut) == (500 * 1024, True)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_what_follows_a_record_that_is_cut_is_read(warc: Write, name: str) -> None:
    long = ("https://a.example/robots.txt", b"# long\n" * 200_000, 200)
    sightings, bad = both(warc(long, ("https://b.example/robots.txt", RULES, 200), long, name=name))
    assert ([s.domain for s in sightings], bad) == (["a.example", "b.example", "a.example"], [])


def test_a_packed_answer_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        http = StatusAndHeaders("200 OK", [("Content-Encoding", "gzip")], protocol="HTTP/1.1")
        packed = gzip.compress(RULES)
        url = "https://a.example/robots.txt"
        writer.write_record(writer.create_warc_record(url, "response", BytesIO(packed), len(packed), http_headers=http))
    assert both(path)[0][0].body == RULES


@pytest.mark.parametrize("url", ["https:///robots.txt", "https://10.0.0.1/robots.txt", "https://a b/robots.txt"])
def test_a_record_whose_host_is_none_is_told_and_left_out(warc: Write, url: str) -> None:
    sightings, bad = both(warc((url, RULES, 200), ("https://a.example/robots.txt", RULES, 200)))
    assert ([s.domain for s in sightings], len(bad)) == (["a.example"], 1)


def test_a_record_from_before_the_web_is_told_and_left_out(warc: Write) -> None:
    sightings, bad = both(warc(("https://a.example/robots.txt", RULES, 200), date="1970-01-01T00:00:00Z"))
    assert (sightings, len(bad)) == ([], 1)
    assert "before the web" in str(bad[0])


def test_a_ten_megabyte_header_does_not_stop_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nX: " + b"a" * 10_000_000
    path.write_bytes(head + b"\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    sightings, bad = both(path)
    assert (sightings, len(bad)) == ([], 1)


@given(noise=st.binary(max_size=400))
def test_no_bytes_make_a_reader_raise(noise: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("noise")
    for name in ("a.warc.gz", "a.json", "a.cdx", "a.cdx.json", "a.jsonl", "a.jsonl.xz"):
        (folder / name).write_bytes(noise)
        assert all(isinstance(found, Sighting | Bad) for found in read(folder / name, domains={"x": "a.example"}))


# --- the Data Provenance form --------------------------------------------------------------------------------


def test_a_null_is_a_day_without_robots_txt(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    told = {"https://a.example": {"2023-01-01": None, "2023-02-01": RULES.decode()}, "b.example/": {"2023-01-01": ""}}
    path.write_text(json.dumps(told))
    sightings, bad = both(path)
    assert [(s.domain, s.status, s.body) for s in sightings] == [
        ("a.example", 404, None), ("a.example", 200, RULES), ("b.example", 200, b"")
    ]  # fmt: skip
    assert bad == []


@pytest.mark.parametrize("text", ['{"a.example": {"2023-01-01": 5}}', '{"a.example": "x"}', "[1]", '{"a.example": {'])
def test_another_form_of_json_is_told_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text)
    sightings, bad = both(path)
    assert (sightings, len(bad)) == ([], 1)
    assert "address" in bad[0].why


def test_a_date_that_is_none_costs_only_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"a.example": {"yesterday": "x", "2023-01-01": "y"}}))
    sightings, bad = both(path)
    assert ([s.body for s in sightings], [b.why for b in bad]) == ([b"y"], ["its date cannot be read"])


# --- the Wayback Machine -------------------------------------------------------------------------------------


def index(folder: Path, *rows: list[str], lines: bool = False) -> Path:
    columns = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    path = folder / ("a.cdx" if lines else "a.cdx.json")
    path.write_text("\n".join(" ".join(row) for row in rows) if lines else json.dumps([columns, *rows]))
    return path


def capture(status: str = "200", body: bytes = RULES, stamp: str = "20230701000000") -> list[str]:
    digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
    return ["example,a)/robots.txt", stamp, "http://a.example/robots.txt", "text/plain", status, digest, "100"]


@pytest.mark.parametrize("lines", [False, True])
def test_a_capture_is_joined_with_its_body(tmp_path: Path, lines: bool) -> None:
    (tmp_path / "20230701000000").write_bytes(RULES)
    sightings, bad = both(index(tmp_path, capture(), capture("404", stamp="20230801000000"), lines=lines))
    assert [(s.status, s.body) for s in sightings] == [(200, RULES), (404, b"")]
    assert bad == []


def test_a_body_that_is_not_the_captured_one_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "20230701000000").write_bytes(b"forged")
    sightings, bad = both(index(tmp_path, capture()))
    assert (sightings, "digest differs" in bad[0].why) == ([], True)


def test_no_index_leads_out_of_its_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret").write_bytes(RULES)
    row = capture()
    row[5] = "../secret"
    sightings, bad = both(index(inner, row))
    assert (sightings, len(bad)) == ([], 1)


# --- terms -------------------------------------------------------------------------------------------------


def test_a_dump_of_versions_is_read_for_the_services_that_are_known(tmp_path: Path) -> None:
    rows = [
        {"service": "Acme", "terms": "Terms of Service", "date": DAY, "technical": False, "text": "one"},
        {"service": "Acme", "terms": "Privacy Policy", "date": DAY, "technical": False, "text": "privacy"},
        {"service": "Nobody", "terms": "Terms of Service", "date": DAY, "technical": False, "text": "two"},
        {"service": "Acme", "terms": "Terms of Service", "date": "2023-08-01", "technical": True, "text": "three"},
    ]
    path = tmp_path / "versions.jsonl.xz"
    path.write_bytes(lzma.compress("\n".join(map(json.dumps, [*rows, "no"])).encode()))
    sightings, bad = both(path, domains={"acme": "acme.example"})
    assert [(s.body, s.technical) for s in sightings] == [(b"one", False), (b"three", True)]
    assert len(bad) == 1


def test_a_repository_is_read_commit_by_commit(tmp_path: Path) -> None:
    with Repo.init(str(tmp_path)) as repository:
        (tmp_path / "Acme").mkdir()
        file = tmp_path / "Acme" / "Terms of Service.md"
        for number, message in enumerate(("Record new changes", "Apply technical or declaration upgrade")):
            file.write_text(f"text {number}")
            porcelain.add(repository, [str(file)])
            who, at = b"A <a@a.example>", 1_690_000_000 + number
            porcelain.commit(repository, message.encode(), who, at, committer=who, commit_timestamp=at)
    sightings, bad = both(tmp_path, domains={"acme": "acme.example"})
    assert [(s.body, s.technical, s.document) for s in sightings] == [
        (b"text 0", False, Document.TERMS), (b"text 1", True, Document.TERMS)
    ]  # fmt: skip
    assert bad == []


# --- words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://Bücher.example/x", "bücher.example", "https://xn--bcher-kva.example:443/"])
def test_a_host_is_read_as_domains_are_registered(url: str) -> None:
    assert host_of(url) == "xn--bcher-kva.example"


@pytest.mark.parametrize("text", ["20230701000000", "20230701", "2023-07-01", "2023-07-01T02:00:00+02:00"])
def test_moments_are_read_in_the_forms_of_the_archives(text: str) -> None:
    assert moment(text) == datetime(2023, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "99999999999999", "2999-01-01", "20231301"])
def test_moments_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Unusable):
        moment(text)


@pytest.mark.parametrize(("name", "said"), [("nothing", "no such file"), ("a.txt", "name its --format")])
def test_a_place_that_cannot_be_read_is_told_with_the_way_out(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(BadInput, match=said):
        files_of(tmp_path / name)
