"""The evidence that a revision's consent at a date rests on, as one WARC file that stands alone.

Records are copied as they lie in the store, each a gzip member of its own; where one only says that the same content
came again, the record with that content goes before it.
"""

import uuid
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import IO

from warcio.warcwriter import WARCWriter

from crawler.models import Snapshot
from crawler.store import Store
from crawler.verdicts import snapshots_in_use
from datacards.errors import Unavailable
from datacards.models import Revision

CHUNK = 64 * 1024
BATCH = 1000
SOFTWARE = "Consentry"


def stream(revision: Revision, store: Store, at: datetime | None = None) -> Iterator[bytes]:
    """The file's bytes, piece by piece. Raises Unavailable where the store has lost a record."""
    yield _preface(revision, at)
    for name, offsets in groupby(_places(revision, at), key=lambda place: place[0]):
        with store.open(name) as file:
            for _, offset in offsets:
                yield from member(file, offset)


def member(file: IO[bytes], offset: int) -> Iterator[bytes]:
    """The gzip member that begins at an offset, as it lies there. Raises Unavailable where it is damaged."""
    file.seek(offset)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while not unpacking.eof:
            piece = file.read(CHUNK)
            _skip(unpacking, piece)
            yield piece[: len(piece) - len(unpacking.unused_data)]
    except zlib.error as error:
        raise Unavailable("A record of the evidence is damaged; restore the store from a backup.") from error


def _skip(unpacking: "zlib._Decompress", piece: bytes) -> None:
    """Unpack without keeping: bounded, so that a bomb costs time but no memory."""
    if not piece:
        raise zlib.error("the member ends too early")
    while piece and not unpacking.eof:
        unpacking.decompress(piece, CHUNK)
        piece = unpacking.unconsumed_tail


def _places(revision: Revision, at: datetime | None) -> list[tuple[str, int]]:
    """Every record once: contents in the order of the files, then the fetches that refer to them."""
    used = list(snapshots_in_use(revision, at))
    contents: dict[tuple[str, int], None] = {}
    fetches: dict[tuple[str, int], None] = {}
    for rows in _batches(used):
        for file, offset, content_file, content_offset in rows:
            if content_file:
                contents[content_file, content_offset] = None
            if file and offset is not None:
                fetches[file, offset] = None
    return [*sorted(contents), *sorted(place for place in fetches if place not in contents)]


def _batches(used: list[uuid.UUID]) -> Iterator[Iterable[tuple[str, int | None, str | None, int]]]:
    for start in range(0, len(used), BATCH):
        rows = Snapshot.objects.filter(pk__in=used[start : start + BATCH])
        yield rows.values_list("warc_file", "warc_offset", "content__warc_file", "content__warc_offset")


def _preface(revision: Revision, at: datetime | None) -> bytes:
    """What the file is; the same question gives the same bytes."""
    out, at = BytesIO(), at or revision.made_at
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    about = {
        "software": SOFTWARE, "format": "WARC File Format 1.1", "isPartOf": str(revision),
        "description": f"What the consent of the sites of {revision} rests on",
    }  # fmt: skip
    record = writer.create_warcinfo_record(f"consent-{revision.pk}.warc.gz", about)
    name = uuid.uuid5(revision.pk, at.isoformat())
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{name}>")
    record.rec_headers.replace_header("WARC-Date", at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    writer.write_record(record)
    return out.getvalue()
