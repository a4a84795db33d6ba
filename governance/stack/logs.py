"""Log files that do not grow without end."""

from datetime import UTC, datetime
from pathlib import Path

LARGEST = 10 << 20  # bytes; one older file of this size is kept


class LogFile:
    """A file of timestamped lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str) -> None:
        """Append one line; a full disk must not end the process whose log this is."""
        try:
            self._make_room()
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}\n")
        except OSError:
            return

    def _make_room(self) -> None:
        if self.path.exists() and self.path.stat().st_size > LARGEST:
            self.path.replace(self.path.with_suffix(".log.1"))
