"""Consent lines in files of robots.txt's grammar: whose group each line is in."""

from collections.abc import Iterator
from typing import NamedTuple

from crawler.agents import product_token
from crawler.channels.signals import EVERYBODY
from crawler.channels.words import Scope
from crawler.robots import Statement, is_rule, names_agent, statements

_CONSENT = frozenset({"content-usage", "content-signal", "license"})
_LONGEST_KEY = 40


class Line(NamedTuple):
    """A consent line: its key in lower case, its value, and the agents of its group; nobody's group is everybody's."""

    number: int
    key: str
    value: bytes
    agents: tuple[str, ...]
    scope: Scope


def lines(body: bytes, *keys: str) -> Iterator[Line]:
    """The lines with these keys.

    A group is one or more user-agent lines and what follows; it ends at a user-agent line after a rule. Content-Usage
    is a rule by its draft; Content-Signal and License are taken as one too, so that a group of nothing else ends. A
    group whose names are no product tokens holds for nobody.
    """
    lower = body.lower()
    if not any(key.encode("latin-1") in lower for key in keys):  # as most files have none of these lines
        return
    agents: dict[str, None] = {}
    shared: tuple[str, ...] = ()
    started = closed = False
    for statement in statements(body):
        key = statement.key[:_LONGEST_KEY].decode("latin-1").lower()
        if names_agent(statement.key):
            if closed:
                agents, closed = {}, False
            started = True
            agents.update(dict.fromkeys(_names(statement)))
            shared = ()
        elif key in _CONSENT or is_rule(statement.key):
            closed = True
        if key in keys:
            shared = shared or tuple(agents)
            if started:
                yield Line(statement.line, key, statement.value, shared, "group")
            else:
                yield Line(statement.line, key, statement.value, (EVERYBODY,), "site")


def _names(statement: Statement) -> Iterator[str]:
    value = statement.value[:200]
    if value[:1] == b"*" and (len(value) == 1 or value[1:2].isspace()):
        yield EVERYBODY
    elif token := product_token(value.decode("latin-1")):
        yield token


def path_and_rest(value: bytes) -> tuple[str, bytes]:
    """A rule's path pattern and what follows it; `/` where it names no path."""
    if not value.startswith(b"/"):
        return "/", value
    path, *rest = value.split(None, 1)
    return path.decode("utf-8", "replace"), rest[0] if rest else b""
