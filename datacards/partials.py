"""Keeps what the units of a registration counted until it is finished: one Parquet file each, in the store.

A file's rows are in the order of a hash of the domain, so that all files together can be merged a few domains at a
time, however many there are.
"""

import uuid
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datacards.corpora import SHARES, merged

FOLDER = "registrations"
HASHES = 256
ROWS_AT_ONCE = 1 << 22
GROUP_ROWS = 1 << 16


class Partials:
    """The files of one run. `base` is the store: a path or fsspec URL."""

    def __init__(self, base: str, run: uuid.UUID) -> None:
        system, root = fsspec.core.url_to_fs(base)
        self._system: Any = system
        self._folder = f"{root.rstrip('/')}/{FOLDER}/{run}"

    def put(self, name: str, shares: pa.Table) -> None:
        """Keep a table of shares."""
        hashed = shares.append_column("hash", hashes(shares["domain"]))
        order = np.argsort(hashed["hash"].to_numpy(), kind="stable")
        self._system.makedirs(self._folder, exist_ok=True)
        with (
            self._system.open(self._path(name), "wb") as file,
            pq.ParquetWriter(file, hashed.schema, compression="zstd") as writer,
        ):
            for start in range(0, len(order), GROUP_ROWS):
                writer.write_table(hashed.take(order[start : start + GROUP_ROWS]))

    def remove(self, name: str) -> None:
        """Drop one, if it is there."""
        if self._system.exists(self._path(name)):
            self._system.rm_file(self._path(name))

    def merged(self, names: Sequence[str], rows: int, distinct_in: str | None) -> Iterator[pa.Table]:
        """The sums over all, each domain once, in tables of some million domains; `rows`: of all files together."""
        steps = min(HASHES, max(1, -(-rows // ROWS_AT_ONCE)))
        cuts = [HASHES * step // steps for step in range(steps + 1)]
        for low, high in pairwise(cuts):
            yield merged([self._read(name, low, high) for name in names], distinct_in)

    def clear(self) -> None:
        """Drop all."""
        if self._system.exists(self._folder):
            self._system.rm(self._folder, recursive=True)

    def _read(self, name: str, low: int, high: int) -> pa.Table:
        within = (pc.field("hash") >= low) & (pc.field("hash") < high)
        columns = SHARES.names
        return pq.read_table(self._path(name), columns=columns, filesystem=self._system, filters=within).cast(SHARES)

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"


def hashes(domains: pa.ChunkedArray) -> pa.Array:
    """A number below `HASHES` for each name: the sum of its bytes."""
    names = pa.concat_arrays([*domains.chunks, pa.array([], domains.type)]).cast(pa.large_string())
    _, places, values = names.buffers()
    offsets = np.frombuffer(places, np.int64, len(names) + 1, names.offset * 8)
    octets = np.frombuffer(values if values is not None else b"", np.uint8)
    sums = np.zeros(len(octets) + 1, np.uint8)  # which wrap around at HASHES
    np.cumsum(octets, dtype=np.uint8, out=sums[1:])
    return pa.array(np.diff(sums[offsets]).astype(np.int16))
