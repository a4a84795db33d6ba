"""Reads records that a register keeps of datasets, one JSON object a line: licences with who says so, sources, parents.

    for record in parse(lines_of(file, "records.jsonl.xz"), "records.jsonl.xz"): record.claims, record.parents …

One table (`CLAIMS`, `LISTS`, `LINKS`) says which member of the object is what; members that it does not name are kept
with the record and read no further. Raises `BadInput` that names the line and the member. Pure.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from datacards.errors import BadInput
from datacards.naming import hub_id

LONGEST_RECORD = 4 << 20  # bytes of a line
LONGEST_NOTE = 20_000
MOST_ITEMS = 2000  # of a list
YEARS = range(1900, 2101)
REVIEWER, REPOSITORY, HUB, PAPER = "register", "repository", "hub", "paper"  # LicenceSource
NOTHING = frozenset({"", "none", "null", "n/a"})  # what these registers write where they know nothing

IDENTIFIER, TITLE, COLLECTION, MODALITY = "Unique Dataset Identifier", "Dataset Name", "Collection", "_modality"
LICENCES, NOTES, VERIFIED_BY, INFERRED = "Licenses", "License Notes", "License Verified By", "Inferred Metadata"
LISTS = {
    "creators": ("Creators",),
    "languages": ("Languages",),
    "tasks": ("Task Categories", "Tasks"),
    "generators": ("Model Generated",),
    "sources": ("Text Sources", "Video Sources", "Source"),
    "parents": ("Derived from Datasets",),
}
LINKS = {
    "dataset": "Dataset URL", "hub": "Hugging Face URL", "repository": "GitHub URL", "paper": "Paper URL",
    "arxiv": "ArXiv URL", "papers-with-code": "Papers with Code URL", "collection": "Collection URL",
    "website": "Website URL",
}  # fmt: skip
# Member below `Inferred Metadata` → whose word it is, and where that is read: a link, or a member beside it.
CLAIMS = {
    "HF Yaml License": (HUB, "hub"),
    "HF Config License": (HUB, "hub"),
    "GitHub License": (REPOSITORY, "repository"),
    "PwC License Name": (PAPER, "PwC License URL"),
}
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # in canonical JSON, where it is escaped


@dataclass(frozen=True)
class Claim:
    """Somebody's statement of a licence. `source` is a LicenceSource; `quote` the words, or the member that has it."""

    source: str
    expression: str
    url: str = ""
    quote: str = ""
    reviewer: str = ""


@dataclass(frozen=True)
class Record:
    """One dataset as a register describes it; `raw` is the object itself, `digest` SHA-256 of its canonical JSON."""

    identifier: str
    title: str
    collection: str
    modality: str
    hub_id: str
    links: dict[str, str]
    creators: tuple[str, ...]
    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    generators: tuple[str, ...]
    year: int | None
    claims: tuple[Claim, ...]
    sources: tuple[str, ...]
    parents: tuple[str, ...]
    raw: dict[str, Any]
    digest: str
    line: int


class _Reader:
    """Takes members out of one object, and knows where it is for the sentence that refuses one."""

    def __init__(self, raw: dict[str, Any], where: str) -> None:
        self.raw, self.where = raw, where

    def refuse(self, member: str, why: str) -> BadInput:
        return BadInput(f"{self.where}, member “{member}”: {why}.")

    def text(self, member: str, longest: int, within: dict[str, Any] | None = None, needed: bool = False) -> str:
        """A text without its outer spaces; "" where it is missing or says that nothing is known."""
        value = (self.raw if within is None else within).get(member)
        if not isinstance(value, str | None):
            raise self.refuse(member, "a text was expected")
        text = (value or "").strip()
        if text.lower() in NOTHING and not needed:
            return ""
        if needed and not text:
            raise self.refuse(member, "it is needed")
        if len(text) > longest:
            raise self.refuse(member, f"at most {longest:,} characters can be kept; shorten it")
        return text

    def texts(self, member: str, longest: int = 500) -> list[str]:
        """The distinct texts of a list, in order; one text counts as a list of it."""
        value = self.raw.get(member) or []
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.refuse(member, "a list of texts was expected")
        if len(items) > MOST_ITEMS:
            raise self.refuse(member, f"at most {MOST_ITEMS:,} items can be kept")
        found = dict.fromkeys(text for item in items if (text := item.strip()).lower() not in NOTHING)
        if any(len(text) > longest for text in found):
            raise self.refuse(member, f"an item has more than {longest:,} characters; shorten it")
        return list(found)

    def objects(self, member: str) -> list[dict[str, Any]]:
        """The objects of a list."""
        value = self.raw.get(member) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(member, "a list of objects was expected")
        if len(value) > MOST_ITEMS:
            raise self.refuse(member, f"at most {MOST_ITEMS:,} items can be kept")
        return value

    def object(self, member: str) -> dict[str, Any]:
        """An object; an empty one where it is missing."""
        value = self.raw.get(member) or {}
        if not isinstance(value, dict):
            raise self.refuse(member, "an object was expected")
        return value


def parse(lines: Iterable[bytes], name: str = "the file") -> Iterator[Record]:
    """The records of lines of JSON, in order; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _record(line, f"{name}, line {number:,}", number)


def _record(line: bytes, where: str, number: int) -> Record:
    raw, digest = _loaded(line, where)
    reader = _Reader(raw, where)
    identifier = reader.text(IDENTIFIER, 500, needed=True)
    links = dict(_links(reader))
    lists = {name: tuple(_merged(reader, members)) for name, members in LISTS.items()}
    return Record(
        identifier=identifier, title=reader.text(TITLE, 500) or identifier, collection=reader.text(COLLECTION, 300),
        modality=reader.text(MODALITY, 32).lower(), hub_id=_hub_id(reader, links), links=links, year=_year(reader),
        claims=tuple(_claims(reader, links)), raw=raw, digest=digest, line=number, **lists,
    )  # fmt: skip


def _loaded(line: bytes, where: str) -> tuple[dict[str, Any], str]:
    try:
        raw = json.loads(line.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
        canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except UnicodeDecodeError:
        raise BadInput(f"{where} is not UTF-8: save the file in that encoding.") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{where} is no JSON object: write one object per line.") from None
    if not isinstance(raw, dict):
        raise BadInput(f"{where} is no JSON object: write one object per line.")
    if "\\u0000" in canonical and NUL.search(canonical):
        raise BadInput(f"{where} holds a NUL character: take it out.")
    try:
        return raw, sha256(canonical.encode()).hexdigest()
    except UnicodeEncodeError:
        raise BadInput(f"{where} holds half of a surrogate pair: take it out.") from None


def _no_number(word: str) -> None:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _merged(reader: _Reader, members: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(text for member in members for text in reader.texts(member))


def _links(reader: _Reader) -> Iterator[tuple[str, str]]:
    """What is a web address; anything else in these members leads nowhere."""
    for name, member in LINKS.items():
        address = next(iter(reader.texts(member, longest=2000)), "")
        if re.match(r"https?://[^\s/]", address, re.IGNORECASE):
            yield name, address


def _hub_id(reader: _Reader, links: dict[str, str]) -> str:
    told = reader.text("HF Dataset", 200, reader.object(INFERRED))
    return hub_id(links.get("hub", "")) or (told if re.fullmatch(r"[\w.-]+(/[\w.-]+)?", told, re.ASCII) else "")


def _year(reader: _Reader) -> int | None:
    value = reader.raw.get("Year Released")
    if isinstance(value, str):
        value = int(value) if re.fullmatch("[0-9]{4}", value.strip()) else None
    return value if isinstance(value, int) and value in YEARS else None


# --- claims ------------------------------------------------------------------------------------------------


def _claims(reader: _Reader, links: dict[str, str]) -> Iterator[Claim]:
    """Each distinct statement once, the reviewer's first."""
    yield from dict.fromkeys((*_verified(reader), *_inferred(reader, links)))


def _verified(reader: _Reader) -> Iterator[Claim]:
    note, reviewer = reader.text(NOTES, LONGEST_NOTE), reader.text(VERIFIED_BY, 200)
    for item in reader.objects(LICENCES):
        expression = reader.text("License", 500, item)
        if expression:
            yield Claim(REVIEWER, expression, reader.text("License URL", 2000, item), note, reviewer)


def _inferred(reader: _Reader, links: dict[str, str]) -> Iterator[Claim]:
    told = reader.object(INFERRED)
    for member, (source, where) in CLAIMS.items():
        expression = reader.text(member, 500, told)
        if expression:
            url = links.get(where, "") if where in LINKS else reader.text(where, 2000, told)
            yield Claim(source, expression, url, f"{member}: {expression}{_seen(told, source)}")


def _seen(told: dict[str, Any], source: str) -> str:
    """When the register looked last, where the names of its counts tell the month."""
    begins = {HUB: "HF ", REPOSITORY: "GitHub "}.get(source, "S2 ")
    months = [key[:-1].rpartition("(")[2] for key in told if key.startswith(begins) and key.endswith(")")]
    return f" (as of {months[0][:40]})" if months else ""
