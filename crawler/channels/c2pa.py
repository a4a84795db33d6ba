"""Content Credentials: may a media file be used for training, inference, data mining?

Source: CAWG Training and Data Mining Assertion 1.1 (`cawg.training-mining`) and its forerunner in C2PA 1.x
(`c2pa.training-mining`). `constrained` counts as not allowed. The signature of the manifest is not validated, so that
anybody may have put the statement there.
"""

import json
from collections.abc import Iterator
from typing import Any

from crawler.channels import cbor
from crawler.channels.documents import Documents, only
from crawler.channels.jumbf import Box, boxes, stores
from crawler.channels.signals import EVERYBODY, Signal
from crawler.channels.words import Purpose, Value

NAME = "c2pa"
LABELS = ("cawg.training-mining", "c2pa.training-mining")
ENTRIES: dict[str, Purpose] = {
    "ai_training": "ai-train", "ai_generative_training": "ai-train", "ai_inference": "ai-input"
}  # fmt: skip
MAX_ASSERTION = 64 * 1024
MAX_FILES = 100
_VALUES: dict[str, Value] = {"allowed": "allowed", "notAllowed": "disallowed", "constrained": "disallowed"}
_UNVALIDATED = "signature not validated"
_MINED = "data mining is none of our purposes"


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of each media file."""
    for number, (url, data) in enumerate(documents.media.items()):
        if number >= MAX_FILES:
            return
        for store in stores(data):
            for box in boxes(store):
                label = box.labels[-1] if box.labels else ""
                if label.partition("__")[0] in LABELS:
                    yield from _assertion(box, label, url)


def _assertion(box: Box, label: str, url: str) -> Iterator[Signal]:
    entries = _entries(box)
    where = f"assertion {label}"
    if entries is None:
        yield _signal("ai-train", "unstated", where, url, label, "it cannot be read")
        return
    for name, told in list(entries.items())[:50]:
        short = name.partition(".")[2]
        use = told.get("use") if isinstance(told, dict) else told
        value = _VALUES.get(use, "unstated") if isinstance(use, str) else "unstated"
        quote = f"{name}: {use}"
        if short in ENTRIES:
            yield _signal(ENTRIES[short], value, where, url, quote, _constraint(told))
        elif short == "data_mining":
            yield _signal("ai-train", "unstated", where, url, quote, _MINED)


def _constraint(told: Any) -> str:
    if not isinstance(told, dict) or told.get("use") != "constrained":
        return ""
    return f"constrained: {str(told.get('constraint_info') or 'on terms that are not told')[:150]}"


def _entries(box: Box) -> dict[str, Any] | None:
    """The assertion's entries by name; None where it is not of the form."""
    try:
        if len(box.data) > MAX_ASSERTION:
            return None
        told = cbor.decode(box.data) if box.kind == b"cbor" else json.loads(box.data)
    except (ValueError, RecursionError):
        return None
    entries = told.get("entries") if isinstance(told, dict) else None
    return {str(name): told for name, told in entries.items()} if isinstance(entries, dict) else None


def _signal(purpose: Purpose, value: Value, where: str, url: str, quote: str, note: str) -> Signal:
    told = "; ".join(part for part in (note, _UNVALIDATED) if part)
    return Signal(NAME, purpose, EVERYBODY, value, where, only(url), "asset", quote=quote, note=told)
