"""One domain through time, and one snapshot read line by line."""

from dataclasses import dataclass, field

from django.db.models import QuerySet

from crawler import agents, drift, registry, store
from crawler.models import ROBOTS, Snapshot
from crawler.robots import RobotsFile, parse
from crawler.states import SPEAKING, State
from datacards.models import Domain

_STRICTNESS = {"none": 0, "some": 1, "all": 2}


def domain_history(domain: Domain, channel: str = ROBOTS) -> QuerySet[Snapshot]:
    """The snapshots of a domain, newest first, each with its content's levels and `change` (its drift, if any)."""
    mine = Snapshot.objects.filter(domain=domain, channel=channel)
    return mine.select_related("content__levels__roll", "change", "run").order_by("-fetched_at", "-id")


@dataclass(frozen=True)
class AgentReading:
    """What a snapshot says to one agent: its level and the rule behind it, with its line counted from 1.

    `token` is the name under which the file addresses the agent, `*` where only that does, empty where nothing does.
    """

    agent: agents.Agent
    level: str
    line: int | None = None
    rule: str | None = None
    token: str = ""


@dataclass(frozen=True)
class Reading:
    """A snapshot read: the file's lines, where it has any, and what it says to each agent."""

    snapshot: Snapshot
    lines: tuple[str, ...] = field(repr=False)
    agents: tuple[AgentReading, ...] = field(repr=False)

    @property
    def deciding(self) -> dict[int, list[str]]:
        """Line → the agents whose level it decides."""
        found: dict[int, list[str]] = {}
        for each in self.agents:
            if each.line is not None and each.level != "none":
                found.setdefault(each.line, []).append(each.agent.name)
        return found


def reading(snapshot: Snapshot) -> Reading:
    """Read a snapshot's bytes again, line by line. Raises Unavailable where the store has lost them."""
    state, known = State(snapshot.state), registry.active()
    if snapshot.content is None or state not in SPEAKING:
        levels = drift.effective(state, {}, [agent.name for agent in known])
        return Reading(snapshot, _lines(snapshot), tuple(AgentReading(a, levels.get(a.name, "none")) for a in known))
    body = _body(snapshot)
    file, tokens = parse(body), dict(agents.Roll.of(known).entries)
    return Reading(snapshot, _split(body), tuple(_read(agent, file, tokens[agent.name]) for agent in known))


def _read(agent: agents.Agent, file: RobotsFile, tokens: tuple[str, ...]) -> AgentReading:
    named = [token for token in tokens if file.names(token)] or (["*"] if file.names("*") else [])
    if not named:
        return AgentReading(agent, "none")
    token = max(named, key=lambda token: _STRICTNESS[file.level(token)])
    verdict = file.reason(token)
    return AgentReading(agent, file.level(token), verdict.line, verdict.rule, token)


def _body(snapshot: Snapshot) -> bytes:
    assert snapshot.content is not None
    return store.configured().read(snapshot.content.warc_file, snapshot.content.warc_offset).body


def _lines(snapshot: Snapshot) -> tuple[str, ...]:
    return _split(_body(snapshot)) if snapshot.content is not None else ()


def _split(body: bytes) -> tuple[str, ...]:
    """The lines as `parse` counts them."""
    return tuple(line.decode("utf-8", "replace") for line in body.splitlines())
