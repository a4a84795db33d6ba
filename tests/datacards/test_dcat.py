"""DCAT 3 and schema.org: what data portals and search engines read."""

import json
import warnings

import pytest
from hypothesis import given, settings

from datacards.exchange import dcat, schema_org
from datacards.exchange.croissant import read
from datacards.exchange.described import DescribedFile, DescribedParent
from datacards.exchange.strictjson import dumps, for_html
from tests.datacards.descriptions import DESCRIPTIONS, whole

FILE = DescribedFile("data/a.jsonl.gz", 3, "a" * 64, "jsonl.gz", url="https://example.org/a")


def test_a_dataset_has_what_a_portal_lists():
    made = dcat.document(whole(files=[FILE], languages=("de",), parents=[DescribedParent("Base", "filtered")]))
    assert made["dct:license"]["@id"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert made["dct:language"] == {"@id": "http://id.loc.gov/vocabulary/iso639-1/de"}
    assert made["dct:issued"] == {"@value": "2026-03-31T00:00:00+00:00", "@type": "xsd:dateTime"}
    assert made["dct:source"] == {"@type": "dcat:Dataset", "dct:title": "Base"}


def test_a_distribution_has_its_checksum_and_both_its_formats():
    made = dcat.document(whole(files=[FILE]))["dcat:distribution"]
    assert made["spdx:checksum"]["spdx:checksumValue"]["@value"] == "a" * 64
    assert made["dcat:compressFormat"]["@id"].endswith("application/gzip")
    assert made["dcat:downloadURL"] == {"@id": "https://example.org/a"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2026", "gYear"), ("2026-03", "gYearMonth"), ("2026-03-31", "date"), ("2026-03-31T00:00:00Z", "dateTime")],
)
def test_a_date_says_how_exact_it_is(text, kind):
    values = {"publication.published": {"value": text}}
    assert dcat.document(whole(values=values))["dct:issued"]["@type"] == f"xsd:{kind}"


@settings(max_examples=40, deadline=None)
@given(DESCRIPTIONS)
def test_every_description_becomes_triples(described):
    from rdflib import Graph

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = Graph().parse(data=dumps(dcat.document(described)), format="json-ld")
    assert len(graph) > 0
    assert None not in set(graph.objects())


def test_what_a_page_shows_to_search_engines_can_be_read_again():
    made = schema_org.document(whole(files=[FILE]))
    again = read(json.dumps(made).encode())
    assert (again.licence, again.values["overview.title"]["value"]) == ("CC-BY-4.0", "A corpus")
    assert again.files[0].sha256 == "a" * 64


def test_of_many_files_a_page_names_the_first_ones():
    many = [DescribedFile(f"{i}.csv", 1, "a" * 64, "csv") for i in range(1_000)]
    assert len(schema_org.document(whole(files=many))["distribution"]) == schema_org.MAX_FILES


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;\u2028\u2029]]>"])
def test_nothing_in_a_data_block_can_end_it(text):
    written = for_html({"name": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"name": text}
