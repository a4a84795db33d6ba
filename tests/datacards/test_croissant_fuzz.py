"""Whatever a stranger writes: it is read, or refused in a sentence; and what goes out again, both judges take."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacards.errors import BadInput
from datacards.exchange.croissant import problems, read, write
from datacards.exchange.croissant.table import rows
from datacards.exchange.strictjson import dumps
from tests.datacards.descriptions import by_mlcroissant, whole

WORDS = [
    "name", "description", "license", "creator", "url", "version", "keywords", "inLanguage", "distribution",
    "recordSet", "cr:field", "dataType", "source", "extract", "column", "fileObject", "includes",
    "contentUrl", "encodingFormat",
    "sha256", "contentSize", "containedIn", "subField", "isArray", "arrayShape", "prov:wasDerivedFrom", "usageInfo",
    "isBasedOn", "temporalCoverage", "conformsTo", "schema:name", "http://schema.org/name", "x:y", "card:use.intended",
    "data", "key", "references", "identifier", "sameAs", "en", "de", *(row.key for row in rows() if "rai:" in row.key),
]  # fmt: skip
KEYWORDS = ["@id", "@type", "@value", "@language", "@list", "@set", "@graph", "@context", "@reverse"]
TYPES = ["Dataset", "sc:Dataset", "cr:FileObject", "cr:FileSet", "cr:RecordSet", "cr:Field", "Person", "CreativeWork"]
TEXTS = [
    "", "x", "a b", "https://example.org/a", "2026-03-31", "en", "sc:Text", "cr:Int64", "text/csv", "a" * 64, "1.5 MB",
    "MIT", "-1", "#a", "http://mlcommons.org/croissant/1.1", "https://schema.org", "schema:x", *TYPES,
]  # fmt: skip
LEAVES = st.sampled_from(TEXTS) | st.text(max_size=3) | st.integers(-3, 3) | st.floats(0, 2) | st.booleans() | st.none()
KEYS = st.sampled_from(WORDS + KEYWORDS)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)
# Well-formed objects: keywords with values that fit them.
TYPED = st.fixed_dictionaries(
    {}, optional={"@id": st.sampled_from(["#a", "#b", "urn:c"]), "@type": st.sampled_from(TYPES)}
)
FITTING = st.recursive(
    LEAVES | st.sampled_from([{"@value": "x"}, {"@value": "y", "@language": "de"}, {"@id": "#a"}, {"@list": ["x"]}]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(
            lambda typed, members: {**typed, **members},
            TYPED,
            st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
        )
    ),
    max_leaves=15,
)
CONTEXTS = st.sampled_from(
    [None, "https://schema.org", {"schema": "http://schema.org/"}, {"id": "@id", "type": "@type"}]
)


def datasets(members):
    """Files that describe a dataset with these members."""
    return st.builds(lambda context, given: {"@context": context, **given, "@type": "Dataset"}, CONTEXTS, members)


DATASETS = datasets(st.dictionaries(KEYS, VALUES, max_size=10))
FITTING_DATASETS = datasets(st.dictionaries(st.sampled_from(WORDS), FITTING, max_size=10))


def told(body):
    """What the reader says: why not, or that it was read."""
    try:
        imported = read(body)
    except BadInput as refusal:
        return str(refusal)
    assert all(entry["evidence"].startswith("/") for entry in imported.values.values())
    return "Read."


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES | DATASETS | st.fixed_dictionaries({"@graph": st.lists(DATASETS, max_size=2)}))
def test_it_is_read_or_refused_in_a_sentence(value):
    assert told(dumps(value).encode("utf-8", "surrogatepass")).endswith(".")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(FITTING_DATASETS)
def test_what_goes_out_again_both_judges_take(value):
    body = dumps(value).encode("utf-8", "surrogatepass")
    try:
        imported = read(body)
        out = write(whole(values=imported.values, parents=imported.parents), body)
    except BadInput:
        return
    assert problems(json.loads(out)) == []
    assert by_mlcroissant(out) == []


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused_in_a_sentence(body):
    assert told(body).endswith(".")
