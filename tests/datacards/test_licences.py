"""What licence expressions allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacards.licenses import known_expressions, terms_of


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
    ],
)
def test_an_expression_allows_what_its_parts_together_allow(expression, commercial, derivatives):
    terms = terms_of(expression)
    assert (terms.commercial, terms.derivatives) == (commercial, derivatives)


@pytest.mark.parametrize("word", ["other", "cc", "unknown", "gpl", "Custom"])
def test_a_word_that_leaves_the_licence_open_is_flagged_and_not_guessed(word):
    terms = terms_of(word)
    assert (terms.ambiguous, terms.recognised, terms.commercial) == (True, False, None)


def test_a_sum_of_licences_shares_alike_if_one_does():
    assert terms_of("MIT AND CC-BY-SA-4.0").share_alike
    assert not terms_of("MIT OR CC-BY-SA-4.0").share_alike


def test_spdx_licences_without_a_row_are_not_recognised():
    assert not terms_of("0BSD").recognised


@given(st.text())
def test_no_text_makes_it_raise(text):
    assert terms_of(text).commercial in (True, False, None)


@given(st.sampled_from(known_expressions()), st.sampled_from(known_expressions()))
def test_a_sum_never_allows_what_a_part_forbids(a, b):
    both = terms_of(f"{a} AND {b}")
    assert not both.commercial or (terms_of(a).commercial and terms_of(b).commercial)
