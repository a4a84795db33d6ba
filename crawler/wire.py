"""What passes between a worker and its crawling child, as JSON lines.

In: one `Job`, then an `Errand` per domain. Out: one `Result` per domain as soon as it is known, and a `Closed` line
for each WARC file that is complete.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from crawler.addresses import Gate
from crawler.agents import Roll
from crawler.states import State

Handler = Literal["aiohttp", "twisted"]


@dataclass(frozen=True)
class Manners:
    """How to crawl. Times in seconds; `delay` is between two requests to one host."""

    user_agent: str
    handler: Handler = "aiohttp"
    concurrency: int = 300
    timeout: float = 10.0
    delay: float = 1.0
    loopback: tuple[str, int] | None = None
    ports: tuple[int, ...] = (80, 443)

    @property
    def gate(self) -> Gate:
        """Which addresses may be asked."""
        return Gate(self.loopback, frozenset(self.ports))

    @property
    def schemes(self) -> tuple[str, ...]:
        """Tried in order until one answers: https, then http where https has no answer at all."""
        return ("http",) if self.loopback else ("https", "http")


@dataclass(frozen=True)
class Errand:
    """One domain to ask, and the digest of what it said last, if anything."""

    domain: str
    digest: str = ""


@dataclass(frozen=True)
class Job:
    """One shard's work. WARC files go to `folder`, begin with `name`, and end after `rotate` results (0: never)."""

    manners: Manners
    roll: Roll
    folder: str
    name: str
    rotate: int = 0
    errands: tuple[Errand, ...] = ()

    def lines(self) -> list[str]:
        """The lines that `read_job` reads."""
        head = asdict(self)
        errands = head.pop("errands")
        return [json.dumps(line) for line in (head, *errands)]


@dataclass(frozen=True)
class Result:
    """What one domain answered. `digest` is of the body kept; `fresh` says that its bytes are in `warc_file`.

    `warc_offset` is the record of this fetch, a response or a revisit; -1 where no answer came.
    """

    domain: str
    state: State
    fetched_at: datetime
    http_status: int | None = None
    final_url: str = ""
    hops: tuple[str, ...] = ()
    digest: str = ""
    size: int = 0
    fresh: bool = False
    warc_file: str = ""
    warc_offset: int = -1
    letters: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""

    def line(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self) | {"fetched_at": self.fetched_at.isoformat()})


@dataclass(frozen=True)
class Closed:
    """A WARC file, named below the folder, to which nothing will be added."""

    closed: str

    def line(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def read_job(lines: list[str]) -> Job:
    """The job from the child's standard input."""
    head, *errands = [json.loads(line) for line in lines if line.strip()]
    manners = head.pop("manners")
    for name in ("loopback", "ports"):
        manners[name] = tuple(manners[name]) if manners[name] is not None else None
    roll = Roll(tuple((name, tuple(tokens)) for name, tokens in head.pop("roll")["entries"]))
    return Job(Manners(**manners), roll, errands=tuple(Errand(**each) for each in errands), **head)


def read_answer(line: str) -> Result | Closed:
    """One line of the child's standard output."""
    told: dict[str, Any] = json.loads(line)
    if "closed" in told:
        return Closed(**told)
    told["state"] = State(told["state"])
    told["fetched_at"] = datetime.fromisoformat(told["fetched_at"])
    told["hops"] = tuple(told["hops"])
    return Result(**told)
