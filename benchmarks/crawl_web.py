"""The loopback web of `benchmarks.crawl`, in a process of its own: quick enough not to be what is measured.

    python -m benchmarks.crawl_web ADDRESS:PORT … [names]

Prints the addresses it listens on and ends with standard input; with `names` it is the network's name server, too.
Asked for the host `control`, it tells: `/log` the requests of each host in order, which begins a new count; `/last`
when each host was last asked; `/connects` how many connections came to each address; `/names` how often each name was
looked up.
"""

import asyncio
import json
import sys
import time
from collections import Counter

from benchmarks.crawl_hosts import Reply, answer, reply
from benchmarks.crawl_names import Names


class Log:
    """Who asked for what since the last look."""

    def __init__(self) -> None:
        self.requests: dict[str, list[str]] = {}
        self.last: dict[str, float] = {}
        self.connects: Counter[str] = Counter()
        self.names = Names()
        self.began = 0.0

    def add(self, host: str, path: str) -> None:
        """Count a request."""
        self.last[host] = now = time.monotonic()
        self.began = self.began or now
        self.requests.setdefault(host, []).append(path)

    def tell(self, path: str) -> bytes:
        """What `control` answers."""
        if path == "/connects":
            return json.dumps(self.connects).encode()
        if path == "/last":
            return json.dumps(self.last).encode()
        if path == "/names":
            return json.dumps(self.names.asked).encode()
        told = json.dumps({"began": self.began, "requests": self.requests}).encode()
        self.requests, self.began = {}, 0.0
        return told


class Connection(asyncio.Protocol):
    """One connection: requests one after another, each answered before the next is read."""

    def __init__(self, log: Log) -> None:
        self._log, self._received, self._resume = log, b"", asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._resume.set()
        self._log.connects["{}:{}".format(*transport.get_extra_info("sockname")[:2])] += 1

    def connection_lost(self, exc: Exception | None) -> None:
        """It went: whatever was still to be said is not."""
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        """It reads too slowly."""
        self._resume.clear()

    def resume_writing(self) -> None:
        """It reads again."""
        self._resume.set()

    def data_received(self, data: bytes) -> None:
        """Answer at once what can be answered at once."""
        assert self._transport is not None
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        lines, self._received = self._received.decode("latin-1").split("\r\n"), b""
        path = lines[0].split(" ")[1]
        host = next((line[5:].strip().lower() for line in lines if line[:5].lower() == "host:"), "")
        if host == "control":
            self._transport.write(answer(200, self._log.tell(path)))
            return
        self._log.add(host, path)
        said = reply(host, path)
        if said.wait or said.pause or said.endless:
            self._task = asyncio.get_running_loop().create_task(self._say(said))
            return
        self._transport.writelines(said.pieces)
        if said.close:
            self._transport.close()

    async def _say(self, said: Reply) -> None:
        assert self._transport is not None
        await asyncio.sleep(said.wait)
        for piece in said.pieces:
            self._transport.write(piece)
            await asyncio.sleep(said.pause)
        while said.endless:
            await self._resume.wait()
            self._transport.write(said.pieces[-1])
            await asyncio.sleep(0)
        if said.close:
            self._transport.close()


async def serve(*addresses: str) -> None:
    """Listen until standard input ends."""
    loop, log = asyncio.get_running_loop(), Log()
    told = []
    for address in addresses:
        if address == "names":
            await loop.create_datagram_endpoint(lambda: log.names, ("127.0.0.1", 53))
            continue
        host, _, port = address.rpartition(":")
        server = await loop.create_server(lambda: Connection(log), host.strip("[]"), int(port), backlog=4096)
        told += ["{}:{}".format(*listening.getsockname()[:2]) for listening in server.sockets]
    print(*told, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
