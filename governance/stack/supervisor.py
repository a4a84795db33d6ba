"""The process that owns an embedded PostgreSQL and Valkey.

One per home, guarded by a file lock. Whoever needs the services holds a connection to its control socket, so the
kernel itself counts them: when the last connection closes, also by `kill -9`, the services are stopped. When the
supervisor is killed, the kernel tells the services to stop. It talks in lines of JSON:

    -> {"want": ["postgres", "valkey"]}
    <- {"ready": {"supervisor": 41, "postgres": 42, "valkey": 43}}    or {"error": "one sentence"}, or
    <- {"busy": true}                                                 another supervisor was faster: ask that one
    <- {"line": ["postgres", "ended (killed by SIGKILL); …", true]}   from then on; true: a remark of the supervisor
"""

import asyncio
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from governance.stack.errors import StackError
from governance.stack.home import Home
from governance.stack.keeper import Keeper
from governance.stack.logs import LogFile
from governance.stack.orphans import end_orphans
from governance.stack.postgres import Postgres
from governance.stack.privileges import become_ordinary
from governance.stack.valkey import Valkey

KINDS: dict[str, Callable[[Home], Postgres | Valkey]] = {"postgres": Postgres, "valkey": Valkey}
UNREAD = 1 << 18  # bytes: a client that does not read gets no more lines
PATIENCE = 30.0  # seconds that an ending supervisor of the same home gets


class Supervisor:
    """The services of one home and the clients that need them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.clients: set[asyncio.StreamWriter] = set()
        self.keepers: dict[str, Keeper] = {}
        self.logs = {name: LogFile(home.log / f"{name}.log") for name in KINDS}
        self.starting = asyncio.Lock()
        self.unneeded = asyncio.Event()

    async def serve(self, first: socket.socket, listening: socket.socket) -> None:
        """Serve the first client, and all that come, until the last has gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.unneeded.set)
        server = await asyncio.start_unix_server(self._serve_client, sock=listening)
        reader, writer = await asyncio.open_unix_connection(sock=first)
        client = asyncio.create_task(self._serve_client(reader, writer))
        await self.unneeded.wait()
        server.close()
        self.home.control_socket.unlink(missing_ok=True)
        await asyncio.gather(*(keeper.stop() for keeper in self.keepers.values()))
        client.cancel()

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.unneeded.is_set():  # too late: it finds the connection closed, and starts another supervisor
            writer.close()
            return
        self.clients.add(writer)
        try:
            while (request := await reader.readline()) and not self.unneeded.is_set():
                say(writer, await self._answer(json.loads(request)))
        except (ConnectionError, ValueError):
            pass
        finally:
            self.clients.discard(writer)
            if self.clients:
                writer.close()
            else:  # its end closes with this process, so that a client may wait for the services' end
                self.unneeded.set()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            for name in request["want"]:
                await self._ensure(name)
        except (StackError, OSError) as error:
            return {"error": str(error)}
        pids = {name: keeper.pid for name, keeper in self.keepers.items()}
        return {"ready": {"supervisor": os.getpid(), **pids}}

    async def _ensure(self, name: str) -> None:
        async with self.starting:
            if name in self.keepers:
                return
            service = await asyncio.to_thread(KINDS[name], self.home)
            await asyncio.to_thread(service.prepare)
            keeper = Keeper(service, self._tell)
            await keeper.start()
            self.keepers[name] = keeper

    def _tell(self, name: str, text: str, remark: bool) -> None:
        self.logs[name].write(text)
        for writer in self.clients:
            say(writer, {"line": [name, text, remark]})


def say(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    """Send a message without ever waiting for a client that does not read."""
    if "line" in message and writer.transport.get_write_buffer_size() > UNREAD:
        return
    with suppress(ConnectionError):
        writer.write(json.dumps(message).encode() + b"\n")


def lock(home: Home) -> IO[str] | None:
    """The lock of this home; None when a living supervisor serves it. Waits for one that is ending."""
    file = (home.run / "stack.lock").open("a")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        if answers(home.control_socket):
            return None
        time.sleep(0.05)
    return None


def answers(path: Path) -> bool:
    """Whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(path))
        return True
    return False


def main(root: str, descriptor: str) -> int:
    """`python -m governance.stack HOME FD`: FD is the first client's end of a socket pair. Returns at once, and
    goes on in a child that is nobody's: its first client may be gone before it."""
    if os.fork():
        return 0
    first = socket.socket(fileno=int(descriptor))
    home = Home(Path(root))
    held = lock(home)
    if held is None:
        return tell(first, {"busy": True})
    try:
        for folder in (*home.postgres.glob("[0-9]*"), home.valkey):
            end_orphans(folder)  # as root still: a namespace would hide them
        become_ordinary(home.postgres, home.valkey, home.log, home.run)
        listening = listen(home.control_socket)
    except (StackError, OSError) as error:
        return tell(first, {"error": str(error)})
    asyncio.run(Supervisor(home).serve(first, listening))
    held.close()
    return 0


def listen(path: Path) -> socket.socket:
    """The control socket; the lock is ours, so one that is there is a dead supervisor's."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    return listening


def tell(client: socket.socket, message: dict[str, Any]) -> int:
    """The only answer to a client that cannot be served here; it may be gone itself."""
    with suppress(OSError):
        client.sendall(json.dumps(message).encode() + b"\n")
    return 1


def run() -> int:
    return main(*sys.argv[1:3])
