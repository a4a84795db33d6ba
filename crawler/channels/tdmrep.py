"""TDM Reservation Protocol: are the rights of text and data mining reserved?

Source: W3C Community Group final report of 10 May 2024. The first entry of the file whose location matches counts; a
header outweighs the file, a meta element the header. A careless refusal (`"1"`, a lone object) counts, a careless
permission does not.
"""

import json
from collections.abc import Iterator
from typing import Any

from crawler.channels.documents import Documents
from crawler.channels.signals import EVERYBODY, MOST, Signal
from crawler.channels.words import Scope, Value
from crawler.states import looks_like_html

NAME = "tdmrep"
FILE = "/.well-known/tdmrep.json"
MAX_FILE = 256 * 1024
_HEADER, _META = 2000, 3000  # ranks above every entry of a file


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of the response's headers and of the page."""
    policy = next((field.value for field in documents.fields("tdm-policy")), b"").decode("utf-8", "replace")
    for field in documents.fields("tdm-reservation"):
        told = field.value.strip().decode("latin-1")
        yield _signal(told, policy, "header tdm-reservation", documents.place, _HEADER, "page")
    metas = documents.page.metas
    policy = next((content for name, content in metas if name == "tdm-policy"), policy)
    for name, content in metas:
        if name == "tdm-reservation":
            yield _signal(content.strip(), policy, "meta tdm-reservation", documents.place, _META, "page")


def read_file(documents: Documents) -> Iterator[Signal]:
    """The signals of the file, one an entry."""
    body = documents.tdmrep
    if not body or not body.strip() or looks_like_html(body):
        return
    try:
        entries = json.loads(body) if len(body) <= MAX_FILE else None
    except (ValueError, RecursionError):
        entries = None
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        yield _unreadable(FILE, "not a list of entries in JSON: nothing is known from it")
        return
    for number, entry in enumerate(entries, 1):
        # Later entries never outweigh earlier ones, however many there are.
        yield _entry(entry, f"{FILE} entry {number}", max(1, MOST - number))


def _entry(entry: Any, where: str, rank: int) -> Signal:
    location = entry.get("location") if isinstance(entry, dict) else None
    if not isinstance(location, str) or not location:
        return _unreadable(where, "no location: it matches nothing")
    path = location if location.startswith(("/", "*")) else f"/{location}"
    policy = entry.get("tdm-policy")
    return _signal(entry.get("tdm-reservation"), policy if isinstance(policy, str) else "", where, path, rank, "site")


def _signal(told: Any, policy: str, where: str, path: str, rank: int, scope: Scope) -> Signal:
    value = reservation(told, strict=scope == "site")
    notes = ["" if value != "unstated" else "a value other than 0 and 1 is taken as unset"]
    if policy and value == "disallowed":
        notes.append(f"a licence may be had: {policy[:200]}")
    quote = f"tdm-reservation: {json.dumps(told)[:100] if scope == 'site' else told[:100]}"
    note = "; ".join(note for note in notes if note)
    return Signal(NAME, "ai-train", EVERYBODY, value, where, path, scope, rank=rank, quote=quote, note=note)


def reservation(told: Any, strict: bool) -> Value:
    """1 reserves, 0 does not; in JSON (`strict`) a permission must be the number."""
    if told in (1, "1") and not isinstance(told, bool):
        return "disallowed"
    permitted = type(told) is int and told == 0 if strict else told == "0"
    return "allowed" if permitted else "unstated"


def _unreadable(where: str, note: str) -> Signal:
    return Signal(NAME, "ai-train", EVERYBODY, "unstated", where, note=note)
