"""Keeping one child process alive: start, read its output, start again when it dies, stop."""

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from datacards.processes import die_with_parent
from governance.stack.errors import StackError

BACK_OFF = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the n-th restart in a row
STABLE = 30.0  # seconds of life after which the count of restarts begins anew
STARTING = 600.0  # seconds; the recovery of a large database takes its time
REMEMBERED = 50  # lines

Tell = Callable[[str, str, bool], None]  # (name of the service, one line, whether it is the keeper's own remark)


class Service(Protocol):
    """A program that runs in the foreground until it gets a signal."""

    name: str
    stop_signals: Sequence[tuple[signal.Signals, float]]  # each with the seconds it gets; SIGKILL follows the last
    death_signal: signal.Signals  # what the kernel sends when the keeper's process dies

    def before_start(self) -> None: ...
    def command(self) -> list[str]: ...
    def environment(self) -> dict[str, str]: ...
    def ready(self) -> bool: ...
    def explain(self, lines: list[str]) -> str: ...


def bare_environment() -> dict[str, str]:
    """What a server sees of the environment: none of the caller's settings and secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


class Keeper:
    """One service and its process. All methods run in one event loop, in the main thread (see `die_with_parent`)."""

    def __init__(self, service: Service, tell: Tell, inherit: Sequence[int] = ()) -> None:
        self.service = service
        self.tell = tell
        self.inherit = inherit
        self.process: asyncio.subprocess.Process | None = None
        self.lines: deque[str] = deque(maxlen=REMEMBERED)
        self.started_at = 0.0
        self._reader: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    async def start(self) -> None:
        """Start and wait until it is ready, then keep it so; `StackError` with the reason when it ends instead."""
        await self._spawn()
        await self._until_ready()
        self._keeping = asyncio.create_task(self._keep())

    async def _spawn(self) -> None:
        await asyncio.to_thread(self.service.before_start)
        me = os.getpid()
        self.lines.clear()
        self.process = await asyncio.create_subprocess_exec(
            *self.service.command(),
            env=self.service.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=tuple(self.inherit),
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(self.service.death_signal, me),
        )
        self.started_at = time.monotonic()
        self._reader = asyncio.create_task(self._read(self.process.stdout))

    async def _read(self, stream: asyncio.StreamReader | None) -> None:
        rest = b""
        while stream and (chunk := await stream.read(1 << 16)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._hear(line)
        if rest:
            self._hear(rest)

    def _hear(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            self.lines.append(text)
            self.tell(self.service.name, text, False)

    async def _until_ready(self) -> None:
        assert self.process
        deadline = time.monotonic() + STARTING
        while not await asyncio.to_thread(self.service.ready):
            if self.process.returncode is not None:
                await self._finish_reading()
                raise StackError(self.service.explain(list(self.lines)))
            if time.monotonic() > deadline:
                raise StackError(f"{self.service.name} is not ready after {STARTING:.0f} seconds.")
            await asyncio.sleep(0.02)

    async def _finish_reading(self) -> None:
        """What was written before the end is read; a grandchild that holds the pipe is not waited for."""
        if self._reader:
            await asyncio.wait([self._reader], timeout=0.5)
            self._reader.cancel()

    async def _keep(self) -> None:
        """Start it again whenever it ends, with growing pauses."""
        deaths = 0
        while self.process:
            status = await self.process.wait()
            await self._finish_reading()
            deaths = 1 if time.monotonic() - self.started_at > STABLE else deaths + 1
            pause = BACK_OFF[min(deaths, len(BACK_OFF)) - 1]
            self._remark(f"ended ({describe(status)}); starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            await self._restart()

    async def _restart(self) -> None:
        try:
            await self._spawn()
            await self._until_ready()
        except (StackError, OSError) as error:
            self._remark(str(error))
        else:
            self._remark("runs again")

    def _remark(self, text: str) -> None:
        self.tell(self.service.name, text, True)

    def kill(self) -> None:
        """End it at once."""
        if self.process and self.process.returncode is None:
            self.process.kill()

    async def stop(self) -> None:
        """End it: each stop signal with its patience, then SIGKILL."""
        if self._keeping:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        for number, patience in (*self.service.stop_signals, (signal.SIGKILL, 5.0)):
            if self.process is None or self.process.returncode is not None:
                break
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), patience)
        await self._finish_reading()


def describe(status: int) -> str:
    """`killed by SIGKILL` or `status 3`."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"status {status}"
