"""Where WARC files are kept: `warc/` in the store, a folder or any address that fsspec knows."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import fsspec
from django.conf import settings

from crawler.warc import Kept, read
from datacards.errors import Unavailable

FOLDER = "warc"


class Store:
    """The evidence store. A remote one gets each file when it is complete; until then it lies in a spool folder."""

    def __init__(self, address: str) -> None:
        self._files, root = fsspec.core.url_to_fs(address)
        self._root = f"{root.rstrip('/')}/{FOLDER}"
        self.is_local = "://" not in address or address.startswith("file://")

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """The folder that a crawl writes to: the store itself, or one of its own whose files are then uploaded."""
        if self.is_local:
            folder = Path(self._root)
            folder.mkdir(parents=True, exist_ok=True)
            yield folder
            return
        folder = Path(tempfile.mkdtemp(prefix="consentry-warc-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, spool: Path, name: str) -> None:
        """Upload a complete file of the spool, and free its place there."""
        if not self.is_local:
            target = f"{self._root}/{name}"
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(spool / name), target)
            (spool / name).unlink()

    def sync(self, names: Iterable[str]) -> None:
        """See on disk what was written to files of a local store, before a row speaks of it."""
        for name in names if self.is_local else ():
            with (Path(self._root) / name).open("rb") as file:
                os.fsync(file.fileno())

    def read(self, name: str, offset: int) -> Kept:
        """The record at a place."""
        with self.open(name) as file:
            return read(file, offset)

    def names(self, folder: str) -> list[str]:
        """The files of a folder of evidence, named as `open` takes them."""
        found = self._files.glob(f"{self._root}/{folder}*.warc.gz")
        return sorted(f"{folder}{str(path).rpartition('/')[2]}" for path in found)

    def open(self, name: str) -> IO[bytes]:
        """A file of evidence, for many reads. Raises Unavailable where the store has lost it."""
        try:
            file: IO[bytes] = self._files.open(f"{self._root}/{name}", "rb")
        except FileNotFoundError as error:
            raise Unavailable(f"The store has no evidence file {FOLDER}/{name}; restore it from a backup.") from error
        return file


def configured() -> Store:
    """The store of this installation."""
    return Store(str(settings.CONSENTRY_STORE))
