"""Every format in which a card goes out or comes in: one table, from which pages, API, command and docs derive."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datacards.errors import BadInput
from datacards.exchange import croissant, datasheet, dcat, huggingface, schema_org
from datacards.exchange.croissant.imported import Imported
from datacards.exchange.described import Described
from datacards.exchange.strictjson import loads

Write = Callable[[Described, bytes | None], bytes]  # the second is the file that was imported, if any
Read = Callable[[bytes], Imported]
Checks = Callable[[bytes], list[str]]


@dataclass(frozen=True)
class Format:
    """One format; `read` is None for what only goes out, `checks` lists what is wrong with a file of it."""

    name: str
    title: str
    media: str
    file: str  # what a file of it is called
    about: str
    write: Write
    read: Read | None = None
    checks: Checks | None = None

    @property
    def comes_in(self) -> bool:
        """A file of it can be read; for templates, which would call `read` itself."""
        return self.read is not None

    @property
    def is_text(self) -> bool:
        """One can show what differs between two files of it, line by line."""
        return self.media != "application/pdf"


def _hugging_face(described: Described, original: bytes | None) -> bytes:
    return huggingface.write(described, original.decode() if original is not None else None).encode()


def _pdf(described: Described, _: bytes | None) -> bytes:
    from datacards.exchange import pdf  # its library takes half a second, which not every process needs to spend

    return pdf.write(described)


def _json(document: Callable[[Described], object]) -> Write:
    return lambda described, _: json.dumps(document(described), ensure_ascii=False, indent=2).encode() + b"\n"


_ALL = (
    Format(
        "huggingface", "Hugging Face", "text/markdown", "README.md", "The README.md of a dataset on the Hub.",
        _hugging_face, huggingface.read, huggingface.problems,
    ),
    Format(
        "croissant", "Croissant", "application/ld+json", "croissant.json", "Croissant 1.1 with RAI, PROV and ODRL.",
        croissant.write, croissant.read, lambda body: croissant.problems(loads(body)),
    ),
    Format(
        "dcat", "DCAT", "application/ld+json", "dcat.jsonld", "DCAT 3, for catalogues of public data.",
        _json(dcat.document),
    ),
    Format(
        "schema_org", "schema.org", "application/ld+json", "schema-org.jsonld", "What search engines read.",
        _json(schema_org.document),
    ),
    Format(
        "datasheet", "Datasheet", "text/markdown", "datasheet.md", "A Datasheet for Datasets, in seven sections.",
        lambda described, _: datasheet.write(described).encode(),
    ),
    Format("pdf", "PDF", "application/pdf", "card.pdf", "To print and to file.", _pdf),
)  # fmt: skip
FORMATS: Mapping[str, Format] = {one.name: one for one in _ALL}


def format_at(name: str) -> Format:
    """The format of that name; `BadInput` lists those there are."""
    try:
        return FORMATS[name]
    except KeyError:
        raise BadInput(f"format: there is none called {name[:40]!r}; choose one of {', '.join(FORMATS)}.") from None


def reader(name: str) -> tuple[Format, Read]:
    """A format that is read too, and what reads it."""
    found = format_at(name)
    if found.read is None:
        both = ", ".join(one.name for one in _ALL if one.read)
        raise BadInput(f"format: {found.title} is only written; read one of {both}.")
    return found, found.read


def format_of_file(name: str, body: bytes) -> str:
    """Which format a file is, by its name and how it begins."""
    is_json = name.lower().endswith((".json", ".jsonld")) or body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    return "croissant" if is_json else "huggingface"
