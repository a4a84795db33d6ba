"""A foreign JSON-LD file as one dataset that can be asked for what it says. No address in it is ever fetched.

Not a JSON-LD processor: it reads the shapes in which catalogues write datasets (compact, prefixed and expanded keys,
aliases of keywords, lists or single values, `@value`, `@list`, language maps, `@graph` with references inside the file)
under our bundled context, and refuses the rest with a reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from datacards.errors import BadInput
from datacards.exchange.contexts import Context, bundled, contexts_in, escaped, refuse_other_meanings
from datacards.exchange.strictjson import loads

DATASET = "Dataset"


@dataclass(frozen=True)
class Said:
    """A text that the file says, and where (a JSON pointer)."""

    text: str
    at: str


@dataclass(frozen=True)
class Node:
    """An object of the file: its members by the short name of their IRI, each as a list of values."""

    raw: Mapping[str, Any]
    at: str
    context: Context
    ids: Mapping[str, "Node"] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """Short name → the keys of the file that mean it."""
        found: dict[str, list[str]] = {}
        for key in self.raw:
            found.setdefault(self.context.name(key), []).append(key)
        return found

    @property
    def id(self) -> str:
        """Its `@id`, empty when it has none."""
        return next((value for value, _ in self.values("@id") if isinstance(value, str)), "")

    @property
    def types(self) -> list[str]:
        """The short names of its types."""
        return [self.context.name(said.text) for said in self.texts("@type")]

    def values(self, name: str) -> Iterator[tuple[Any, str]]:
        """What the file says under that name, each value with its place; lists are opened."""
        for key in self.keys.get(name, ()):
            yield from self.opened(self.raw[key], f"{self.at}/{escaped(key)}")

    def opened(self, value: Any, at: str) -> Iterator[tuple[Any, str]]:
        """The values in a value: those of a list, what `@value` and `@list` hold, the best of a language map."""
        if isinstance(value, list):
            for i, item in enumerate(value):
                yield from self.opened(item, f"{at}/{i}")
            return
        wrapped = self._wrapped(value)
        if wrapped:
            yield from self.opened(value[wrapped], f"{at}/{escaped(wrapped)}")
        elif value is not None:
            yield value, at

    def _wrapped(self, value: Any) -> str:
        """The key that holds the value itself: `@value`, `@list`, `@set`, or the best language of a language map."""
        if not isinstance(value, dict):
            return ""
        names: dict[str, str] = {self.context.iri(key): key for key in value}
        for keyword in ("@value", "@list", "@set"):
            if keyword in names:
                return names[keyword]
        return _best_language(value, self.context.language)

    def texts(self, name: str) -> list[Said]:
        """The texts under that name; an object gives its name, address or id."""
        if name not in self._read:
            found = (Said(self._text(value, at), at) for value, at in self._best(name))
            self._read[name] = [said for said in found if said.text]
        return self._read[name]

    @cached_property
    def _read(self) -> dict[str, list[Said]]:
        return {}

    def text(self, *names: str) -> Said | None:
        """The first text under any of these names."""
        return next((said for name in names for said in self.texts(name)), None)

    def _best(self, name: str) -> list[tuple[Any, str]]:
        """The values, of those marked with a language only the best language's."""
        marked = [(_language(self, at), value, at) for value, at in self.values(name)]
        languages = [language for language, _, _ in marked if language]
        if not languages:
            return [(value, at) for _, value, at in marked]
        wanted = self.context.language if self.context.language in languages else languages[0]
        return [(value, at) for language, value, at in marked if language in ("", wanted)]

    def _text(self, value: Any, at: str) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict):
            node = self.child(value, at)
            named: Iterator[Any] = (
                item for name in ("name", "url", "dct:title", "@id") for item, _ in node._best(name)
            )
            # No deeper than that: ids may go round in a ring.
            texts = (item.strip() for item in named if isinstance(item, str))
            return next(texts, "")
        return str(value).strip()

    def nodes(self, name: str) -> list["Node"]:
        """The objects under that name; a reference gives the object of the same file that it names."""
        return [self.child(value, at) for value, at in self.values(name) if isinstance(value, dict)]

    def child(self, raw: Mapping[str, Any], at: str) -> "Node":
        """An object inside this one."""
        context = self.context.with_(raw["@context"]) if "@context" in raw else self.context
        node = Node(raw, at, context, self.ids)
        if set(node.keys) == {"@id"} and node.id in self.ids:
            return self.ids[node.id]
        return node


def _language(node: Node, at: str) -> str:
    """The language that the file marks a value with, read from beside its `@value`."""
    holder: Any = node.raw
    parts = [part.replace("~1", "/").replace("~0", "~") for part in at[len(node.at) + 1 :].split("/")]
    for part in parts[:-1]:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    if not isinstance(holder, dict) or node.context.iri(parts[-1]) != "@value":
        return ""
    names = {node.context.iri(key): key for key in holder}
    return str(holder[names["@language"]]) if "@language" in names else ""


def _best_language(value: Mapping[str, Any], wanted: str) -> str:
    """The key to read of a language map; empty when it is none."""
    keys = list(value)
    if not keys or not all(_is_language(key) and _is_plain(item) for key, item in value.items()):
        return ""
    return next((key for key in (wanted, "en", "@none") if key in value), keys[0])


def _is_language(key: str) -> bool:
    """Looks like BCP 47: two or three letters, then parts of up to eight."""
    first, *rest = key.split("-")
    known = 2 <= len(first) <= 3 and first.isascii() and first.isalpha() and first.islower()
    return key == "@none" or (known and first != "url" and all(part.isalnum() and len(part) <= 8 for part in rest))


def _is_plain(item: Any) -> bool:
    return isinstance(item, str) or (isinstance(item, list) and all(isinstance(part, str) for part in item))


def load(body: bytes) -> Node:
    """The one dataset that the file describes; `BadInput` says why there is none to read."""
    return of(loads(body))


def of(value: Any) -> Node:
    """The one dataset in JSON that was read already."""
    for at, context in contexts_in(value):
        _allow(context, at)
    _refuse_malformed(value, "")
    outer = value.get("@context") if isinstance(value, dict) else None
    ids: dict[str, Node] = {}
    top = Node({"@graph": value}, "", bundled().with_(outer), ids)
    nodes = [_in_graph(node) for node in top.nodes("@graph")]
    nodes = [inner for node in nodes for inner in (node.nodes("@graph") if "@graph" in node.keys else [node])]
    ids |= {node.id: node for node in nodes if node.id}
    found = _only([node for node in nodes if DATASET in node.types])
    refuse_other_meanings(found.context)
    return found


def _allow(context: Any, at: str) -> None:
    try:
        bundled().with_(context)
    except BadInput as refusal:
        raise BadInput(f"{str(refusal).rstrip('.')} (at {at}).") from None


def _refuse_malformed(value: Any, at: str) -> None:
    """Keywords with values that JSON-LD does not give them, which each reader takes in its own way."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            _refuse_malformed(item, f"{at}/{i}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in FITS and not FITS[key](item):
                raise BadInput(f"{at}/{key} is not what JSON-LD has there: see JSON-LD 1.1, section 9.")
            if key != "@context":
                _refuse_malformed(item, f"{at}/{escaped(key)}")


def _is_text(item: Any) -> bool:
    return isinstance(item, str)


# Keyword → whether a value fits it; some that nobody needs here fit nothing.
FITS: dict[str, Callable[[Any], bool]] = {
    "@id": _is_text,
    "@language": _is_text,
    "@type": lambda item: all(map(_is_text, item)) if isinstance(item, list) else _is_text(item),
    "@value": lambda item: not isinstance(item, dict | list),
    "@graph": lambda item: isinstance(item, dict | list),
    "@reverse": lambda item: False,
    "@included": lambda item: False,
    "@nest": lambda item: False,
}


def _in_graph(node: Node) -> Node:
    """The node at its own place: the wrapping above is ours, not the file's."""
    return Node(node.raw, node.at.removeprefix("/@graph"), node.context, node.ids)


def _only(datasets: list[Node]) -> Node:
    if not datasets:
        raise BadInput("It describes no dataset: there is no object of the type schema.org/Dataset.")
    if len(datasets) > 1:
        names = ", ".join(f"“{(d.text('name') or Said(d.id or d.at, '')).text[:60]}”" for d in datasets[:3])
        raise BadInput(f"It describes {len(datasets):,} datasets ({names}): import each from a file of its own.")
    return datasets[0]
