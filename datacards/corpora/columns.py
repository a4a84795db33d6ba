"""Finds the columns that matter: by name first, then by what they hold, or as the user chose.

A corpus has a URL and a text per document. A *domain table* has instead, per domain, tokens and perhaps documents.
A column is a path of names: ``("url",)``, or inside a struct ``("metadata", "url")``. Of a text column that holds
JSON (`packed`), the path goes on inside that JSON.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from datacards.errors import BadInput

Path = tuple[str, ...]

SURE_URLS = (
    "url", "source_url", "warc-target-uri", "warc_target_uri", "page_url", "document_url", "doc_url",
    "original_url", "web_url", "target_uri", "url_source", "webpage_url",
)  # fmt: skip
LIKELY_URLS = ("uri", "link", "href", "permalink", "source", "src", "id", "reference")
HOSTS = ("domain", "host", "hostname", "site", "netloc", "domain_name")
TEXTS = (
    "text", "content", "raw_content", "raw_text", "body", "document", "contents", "article", "page_text",
    "plain_text", "full_text", "text_content", "markdown", "document_text", "doc", "story",
)  # fmt: skip
TOKENS = ("tokens", "token_count", "num_tokens", "n_tokens", "tokens_count")
DOCUMENTS = ("docs", "documents", "doc_count", "document_count", "num_docs", "n_docs", "num_documents", "pages")

URL = re.compile(r"\s*(?:https?:)?//[^\s/?#]+\.[^\s]*", re.IGNORECASE)
HOST = re.compile(r"\s*(?:[^\s/?#:@.]+\.)+[a-z][^\s/?#:@.]*\.?(?:[:/?#]\S*)?\s*", re.IGNORECASE)
MOSTLY = 0.8
HALF = 0.5  # enough where the name speaks for it too
KIND_WORDS = {
    "integer": "whole numbers",
    "double": "decimal numbers",
    "list": "lists",
    "struct": "records",
    "bool": "truths",
}
ARROW = {"text": "string", "integer": "int64", "unknown": "null"}
MOST_COLUMNS = 1000
PROSE = 20  # characters, on average, of what may be a document


@dataclass(frozen=True)
class Sample:
    """A look at a file: the kind of each column ("text", "integer" or a type's name) and some texts of each."""

    name: str
    kinds: dict[Path, str]
    texts: dict[Path, list[str]] = field(default_factory=dict)
    packed: frozenset[Path] = frozenset()

    @property
    def schema(self) -> list[dict[str, str]]:
        """Name and Arrow type of each column (the first `MOST_COLUMNS`); what lies inside JSON texts is no column."""
        paths = [path for path in self.kinds if path not in self.packed][:MOST_COLUMNS]
        return [
            {"name": _storable(shown(path)), "type": ARROW.get(self.kinds[path], self.kinds[path])} for path in paths
        ]


@dataclass(frozen=True)
class Columns:
    """Which columns are read. Either `text` is set (documents) or `tokens` (a domain table)."""

    url: Path
    text: Path = ()
    tokens: Path = ()
    documents: Path = ()
    packed: bool = False  # the URL's path leads into JSON that a text column holds
    bare: bool = False  # hosts without a scheme (example.org) count as domains

    @property
    def is_table(self) -> bool:
        """Whether the file is a domain table."""
        return bool(self.tokens)

    @property
    def paths(self) -> list[Path]:
        """The columns to read; of packed JSON the column that holds it."""
        url = self.url[:-1] if self.packed else self.url
        return [path for path in (url, self.text, self.tokens, self.documents) if path]

    def as_dict(self) -> dict[str, Any]:
        """For a unit's JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Columns":
        """What `as_dict` made, after it went through JSON."""
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**plain)


def shown(path: Path) -> str:
    """A column's name as users write it."""
    return ".".join(path)


def choose(sample: Sample, url: str = "", text: str = "", tokens: str = "", documents: str = "") -> Columns:
    """The columns of a file: those named, the others found. Raises `BadInput` naming the columns there are."""
    if not sample.kinds:
        raise BadInput(f"{sample.name} holds no rows: give data, or leave it out.")
    url_path = _named(sample, url) if url else _url(sample)
    if tokens or (not text and not _text(sample, url_path)):
        return _table(sample, url_path, tokens, documents)
    text_path = _named(sample, text) if text else _text(sample, url_path)
    assert text_path is not None
    _refuse_type(sample, text_path, "text")
    return _checked(sample, Columns(url_path, text=text_path, packed=url_path in sample.packed))


def unpacked(texts: Iterable[str]) -> dict[str, list[str]]:
    """The texts by name in JSON objects; empty if these are none."""
    found: dict[str, list[str]] = {}
    for text in texts:
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        if not isinstance(loaded, dict):
            return {}
        for name, value in loaded.items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
    return found


def _table(sample: Sample, url: Path, tokens: str, documents: str) -> Columns:
    path = _named(sample, tokens) if tokens else _tokens(sample)
    _refuse_type(sample, path, "integer")
    docs = _named(sample, documents) if documents else _first(sample, DOCUMENTS, "integer") or ()
    if docs:
        _refuse_type(sample, docs, "integer")
    return _checked(sample, Columns(url, tokens=path, documents=docs, packed=url in sample.packed))


def _checked(sample: Sample, columns: Columns) -> Columns:
    """With `bare` known; the URL column must be text."""
    _refuse_type(sample, columns.url, "text")
    is_host = columns.url[-1].lower() in HOSTS or columns.is_table
    texts = sample.texts.get(columns.url, [])
    bare = is_host or (not _mostly(texts, URL.match) and _mostly(texts, HOST.fullmatch))
    return Columns(columns.url, columns.text, columns.tokens, columns.documents, columns.packed, bare)


def _url(sample: Sample) -> Path:
    """By a sure name, then by a likely name and what it holds, then by what it holds."""
    found = _first(sample, SURE_URLS, "text") or _first_that(sample, LIKELY_URLS, URL.match)
    found = found or _first_that(sample, HOSTS, HOST.fullmatch, HALF) or _first_that(sample, None, URL.match)
    if found is None:
        raise BadInput(f"{sample.name} has no column of URLs: choose one of its columns ({_present(sample)}).")
    return found


def _text(sample: Sample, url: Path) -> Path | None:
    """By name, then the longest prose."""
    named = _first(sample, TEXTS, "text")
    if named and named != url:
        return named
    lengths = {path: _mean_length(texts) for path, texts in sample.texts.items() if path != url and _is_prose(texts)}
    return max(lengths, key=lambda path: lengths[path], default=None)


def _tokens(sample: Sample) -> Path:
    found = _first(sample, TOKENS, "integer")
    if found:
        return found
    others = [p for p, kind in sample.kinds.items() if kind == "integer" and p[-1].lower().endswith("tokens")]
    if len(others) == 1:
        return others[0]
    what = "several columns of tokens" if others else "no column of text or of tokens"
    raise BadInput(f"{sample.name} has {what}: choose one of its columns ({_present(sample)}).")


def _named(sample: Sample, name: str) -> Path:
    """A column that the user named: whole names win over paths."""
    for path in sample.kinds:
        if shown(path) == name:
            return path
    raise BadInput(f"{sample.name} has no column {name}: choose one of its columns ({_present(sample)}).")


def _refuse_type(sample: Sample, path: Path, wanted: str) -> None:
    kind = sample.kinds[path]
    if kind not in (wanted, "unknown"):
        held, what = (KIND_WORDS.get(word, word) for word in (kind, wanted))
        raise BadInput(f"The column {shown(path)} of {sample.name} holds {held}, not {what}: choose another column.")


def _first(sample: Sample, names: Iterable[str], kind: str) -> Path | None:
    """The shallowest column with the best name."""
    paths = sorted((p for p in sample.kinds if sample.kinds[p] in (kind, "unknown")), key=len)
    for name in names:
        for path in paths:
            if path[-1].lower() in (name, f"meta.{name}", f"metadata.{name}"):
                return path
    return None


def _first_that(
    sample: Sample, names: Iterable[str] | None, fits: Callable[[str], Any], share: float = MOSTLY
) -> Path | None:
    """The column (of these names, if given) whose texts mostly fit, in the order of the file."""
    for path, texts in sample.texts.items():
        if (names is None or path[-1].lower() in names) and _mostly(texts, fits, share):
            return path
    return None


def _storable(name: str) -> str:
    """JSON may name a column by what a database does not take: NUL and half a surrogate pair."""
    return name.replace("\0", "").encode("utf-8", "replace").decode()[:200]


def _mostly(texts: list[str], fits: Callable[[str], Any], share: float = MOSTLY) -> bool:
    given = [text for text in texts if text]
    return bool(given) and sum(bool(fits(text)) for text in given) >= share * len(given)


def _is_prose(texts: list[str]) -> bool:
    return _mean_length(texts) >= PROSE and _mostly(texts, lambda text: " " in text.strip())


def _mean_length(texts: list[str]) -> float:
    return sum(map(len, texts)) / len(texts) if texts else 0.0


def _present(sample: Sample) -> str:
    names = [shown(path) for path in sample.kinds if not any(path[:-1] == packed for packed in sample.packed)]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more if names else "it has none"
