"""Runs the whole product in one terminal: parts that are started again when they die, and one log."""

import asyncio
import fcntl
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TextIO

from datacards.errors import Conflict, Unavailable
from datacards.terminals import harmless
from governance.parts import Part
from governance.stack import Stack, StackError
from governance.stack.keeper import Keeper

FIRST_PORT, PORTS = 8000, 20
COLOURS = {"web": 36, "worker": 32, "beat": 35, "postgres": 34, "valkey": 33, "consentry": 1}
GRAVE = ("FATAL", "PANIC", "MISCONF", "No space left")  # of the servers' own lines, those worth a place in the terminal


class Log:
    """One readable log: time, the part's name in its colour, the line."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.coloured = out.isatty() and "NO_COLOR" not in os.environ

    def __call__(self, name: str, text: str) -> None:
        label = f"{name:<9}"
        if self.coloured:
            label = f"\x1b[{COLOURS.get(name, 0)}m{label}\x1b[0m"
        with suppress(OSError, ValueError):  # the terminal may be gone; that is no reason to stop working
            self.out.write(f"{datetime.now():%H:%M:%S} {label} {harmless(text)}\n")
            self.out.flush()


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket: on `port`, or on the first free one from 8000 on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS):
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, candidate))
            opened.listen(1024)
        except OSError as error:
            opened.close()
            reason = error.strerror
        else:
            return opened
    asked = f"{host}:{port}" if port is not None else f"{host}, ports {FIRST_PORT} to {FIRST_PORT + PORTS - 1}"
    raise Unavailable(f"Nothing can listen on {asked} ({reason}): choose another with --port and --host.")


def only_one(run: Path, address: str) -> IO[str]:
    """The lock of the one `up` of a home; says where the other one is, if there is one."""
    file = (run / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        other = json.loads(file.readline() or "{}")
        file.close()
        raise Conflict(
            f"Consentry is up already for this data folder, at {other.get('address', 'another port')} "
            f"(process {other.get('pid', 'unknown')}); set CONSENTRY_HOME to another folder for a second one."
        ) from None
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}) + "\n")
    file.flush()
    return file


class Up:
    """The parts of one running product."""

    def __init__(self, stack: Stack, parts: Sequence[Part], inherit: Sequence[int], log: Log) -> None:
        self.stack = stack
        self.parts = {part.name: part for part in parts}
        self.keepers = [Keeper(part, self._tell, inherit) for part in parts]
        self.log = log
        self.stopping = threading.Event()

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP; `StackError` when a part does not start at all."""
        asked = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._ask_to_stop, asked)
        watcher = threading.Thread(target=self._watch_stack, daemon=True)
        watcher.start()
        try:
            if await self._started(asked):
                when_ready()
                await asked.wait()
        finally:
            await self._stop(watcher)

    def _ask_to_stop(self, asked: asyncio.Event) -> None:
        if asked.is_set():
            self.log("consentry", "stopping at once")
            for keeper in self.keepers:
                keeper.kill()
        asked.set()

    async def _started(self, asked: asyncio.Event) -> bool:
        """Start all parts; False when a signal came first."""
        starting = asyncio.gather(*(keeper.start() for keeper in self.keepers))
        signalled = asyncio.create_task(asked.wait())
        waited: list[asyncio.Future[Any]] = [starting, signalled]
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return False
        signalled.cancel()
        starting.result()
        return True

    async def _stop(self, watcher: threading.Thread) -> None:
        """First the parts, each at its own pace, then what they stand on."""
        began = time.monotonic()
        self.stopping.set()
        self.log("consentry", "stopping; a second Ctrl-C does it at once")
        await asyncio.gather(*(keeper.stop() for keeper in reversed(self.keepers)))
        await asyncio.to_thread(self.stack.leave)
        await asyncio.to_thread(watcher.join, 20.0)
        self.log("consentry", f"stopped after {time.monotonic() - began:.1f} s")

    def _tell(self, name: str, text: str, remark: bool) -> None:
        part = self.parts[name]
        part.seen = part.seen or part.sign in text
        self.log(name, text)

    def _watch_stack(self) -> None:
        """Repeat what the stack's supervisor says; should it end, start another."""
        while self.stack.want:
            message = self.stack.hear()
            if message is None and self.stopping.is_set():
                return
            if message is None:
                self._start_stack_again()
            elif "line" in message:
                name, text, remark = message["line"]
                if remark or any(word in text for word in GRAVE):
                    self.log(name, text)

    def _start_stack_again(self) -> None:
        self.log("consentry", "the embedded services have lost their supervisor; starting them again")
        try:
            self.stack.start()
        except StackError as error:
            self.log("consentry", str(error))
            self.stopping.wait(5.0)
        else:
            self.log("consentry", "the embedded services run again")
