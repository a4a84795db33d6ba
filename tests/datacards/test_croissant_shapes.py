"""Foreign descriptions, in the shapes in which catalogues write them, come in; what cannot is refused with a reason."""

import json

import pytest

from datacards.errors import BadInput
from datacards.exchange.croissant import problems, read, write
from datacards.exchange.described import DescribedColumn
from tests.datacards.croissant_shapes import DIGEST, SHAPES
from tests.datacards.descriptions import by_mlcroissant, whole


def imported(shape):
    return read(json.dumps(SHAPES[shape]).encode())


def value(shape, path):
    return imported(shape).values[path]["value"]


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_tells_its_name_and_what_it_is(shape):
    assert value(shape, "overview.title").lower() == "birds"
    assert value(shape, "overview.summary") == "Songs of birds."


@pytest.mark.parametrize("shape", SHAPES)
def test_each_value_says_where_in_the_file_it_stands(shape):
    for entry in imported(shape).values.values():
        place = SHAPES[shape]
        for part in entry["evidence"].split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            place = place[int(name)] if isinstance(place, list) else place[name]
        assert place


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_goes_out_again_as_croissant_that_both_judges_take(shape):
    values = imported(shape).values
    body = write(whole(values=values), json.dumps(SHAPES[shape]).encode())
    assert problems(json.loads(body)) == []
    assert by_mlcroissant(body) == []
    assert "http" not in json.dumps([c for c in contexts(json.loads(body)) if isinstance(c, str)])


def contexts(item):
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    own = item.get("@context") if isinstance(item, dict) else None
    yield from own if isinstance(own, list) else [own] if own else []
    for one in inner:
        yield from contexts(one)


@pytest.mark.parametrize(
    ("shape", "licence"),
    [
        ("hub", "mit"), ("kaggle", "CC BY-SA 4.0"), ("openml", "CC-BY-4.0"), ("dataverse", "CC0-1.0"), ("old", "mit"),
        ("graph", "MIT"), ("prefixed", "Apache-2.0"), ("expanded", "CC-BY-4.0"), ("aliases", "MIT AND CC0-1.0"),
    ],
)  # fmt: skip
def test_licences_are_read_from_names_and_addresses(shape, licence):
    assert imported(shape).licence.lower() == licence.lower()


@pytest.mark.parametrize(
    ("shape", "format_"),
    [("hub", "Croissant 1.0"), ("old", "Croissant 0.8"), ("contexts", "Croissant 1.1"), ("dataverse", "schema.org")],
)
def test_the_format_is_told(shape, format_):
    assert imported(shape).format == format_


@pytest.mark.parametrize(
    ("shape", "path", "expected"),
    [
        ("hub", "authorship.creators", ["A Lab"]),
        ("kaggle", "publication.version", "1.1"),
        ("kaggle", "publication.published", "2026-02-03"),
        ("openml", "authorship.creators", ["Ada", "Bob"]),
        ("dataverse", "collection.period", "2025-03-01 to 2025-09-30"),
        ("dataverse", "authorship.funding", "A Foundation"),
        ("dataverse", "maintenance.persistent_id", "https://doi.org/10.7910/DVN/X1"),
        ("old", "quality.biases", "Mostly robins."),
        ("graph", "authorship.publisher", "A Lab"),
        ("prefixed", "publication.keywords", ["birds", "songs", "parks"]),
        ("prefixed", "publication.citation", "Ada 2026"),
        ("expanded", "publication.version", "2"),
        ("languages", "overview.languages", "de, fr"),
        ("aliases", "authorship.creators", ["Ada", "Bob"]),
        ("aliases", "maintenance.persistent_id", "10.5281/zenodo.1"),
    ],
)
def test_single_values_lists_and_objects_are_read(shape, path, expected):
    assert value(shape, path) == expected


def test_files_have_sizes_digests_and_addresses():
    (download,) = imported("dataverse").files
    assert (download.size, download.format, download.url.rsplit("/", 1)[-1]) == (166, "tsv", "1")
    assert imported("old").files[0].sha256 == DIGEST
    assert imported("kaggle").files[0].size == 1_500_000


def test_columns_are_read_with_their_types():
    assert imported("hub").columns == (DescribedColumn("song", "string"), DescribedColumn("tags", "list<item: string>"))
    assert imported("aliases").columns == (DescribedColumn("length", ""), DescribedColumn("pitch", ""))


def test_parents_are_read_with_their_licences():
    first, second = imported("graph").parents
    assert (first.url, second.name, second.licence) == ("https://example.org/parks", "Trees", "CC0-1.0")


def test_what_no_field_takes_is_named():
    assert imported("contexts").unknown == ("/lab:habitat",)


def test_a_value_that_does_not_fit_its_field_is_told_and_left_out():
    told = read(json.dumps({"@type": "Dataset", "conditionsOfAccess": "ask Ada"}).encode())
    assert "use.access" not in told.values
    assert told.left_out[0].startswith("/conditionsOfAccess: ")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({"@context": "https://schema.org", "@type": "Person"}, "describes no dataset"),
        ([], "describes no dataset"),
        ("Dataset", "describes no dataset"),
        ([{"@type": "Dataset", "name": "a"}, {"@type": "Dataset", "name": "b"}], "2 datasets .“a”, “b”."),
        ({"@context": "https://example.org/c.jsonld", "@type": "Dataset"}, "would have to be fetched.*at /@context"),
        ({"@context": "context.jsonld", "@type": "Dataset"}, "would have to be fetched"),
        ({"@context": ["https://schema.org", "//example.org/c"], "@type": "Dataset"}, "would have to be fetched"),
        ({"@context": {"@import": "https://example.org/c"}, "@type": "Dataset"}, "imports another"),
        ({"@type": "Dataset", "creator": {"@context": "https://example.org/c"}}, "at /creator/@context"),
        (
            {"@context": {"x": {"@id": "x:y", "@context": "https://e.org"}}, "@type": "Dataset"},
            "at /@context/x/@context",
        ),
        ({"@context": 3, "@type": "Dataset"}, "neither an object nor"),
        ({"@context": {"prov": "https://example.org/p#"}, "@type": "Dataset"}, "by “prov”"),
        ({"@context": {"@vocab": "https://example.org/"}, "@type": "https://schema.org/Dataset"}, "@vocab"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(file, why):
    with pytest.raises(BadInput, match=why) as refusal:
        read(json.dumps(file).encode())
    assert str(refusal.value).endswith(".")


def test_ids_that_go_round_are_followed_once():
    ring = {"@graph": [{"@id": "#a", "@type": "Dataset", "name": {"@id": "#a"}, "creator": {"@id": "#a"}}]}
    assert read(json.dumps(ring).encode()).name == "#a"
