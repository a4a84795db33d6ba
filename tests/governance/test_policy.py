"""Policies: what they decide, and that nothing but good evidence ever approves."""

import contextlib
import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacards.errors import BadInput
from governance.facts import VOCABULARY, Kind
from governance.policy import Fact, Outcome, Result, decide, load

RULES = json.loads((Path(__file__).parents[2] / "governance/policies/open_release.json").read_text())
OPEN_RELEASE = load(RULES)
NOW = datetime(2026, 3, 20, tzinfo=UTC).isoformat()
GOOD = {
    "clock.now": NOW,
    "licence.stated": True,
    "licence.recognised": True,
    "licence.commercial": True,
    "licence.derivatives": True,
    "origin.domain_share": 1.0,
    "consent.checked_share": 1.0,
    "consent.unreachable_share": 0.0,
    "consent.refused_share": 0.01,
    "consent.oldest_check": "2026-03-19T00:00:00+00:00",
    "scan.finished_at": "2026-03-19T00:00:00+00:00",
    "scan.coverage": 1.0,
    "scan.personal_share": 0.0,
    "scan.secrets": 0,
    "card.completeness": 1.0,
    "lineage.parents": 0,
    "lineage.refused_share": None,
}
BLOCKING = [rule.id for rule in OPEN_RELEASE.rules if rule.level == "block"]
NEEDED = sorted(set(GOOD) - {"origin.domain_share", "lineage.refused_share"})


def with_facts(**changes):
    return GOOD | {name.replace("__", "."): value for name, value in changes.items()}


def result(rule, facts):
    return next(f for f in decide(facts, OPEN_RELEASE).findings if f.rule == rule)


def small(check, **more):
    rule = {"id": "r", "title": "T", "why": "W", "level": "block", "role": "steward", "check": check}
    return {"title": "P", "rules": [rule | more]}


STATED = {"fact": "licence.stated", "is": True}
EXAMPLES = {"pass": [{"licence.stated": True}], "fail": [{"licence.stated": False}]}


def test_good_evidence_is_approved():
    assert decide(GOOD, OPEN_RELEASE).outcome is Outcome.APPROVED


def test_no_evidence_is_indeterminate():
    assert decide({}, OPEN_RELEASE).outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize("name", NEEDED)
def test_each_missing_fact_keeps_approval_away(name):
    facts = {key: value for key, value in GOOD.items() if key != name}
    assert decide(facts, OPEN_RELEASE).outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("wrong", ["", "yes", -1, float("nan"), float("inf"), [], {}, 2.5])
def test_a_fact_of_a_wrong_type_never_approves(name, wrong):
    assert decide(GOOD | {name: wrong}, OPEN_RELEASE).outcome is not Outcome.APPROVED


@pytest.mark.parametrize("name", ["consent.oldest_check", "scan.finished_at"])
def test_evidence_from_the_future_is_indeterminate(name):
    facts = GOOD | {name: "2027-01-01T00:00:00+00:00"}
    assert decide(facts, OPEN_RELEASE).outcome is Outcome.INDETERMINATE


def test_a_failing_blocking_rule_blocks_even_when_others_are_unknown():
    facts = with_facts(consent__refused_share=0.124, scan__coverage=None)
    assert decide(facts, OPEN_RELEASE).outcome is Outcome.BLOCKED


def test_a_failing_warning_does_not_block():
    facts = with_facts(origin__domain_share=0.1)
    assert result("origin-known", facts).result is Result.FAIL
    assert decide(facts, OPEN_RELEASE).outcome is Outcome.APPROVED


def test_a_finding_says_what_was_measured_and_what_was_allowed():
    finding = result("consent-given", with_facts(consent__refused_share=0.124))
    assert finding.sentence == ("12.4 % of the tokens come from domains that refuse AI training (allowed at most 5 %).")


def test_an_unknown_fact_says_how_to_mend_it():
    finding = result("scan-done", with_facts(scan__finished_at=None))
    assert "Start a scan for personal data" in finding.sentence


def test_a_finding_names_the_evidence_it_rests_on():
    facts = GOOD | {"consent.refused_share": Fact(0.5, ("consent:abc",))}
    assert result("consent-given", facts).evidence == ("consent:abc",)


def test_a_rule_whose_condition_does_not_hold_does_not_apply():
    assert result("lineage-clean", GOOD).result is Result.NOT_APPLICABLE


def test_a_rule_whose_condition_is_unknown_is_indeterminate():
    assert result("lineage-clean", with_facts(lineage__parents=None)).result is Result.INDETERMINATE


def test_a_refusal_upstream_blocks_what_was_made_from_it():
    facts = with_facts(lineage__parents=1, lineage__refused_share=0.2)
    assert decide(facts, OPEN_RELEASE).outcome is Outcome.BLOCKED


def test_thirty_days_and_a_bit_is_too_old():
    assert result("consent-fresh", with_facts(consent__oldest_check="2026-02-17T23:00:00+00:00")).result is Result.FAIL


def test_a_tiny_share_is_not_shown_as_zero():
    finding = result("personal-data-rare", with_facts(scan__personal_share=0.00001))
    assert "under 0.01 %" in finding.sentence.lower()


@given(st.dictionaries(st.sampled_from(sorted(VOCABULARY)), st.none() | st.booleans() | st.floats() | st.text()))
@settings(max_examples=300)
def test_whatever_the_evidence_deciding_never_raises(facts):
    assert decide(facts, OPEN_RELEASE).outcome in Outcome


@given(st.data())
@settings(max_examples=200)
def test_taking_evidence_away_never_helps(data):
    order = [Outcome.BLOCKED, Outcome.INDETERMINATE, Outcome.APPROVED]
    gone = data.draw(st.sets(st.sampled_from(NEEDED), min_size=1))
    fewer = {key: value for key, value in GOOD.items() if key not in gone}
    assert order.index(decide(fewer, OPEN_RELEASE).outcome) <= order.index(Outcome.INDETERMINATE)


@given(st.floats(0, 1))
def test_consent_is_monotone_in_the_refused_share(share):
    passed = result("consent-given", with_facts(consent__refused_share=share)).result is Result.PASS
    assert passed == (share <= 0.05)


def test_the_same_evidence_gives_the_same_decision():
    assert decide(GOOD, OPEN_RELEASE) == decide(copy.deepcopy(GOOD), load(RULES))


def test_every_fact_of_the_shipped_policy_is_in_the_vocabulary_with_a_way_to_mend_it():
    assert all(fact.mend.endswith(".") and fact.kind in Kind for fact in VOCABULARY.values())


# --- loading


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "“title”"),
        ({"title": "P"}, "list of 1 to 200 rules"),
        ({"title": "P", "rules": []}, "list of 1 to 200 rules"),
        ({"title": "P", "rules": ["x"]}, "must be an object"),
        (small(STATED, examples=EXAMPLES, level="maybe"), "block, warn or info"),
        (small(STATED, examples=EXAMPLES, surprise=1), "unknown key “surprise”"),
        (small(STATED, examples=EXAMPLES, level="info"), "at least one rule of level “block”"),
        (small(STATED), "needs examples"),
        (small(STATED, examples={"pass": [{"licence.stated": True}]}), "under “fail”"),
        (small(STATED, examples={**EXAMPLES, "fail": [{"licence.stated": True}]}), "should fail"),
        (small(STATED, examples={**EXAMPLES, "fail": [{}]}), "should fail"),
        (small({"fact": "licence.guess", "is": True}, examples=EXAMPLES), "unknown fact"),
        (small({"fact": ["licence.stated"], "is": True}, examples=EXAMPLES), "unknown fact"),
        (small({"fact": "licence.stated", "at_most": 1}, examples=EXAMPLES), "must test"),
        (small({"fact": "licence.stated", "is": "yes"}, examples=EXAMPLES), "not a bool"),
        (small({"fact": "consent.refused_share", "at_most": 5}, examples=EXAMPLES), "not a share"),
        (small({"fact": "licence.stated", "is": True, "at_least": 1}, examples=EXAMPLES), "must test"),
        (small({"eval": "1"}, examples=EXAMPLES), "none of all, any, not"),
        (small({"all": []}, examples=EXAMPLES), "list of checks"),
        (small("licence.stated", examples=EXAMPLES), "needs a check"),
        ({"title": "P", "rules": [small(STATED, examples=EXAMPLES)["rules"][0]] * 2}, "occurs twice"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_with_the_place(data, says):
    with pytest.raises(BadInput, match=says):
        load(data)


def test_a_check_nested_without_end_is_refused():
    check = STATED
    for _ in range(20):
        check = {"not": check}
    with pytest.raises(BadInput, match="deeper"):
        load(small(check, examples=EXAMPLES))


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_no_json_makes_loading_raise_anything_but_bad_input(data):
    for candidate in ({"title": "P", "rules": data}, small(data, examples=EXAMPLES), small(STATED, examples=data)):
        with contextlib.suppress(BadInput):
            load(candidate)
