"""Evidence on disk: standard WARC files, read back by offset, whole even when the writer died."""

import gzip
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.warc import Exchange, Writer, read, records, writing

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def exchange(body: bytes = b"User-agent: *\n", **more: object) -> Exchange:
    """An answer of a site."""
    headers = (("Content-Type", "text/plain"), ("Content-Encoding", "gzip"), ("Content-Length", "9"))
    values = {"url": "https://a.test/robots.txt", "fetched_at": NOW, "status": 200, "headers": headers, "body": body}
    return Exchange(**(values | more))  # type: ignore[arg-type]


def test_a_response_is_read_back_as_it_was(tmp_path: Path) -> None:
    with writing(tmp_path, "x/a", "Consentry") as writer:
        writer.response(exchange(b"first"))
        place = writer.response(exchange(b"second", ip="192.0.2.1"))
    with (tmp_path / place.file).open("rb") as file:
        kept = read(file, place.offset)
    assert (kept.kind, kept.body, kept.status, kept.fetched_at) == ("response", b"second", 200, NOW)
    assert kept.digest == exchange(b"second").digest
    assert kept.headers["content-length"] == "6"
    assert kept.headers["x-consentry-content-encoding"] == "gzip"


def test_a_revisit_has_headers_and_digest_but_no_body(tmp_path: Path) -> None:
    with writing(tmp_path, "a", "Consentry") as writer:
        place = writer.revisit(exchange())
    with (tmp_path / place.file).open("rb") as file:
        kept = read(file, place.offset)
    assert (kept.kind, kept.body, kept.digest) == ("revisit", b"", exchange().digest)


def test_another_tool_finds_nothing_wrong_with_the_file(tmp_path: Path) -> None:
    with writing(tmp_path, "a", "Consentry") as writer:
        writer.response(exchange(cut=True))
        writer.revisit(exchange())
        writer.response(exchange(status=999))
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", str(tmp_path / "a.warc.gz")]
    done = subprocess.run(check, capture_output=True, text=True)
    assert (done.returncode, "digest failed" in done.stdout) == (0, False)
    assert "digest pass" in done.stdout


def test_hostile_headers_cannot_forge_records(tmp_path: Path) -> None:
    headers = (("X-A\r\nWARC-Type", "v"), ("X-B", "one\r\n\r\nWARC/1.1\r\nWARC-Type: response"), ("X-Ü", "ü"))
    with writing(tmp_path, "a", "Consentry") as writer:
        writer.response(exchange(headers=headers))
    with (tmp_path / "a.warc.gz").open("rb") as file:
        (kept,) = records(file)
    assert kept.headers["x-b"] == "one WARC/1.1 WARC-Type: response"
    assert set(kept.headers) == {"x-b", "content-length"}


def test_each_record_is_whole_before_the_file_is_closed(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "a", "Consentry")
    place = writer.response(exchange(b"here"))
    with (tmp_path / place.file).open("rb") as file:
        assert read(file, place.offset).body == b"here"
    writer.close()


def test_a_record_cut_short_by_a_crash_leaves_the_others_readable(tmp_path: Path) -> None:
    with writing(tmp_path, "a", "Consentry") as writer:
        first = writer.response(exchange(b"first"))
        second = writer.response(exchange(b"second" * 100))
    whole = (tmp_path / "a.warc.gz").read_bytes()
    (tmp_path / "a.warc.gz").write_bytes(whole[: second.offset + 40])
    with (tmp_path / "a.warc.gz").open("rb") as file:
        assert read(file, first.offset).body == b"first"


def test_a_place_without_a_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with (tmp_path / "empty").open("rb") as file, pytest.raises(LookupError):
        read(file, 0)


def test_no_file_of_evidence_is_ever_overwritten(tmp_path: Path) -> None:
    Writer(tmp_path, "a", "Consentry").close()
    with pytest.raises(FileExistsError):
        Writer(tmp_path, "a", "Consentry")


def test_the_file_says_who_wrote_it(tmp_path: Path) -> None:
    Writer(tmp_path, "a", "Consentry/9 (+https://example.org)").close()
    text = gzip.decompress((tmp_path / "a.warc.gz").read_bytes()).decode()
    assert "software: Consentry/9 (+https://example.org)" in text
