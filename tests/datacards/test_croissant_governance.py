"""Terms of provenance and use that others wrote come out as they came in, byte for byte."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datacards.exchange.croissant import read, write
from datacards.exchange.described import DescribedParent
from datacards.exchange.strictjson import dumps, loads
from tests.datacards.descriptions import by_mlcroissant, whole

CONTEXT = {
    "@vocab": "http://schema.org/", "prov": "http://www.w3.org/ns/prov#", "odrl": "http://www.w3.org/ns/odrl/2/",
    "duo": "http://purl.obolibrary.org/obo/DUO_", "foaf": "http://xmlns.com/foaf/0.1/",
    "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/",
}  # fmt: skip
KEYS = st.sampled_from(
    ["name", "odrl:action", "odrl:constraint", "prov:label", "duo:0000006", "foaf:age", "x:y", "@type"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBERS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
TERMS = st.recursive(
    TEXTS | NUMBERS | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(KEYS.filter(lambda key: key[0] != "@"), inner, max_size=3)
    ),
    max_leaves=8,
)
GOVERNANCE = (
    "usageInfo",
    "prov:wasDerivedFrom",
    "prov:wasGeneratedBy",
    "prov:wasAttributedTo",
    "odrl:hasPolicy",
    "foaf:page",
)
FILES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(GOVERNANCE, st.dictionaries(KEYS.filter(lambda key: key[0] != "@"), TERMS, max_size=3))
)


def foreign(**members):
    """A Croissant file of somebody else."""
    return {
        "@context": CONTEXT, "@type": "Dataset", "dct:conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "birds",
        "description": "Songs of birds.", "license": "https://spdx.org/licenses/MIT", **members,
    }  # fmt: skip


def described(imported):
    """What the catalogue holds after that import, by the adapter's rules."""
    return whole(
        values=imported.values, licence=imported.licence, licence_url=imported.licence_url, parents=imported.parents
    )


def exported(body):
    return write(described(read(body)), body)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_terms_survive_import_export_import_byte_for_byte(members):
    body = dumps(foreign(**members)).encode()
    once = exported(body)
    twice = exported(once)
    for key, term in members.items():
        assert dumps(loads(once)[key]) == dumps(term)
        assert dumps(loads(twice)[key]) == dumps(term)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_an_export_of_an_export_changes_nothing(members):
    once = exported(dumps(foreign(**members)).encode())
    assert exported(once) == once


POLICY = {
    "@type": ["CreativeWork", "odrl:Offer"], "name": "DUO",
    "odrl:permission": {
        "odrl:action": {"@id": "duo:0000006", "name": "Health"},
        "odrl:constraint": [{"odrl:operator": {"@id": "odrl:eq"}, "odrl:rightOperand": {"@id": "duo:0000018"}}],
    },
}  # fmt: skip
RAI = {
    "rai:dataLimitations": ["Few owls.", "No gulls."],
    "rai:dataSocialImpact": "None known.",
    "rai:of2030": {"a": [1, None]},
}


def test_a_policy_of_duo_and_words_of_responsible_ai_stay_and_mlcroissant_takes_them():
    body = exported(dumps(foreign(usageInfo=POLICY, **RAI)).encode())
    made = loads(body)
    assert {key: made[key] for key in ("usageInfo", *RAI)} == {"usageInfo": POLICY, **RAI}
    assert made["@context"]["duo"] == CONTEXT["duo"]
    assert by_mlcroissant(body) == []


def test_numbers_in_terms_keep_their_spelling():
    body = b'{"@type": "Dataset", "name": "b", "description": "d", "license": "MIT", "usageInfo": {"odrl:count": 1.10}}'
    assert b'"odrl:count": 1.10' in exported(body)


def test_a_new_licence_adds_our_offer_and_leaves_theirs():
    body = dumps(foreign(usageInfo=POLICY)).encode()
    theirs, ours = loads(write(replace(described(read(body)), licence="CC-BY-NC-4.0", licence_url=""), body))[
        "usageInfo"
    ]
    assert theirs == POLICY
    assert ours["name"] == "Terms of CC-BY-NC-4.0"


def test_an_offer_of_ours_is_renewed_in_its_place():
    first = write(whole())
    again = loads(write(whole(licence="CC-BY-NC-4.0"), first))
    (offer,) = again["usageInfo"]
    assert offer["name"] == "Terms of CC-BY-NC-4.0"


def test_a_new_parent_is_added_and_the_known_ones_stay_as_they_are():
    known = {"@id": "urn:dataset:parks", "name": "Parks", "foaf:page": "x"}
    body = dumps(foreign(**{"prov:wasDerivedFrom": known})).encode()
    more = replace(described(read(body)), parents=[*read(body).parents, DescribedParent("Woods", "filtered")])
    first, second = loads(write(more, body))["prov:wasDerivedFrom"]
    assert (first, second["name"]) == (known, "Woods")


def test_provenance_of_single_files_and_columns_stays_with_them():
    crawl = {"@type": "prov:Activity", "prov:label": "Crawl", "prov:endedAtTime": "2025-10-01T12:00:00Z"}
    file = {
        "@type": "cr:FileObject", "@id": "a.csv", "name": "a.csv", "contentUrl": "a.csv", "encodingFormat": "text/csv",
        "sha256": "a" * 64, "prov:wasGeneratedBy": crawl,
    }  # fmt: skip
    body = dumps(foreign(distribution=[file])).encode()
    imported = read(body)
    assert loads(exported(body))["distribution"] == [file]
    grown = replace(described(imported), files=[replace(imported.files[0], sha256="b" * 64)])
    (kept,) = loads(write(grown, body))["distribution"]
    assert (kept["sha256"], kept["prov:wasGeneratedBy"]) == ("b" * 64, crawl)


def test_only_what_changed_is_written_anew():
    body = dumps(foreign(**RAI, **{"x:odd": {"b": 1, "a": 2}}), indent=2).encode()
    imported = read(body)
    values = dict(imported.values) | {"risks.social_impact": {"value": "Some."}}
    before, after = loads(exported(body)), loads(write(replace(described(imported), values=values), body))
    assert [key for key in before if before[key] != after.get(key)] == ["rai:dataSocialImpact"]


def test_a_value_that_somebody_removed_is_gone():
    body = dumps(foreign(**RAI)).encode()
    imported = read(body)
    values = {path: entry for path, entry in imported.values.items() if path != "risks.social_impact"}
    assert "rai:dataSocialImpact" not in loads(write(replace(described(imported), values=values), body))


def test_our_own_export_comes_back_to_the_letter():
    body = write(
        whole(values={"use.intended": {"value": "Pretraining."}}, parents=[DescribedParent("Base", "filtered")])
    )
    assert exported(body) == body
