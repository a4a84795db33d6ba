"""What one site says, as people read it: a verdict per purpose and agent, and the lines that decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.agents import Purpose
from crawler.history import AgentReading, reading
from crawler.models import Snapshot
from crawler.states import State
from datacards.errors import Unavailable

MOST_LINES = 4000
STRICTEST_FIRST = ("disallowed", "some", "unknown", "allowed", "unstated")
WORDS = {
    State.OK: "The file was fetched.",
    State.REDIRECTED: "The file was fetched after a redirect.",
    State.OVERSIZE: "The file is over 500 KiB; its first whole lines count.",
    State.SOFT_404: "A page of HTML came instead of a file, so nothing is refused.",
    State.EMPTY: "The file is empty, so nothing is refused.",
    State.UNAVAILABLE: "There is no file (4xx), so nothing is refused.",
    State.UNREACHABLE: "The site could not be reached, so by RFC 9309 everything counts as refused.",
}


@dataclass(frozen=True)
class Line:
    """A line of the file, and the agents for which it decides."""

    number: int
    text: str
    agents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What the site says to one agent."""

    reading: AgentReading
    verdict: str

    @property
    def name(self) -> str:
        """The agent's."""
        return self.reading.agent.name


@dataclass(frozen=True)
class PurposeSaid:
    """The strictest verdict among a purpose's agents, and those that have it."""

    purpose: str
    verdict: str
    agents: tuple[Said, ...]

    @property
    def lines(self) -> list[int]:
        """The lines that say so."""
        return sorted({said.reading.line for said in self.agents if said.reading.line is not None})


@dataclass(frozen=True)
class Site:
    """A snapshot as people read it; `problem` where its bytes are out of reach."""

    snapshot: Snapshot
    lines: Sequence[Line]
    agents: tuple[Said, ...]
    problem: str = ""

    @property
    def words(self) -> str:
        """What the fetch came to."""
        return WORDS[State(self.snapshot.state)]

    @property
    def purposes(self) -> list[PurposeSaid]:
        """Every purpose that an agent has."""
        groups = [(p.value, [s for s in self.agents if s.reading.agent.purpose == p]) for p in Purpose]
        return [_strictest(purpose, own) for purpose, own in groups if own]

    def purpose(self, name: str) -> PurposeSaid | None:
        """One purpose."""
        return next((found for found in self.purposes if found.purpose == name), None)


def read(snapshot: Snapshot) -> Site:
    """Read a snapshot back from the evidence."""
    try:
        found = reading(snapshot)
    except Unavailable as error:
        return Site(snapshot, (), (), str(error))
    deciding = found.deciding
    lines = [Line(n, text, tuple(deciding.get(n, ()))) for n, text in enumerate(found.lines[:MOST_LINES], 1)]
    return Site(snapshot, lines, tuple(Said(each, verdict_of(each)) for each in found.agents))


def verdict_of(each: AgentReading) -> str:
    """Tri-state, with *some* where only parts are refused; *unstated* where nothing addresses the agent."""
    match each.level:
        case "all" | State.UNREACHABLE:
            return "disallowed"
        case "none":
            return "allowed" if each.token else "unstated"
        case _:
            return each.level


def _strictest(purpose: str, own: list[Said]) -> PurposeSaid:
    word = min((said.verdict for said in own), key=STRICTEST_FIRST.index)
    return PurposeSaid(purpose, word, tuple(said for said in own if said.verdict == word))
