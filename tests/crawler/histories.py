"""Histories made for tests by real writers, and imports of them through the run engine."""

import json
import lzma
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

from dulwich import porcelain
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.models import ConsentChange, Snapshot
from datacards import runs
from datacards.models import Domain, Run

START = datetime(2023, 1, 1, tzinfo=UTC)
OPEN = b"User-agent: *\nDisallow:\n"
CLOSED = b"User-agent: GPTBot\nDisallow: /\n"
SHUT = b"User-agent: *\nDisallow: /\n"
Capture = tuple[str, int, bytes]  # host, day since START, robots.txt


def day(number: float) -> datetime:
    """A day of the history."""
    return START + timedelta(days=number)


def watched(*hosts: str) -> dict[str, Domain]:
    """Hosts that some corpus has."""
    rows = [Domain(name=host, registrable=host, shard=crc32(host.encode()) % 4096) for host in hosts]
    Domain.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.name: row for row in Domain.objects.filter(name__in=hosts)}


def warc(path: Path, captures: Iterable[Capture], status: int = 200, **headers: str) -> Path:
    """A robotstxt WARC of captures, as warcio writes it."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for host, at, body in captures:
            told = [("Content-Type", "text/plain"), *headers.items()]
            http = StatusAndHeaders(f"{status} X", told, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"https://{host}/robots.txt", "response", payload=BytesIO(body), length=len(body), http_headers=http,
                warc_headers_dict={"WARC-Date": f"{day(at):%Y-%m-%dT%H:%M:%SZ}"},
            )  # fmt: skip
            writer.write_record(record)
    return path


def provenance(path: Path, told: Mapping[str, Mapping[float, bytes | None]]) -> Path:
    """A file of the Data Provenance form: host → day → robots.txt, or None."""
    texts = {
        host: {day(at).isoformat(): None if body is None else body.decode() for at, body in days.items()}
        for host, days in told.items()
    }
    path.write_text(json.dumps(texts))
    return path


def dump(path: Path, versions: Iterable[tuple[str, float, str, bool]]) -> Path:
    """A dump of terms: (service, day, text, technical)."""
    rows = [
        {"service": service, "terms": "Terms of Service", "date": day(at).isoformat(), "technical": technical,
         "text": text}
        for service, at, text, technical in versions
    ]  # fmt: skip
    with lzma.open(path, "wt") as file:
        file.write("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def repository(path: Path, versions: Iterable[tuple[str, float, str]]) -> Path:
    """A versions repository, a commit for each (service, day, text)."""
    porcelain.init(path)
    for service, at, text in versions:
        file = path / service / "Terms of Service.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        porcelain.add(path, [str(file)])
        when = int(day(at).timestamp())
        porcelain.commit(
            path, message=b"Record new changes", author=b"a <a@a>", committer=b"a <a@a>", author_timestamp=when,
            author_timezone=0, commit_timestamp=when, commit_timezone=0,
        )  # fmt: skip
    return path


def asked(path: Path, source: str = "an archive", **params: Any) -> Run:
    """An import that nobody works on yet."""
    return runs.start("import", by=None, params={"path": str(path), "source": source, **params}, wake=False)


def imported(path: Path, source: str = "an archive", **params: Any) -> Run:
    """An import done here."""
    return runs.work_until_done(asked(path, source, **params), pause=0.05)


def history() -> list[tuple[Any, ...]]:
    """What the store tells of all hosts, without what differs from run to run."""
    rows = Snapshot.objects.order_by("domain__name", "channel", "fetched_at", "content")
    return list(
        rows.values_list("domain__name", "channel", "fetched_at", "state", "http_status", "content", "signals__digest",
                         "source", "headers", "error")
    )  # fmt: skip


def drift() -> list[tuple[Any, ...]]:
    """All changes, in time order: (host, at, before's digest, after's digest, events, standing, historic)."""
    rows = ConsentChange.objects.order_by("domain__name", "channel", "at").select_related("domain", "before", "after")
    return [
        (row.domain.name, row.at, row.before.fetched_at, row.before.content_id, row.after.content_id,
         tuple(sorted((e["kind"], str(e.get("agent")), e["before"], e["after"]) for e in row.changes)), row.standing,
         row.historic)
        for row in rows
    ]  # fmt: skip
