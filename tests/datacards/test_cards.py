"""The Data Card's fields and scores."""

import time

import pytest

from datacards.cards import clean, completeness, fields, is_filled
from datacards.errors import BadInput


def filled():
    return {f.path: {"value": [f.choices[0]] if f.choices else "Something."} for f in fields() if f.required}


def test_a_card_with_every_required_field_is_complete():
    assert completeness(filled()).share == 1.0


def test_an_empty_card_names_what_is_missing():
    assert "Summary" in completeness({}).missing


@pytest.mark.parametrize("filler", ["", "  ", "[More Information Needed]", "TODO", "n/a", "...", "Lorem ipsum dolor"])
def test_a_filler_is_not_an_answer(filler):
    assert not is_filled(filler)


def test_a_value_of_many_dots_is_judged_at_once():
    began = time.perf_counter()
    assert is_filled("." * 19_999 + "a")
    assert time.perf_counter() - began < 0.5


def test_a_filler_keeps_the_card_incomplete():
    values = filled() | {"overview.summary": {"value": "[More Information Needed]"}}
    assert completeness(values).missing == ("Summary",)


def test_paths_are_unique():
    assert len({f.path for f in fields()}) == len(fields())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("no.such", "x"),
        ("overview.title", ["x"]),
        ("overview.title", "two\nlines"),
        ("overview.summary", "x" * 20_001),
        ("overview.summary", "\x00"),
        ("overview.modality", "Text"),
        ("overview.modality", ["Smell"]),
        ("subjects.people", "Maybe"),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_refused_in_one_sentence(path, value):
    with pytest.raises(BadInput, match=r"\.$"):
        clean(path, value)
