"""Real processes for tests: workers, programs, and what is left of them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from datacards.processes import die_with_parent

PROJECT = Path(__file__).resolve().parent.parent


def until(happened: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait for something; fail when it does not happen in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def left_of(home: Path) -> list[str]:
    """The command lines of all processes that belong to a home: by folder, arguments or environment."""
    own = [entry for entry in Path("/proc").glob("[0-9]*") if int(entry.name) != os.getpid()]
    return [_text(entry / "cmdline") for entry in own if not gone(int(entry.name)) and _belongs(entry, str(home))]


def _belongs(process: Path, home: str) -> bool:
    try:
        folder = os.readlink(process / "cwd")
    except OSError:
        return False
    return folder.startswith(home) or any(home in _text(process / name) for name in ("cmdline", "environ"))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


class Program:
    """A Python program of the product in a process (and session) of its own, with its output in a file.

    It ends with the tests, however they end.

    `before` replaces this Python by another command line that ends in a Python; `variables` go into its environment.
    """

    def __init__(self, *arguments: str, log: Path, before: Sequence[str] = (), **variables: str) -> None:
        self.log = log
        variables["PYTHONPATH"] = os.pathsep.join([str(PROJECT), variables.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **variables}
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*(before or [sys.executable]), *arguments],
                stdout=out, stderr=out, env=environment, cwd=log.parent, start_new_session=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str, seconds: float = 120.0, times: int = 1) -> None:
        """Wait until it has written `text` so many times; fail when it ends before."""
        until(lambda: self.output.count(text) >= times or self.process.poll() is not None, seconds)
        assert self.output.count(text) >= times, self.output[-2000:]

    def kill(self) -> None:
        """`kill -9`, of the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, number: int = signal.SIGTERM, seconds: float = 15.0) -> int:
        """Ask it to end, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program of the product to its end."""
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(PROJECT), **variables}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120)
