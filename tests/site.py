"""A web of many hosts on one loopback port: host → path → answer. It counts who asked for what."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What a path answers, and how badly: after a while, in drips, or by hanging up."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    hang_up: bool = False
    length: int | None = None

    @classmethod
    def to(cls, url: str, status: int = 301) -> "Answer":
        """A redirect."""
        return cls(status=status, headers={"Location": url})

    def head(self) -> bytes:
        """Status line and headers."""
        lines = [
            f"HTTP/1.1 {self.status} x",
            f"Content-Length: {len(self.body) if self.length is None else self.length}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


Hosts = dict[str, dict[str, Answer]] | Callable[[str, str], Answer | None]
NOT_FOUND = Answer(b"nothing here", 404, {"Content-Type": "text/plain"})


class Site:
    """The running web. Change `hosts` at any time; `asked` counts requests by host and path."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts
        self.asked: Counter[tuple[str, str]] = Counter()
        self.agents: set[str] = set()
        self.address = ""

    def count(self, host: str, path: str = "/robots.txt") -> int:
        """How often a path was asked for."""
        return self.asked[host, path]

    def answer(self, host: str, path: str) -> Answer:
        """What a request gets."""
        found = self.hosts(host, path) if callable(self.hosts) else self.hosts.get(host, {}).get(path)
        return found or NOT_FOUND

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        self.asked[headers["host"], path] += 1
        self.agents.add(headers.get("user-agent", ""))
        answer = self.answer(headers["host"], path)
        await asyncio.sleep(answer.wait)
        if answer.hang_up:
            return False
        writer.write(answer.head())
        for at in range(0, len(answer.body), 1024 if answer.drip else 1 << 20):
            writer.write(answer.body[at : at + (1024 if answer.drip else 1 << 20)])
            await writer.drain()
            await asyncio.sleep(answer.drip)
        await writer.drain()
        return answer.length is None


@contextmanager
def serving(hosts: Hosts) -> Iterator[Site]:
    """Serve the hosts in a thread; the site's `address` is the crawler's loopback flag."""
    site, ready, loop = Site(hosts), threading.Event(), asyncio.new_event_loop()

    async def run() -> None:
        server = await asyncio.start_server(site.serve, "127.0.0.1", 0, backlog=1000)
        host, port = server.sockets[0].getsockname()
        site.address = f"{host}:{port}"
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    def work() -> None:
        asyncio.set_event_loop(loop)
        running = loop.create_task(run())
        loop.run_forever()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        assert running.done()
        loop.close()

    thread = threading.Thread(target=work, daemon=True, name="site")
    thread.start()
    assert ready.wait(5)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
