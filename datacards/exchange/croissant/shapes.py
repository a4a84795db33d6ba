"""Which shapes of value Croissant takes for a member: schema.org takes nearly any, mlcroissant does not."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from datacards.exchange.croissant.table import rows
from datacards.exchange.jsonld import Node
from datacards.exchange.strictjson import Number

AGENTS = {"Organization", "Person"}
PLAIN = "a text"
WORK = "a text, or a CreativeWork with a name"
AGENT = "an Organization or a Person with a name"

_TEXTS = (
    "name", "description", "url", "sameAs", "inLanguage", "keywords", "datePublished", "dateModified", "dateCreated",
    "cr:citeAs", "dct:conformsTo",
)  # fmt: skip
SHAPES: dict[str, str] = {
    **dict.fromkeys(_TEXTS, PLAIN),
    **dict.fromkeys(("license", "sdLicense"), WORK),
    **dict.fromkeys(("creator", "publisher"), AGENT),
}


def shape_of(name: str) -> str:
    """What values a member takes, in words; empty for a member that takes any."""
    return PLAIN if name in _rai() else SHAPES.get(name, "")


@cache
def _rai() -> frozenset[str]:
    """The words of RAI 1.0, all of them texts; later words may be anything."""
    return frozenset(key for row in rows() for key in (row.key, *row.also) if key.startswith("rai:"))


def misfits(node: Node, name: str) -> Iterator[str]:
    """The places of values that the member does not take."""
    shape = shape_of(name)
    if shape:
        yield from (at for value, at in _leaves(node, name) if not TESTS[shape](node, value, at))


def _leaves(node: Node, name: str) -> Iterator[tuple[Any, str]]:
    """Values of a member; an ordered list is one value, which mlcroissant takes nowhere here."""
    for key in node.keys.get(name, ()):
        value = node.raw[key]
        if _is_ordered(value) or (_is_map(node, value) and name not in node.context.maps):
            yield value, f"{node.at}/{key}"
        else:
            yield from node.opened(value, f"{node.at}/{key}")


def _is_ordered(value: Any) -> bool:
    return isinstance(value, dict) and ("@list" in value or "@set" in value)


def _is_map(node: Node, value: Any) -> bool:
    return isinstance(value, dict) and not any(node.context.iri(key).startswith("@") for key in value)


def _is_text(node: Node, value: Any, at: str) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_work(node: Node, value: Any, at: str) -> bool:
    return _is_text(node, value, at) or (isinstance(value, dict) and "CreativeWork" in node.child(value, at).types)


def _is_agent(node: Node, value: Any, at: str) -> bool:
    return isinstance(value, dict) and bool(AGENTS & set(node.child(value, at).types))


TESTS: dict[str, Callable[[Node, Any, str], bool]] = {PLAIN: _is_text, WORK: _is_work, AGENT: _is_agent}
