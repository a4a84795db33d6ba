"""What readers of JSON-LD fall over, though it is well formed: objects that say nothing, and ids that go round.

mlcroissant follows references without looking where it has been, so either ends in a stack overflow there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from datacards.exchange.contexts import Context

SAYING = ("@type", "@value", "@list", "@set")


def is_hollow(value: Any) -> bool:
    """An object from which no statement follows: empty, or only with members that are empty."""
    if not isinstance(value, dict):
        return False
    if any(key in value for key in SAYING):
        return False
    if set(value) == {"@id"}:
        return str(value["@id"]).startswith("_:")
    return not any(_says(item) for key, item in value.items() if key == "@graph" or not key.startswith("@"))


def _says(value: Any) -> bool:
    if isinstance(value, list):
        return any(_says(item) for item in value)
    return value is not None and not is_hollow(value)


def hollow_in(value: Any, at: str = "") -> Iterator[str]:
    """The places of objects that say nothing."""
    if is_hollow(value):
        yield at or "/"
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "@context":
                yield from hollow_in(item, f"{at}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from hollow_in(item, f"{at}/{i}")


def without_hollow(value: Any) -> Any:
    """The same without objects that say nothing."""
    if isinstance(value, dict):
        kept = {key: without_hollow(item) for key, item in value.items() if not is_hollow(item)}
        return {key: item for key, item in kept.items() if not (item == [] and value[key] != [])}
    if isinstance(value, list):
        return [without_hollow(item) for item in value if not is_hollow(item)]
    return value


def inner_datasets(value: Any, context: Context, at: str) -> Iterator[str]:
    """The places of objects of the type Dataset."""
    if isinstance(value, dict):
        if any(_is_dataset(name, context) for name in _listed(value.get("@type"))):
            yield at
        for key, item in value.items():
            if key != "@context":
                yield from inner_datasets(item, context, f"{at}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from inner_datasets(item, context, f"{at}/{i}")


def as_entities(value: Any, context: Context) -> Any:
    """The same with every dataset inside told as a prov:Entity, which it is too."""
    if isinstance(value, list):
        return [as_entities(item, context) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: item if key == "@context" else as_entities(item, context) for key, item in value.items()}
    types = _listed(value.get("@type"))
    if any(_is_dataset(name, context) for name in types):
        told = ["prov:Entity" if _is_dataset(name, context) else name for name in types]
        made["@type"] = told if isinstance(value["@type"], list) else told[0]
    return made


def _is_dataset(name: Any, context: Context) -> bool:
    return isinstance(name, str) and context.name(name) == "Dataset"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def ring_in(value: Any) -> str:
    """An id from which one comes back to it; empty when there is none."""
    edges: dict[str, set[str]] = {}
    _gather(value, "", edges)
    done: set[str] = set()
    for start in edges:
        found = _round(start, edges, done)
        if found:
            return found
    return ""


def _gather(value: Any, inside: str, edges: dict[str, set[str]]) -> None:
    """Which id holds or names which."""
    if isinstance(value, list):
        for item in value:
            _gather(item, inside, edges)
    elif isinstance(value, dict):
        id_ = value.get("@id")
        if isinstance(id_, str):
            edges.setdefault(inside, set()).add(id_)
            inside = id_
        for key, item in value.items():
            if key != "@context":
                _gather(item, inside, edges)


def _round(start: str, edges: Mapping[str, set[str]], done: set[str]) -> str:
    """Depth first, without the interpreter's stack."""
    path: set[str] = set()
    todo = [(start, False)]
    while todo:
        id_, leaving = todo.pop()
        if leaving:
            path.discard(id_)
            done.add(id_)
        elif id_ in path:
            return id_
        elif id_ not in done:
            path.add(id_)
            todo.append((id_, True))
            todo += [(other, False) for other in edges.get(id_, ())]
    return ""
