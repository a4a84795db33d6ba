"""What a site permits all in all: robots.txt, every consent channel and the terms together.

    table = permissions(parse(body), State.OK, signals, Terms(ai_training="prohibited"), registry)
    table["GPTBot", "ai-train"]    # Permission(value="disallowed", deciding=(…), conflicts=(…))

The most restrictive statement wins; what nobody has spoken of is unstated, which is no permission. Every statement
that allows what another disallows is listed as a conflict. Within one channel its own rules say first which of its
statements count: the longest path, the first location, the group that names the agent.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crawler.agents import Agent, product_token
from crawler.agents import Purpose as Trade
from crawler.channels.signals import EVERYBODY, PURPOSES, Signal, ordered
from crawler.channels.words import Purpose, Value
from crawler.patterns import Pattern, compile_rule
from crawler.robots import RobotsFile, path_of
from crawler.statements import SITE, USES_OF, SaysTerms, Statement, Terms, of_robots, of_terms
from crawler.states import State

__all__ = [
    "SITE", "UNSTATED", "Conflict", "Permission", "SaysTerms", "Statement", "Terms", "answer", "combine", "permissions",
    "refused_purposes", "singled_out",
]  # fmt: skip

_ANYBODY = Agent(EVERYBODY, "", Trade.UNDOCUMENTED)
_IN_ROBOTS = frozenset({"aipref", "content-signals", "rsl"})  # channels whose groups are those of robots.txt
_STRICTNESS: dict[Value, int] = {"unstated": 0, "allowed": 1, "disallowed": 2}


class Conflict(NamedTuple):
    """Two statements on one question that contradict each other."""

    allowed: Statement
    disallowed: Statement


@dataclass(frozen=True)
class Permission:
    """An answer, the statements that decide it, and what speaks against them."""

    value: Value
    deciding: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


UNSTATED = Permission("unstated")


def combine(statements: Iterable[Statement]) -> Permission:
    """The answer of statements on one and the same question; their order and repetition do not matter.

    Adding a statement never loosens the answer, but for a permission where nothing was said. Of each pair of channels
    that contradict each other one pair of statements is listed.
    """
    told = ordered(statements)
    value: Value = max((statement.value for statement in told), key=_STRICTNESS.__getitem__, default="unstated")
    deciding = tuple(statement for statement in told if statement.value == value)
    if value != "disallowed":
        return Permission(value, deciding)
    against = _one_a_channel(statement for statement in told if statement.value == "allowed")
    conflicts = [Conflict(allowed, refused) for allowed in against for refused in _one_a_channel(deciding)]
    return Permission(value, deciding, tuple(conflicts))


def answer(statements: Iterable[Statement], agent: str, purpose: Purpose, path: str = SITE) -> Permission:
    """What the statements say to an agent (a product token or `*`) of one purpose on a path; `/` is the whole site."""
    return combine(_counting(statements, {agent.lower()}, purpose, path))


def refused_purposes(signals: Iterable[Signal]) -> frozenset[str]:
    """The purposes that signals refuse to everybody on the whole site."""
    return _refused(list(signals), EVERYBODY)


def singled_out(signals: Iterable[Signal]) -> dict[str, frozenset[str]]:
    """The agents that signals name, with the purposes refused to each; by their names in lower case."""
    by_agent: dict[str, list[Signal]] = {}
    for signal in signals:
        by_agent.setdefault(signal.agent.lower(), []).append(signal)
    everybodys = by_agent.pop(EVERYBODY, [])
    return {name: _refused([*told, *everybodys], name) for name, told in sorted(by_agent.items())}


def permissions(
    robots: RobotsFile | None,
    state: State | None,
    signals: Iterable[Signal],
    terms: SaysTerms | None,
    agents: Sequence[Agent],
    path: str = SITE,
) -> dict[tuple[str, str], Permission]:
    """The answers for every agent, and for `*`, by (agent's name, purpose).

    `state` is what the fetch of robots.txt came to, None where it was not asked for. Agents that no document names and
    that do the same share their answers, so that a registry costs little more than its named agents.
    """
    told = [*signals, *(of_terms(terms) if terms is not None else ())]
    named = {signal.agent.lower() for signal in told}
    rows: dict[tuple[object, ...], dict[Purpose, Permission]] = {}
    table: dict[tuple[str, str], Permission] = {}
    for agent in (_ANYBODY, *agents):
        tokens = _tokens(agent)
        in_robots = tuple(token for token in tokens if robots is not None and robots.names(token))
        key = (in_robots, tokens & named, USES_OF[agent.purpose], agent.fetches, agent is _ANYBODY)
        if key not in rows:
            rows[key] = _row(robots, state, told, agent, tokens, path)
        table.update(((agent.name, purpose), answer) for purpose, answer in rows[key].items())
    return table


def _row(
    robots: RobotsFile | None,
    state: State | None,
    told: list[Statement],
    agent: Agent,
    tokens: frozenset[str],
    path: str,
) -> dict[Purpose, Permission]:
    named = robots is not None and any(robots.names(token) for token in tokens)
    heard = [s for s in told if not (named and s.scope == "group" and s.agent == EVERYBODY and s.channel in _IN_ROBOTS)]
    own = list(of_robots(robots, state, agent, tokens, path))
    return {
        purpose: combine([*_counting(heard, tokens, purpose, path), *(s for s in own if s.purpose == purpose)])
        for purpose in PURPOSES
    }


def _counting(
    statements: Iterable[Statement], tokens: Collection[str], purpose: Purpose, path: str
) -> Iterator[Statement]:
    """The statements that count on a question, by the rules of each channel; those of other purposes do not."""
    ours = {*tokens, EVERYBODY}
    heard = [s for s in statements if s.agent.lower() in ours and _speaks_of(s, path)]
    groups = {s.channel for s in heard if s.scope == "group" and s.agent != EVERYBODY}
    asked = [
        s for s in heard
        if s.purpose == purpose and not (s.scope == "group" and s.agent == EVERYBODY and s.channel in groups)
    ]  # fmt: skip
    highest: dict[str, int] = {}
    for s in asked:
        highest[s.channel] = max(_rank(s, path), highest.get(s.channel, 0))
    return (s for s in asked if not _rank(s, path) or _rank(s, path) == highest[s.channel])


def _rank(statement: Statement, path: str) -> int:
    """What one page says never outweighs what its site says, where the site is asked about; both count."""
    return 0 if path == SITE and statement.scope == "page" else statement.rank


def _speaks_of(statement: Statement, path: str) -> bool:
    """Whether a statement is about a path. Of the site as a whole neither media nor a page's images say anything."""
    if statement.scope == "images" or (statement.scope == "asset" and path == SITE):
        return False
    if statement.path == SITE:
        return True
    return any(pattern.matches(path_of(path)) for pattern in _patterns(statement.path))


@lru_cache(maxsize=4096)
def _patterns(path: str) -> tuple[Pattern, ...]:
    return tuple(compile_rule(False, path.encode("utf-8", "replace"), 0))


def _refused(signals: list[Signal], agent: str) -> frozenset[str]:
    return frozenset(purpose for purpose in PURPOSES if answer(signals, agent, purpose).value == "disallowed")


def _one_a_channel(statements: Iterable[Statement]) -> list[Statement]:
    first: dict[str, Statement] = {}
    for statement in statements:
        first.setdefault(statement.channel, statement)
    return list(first.values())


@lru_cache(maxsize=4096)
def _tokens(agent: Agent) -> frozenset[str]:
    if agent is _ANYBODY:
        return frozenset()
    return frozenset(product_token(name).lower() for name in (agent.name, *agent.aliases)) - {""}
