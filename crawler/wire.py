"""What passes between a worker and its crawling child, as JSON lines.

In: one `Job`, then an `Errand` per domain. Out: one `Answer` per domain as soon as all its documents are done, and a
`Closed` line for each WARC file that is complete.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from crawler.addresses import Gate
from crawler.agents import Roll, product_token
from crawler.documents import Document
from crawler.states import State

Handler = Literal["aiohttp", "twisted"]
ALL = tuple(Document)


@dataclass(frozen=True)
class Manners:
    """How to crawl. Times in seconds; `delay` is between two requests to one site, 0 keeps none.

    `longest_delay` is how far a Crawl-delay of the site is obeyed.
    """

    user_agent: str
    handler: Handler = "aiohttp"
    concurrency: int = 300
    timeout: float = 10.0
    delay: float = 1.0
    longest_delay: float = 30.0
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

    @property
    def token(self) -> str:
        """The name by which a robots.txt addresses this crawler."""
        return product_token(self.user_agent)


@dataclass(frozen=True)
class Copy:
    """What is kept of a document from the time before: `file` and `offset` lead to its bytes, where there are any.

    `headers` are those of its last answer, by name in lower case; its validators make a request conditional.
    """

    document: Document
    state: State
    url: str = ""
    digest: str = ""
    file: str = ""
    offset: int = -1
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Errand:
    """One domain to ask: the site it belongs to, its copies, and where a person says that its terms are."""

    domain: str
    site: str = ""
    copies: tuple[Copy, ...] = ()
    terms: str = ""

    def copy(self, document: Document) -> Copy | None:
        """The copy of a document."""
        return next((copy for copy in self.copies if copy.document == document), None)


@dataclass(frozen=True)
class Job:
    """One shard's work. WARC files go to `folder`, begin with `name`, and end after `rotate` answers (0: never)."""

    manners: Manners
    roll: Roll
    folder: str
    name: str
    rotate: int = 0
    errands: tuple[Errand, ...] = ()
    documents: tuple[Document, ...] = ALL

    def lines(self) -> list[str]:
        """The lines that `read_job` reads."""
        head = asdict(self)
        errands = head.pop("errands")
        return [json.dumps(line) for line in (head, *errands)]


@dataclass(frozen=True)
class Fetch:
    """What asking for one document came to. `digest` is of the body kept; `fresh`: its bytes are in `warc_file`.

    `warc_offset` is the record of this fetch, a response or a revisit; -1 where no answer came. `letters` are levels,
    of a robots.txt that speaks; `signals` are `crawler.channels.Signal`s as dictionaries, None where nothing was read.
    """

    document: Document
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
    signals: tuple[dict[str, Any], ...] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """All that a domain answered, robots.txt first; `delay` is what was kept between two requests."""

    domain: str
    fetches: tuple[Fetch, ...]
    delay: float = 0.0

    def line(self) -> str:
        """As JSON."""
        return json.dumps({**vars(self), "fetches": [vars(fetch) for fetch in self.fetches]}, default=_json)

    def of(self, document: Document) -> Fetch | None:
        """What came of a document; None where it was not wanted, or nobody told where it is."""
        return next((fetch for fetch in self.fetches if fetch.document == document), None)

    @property
    def files(self) -> frozenset[str]:
        """The WARC files that it speaks of."""
        return frozenset(fetch.warc_file for fetch in self.fetches if fetch.warc_file)


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
    documents = tuple(Document(each) for each in head.pop("documents"))
    return Job(Manners(**manners), roll, errands=tuple(map(_errand, errands)), documents=documents, **head)


def read_answer(line: str) -> Answer | Closed:
    """One line of the child's standard output."""
    told: dict[str, Any] = json.loads(line)
    if "closed" in told:
        return Closed(**told)
    return Answer(told["domain"], tuple(map(_fetch, told["fetches"])), told["delay"])


def _errand(told: dict[str, Any]) -> Errand:
    copies = tuple(
        Copy(**{**copy, "document": Document(copy["document"]), "state": State(copy["state"])})
        for copy in told.pop("copies")
    )
    return Errand(copies=copies, **told)


def _fetch(told: dict[str, Any]) -> Fetch:
    told["document"], told["state"] = Document(told["document"]), State(told["state"])
    told["fetched_at"] = datetime.fromisoformat(told["fetched_at"])
    told["hops"] = tuple(told["hops"])
    told["signals"] = None if told["signals"] is None else tuple(told["signals"])
    return Fetch(**told)


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not pass the wire")
