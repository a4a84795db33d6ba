"""Keeps what portions of a scan held, by content key: places and numbers, in one Parquet file each, never a value.

A file appears whole or not at all, and the same portion makes the same bytes. So a unit that ran twice, or a scan of
data that was scanned before, finds what it needs here and does no work.
"""

import hashlib
import json
import uuid
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from audits.protocol import Portion, Result, Tally

FORMAT = 1
TALLY = b"consentry.tally"


def content_key(pack: str, portion: Portion, seal_name: str) -> str:
    """What decides a portion's result: detectors, bytes, the part of them, columns, and the key of the digests."""
    part = portion.part
    parts = [FORMAT, pack, portion.digest, part.start, part.stop, sorted(portion.columns), seal_name]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Results:
    """The store's folder of one audit. `base` is a path or fsspec URL."""

    def __init__(self, base: str, audit: str) -> None:
        system, root = fsspec.core.url_to_fs(base)
        self._system: Any = system
        self._root = f"{root}/audits/{audit}"

    def tally(self, key: str) -> Tally | None:
        """The numbers of a portion that was scanned before, or None."""
        if not self._system.exists(self._path(key)):
            return None
        with self._system.open(self._path(key), "rb") as file:
            metadata = pq.read_schema(file).metadata
        return Tally.from_dict(json.loads(metadata[TALLY]))

    def findings(self, key: str) -> pa.Table:
        """The places found in a portion. Raises FileNotFoundError if it was never scanned."""
        with self._system.open(self._path(key), "rb") as file:
            return pq.read_table(file)

    def keep(self, key: str, result: Result) -> None:
        """Store a portion's result, all of it at once."""
        tally = json.dumps(result.tally.as_dict(), sort_keys=True).encode()
        sink = pa.BufferOutputStream()
        pq.write_table(result.findings.replace_schema_metadata({TALLY: tally}), sink, compression="zstd")
        self._write(self._path(key), sink.getvalue().to_pybytes())

    def vouched(self, proof: str) -> bool:
        """Some unit has compared this state of a file with its digest."""
        return bool(self._system.exists(f"{self._root}/vouched/{proof}"))

    def vouch(self, proof: str) -> None:
        """Remember that comparison."""
        self._write(f"{self._root}/vouched/{proof}", b"")

    def _path(self, key: str) -> str:
        return f"{self._root}/{key[:2]}/{key}.parquet"

    def _write(self, path: str, content: bytes) -> None:
        self._system.makedirs(path.rpartition("/")[0], exist_ok=True)
        partial = f"{path}.{uuid.uuid4().hex}"
        self._system.pipe_file(partial, content)
        self._system.mv(partial, path)
