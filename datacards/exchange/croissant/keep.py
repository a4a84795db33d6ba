"""A new export laid over the file that was imported: what did not change, and what we do not know, stays as it is.

The file's members keep their order and their words. A member is written anew only where the catalogue now says
something else than the file does; terms of provenance and use that others wrote are never touched, only added to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from datacards.exchange.contexts import BUNDLED, bundled, canonical
from datacards.exchange.croissant import governance
from datacards.exchange.croissant.read import files_in, format_in, licence_in, parents_in
from datacards.exchange.croissant.shapes import misfits
from datacards.exchange.croissant.table import Row, rows
from datacards.exchange.croissant.values import keys_of, values_in
from datacards.exchange.described import Described
from datacards.exchange.jsonld import Node, of

STRUCTURE = ("distribution", "cr:recordSet")
GOVERNANCE = ("prov:wasDerivedFrom", "prov:wasGeneratedBy", "prov:wasAttributedTo", "usageInfo")
_WORDS = frozenset(key for key in BUNDLED if not key.startswith("@"))

Members = dict[str, Any]


def laid_over(original: Any, ours: Members, described: Described, structure: bool = True) -> Members:
    """`ours` laid over the imported file; `structure` keeps the file's own files and records where they still fit."""
    node = of(original)
    members = _Merge(node, of(ours), ours, described, structure).members()
    context = _context(original, node)
    if node.at and isinstance(original, dict) and "@graph" in original:
        rest = [_local(item) for item in _as_list(original["@graph"]) if item is not node.raw]
        return {"@context": context, "@graph": [members, *rest]}
    return {"@context": context, **members}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _context(original: Any, node: Node) -> Members:
    """Our context, and the words that the file adds to it; a file may not mean something else by ours (see `of`)."""
    found = [original.get("@context")] if isinstance(original, dict) else []
    if node.raw is not original:
        found.append(node.raw.get("@context"))
    extra: Members = {}
    for context in found:
        for part in _as_list(context):
            if isinstance(part, dict):
                extra |= {key: _our_spelling(item) for key, item in part.items() if key not in _WORDS}
    kept = {key: item for key, item in extra.items() if key not in ("@vocab", "@protected", "@version", "@propagate")}
    return {**BUNDLED, **kept}


def _our_spelling(item: Any) -> Any:
    return canonical(item) if isinstance(item, str) else item


def _local(value: Any) -> Any:
    """Without the names of contexts, which a reader would fetch: the bundled one is in force already."""
    if isinstance(value, list):
        return [_local(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _local(item) for key, item in value.items() if key != "@context"}
    context = [part for part in _as_list(value.get("@context")) if not isinstance(part, str) and part is not None]
    return {"@context": context, **kept} if context else kept


class _Merge:
    """One laying over: the file's dataset, ours, and what each of them says in the words of the card."""

    def __init__(self, theirs: Node, ours: Node, fresh: Members, described: Described, structure: bool) -> None:
        self.theirs, self.ours, self.described = theirs, ours, described
        self.fresh = {bundled().name(key): (key, value) for key, value in fresh.items() if not key.startswith("@")}
        self.said, _ = values_in(theirs)
        self.now, _ = values_in(ours)
        self.row_of: dict[str, Row] = {key: row for row in reversed(rows()) for key in reversed(keys_of(row))}
        self.structure = structure and self._fits()

    def _fits(self) -> bool:
        """Whether the file's own description of files still holds, in words that readers of 1.1 know."""
        if format_in(self.theirs) not in ("Croissant 1.0", "Croissant 1.1") or _spelt_out(self.theirs.raw):
            return False
        theirs = {(file.name, file.sha256) for file in files_in(self.theirs)}
        return not self.described.files or theirs == {(file.name, file.sha256) for file in self.described.files}

    def members(self) -> Members:
        """The members in the file's order, then what it lacks."""
        made: Members = {"@type": self._types()}
        for key, value in self.theirs.raw.items():
            name = self.theirs.context.name(key)
            if name in ("@context", "@type"):
                continue
            made |= dict(self._member(name, key, value))
        missing = {key: value for key, value in self.fresh.values() if key not in made}
        return made | {key: value for key, value in missing.items() if self._is_wanted(key)}

    def _types(self) -> Any:
        others = [type_ for type_ in _as_list(self._raw("@type")) if self.theirs.context.name(str(type_)) != "Dataset"]
        return ["sc:Dataset", *others] if others else "sc:Dataset"

    def _raw(self, name: str) -> Any:
        return self.theirs.raw[self.theirs.keys[name][0]]

    def _is_wanted(self, key: str) -> bool:
        """No half of a structure: columns of ours would refer to files that are not there."""
        return not (self.structure and bundled().name(key) in STRUCTURE and "distribution" in self.theirs.keys)

    def _member(self, name: str, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        """What becomes of one member of the file: itself, ours in its place, or nothing."""
        value = _local(value)
        fresh = self.fresh.get(name)
        if name in GOVERNANCE:
            yield key, self._governance(name, value, fresh[1] if fresh else [])
        elif name in STRUCTURE:
            yield from self._structure(name, value, fresh)
        elif fresh:
            yield fresh[0], value if self._unchanged(name) else fresh[1]
        elif not self._is_gone(name):
            texts = [said.text for said in self.theirs.texts(name)]
            yield key, texts if any(misfits(self.theirs, name)) else value

    def _structure(self, name: str, value: Any, fresh: Any) -> Iterator[tuple[str, Any]]:
        if self.structure:
            yield name.removeprefix("cr:"), value
        elif fresh:
            yield fresh[0], with_extras(fresh[1], value, self.theirs)

    def _unchanged(self, name: str) -> bool:
        """Whether the file says there what we would say, in a shape that Croissant takes."""
        if any(misfits(self.theirs, name)):
            return False
        if name == "license":
            return licence_in(self.theirs)[0] == licence_in(self.ours)[0]
        if name == "dct:conformsTo":
            return {said.text for said in self.ours.texts(name)} <= {said.text for said in self.theirs.texts(name)}
        row = self.row_of.get(name)
        if row and name == row.key:
            return bool(row.path in self.now and self._value(self.said, row) == self._value(self.now, row))
        return [said.text for said in self.theirs.texts(name)] == [said.text for said in self.ours.texts(name)]

    @staticmethod
    def _value(values: Mapping[str, Mapping[str, Any]], row: Row) -> Any:
        return values.get(row.path, {}).get("value")

    def _is_gone(self, name: str) -> bool:
        """A value that the card took from the file, and that somebody has removed since."""
        row = self.row_of.get(name)
        path = row.path if row else name.removeprefix("card:")
        if path not in self.said:
            return False
        return self.said[path]["value"] != self.now.get(path, {}).get("value") or name.startswith("cr:data")

    def _governance(self, name: str, value: Any, fresh: list[Any]) -> Any:
        """Theirs as it is; ours renewed where the file already holds ours, added where it says something new."""
        by_id = {item["@id"]: item for item in fresh if governance.is_ours(item)}
        items = _as_list(value)
        renewed = [by_id.get(item["@id"], item) if governance.is_ours(item) else item for item in items]
        added = [item for item in fresh if self._is_news(name, item, renewed)]
        return [*renewed, *added] if added else renewed if isinstance(value, list) else renewed[0]

    def _is_news(self, name: str, item: Members, there: list[Any]) -> bool:
        if name == "prov:wasDerivedFrom":
            known = {word for parent in parents_in(self.theirs) for word in (parent.name, parent.url) if word}
            return not ({item.get("name"), item.get("url")} & known)
        if name == "usageInfo":
            changed = licence_in(self.theirs)[0] != licence_in(self.ours)[0]
            return changed and not any(governance.is_ours(other) for other in there)
        return False


def _spelt_out(value: Any) -> bool:
    """Whether any key is a whole address (expanded JSON-LD), which readers of Croissant compare letter by letter."""
    if isinstance(value, dict):
        return any(key.startswith(("http://", "https://")) for key in value) or any(map(_spelt_out, value.values()))
    return isinstance(value, list) and any(map(_spelt_out, value))


def with_extras(fresh: list[Members], theirs: Any, node: Node) -> list[Members]:
    """Our files with what others said of the same file in vocabularies that we do not write there."""
    said = {item.get("name"): item for item in _as_list(theirs) if isinstance(item, dict)}
    return [{**item, **_foreign(said.get(item.get("name"), {}), node)} for item in fresh]


def _foreign(item: Members, node: Node) -> Members:
    names = {key: node.context.name(key) for key in item if not key.startswith("@")}
    return {key: item[key] for key, name in names.items() if ":" in name and not name.startswith("cr:")} | {
        key: item[key] for key, name in names.items() if name == "usageInfo"
    }
