"""Servers that outlived their supervisor."""

import os
import signal
import time
from pathlib import Path

PATIENCE = 10.0  # seconds that an orphan gets to end by itself; it was told to when its parent died


SERVERS = ("postgres", "valkey-server", "redis-server")


def servers_at(folder: Path) -> list[int]:
    """The pids of servers that work in `folder`, as far as this user may see; [] where there is no /proc."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _serves(entry, folder)]


def _serves(process: Path, folder: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(folder) and (process / "comm").read_text().strip() in SERVERS
    except OSError:
        return False


def end_orphans(folder: Path) -> None:
    """Wait until no server works in `folder`; after `PATIENCE` seconds, kill what is left."""
    deadline = time.monotonic() + PATIENCE
    while found := servers_at(folder):
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
