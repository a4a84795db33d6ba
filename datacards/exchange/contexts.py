"""What the keys of JSON-LD mean: our bundled context, and contexts written inside a file. Nothing is ever fetched.

A context may name another by address, which a JSON-LD processor fetches (JSON-LD 1.1 §3.1, and @import, §4.1.9): an
importer that did would ask any address that a stranger writes. The few addresses that everybody uses stand for our
bundled context; a file that names another is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from datacards.errors import BadInput

SCHEMA = "https://schema.org/"
CROISSANT = "http://mlcommons.org/croissant/"
RAI = "http://mlcommons.org/croissant/RAI/"
CARD = "urn:consentry:card:"  # our card's paths, for what no other vocabulary has a word for

# The names of these namespaces inside Consentry; schema.org needs none.
NAMESPACES = {
    SCHEMA: "",
    CROISSANT: "cr:",
    RAI: "rai:",
    CARD: "card:",
    "http://purl.org/dc/terms/": "dct:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://www.w3.org/ns/odrl/2/": "odrl:",
    "http://creativecommons.org/ns#": "cc:",
    "http://www.w3.org/ns/dcat#": "dcat:",
}
# Other spellings of the same namespaces: 1.1 writes http for schema.org, 0.8 had a namespace of its own.
SPELLINGS = {
    "http://schema.org/": SCHEMA,
    "https://www.schema.org/": SCHEMA,
    "http://www.schema.org/": SCHEMA,
    "http://mlcommons.org/schema/": CROISSANT,
    "https://mlcommons.org/croissant/": CROISSANT,
    "https://mlcommons.org/croissant/RAI/": RAI,
}
# Addresses of contexts which the bundled context stands for.
KNOWN = frozenset(
    f"{scheme}://{rest}"
    for scheme in ("http", "https")
    for rest in (
        "schema.org", "schema.org/", "www.schema.org", "www.schema.org/", "schema.org/docs/jsonldcontext.jsonld",
        "schema.org/docs/jsonldcontext.json", "mlcommons.org/croissant/1.0", "mlcommons.org/croissant/1.1",
    )
)  # fmt: skip

_CROISSANT_TERMS = (
    "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "path", "readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
    "sdVersion", "separator", "source", "subField", "transform", "unArchive", "value",
)  # fmt: skip
# The context of Croissant 1.1 (appendix 1) with the words for provenance and terms of use, and https for schema.org,
# which is what mlcroissant knows its own classes by.
BUNDLED: dict[str, Any] = {
    "@language": "en",
    "@vocab": SCHEMA,
    "sc": SCHEMA,
    **{prefix.rstrip(":"): iri for iri, prefix in NAMESPACES.items() if prefix},
    **{term: f"cr:{term}" for term in _CROISSANT_TERMS},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
_SETTINGS = frozenset({"@language", "@vocab", "@base", "@version", "@protected", "@propagate", "@direction"})


_LONGEST_FIRST = sorted(NAMESPACES, key=len, reverse=True)


def canonical(iri: str) -> str:
    """An IRI in our one spelling of its namespace."""
    for spelling, ours in SPELLINGS.items():
        if iri.startswith(spelling):
            return ours + iri[len(spelling) :]
    return iri


@lru_cache(4096)
def short(iri: str) -> str:
    """The name by which Consentry knows an IRI: `name`, `cr:recordSet`, `prov:used`; else the IRI itself."""
    iri = canonical(iri)
    for namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return NAMESPACES[namespace] + iri[len(namespace) :]
    return iri


@dataclass(frozen=True)
class Context:
    """The words in force at one place of a file: term → IRI or keyword, and the language of plain texts."""

    terms: Mapping[str, str] = field(default_factory=dict)
    vocab: str = SCHEMA
    language: str = "en"
    maps: frozenset[str] = frozenset()  # short names whose values are language maps

    def name(self, key: str) -> str:
        """The short name of a key or of a type; keywords are kept."""
        return short(self.iri(key))

    def iri(self, key: str) -> str:
        """The IRI of a key or of a type; a keyword for a keyword or its alias."""
        if key.startswith("@") or key in self.terms:
            return self.terms.get(key, key)
        prefix, colon, rest = key.partition(":")
        if not colon:
            return self.vocab + key
        if rest.startswith("//") or prefix not in self.terms:
            return key
        return self.terms[prefix] + rest

    def with_(self, more: Any) -> "Context":
        """This context and what a file adds to it; `BadInput` where it names anything to fetch."""
        made = self
        for part in more if isinstance(more, list) else [more]:
            made = made._with_one(part)
        return made

    def _with_one(self, part: Any) -> "Context":
        if part is None or (isinstance(part, str) and part in KNOWN) or part is BUNDLED or part == BUNDLED:
            return bundled()
        if isinstance(part, str):
            raise BadInput(
                f"Its @context names “{part[:200]}”, which would have to be fetched: write that context into the file."
            )
        if not isinstance(part, dict):
            raise BadInput("Its @context is neither an object nor a known address: see JSON-LD 1.1, section 3.1.")
        if "@import" in part:
            raise BadInput("Its @context imports another one, which would have to be fetched: write it into the file.")
        return self._defined(part)

    def _defined(self, part: Mapping[str, Any]) -> "Context":
        """These definitions over those in force; a definition may use the others beside it."""
        vocab = part.get("@vocab") or self.vocab
        if not isinstance(vocab, str):
            raise BadInput("Its @context has a @vocab that is no text.")
        wanted = {term: _target(term, definition) for term, definition in part.items() if term not in _SETTINGS}
        both = {term: iri for term, iri in self.terms.items() if term not in wanted}
        made = Context(both, canonical(vocab if ":" in vocab else self.vocab + vocab))
        both |= {term: _resolved(term, target, wanted, made) for term, target in wanted.items()}
        maps = {term for term, item in part.items() if isinstance(item, dict) and item.get("@container") == "@language"}
        language = str(part.get("@language") or self.language)
        return replace(made, language=language, maps=self.maps | {short(both[term]) for term in maps})


def _target(term: str, definition: Any) -> str:
    """What a term stands for, as the file writes it; the term itself where the file only types its values."""
    target = definition.get("@id", term) if isinstance(definition, dict) else definition
    if target is None:
        return term
    if not isinstance(target, str) or term.startswith("@"):
        raise BadInput(f"Its @context defines “{term[:80]}” by neither a text nor an object with @id.")
    return target


def _resolved(term: str, target: str, wanted: Mapping[str, str], around: Context) -> str:
    """The IRI of a term: its target may use other terms of the same context, each once."""
    seen = {term}
    rest = ""
    while not target.startswith("@"):
        prefix, colon, tail = target.partition(":")
        name = target if target in wanted else prefix if colon and not tail.startswith("//") else ""
        if name not in wanted or name in seen:
            break
        seen.add(name)
        rest, target = (tail if name != target else "") + rest, wanted[name]
    if target.startswith("@"):
        return target
    return canonical((around.iri(target) if target != term else around.vocab + term) + rest)


def bundled() -> Context:
    """Our bundled context."""
    return _BUNDLED


_BUNDLED = Context()._defined(BUNDLED)


def refuse_other_meanings(context: Context) -> None:
    """`BadInput` where a file means something else by a word of ours: kept beside our own it would change its meaning.

    Croissant 0.8 and 1.0 had some of its words in schema.org, which is no other meaning.
    """
    for word, iri in _BUNDLED.terms.items():
        theirs, both = context.terms.get(word, iri), (SCHEMA, CROISSANT)
        moved = theirs.startswith(both) and iri.startswith(both) and theirs.endswith(f"/{word}")
        if theirs != iri and not moved:
            raise BadInput(f"Its @context means {theirs[:100]} by “{word}”, which is {iri} here: rename it.")
    if context.vocab != SCHEMA:
        raise BadInput(f"Its @vocab is {context.vocab[:100]}: only schema.org's is read; give other words a prefix.")


def contexts_in(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every context in a file with its place, those inside nodes and term definitions too."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "@context":
                yield f"{at}/@context", item
            yield from contexts_in(item, f"{at}/{escaped(key)}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from contexts_in(item, f"{at}/{i}")


def escaped(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901 §3)."""
    return key.replace("~", "~0").replace("/", "~1")
