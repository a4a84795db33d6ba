"""Opens a file of records as lines of bytes: plain, xz, gzip or Zstandard by its ending, capped in every way."""

import io
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from datacards.errors import BadInput
from datacards.records import LONGEST_RECORD

CODECS = {".gz": "gzip", ".zst": "zstd", ".xz": "xz"}
LARGEST = 2 << 30  # bytes, decompressed
READ = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@contextmanager
def lines_of(path: Path, progress: Callable[[int], None] = lambda passed: None) -> Iterator[Iterator[bytes]]:
    """The lines of a file, decompressed; `progress` is told how far the file itself was read, in bytes."""
    try:
        with path.open("rb", buffering=0) as raw, _expanded(_Told(raw, progress), path.suffix.lower()) as stream:
            yield _lines(stream, path.name)
    except (OSError, EOFError, lzma.LZMAError, pa.ArrowException) as error:
        raise BadInput(f"{path.name} cannot be read, or is damaged or cut off: {_reason(error)}.") from None


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or "it does not decompress").lower()


class _Told(io.RawIOBase):
    """A file that tells how far it was read."""

    def __init__(self, file: BinaryIO | io.FileIO, progress: Callable[[int], None]) -> None:
        self._file, self._progress, self._passed = file, progress, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        chunk = self._file.read(len(buffer)) or b""
        buffer[: len(chunk)] = chunk
        self._passed += len(chunk)
        self._progress(self._passed)
        return len(chunk)


@contextmanager
def _expanded(raw: _Told, ending: str) -> Iterator[Any]:
    match CODECS.get(ending):
        case None:
            yield raw
        case "xz":
            with lzma.open(io.BufferedReader(raw, READ)) as stream:
                yield stream
        case codec:
            with pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), codec) as stream:
                yield stream


def _lines(stream: Any, name: str) -> Iterator[bytes]:
    rest, passed, first = b"", 0, True
    while chunk := stream.read(READ):
        passed += len(chunk)
        if passed > LARGEST:
            raise BadInput(f"{name} has more than {LARGEST >> 30} GiB of records: cut it into several files.")
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_RECORD or any(len(line) > LONGEST_RECORD for line in whole):
            raise BadInput(f"{name} has a record of more than {LONGEST_RECORD >> 20} MiB: write one record per line.")
        if first and whole:
            whole[0], first = whole[0].removeprefix(BYTE_ORDER_MARK), False
        yield from whole
    if rest:
        yield rest.removeprefix(BYTE_ORDER_MARK) if first else rest
