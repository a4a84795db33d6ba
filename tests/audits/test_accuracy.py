"""How right the detectors are on labelled sentences that others wrote."""

import json
from collections import Counter
from pathlib import Path

import pytest

from audits.pii import find

LABELLED = Path(__file__).parents[3] / "shared" / "data" / "pii_dev.jsonl"
SAME = {"email": "EMAIL", "phone": "PHONE", "credit_card": "CREDIT_CARD", "iban": "IBAN", "us_ssn": "US_SSN",
        "ipv4": "IP", "ipv6": "IP"}  # fmt: skip
LEAST = {"EMAIL": 0.98, "PHONE": 0.85, "CREDIT_CARD": 0.97, "IBAN": 0.98, "US_SSN": 0.95, "IP": 0.95}


@pytest.fixture(scope="module")
def scores():
    if not LABELLED.exists():
        pytest.skip("needs ../shared/data/pii_dev.jsonl, which is not part of this repository")
    right, wrong, missed = Counter(), Counter(), Counter()
    for line in LABELLED.read_text().splitlines():
        record = json.loads(line)
        told = [(start, end, label) for start, end, label in record["spans"] if label in LEAST]
        found = [(f.start, f.end, SAME.get(f.type, f.type)) for f in find(record["text"])]
        right.update(f[2] for f in found if any(meets(f, t) for t in told))
        wrong.update(f[2] for f in found if not any(meets(f, t) for t in told))
        missed.update(t[2] for t in told if not any(meets(f, t) for f in found))
    return right, wrong, missed


def meets(one, other):
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


@pytest.mark.parametrize("label", LEAST)
def test_what_is_labelled_is_found(scores, label):
    right, _, missed = scores
    assert right[label] / (right[label] + missed[label]) >= LEAST[label]


@pytest.mark.parametrize("label", LEAST)
def test_what_is_found_is_labelled(scores, label):
    right, wrong, _ = scores
    assert right[label] / (right[label] + wrong[label]) >= LEAST[label]
