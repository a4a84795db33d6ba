"""The timed rounds of `benchmarks.crawl`: our crawling processes, and the bare loop over the URLs that they asked."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crawler.addresses import parse_loopback
from crawler.agents import Roll, shipped
from crawler.child import crawling
from crawler.documents import Document
from crawler.wire import Answer, Errand, Job, Manners

Requests = dict[str, list[str]]
ENOUGH = 0.9  # of the hosts: then the rate is taken, for the last are waited for until they are out of time


@dataclass
class Round:
    """How one crawl of all hosts went. Times are in seconds since the web saw its first request."""

    name: str
    hosts: int = 0
    requests: int = 0
    until_enough: float = 0.0
    until_end: float = 0.0
    memory: list[int] = field(default_factory=list)  # bytes, the peak of each process
    cpu: float = 0.0  # seconds, of all its processes, from their starts
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)

    @property
    def rate(self) -> float:
        """Hosts per second until 90 % of them were done."""
        return ENOUGH * self.hosts / self.until_enough

    @property
    def request_rate(self) -> float:
        """Requests per second, all of them over the whole time."""
        return self.requests / self.until_end


class Web:
    """The running web."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses

    def log(self) -> tuple[float, Requests]:
        """When the first request came, and the paths asked of each host since the last look."""
        told = self._control("/log")
        return told["began"], told["requests"]

    def last(self) -> dict[str, float]:
        """When each host was last asked, by the machine's monotonic clock."""
        return dict(self._control("/last"))

    def connects(self) -> dict[str, int]:
        """Connections by the address to which they came."""
        return dict(self._control("/connects"))

    def names(self) -> dict[str, int]:
        """How often each name was looked up."""
        return dict(self._control("/names"))

    def _control(self, path: str) -> dict:  # type: ignore[type-arg]
        request = urllib.request.Request(f"http://{self.addresses[0]}{path}", headers={"Host": "control"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return dict(json.load(response))


@contextmanager
def web(*addresses: str) -> Iterator[Web]:
    """Serve in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.crawl_web", *addresses]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Web(process.stdout.readline().split())
        finally:
            process.stdin.close()


def manners(address: str, concurrency: int) -> Manners:
    """The crawl's usual manners towards the web; all its hosts are one server, so no delay is kept."""
    return Manners("Consentry-Benchmark", concurrency=concurrency, delay=0.0, loopback=parse_loopback(address))


def ours(
    name: str, web: Web, each: Manners, hosts: list[str], processes: int, documents: tuple[Document, ...]
) -> tuple[Round, Requests]:
    """Crawl the hosts with so many processes, each with its share of the hosts."""
    told, ends = Round(name, len(hosts)), []
    with tempfile.TemporaryDirectory(prefix="crawl-") as folder:
        parts = [_Part(each, hosts[n::processes], documents, folder, f"p{n}") for n in range(processes)]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
    for part in parts:
        if part.failed is not None:
            raise part.failed
        told.answers |= part.answers
        told.memory.append(part.memory)
        told.cpu += part.cpu
        ends += part.ends
    return _timed(told, web, ends)


class _Part(threading.Thread):
    """One crawling process and who listens to it."""

    def __init__(self, each: Manners, hosts: list[str], documents: tuple[Document, ...], folder: str, name: str):
        super().__init__(name=name)
        errands = tuple(Errand(host) for host in hosts)
        self._job = Job(each, Roll.of(shipped()), folder, name, 0, errands, documents)
        self.answers: dict[str, Answer] = {}
        self.ends: list[float] = []
        self.memory, self.cpu, self._looked = 0, 0.0, 0.0
        self.failed: Exception | None = None

    def run(self) -> None:
        """Listen until the process ends."""
        try:
            with crawling(self._job) as told:
                (child,) = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
                for answer in told:
                    self._look(child)
                    if isinstance(answer, Answer):
                        self.answers[answer.domain] = answer
                        self.ends.append(time.monotonic())
        except Exception as error:
            self.failed = error

    def _look(self, child: str) -> None:
        """Note what the process has taken so far, now and then."""
        if time.monotonic() - self._looked < 0.2:
            return
        self._looked = time.monotonic()
        try:
            status, stat = (Path(f"/proc/{child}/{name}").read_text() for name in ("status", "stat"))
        except OSError:
            return
        if "VmHWM:" in status:
            self.memory = max(self.memory, int(status.partition("VmHWM:")[2].split()[0]) * 1024)
            user, system = stat.rpartition(")")[2].split()[11:13]
            self.cpu = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def bare(web: Web, concurrency: int, timeout: float, requests: Requests) -> tuple[Round, Requests]:
    """Ask exactly these requests in one bare aiohttp loop."""
    lines = [json.dumps([web.addresses[0], concurrency, timeout]), *(json.dumps(each) for each in requests.items())]
    command = [sys.executable, "-m", "benchmarks.crawl_bare"]
    before = _of_children()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(lines))
        process.stdin.close()
        ends = [time.monotonic() for _ in process.stdout]
    return _timed(Round("bare aiohttp", len(requests), cpu=_of_children() - before), web, ends)


def _of_children() -> float:
    """CPU seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _timed(told: Round, web: Web, ends: list[float]) -> tuple[Round, Requests]:
    began, requests = web.log()
    ends.sort()
    told.requests = sum(map(len, requests.values()))
    told.until_enough = ends[round(ENOUGH * len(ends)) - 1] - began
    told.until_end = ends[-1] - began
    return told, requests
