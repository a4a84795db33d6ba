"""The YAML at the top of a card, read safely and changed line by line: what does not change keeps its bytes.

Values are replaced inside the text where the YAML parser says they are, so comments, order, quotes and line ends stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import yaml

from datacards.plainyaml import Card


def with_block(card: Card) -> Card:
    """The same card with a place for YAML, if it had none."""
    if card.open:
        return card
    end = card.newline
    mark, body = ("\ufeff", card.body[1:]) if card.body.startswith("\ufeff") else ("", card.body)
    return Card(f"{mark}---{end}", "", f"---{end}", body if not body or body.startswith(("\n", "\r")) else end + body)


@dataclass(frozen=True)
class Entry:
    """A key at the top level: where its lines begin and end in the YAML, and where its value is."""

    key: str
    start: int
    end: int
    value: yaml.Node

    def line(self, text: str) -> int:
        """Its line in the YAML, from 1."""
        return text.count("\n", 0, self.start) + 1


def entries(text: str) -> dict[str, Entry]:
    """The keys of the YAML's top level, in order; of a key given twice the last, which is what counts."""
    root = yaml.compose(text, yaml.CSafeLoader) if text.strip() else None
    if not isinstance(root, yaml.MappingNode):
        return {}
    starts = [key.start_mark.index - key.start_mark.column for key, _ in root.value]
    stops = [*starts[1:], len(text)]
    found = {}
    for (key, value), start, stop in zip(root.value, starts, stops, strict=True):
        if isinstance(key, yaml.ScalarNode):
            found[str(key.value)] = Entry(str(key.value), start, _end(text, start, stop, value), value)
    return found


def is_flow(text: str) -> bool:
    """The whole YAML is written in braces, so that keys have no lines of their own."""
    root = yaml.compose(text, yaml.CSafeLoader) if text.strip() else None
    return isinstance(root, yaml.MappingNode) and bool(root.flow_style)


def _end(text: str, start: int, stop: int, value: yaml.Node) -> int:
    """Where the key's own lines end: comments and blank lines after them belong to nobody, or to the next key."""
    last = text.find("\n", max(_last(text, value), start))
    return min(last + 1, stop) if last >= 0 else stop


def _last(text: str, node: yaml.Node) -> int:
    """Where the last character of a value is; a block's end is told behind the comments after it."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip()) - 1
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        inner = node.value[-1]
        return _last(text, inner[1] if isinstance(inner, tuple) else inner)
    return max(node.end_mark.index - 1, node.start_mark.index)


def put(card: Card, key: str, value: Any) -> Card:
    """The card with that value at the key, every other byte as it was; None takes the key out."""
    card = with_block(card)
    if is_flow(card.yaml):
        return _anew(card, key, value)
    entry = entries(card.yaml).get(key)
    if value is None:
        return replace(card, yaml=card.yaml[: entry.start] + card.yaml[entry.end :]) if entry else card
    if entry is None:
        lines = card.yaml if not card.yaml or card.yaml.endswith("\n") else card.yaml + card.newline
        return replace(card, yaml=lines + dumped({key: value}, card.newline))
    return replace(card, yaml=_replaced(card, entry, value))


def _anew(card: Card, key: str, value: Any) -> Card:
    """A mapping in braces is written out, a key a line."""
    known: dict[str, Any] = yaml.load(card.yaml, yaml.CSafeLoader)
    known.pop(key, None) if value is None else known.update({key: value})
    return replace(card, yaml=dumped(known, card.newline) if known else "")


def _replaced(card: Card, entry: Entry, value: Any) -> str:
    text, node = card.yaml, entry.value
    if _short(node):
        new = _scalar(value, node.style)
        if new is not None and text[node.start_mark.index : node.end_mark.index]:
            return text[: node.start_mark.index] + new + text[node.end_mark.index :]
    lines = _items(card, entry, value)
    if lines is None:
        lines = dumped({entry.key: value}, card.newline)
        if not text[entry.start : entry.end].endswith("\n"):
            lines = lines.removesuffix("\n").removesuffix("\r")
    return text[: entry.start] + lines + text[entry.end :]


def _scalar(value: Any, style: str | None) -> str | None:
    """A text on one line, quoted as the one before was; None where it does not fit so."""
    if not isinstance(value, str):
        return None
    quote = style if style in ("'", '"') else None
    made = yaml.safe_dump(value, default_style=quote, allow_unicode=True, width=10**9).removesuffix("...\n").strip()
    return None if "\n" in made else made


def _items(card: Card, entry: Entry, value: Any) -> str | None:
    """The lines of a list one item a line: those that stay keep theirs, with their comments. None: write it anew."""
    node, text = entry.value, card.yaml
    if not isinstance(value, list) or not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        return None
    if not all(isinstance(item, str) for item in value) or not all(map(_short, node.value)):
        return None
    begins = [text.rfind("\n", 0, item.start_mark.index) + 1 for item in node.value]
    if begins[0] <= entry.start or len(set(begins)) < len(begins):
        return None
    ends = [*begins[1:], entry.end]
    kept = {item.value: text[begin:end] for item, begin, end in zip(node.value, begins, ends, strict=True)}
    dash = text[begins[0] : node.value[0].start_mark.index]
    head = text[entry.start : begins[0]]
    return head + "".join(_line(kept.get(item) or dash + str(_scalar(item, None)), card.newline) for item in value)


def _short(node: yaml.Node) -> TypeGuard[yaml.ScalarNode]:
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style not in ("|", ">")
        and (node.start_mark.line == node.end_mark.line)
    )


def _line(text: str, newline: str) -> str:
    return text if text.endswith("\n") else text + newline


def dumped(value: dict[str, Any], newline: str = "\n") -> str:
    """Keys with values as YAML, a key a line, lists below theirs."""
    made = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=False)
    return made.replace("\n", newline)


def texts(value: Any) -> Sequence[str]:
    """The texts of a value that is one or several; what is no text is left out."""
    many = value if isinstance(value, list) else [value]
    plain = (one for one in many if isinstance(one, str | int | float) and not isinstance(one, bool))
    return [text for one in plain if (text := str(one).strip())]
