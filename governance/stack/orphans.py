"""Servers that outlived their supervisor."""

import os
import signal
import time
from pathlib import Path

PATIENCE = 10.0  # seconds that an orphan gets to end by itself; it was told to when its parent died


def processes_at(folder: Path) -> list[int]:
    """The pids whose working folder is `folder`, as far as this user may see; [] where there is no /proc."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _works_in(entry, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(folder)
    except OSError:
        return False


def end_orphans(folder: Path) -> None:
    """Wait until no process works in `folder`; after `PATIENCE` seconds, kill what is left."""
    deadline = time.monotonic() + PATIENCE
    while found := processes_at(folder):
        if time.monotonic() > deadline:
            for pid in found:
                _kill(pid)
            deadline = time.monotonic() + PATIENCE
        time.sleep(0.05)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
