"""A described revision as Croissant 1.1 with RAI, PROV and ODRL: plain values, which mlcroissant then validates."""

import json
from collections.abc import Iterator
from typing import Any

from datacards.cards import shown
from datacards.errors import BadInput
from datacards.exchange.contexts import BUNDLED
from datacards.exchange.croissant import data, governance
from datacards.exchange.croissant.checks import CONFORMS, problems
from datacards.exchange.croissant.keep import laid_over
from datacards.exchange.croissant.table import Row, licence_address, licence_at, row_of, rows
from datacards.exchange.croissant.values import values_in
from datacards.exchange.described import Described
from datacards.exchange.jsonld import of
from datacards.exchange.strictjson import dumps, loads

CONFORMS_RAI = "http://mlcommons.org/croissant/RAI/1.0"
# Written from the facts themselves, whatever the card says.
_FACTS = frozenset(
    {"name", "description", "creator", "publisher", "datePublished", "version", "keywords", "inLanguage", "cr:citeAs"}
)


def write(described: Described, original: bytes | None = None) -> bytes:
    """The document as bytes, laid over the file that was imported, if any; `BadInput` names what it still lacks."""
    ours = document(described)
    wrong: list[str] = []
    for made in _tried(described, ours, original):
        wrong = problems(made)
        if not wrong:
            return dumps(made, indent=2).encode() + b"\n"
    raise BadInput(f"This cannot be written as Croissant 1.1 yet. {' '.join(wrong[:8])}")


def _tried(described: Described, ours: dict[str, Any], original: bytes | None) -> Iterator[dict[str, Any]]:
    """Over the imported file with all that it holds, then with less of it, until it is one that can be read."""
    if original is None:
        yield ours
        return
    theirs = loads(original)
    for keep in ((True, True), (False, True), (False, False)):
        yield laid_over(theirs, ours, described, *keep)


def document(described: Described) -> dict[str, Any]:
    """Everything that the description says, whether or not that is enough; what it does not say is left out."""
    made = _whole(described)
    node = of(made)
    read, _ = values_in(node)
    told = {path: entry["value"] for path, entry in described.values.items() if _says(entry.get("value"))}
    lost = {path for path, value in told.items() if path in read and read[path]["value"] != value}
    lost |= {path for path in told if row_of(path) and path not in read}
    return made | {f"card:{path}": _exact(told[path]) for path in sorted(lost)}


def _whole(described: Described) -> dict[str, Any]:
    made = facts(described) | _card(described)
    conforms = [CONFORMS, CONFORMS_RAI] if any(key.startswith("rai:") for key in made) else CONFORMS
    whole: dict[str, Any] = {
        "@context": BUNDLED,
        "@type": "sc:Dataset",
        "conformsTo": conforms,
        **made,
        **governance.provenance(described),
        "usageInfo": governance.terms_of_use(described),
        "distribution": data.distribution(described.files),
        "recordSet": data.record_sets(described.columns, described.files),
    }
    if whole.get("sameAs") == described.url:
        del whole["sameAs"]
    return {_key(key): value for key, value in whole.items() if value not in ("", [], None, {})}


def _key(name: str) -> str:
    """A short name as it is written: the bundled context has bare words for Croissant's own."""
    return name.removeprefix("cr:")


def facts(described: Described) -> dict[str, Any]:
    """What the catalogue knows: the same whether or not anybody filled the card."""
    publisher = described.publisher or described.text("authorship.publisher")
    return {
        "name": described.title or described.text("overview.title") or described.name,
        "alternateName": described.name,
        "description": described.summary or described.text("overview.summary"),
        "license": licence(described),
        "url": described.url,
        "creator": _creators(described, publisher),
        "publisher": _agent(publisher, "Organization"),
        "datePublished": described.text("publication.published") or _moment(described.made_at),
        "dateModified": _moment(described.modified_at),
        "version": described.text("publication.version") or described.version,
        "keywords": _list(described, described.keywords, "publication.keywords"),
        "inLanguage": list(described.languages) or _languages(described.text("overview.languages")),
        "cr:citeAs": described.citation or described.text("publication.citation"),
    }


def licence(described: Described) -> Any:
    """Its address where that says it all, else its name with the address."""
    name, address = described.licence, described.licence_url
    if not name or (address and licence_at(address) == name):
        return address
    if not address and licence_address(name):
        return licence_address(name)
    return {"@type": "sc:CreativeWork", "name": name, **({"url": address} if address else {})}


def _moment(moment: Any) -> str:
    return moment.isoformat() if moment else ""


def _languages(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _list(described: Described, told: tuple[str, ...], path: str) -> list[str]:
    value = described.values.get(path, {}).get("value")
    return list(told) or (list(value) if isinstance(value, list) else [])


def _creators(described: Described, publisher: str) -> Any:
    names = _list(described, described.creators, "authorship.creators") or ([publisher] if publisher else [])
    made = [_agent(name, "Organization" if name == publisher else "Person") for name in names]
    return made[0] if len(made) == 1 else made


def _agent(name: str, type_: str) -> Any:
    return {"@type": f"sc:{type_}", "name": name} if name else None


def _card(described: Described) -> dict[str, Any]:
    """What the card says: under the key of its row, or under our own namespace."""
    told = {path: entry["value"] for path, entry in described.values.items() if _says(entry.get("value"))}
    made: dict[str, Any] = {}
    for row in rows():
        if row.path in told and row.key not in _FACTS:
            made |= {row.key: _said(row, told[row.path])}
    return made | {f"card:{path}": _exact(value) for path, value in told.items() if row_of(path) is None}


def _says(value: Any) -> bool:
    return value not in ("", [], None)


def _said(row: Row, value: Any) -> Any:
    """A value of the card in the words of the row's key."""
    if row.path == "collection.period":
        return governance.period(str(value))
    items = value if isinstance(value, list) else [shown(value)]
    texts = [row.words.get(item, item) if isinstance(item, str) else shown([item]) for item in items]
    return texts if len(texts) > 1 and row.many else "\n".join(texts)


def _exact(value: Any) -> Any:
    """A value of the card as JSON-LD keeps it: rows as a text of JSON, because their columns are no terms."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return json.dumps(value, ensure_ascii=False)
    return value
