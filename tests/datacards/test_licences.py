"""What licence expressions allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.errors import BadInput
from datacards.licenses import Override, default_table, known_expressions, terms_of
from tests.datacards.real_licences import real_records, words_of

HUB_LICENCES = [
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause",
    "bsd-3-clause", "bsd-3-clause-clear", "c-uda", "cc", "cc0-1.0", "cc-by-2.0",
    "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0",
    "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl",
    "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2",
    "agpl-3.0", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "lgpl",
    "lgpl-2.1", "lgpl-3.0", "isc", "h-research", "intel-research", "lppl-1.3c",
    "ms-pl", "apple-ascl", "apple-amlr", "mpl-2.0", "odc-by", "odbl",
    "openmdw-1.0", "openrail++", "osl-3.0", "postgresql", "ofl-1.1", "ncsa",
    "unlicense", "zlib", "pddl", "lgpl-lr", "deepfloyd-if-license", "fair-noncommercial-research-license",
    "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4",
    "grok2-community", "gemma", "unknown", "other",
]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "commercial", "derivatives"),
    [
        ("CC-BY-4.0", True, True),
        ("cc by 4.0", True, True),
        ("odc-by", True, True),
        ("CC-BY-NC-4.0", False, True),
        ("CC-BY-ND-4.0", True, False),
        ("MIT OR CC-BY-NC-4.0", True, True),
        ("MIT AND CC-BY-NC-4.0", False, True),
        ("MIT AND NotALicence", None, None),
        ("Apache License 2.0 AND CC BY-NC 4.0", False, True),
        ("(MIT OR CC-BY-NC-4.0) AND CC-BY-4.0", True, True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", True, True),
        ("OpenAI", True, True),
        ("llama2", True, True),
    ],
)
def test_an_expression_allows_what_its_parts_together_allow(expression, commercial, derivatives):
    terms = terms_of(expression)
    assert (terms.commercial, terms.derivatives) == (commercial, derivatives)


@pytest.mark.parametrize("word", ["other", "cc", "unknown", "Custom", "Various", "Request Form"])
def test_a_word_that_leaves_the_licence_open_is_flagged_and_not_guessed(word):
    terms = terms_of(word)
    assert (terms.ambiguous, terms.recognised, terms.commercial) == (True, False, None)


def test_of_an_open_word_only_what_holds_for_every_candidate_is_said():
    terms = terms_of("gpl")
    assert (terms.ambiguous, terms.recognised, terms.commercial, terms.share_alike) == (True, False, True, True)
    assert "GPL-2.0-only" in terms.candidates


def test_a_sum_of_licences_shares_alike_if_one_does():
    assert terms_of("MIT AND CC-BY-SA-4.0").share_alike
    assert not terms_of("MIT OR CC-BY-SA-4.0").share_alike


def test_spdx_licences_without_a_row_are_not_recognised():
    assert not terms_of("Beerware").recognised


@given(st.text())
def test_no_text_makes_it_raise(text):
    assert terms_of(text).commercial in (True, False, None)


@given(st.sampled_from(known_expressions()), st.sampled_from(known_expressions()))
def test_a_sum_never_allows_what_a_part_forbids(a, b):
    both = terms_of(f"{a} AND {b}")
    assert not both.commercial or (terms_of(a).commercial and terms_of(b).commercial)


def test_an_or_offers_only_choices_that_no_other_makes_needless():
    ids = {choice.expression for choice in terms_of("CC-BY-NC-4.0 OR CC-BY-SA-4.0 OR CC-BY-NC-SA-4.0").choices}
    assert ids == {"CC-BY-NC-4.0", "CC-BY-SA-4.0"}


def test_a_table_of_ninety_licences_and_more_says_where_each_text_is():
    licences = [one for one in default_table().licences.values() if one.status == "licence"]
    assert len(licences) >= 90
    assert [one.id for one in licences if not one.why] == []
    assert [one.id for one in licences if not one.source and one.family != "word of mouth"] == []


@pytest.mark.parametrize("hub", HUB_LICENCES)
def test_every_licence_id_of_the_hub_is_known_or_flagged(hub):
    terms = terms_of(hub)
    assert terms.recognised or terms.ambiguous


def test_every_licence_in_the_real_records_is_known_or_flagged():
    words = {word for record in real_records() for word in words_of(record) if not word.startswith("http")}
    left = {word for word in words if not (terms_of(word).licences or terms_of(word).ambiguous)}
    assert left == set()


def test_an_admins_reading_counts_and_says_so():
    table = default_table().with_overrides({"LicenseRef-Custom": Override({"use": "academic"}, "Read by counsel.")})
    assert terms_of("Custom", table=table).use == "academic"
    assert terms_of("Custom").use == "unknown"
    assert table.get("LicenseRef-Custom").reason == "Read by counsel."


@pytest.mark.parametrize(
    ("licence", "changes", "said"),
    [
        ("Nobody-1.0", {}, "no “Nobody-1.0”"),
        ("MIT", {"colour": "red"}, "“colour” is not one of"),
        ("MIT", {"use": "sometimes"}, "“sometimes” is not one of any"),
        ("MIT", {"alike": "GPL"}, "a list of names"),
    ],
)
def test_an_override_that_cannot_be_is_told_in_a_sentence(licence, changes, said):
    with pytest.raises(BadInput, match=said):
        default_table().with_overrides({licence: Override(changes, "x")})
