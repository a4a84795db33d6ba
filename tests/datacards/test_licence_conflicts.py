"""Which licences can be met at once, and the smallest pair that cannot."""

import pytest

from datacards.licenses import Verdict, combine, verdict_of


@pytest.mark.parametrize(
    ("licences", "relation", "satisfiable", "conflict"),
    [
        (["MIT", "CC-BY-4.0"], "derived", True, None),
        (["CC-BY-SA-4.0", "GPL-2.0-only"], "derived", False, ("CC-BY-SA-4.0", "GPL-2.0-only")),
        (["CC-BY-SA-4.0", "GPL-3.0-only"], "derived", True, None),
        (["CC-BY-SA-3.0", "CC-BY-SA-4.0"], "derived", True, None),
        (["CC-BY-SA-4.0", "ODbL-1.0"], "derived", False, ("CC-BY-SA-4.0", "ODbL-1.0")),
        (["MIT", "CC-BY-SA-4.0", "CC-BY-NC-4.0"], "derived", False, ("CC-BY-SA-4.0", "CC-BY-NC-4.0")),
        (["CC-BY-NC-SA-4.0", "CC-BY-NC-4.0"], "derived", True, None),
        (
            ["CC-BY-SA-4.0", "creativeml-openrail-m"],
            "derived",
            False,
            ("CC-BY-SA-4.0", "LicenseRef-CreativeML-OpenRAIL-M"),
        ),
        (["CC-BY-ND-4.0"], "derived", False, ("CC-BY-ND-4.0", "CC-BY-ND-4.0")),
        (["CC-BY-ND-4.0", "MIT"], "derived", False, ("CC-BY-ND-4.0", "MIT")),
        (["CC-BY-ND-4.0", "MIT"], "verbatim subset", True, None),
        (["CC-BY-ND-4.0"], "trained-on", None, None),
        (["CC-BY-SA-4.0", "GPL-2.0-only"], "model-generated-from", None, None),
        (["CC-BY-SA-4.0", "GPL-2.0-only"], "subset", True, None),
        (["CC-BY-NC-4.0", "LicenseRef-Copyrighted"], "evaluated-on", True, None),
        (["LGPL-2.1-only", "MPL-2.0", "EPL-1.0"], "derived", True, None),
        (["CC-BY-SA-4.0", "Unspecified"], "derived", None, None),
        (["MIT", "cc"], "derived", None, None),
        (["MIT OR CC-BY-ND-4.0"], "derived", True, None),
        (["CC-BY-SA-4.0", "GPL-2.0-only OR MIT"], "derived", True, None),
        ([], "derived", None, None),
    ],
)
def test_licences_are_met_at_once_or_the_smallest_pair_is_named(licences, relation, satisfiable, conflict):
    found = combine(licences, relation)
    assert (found.satisfiable, found.conflict) == (satisfiable, conflict)
    assert bool(found.why) == bool(conflict)


def test_whether_share_alike_binds_what_a_model_wrote_is_not_settled():
    assert combine(["CC-BY-SA-4.0"], "generated").terms.share_alike is None
    assert combine(["MIT"], "generated").terms.share_alike is False
    assert combine(["CC-BY-NC-SA-4.0"], "generated").terms.commercial is False


def test_nothing_is_carried_to_what_was_only_measured_with():
    assert combine(["CC-BY-NC-4.0"], "evaluated").terms.use == "any"


def test_what_hinges_on_an_open_question_says_so():
    found = combine(["CC-BY-ND-4.0"], "trained")
    assert (found.why, found.unsettled) == (
        "", "CC-BY-ND-4.0 forbids to pass on changed versions. Whether that binds here is not settled.",
    )  # fmt: skip


def test_choices_beyond_counting_are_answered_without_trying_all():
    choices = [f"CC-BY-SA-{version} OR GPL-{other}-only OR ODbL-1.0" for version in ("2.0", "3.0", "4.0")
               for other in ("1.0", "2.0", "3.0")]  # fmt: skip
    assert combine([*choices, "CC-BY-NC-4.0"]).satisfiable is None
    assert combine([*choices, "CC-BY-ND-4.0"]).satisfiable is False


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (["MIT License"], "commercial"),
        (["MIT License", "Unspecified"], "not found"),
        (["CC BY-NC 4.0", "Unspecified"], "non-commercial"),
        (["CC BY-NC 4.0", "Academic Research Purposes Only"], "academic"),
        (["MIT License", "Custom"], "unclear"),
        (["MIT License", "OpenAI"], "non-commercial"),
        (["No License"], "not found"),
        ([], "not found"),
    ],
)
def test_the_strictest_of_what_a_source_says_is_its_verdict(words, verdict):
    assert verdict_of(words).verdict == verdict


def test_a_vendors_terms_count_by_a_switch_and_say_when_all_hinges_on_them():
    assert verdict_of(["MIT", "OpenAI"]).hinges_on_vendors
    assert not verdict_of(["CC-BY-NC-4.0", "OpenAI"]).hinges_on_vendors
    assert verdict_of(["MIT", "OpenAI"], model_terms=False).verdict is Verdict.COMMERCIAL


def test_a_vendors_limits_cannot_be_added_to_what_is_share_alike():
    assert combine(["CC-BY-SA-4.0", "OpenAI"]).conflict == ("CC-BY-SA-4.0", "LicenseRef-OpenAI-Terms")
    assert combine(["CC-BY-SA-4.0", "OpenAI"], model_terms=False).satisfiable
