"""Opens the files of a corpus as streams of bytes: hashed as they pass, decompressed, never all in memory."""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import pyarrow as pa

from datacards.corpora.files import SourceFile
from datacards.corpora.folders import stamp_of
from datacards.corpora.remote import filesystem, is_url, unreachable
from datacards.errors import BadInput, Expected

Progress = Callable[[int], None]  # told how many bytes of the file have been read since it was last called

READ = 1 << 22  # bytes asked for at once
REMOTE_BLOCK = 1 << 23


@dataclass(frozen=True)
class Limits:
    """What one file may ask of a worker; all in bytes, but the ratio."""

    line: int = 1 << 26  # one line or record
    ratio: int = 200  # how many times larger decompressed text may be (English text: 3 to 5) …
    expanded: int = 1 << 28  # … once it is larger than this


LIMITS = Limits()


class Watched(io.RawIOBase):
    """A file read from start to end, hashed and reported as it goes."""

    def __init__(self, file: BinaryIO, progress: Progress | None = None) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._progress = progress
        self.passed = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._file.read(size)
        self._hash.update(chunk)
        self.passed += len(chunk)
        if self._progress:
            self._progress(len(chunk))
        return chunk

    def digest(self) -> str:
        """SHA-256 of the whole file; reads what is left of it."""
        while self.read(READ):
            pass
        return self._hash.hexdigest()


@contextmanager
def opened(file: SourceFile) -> Iterator[BinaryIO]:
    """The file's bytes, seekable. Raises `BadInput` if it is gone, forbidden or was changed since it was listed."""
    try:
        handle = _remote(file) if is_url(file.location) else _local(file)
    except FileNotFoundError:
        raise BadInput(f"{file.name} is gone since it was listed: put it back, then register again.") from None
    except PermissionError:
        raise BadInput(f"{file.name} may not be read by this user: change its permissions.") from None
    except IsADirectoryError:
        raise BadInput(f"{file.name} is a folder by now: put the file back, then register again.") from None
    with handle:
        yield handle


def digest_of(file: SourceFile, progress: Progress | None = None) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with opened(file) as handle:
        return Watched(handle, progress).digest()


@contextmanager
def expanded(raw: Watched, file: SourceFile, limits: Limits = LIMITS) -> Iterator["Source"]:
    """The decompressed bytes of a file that is read from start to end."""
    if not file.codec:
        yield Source(raw, None, file, limits)
        return
    with pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), file.codec) as stream:
        yield Source(raw, stream, file, limits)


class Source(io.RawIOBase):
    """Decompressed bytes; refuses a file that grows beyond all measure, or is damaged."""

    def __init__(self, raw: Watched, stream: Any, file: SourceFile, limits: Limits) -> None:
        self._raw = raw
        self._stream = stream or raw
        self._file = file
        self._limits = limits
        self.passed = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            chunk = cast("bytes", self._stream.read(size))
        except (OSError, pa.ArrowException):
            raise BadInput(f"{self._file.name} is damaged or cut off: compress it again from its source.") from None
        self.passed += len(chunk)
        self._refuse_bomb()
        return chunk

    def _refuse_bomb(self) -> None:
        limits = self._limits
        if self.passed > limits.expanded and self.passed > limits.ratio * max(1, self._raw.passed):
            name = self._file.name
            raise BadInput(f"{name} grows more than {limits.ratio} times when decompressed: give the data itself.")


def _local(file: SourceFile) -> BinaryIO:
    """Not through a link put there since the listing, and not waiting for the other end of a pipe."""
    descriptor = os.open(file.location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or (file.stamp and stamp_of(status) != file.stamp):
        os.close(descriptor)
        raise _changed(file)
    return os.fdopen(descriptor, "rb", buffering=0)


def _changed(file: SourceFile) -> BadInput:
    return BadInput(f"{file.name} changed since it was listed: wait until it is complete, then register again.")


def _remote(file: SourceFile) -> BinaryIO:
    try:
        system = filesystem(file.location.partition("://")[0], file.anonymous)
        handle = system.open(file.location, "rb", block_size=REMOTE_BLOCK)
    except Expected:
        raise
    except Exception as error:
        raise unreachable(file.name, error) from None
    tag = (getattr(handle, "details", None) or {}).get("ETag", "").strip('"')
    if file.stamp and tag and tag != file.stamp:
        raise _changed(file)
    return cast("BinaryIO", Distant(handle, file))


class Distant(io.RawIOBase):
    """A file elsewhere: what its client raises while reading becomes one sentence."""

    def __init__(self, handle: Any, file: SourceFile) -> None:
        self._handle = handle
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            return cast("bytes", self._handle.read(size))
        except Exception as error:
            raise unreachable(self._file.name, error) from None

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return int(self._handle.seek(offset, whence))

    def tell(self) -> int:
        return int(self._handle.tell())

    def close(self) -> None:
        self._handle.close()
        super().close()
