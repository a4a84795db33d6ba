"""Our answers beside Google's matcher (`jwm-robotstxt`): single verdicts, and who is kept out altogether.

Nothing is asked in a way that suits us: half of the URLs come from the file's own rules, and the sample is drawn by
a seed. A pair of file and agent is *fully blocked* where the oracle refuses every probe: `/`, two paths that no
file names, and for each rule of the file a path that it matches.

Two things Google's matcher leaves to its caller, so neither is asked: that /robots.txt is always allowed (RFC 9309
section 2.2.2), and that hex digits of a URL are capitals (RFC 3986 section 6.2.2.1); `crawler.robots` sees to both.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crawler import paper
from crawler.robots import parse, path_of, statements

Asked = Callable[[bytes, str, str], bool]
HOST = "https://www.example.org"
REALISTIC = (
    "/", "/news/2026/article.html?page=2", "/about", "/search?q=open+data&sort=new", "/wp-content/uploads/a.pdf",
    "/products/42-chair", "/images/logo.png", "/user/login?next=%2Fhome", "/feed/", "/caf%C3%A9/menu",
)  # fmt: skip
_HEX = re.compile("%[0-9a-fA-F]{2}")
FRESH = ("/", "/kq7wz", "/kq7wz/vx-3.html?zz=9")


def google() -> Asked | None:
    """The oracle, where it is installed: body, agent's token, URL → allowed."""
    try:
        from jwm.robotstxt.googlebot import RobotsMatcher
    except ImportError:
        return None
    return lambda body, agent, url: bool(RobotsMatcher().OneAgentAllowedByRobots(body, agent, url))


def own_paths(body: bytes) -> list[str]:
    """For each rule of a file a path that it is meant for: stars filled in, the end kept or gone on."""
    values = {value for _, key, value in statements(body) if key[:3].lower() in (b"dis", b"all") and value[:1] in b"/*"}
    found = []
    for value in sorted(values - {b""}):
        text = re.sub(r"[^\x21-\x7e]", "", value.decode("ascii", "ignore"))
        filled = text.removesuffix("$").replace("*", "x1")
        path = _HEX.sub(lambda escape: escape.group().upper(), filled if filled.startswith("/") else f"/{filled}")
        if path_of(path) != "/robots.txt":
            found.append(path)
    return found


# --- single verdicts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One thing to ask of a file."""

    host: str
    agent: str
    url: str


def questions(files: dict[str, bytes], agents: list[str], wanted: int, seed: int = 9309) -> Iterator[Question]:
    """So many different questions, spread evenly over the files; every second URL is from the file's own rules."""
    chance = random.Random(seed)
    for number, (host, body) in enumerate(files.items()):
        share = wanted * (number + 1) // len(files) - wanted * number // len(files)
        paths = own_paths(body)
        asked: set[Question] = set()
        for i in range(share * 20):
            path = (
                chance.choice(paths) + chance.choice(["", "", "x", "/y"])
                if paths and i % 2
                else chance.choice(REALISTIC)
            )
            asked.add(Question(host, chance.choice(agents), HOST + path))
            if len(asked) == share:
                break
        yield from sorted(asked, key=lambda q: (q.url, q.agent))


@dataclass
class Agreement:
    """How many answers were compared, how many refused, and where we differ."""

    answers: int = 0
    refusals: int = 0
    differing: list[Question] = field(default_factory=list)


def compare(files: dict[str, bytes], asked: Iterator[Question], oracle: Asked) -> Agreement:
    """Ask both."""
    found = Agreement()
    parsed = {host: parse(body) for host, body in files.items()}
    for question in asked:
        allowed = oracle(files[question.host], question.agent, question.url)
        found.answers += 1
        found.refusals += not allowed
        if parsed[question.host].check(question.agent, question.url).allowed is not allowed:
            found.differing.append(question)
    return found


# --- fully blocked -----------------------------------------------------------------------------------------


@dataclass
class Found:
    """What one estimator found of the pairs that the oracle has as fully blocked."""

    name: str
    right: int = 0
    missed: int = 0
    wrong: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the oracle's pairs that were found; 1 where it has none."""
        return self.right / ((self.right + self.missed) or 1) if self.right + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of the pairs found that are the oracle's; 1 where none was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    def take(self, host: str, theirs: dict[str, str], blocked: set[str]) -> None:
        """Compare one file's levels."""
        mine = {agent for agent, level in theirs.items() if level == "all"}
        self.right += len(mine & blocked)
        self.missed += len(blocked - mine)
        self.wrong += len(mine - blocked)
        self.examples += [(host, agent) for agent in sorted(mine ^ blocked)]


def fully_blocked(body: bytes, agents: list[str], oracle: Asked) -> set[str]:
    """The agents to which the oracle refuses every probe.

    Agents whose token stands nowhere in the file cannot be told apart by any reading, so one is asked for all of them.
    """
    text = body.lower()
    absent = [agent for agent in agents if agent.lower().encode() not in text]
    left = set(agents) - set(absent[1:])
    for path in (*FRESH, *own_paths(body)):
        left = {agent for agent in left if not oracle(body, agent, HOST + path)}
        if not left:
            break
    return left | set(absent) if absent and absent[0] in left else left


def estimators(files: dict[str, bytes], agents: list[str], tokens: dict[str, str], oracle: Asked) -> list[Found]:
    """Recall and precision of ours and of both editions of the paper's. `tokens`: agent's name → product token.

    The paper's looks names up as written, ours and the oracle by token, so each is asked in its own way.
    """
    ours, first, latest = Found("crawler.robots"), Found("the paper's"), Found("the paper's, latest")
    by_token: dict[str, list[str]] = {}
    for agent in agents:
        by_token.setdefault(tokens[agent], []).append(agent)
    for host, body in files.items():
        refused = fully_blocked(body, list(by_token), oracle)
        blocked = {agent for token in refused for agent in by_token[token]}
        levels = parse(body).levels(by_token)
        ours.take(host, {agent: levels[tokens[agent]] for agent in agents}, blocked)
        first.take(host, dict(paper.levels(body, agents)), blocked)
        latest.take(host, dict(paper.levels(body, agents, "latest")), blocked)
    return [ours, first, latest]
