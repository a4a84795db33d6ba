"""How a process gets the services of a home: it starts their supervisor, or attaches to the one that lives."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from governance.stack.errors import StackError
from governance.stack.home import Home

ATTEMPTS = 10  # supervisors that may end while they are asked, before that counts as a fault
STOPPING = 40.0  # seconds; a supervisor kills what has not stopped by then
PROJECT = Path(__file__).resolve().parent.parent.parent


class Stack:
    """The embedded PostgreSQL and Valkey of a home, alive while this object is started.

    Use it as a context manager, or `start()` and `close()`. Any number of processes may hold the same home at once; the
    services end with the last of them, however it ends. `postgres` and `broker` choose what is needed.
    Raises `StackError` with one sentence where a service cannot run.
    """

    supervisor = ("-m", "governance.stack")

    def __init__(self, home: Path | str | None = None, *, postgres: bool = True, broker: bool = True) -> None:
        self.home = Home.at(home)
        self.want = [name for name, wanted in (("postgres", postgres), ("valkey", broker)) if wanted]
        self.pids: dict[str, int] = {}
        self.connection: socket.socket | None = None
        self._lines: IO[bytes] | None = None

    @property
    def database_url(self) -> str:
        return self.home.database_url

    @property
    def broker_url(self) -> str:
        return self.home.broker_url

    def start(self) -> "Stack":
        """Return when the wanted services are ready; at once when none is wanted."""
        self.close()
        self.home.prepare()
        if not self.want:
            return self
        for _ in range(ATTEMPTS):
            self.connection = self._attach() or self._launch()
            if self._ask():
                return self
            time.sleep(0.1)
        raise StackError(
            f"The embedded services of {self.home.root} do not start (log: {self.home.log / 'stack.log'})."
        )

    def _attach(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self.home.control_socket))
        except PermissionError:
            connection.close()
            raise StackError(f"The stack of {self.home.root} belongs to another user: run as that user.") from None
        except OSError:
            connection.close()
            return None
        return connection

    def _launch(self) -> socket.socket:
        """Start a supervisor; our end of a socket pair is its first client, so it never waits for nobody."""
        ours, theirs = socket.socketpair()
        try:
            self._spawn(theirs)
        except (OSError, subprocess.CalledProcessError) as error:
            ours.close()
            raise StackError(f"The embedded services of {self.home.root} do not start: {error}") from None
        return ours

    def _spawn(self, theirs: socket.socket) -> None:
        with theirs, (self.home.log / "stack.log").open("ab") as log:
            subprocess.run(
                [sys.executable, *self.supervisor, str(self.home.root), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home.root,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path[1:]])},
                start_new_session=True,
                check=True,
            )

    def _ask(self) -> bool:
        """Ask for the wanted services; False when this supervisor ends, or another was faster."""
        assert self.connection
        self._lines = self.connection.makefile("rb")
        with suppress(OSError):  # it may have answered and ended already
            self.connection.sendall(json.dumps({"want": self.want}).encode() + b"\n")
        answer = self._wait_for_answer()
        if answer is None or "busy" in answer:
            self.close()
            return False
        if "error" in answer:
            self.close()
            raise StackError(answer["error"])
        self.pids = answer["ready"]
        return True

    def _wait_for_answer(self) -> dict[str, Any] | None:
        while message := self.hear():
            if "line" not in message:
                return message
        return None

    def hear(self) -> dict[str, Any] | None:
        """The supervisor's next message, waited for; None when it has ended."""
        line = b""
        with suppress(OSError):
            line = self._lines.readline() if self._lines else b""
        return json.loads(line) if line.endswith(b"\n") else None

    def leave(self) -> None:
        """Need the services no longer; `hear` tells the end, after the services' own when nobody else needs them."""
        if self.connection:
            with suppress(OSError):
                self.connection.settimeout(STOPPING)
                self.connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Need the services no longer; when nobody else does, return after they have stopped."""
        self.leave()
        if self.connection and self._lines:
            with suppress(OSError):
                while self._lines.readline():
                    pass
            self._lines.close()
            self.connection.close()
        self.connection = self._lines = None

    def __enter__(self) -> "Stack":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ensure(home: Path | str | None = None, *, postgres: bool = True, broker: bool = True) -> Stack:
    """The started stack of a home; it lives until `close()` or the end of this process."""
    return Stack(home, postgres=postgres, broker=broker).start()
