"""What pages show of an audit: numbers, and places without values."""

import pytest

from audits.present import examples, lines, mask, masked
from tests.audits.conftest import SECRETS_OF_THE_TEST, planted_rows, write_parquet
from tests.audits.test_scan_run import audit_of, own_store, scanned, small_portions  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def audit(tmp_path, registered):
    return audit_of(scanned(registered(write_parquet(tmp_path / "a.parquet", planted_rows(1000)), rows=1000)))


def test_lines_tell_shares_of_the_rows_read(audit):
    told = [(line.title, line.category, line.rows, line.share) for line in lines(audit)]
    assert told == [
        ("E-mail address", "contact", 100, 0.1),
        ("Payment card number", "financial", 50, 0.05),
        ("AWS access key id", "secret", 20, 0.02),
    ]


def test_an_example_shows_its_surroundings_and_masks_every_value_in_them(audit):
    (example,) = examples(audit, "email", "text", limit=1)
    assert example.context == ("…is plain prose of no interest. Write to j•••@•••.org. Pay with •••11. Key AK•••…")
    assert (example.file, example.row, example.column) == ("a.parquet", 0, "text")


def test_no_example_of_any_type_holds_a_value(audit):
    shown = [example for line in lines(audit) for example in examples(audit, line.type, line.column, 100)]
    assert len(shown) == 170
    for value in SECRETS_OF_THE_TEST:
        assert not any(value in example.context for example in shown)


def test_examples_come_in_the_order_of_the_data_and_no_more_than_asked_for(audit):
    assert len(examples(audit, "email", "text", 15)) == 15
    assert examples(audit, "email", "url") == []


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [("jane@mail.example.org", "email", "j•••@•••.org"), ("+41 44 668 18 00", "phone", "•••00"),
     ("93.184.216.34", "ipv4", "93•••"), ("10.0.0.1", "ipv4", "•••"), ("sk_live_abcdefgh", "stripe_key", "sk•••")],
)  # fmt: skip
def test_a_mask_leaves_enough_to_judge_and_too_little_to_use(value, kind, shown):
    assert mask(value, kind) == shown


def test_a_value_at_the_edge_of_the_context_is_masked_too():
    text = "x" * 30 + " jane@example.org " + "y" * 30 + " joe@example.org"
    assert masked(text, 31, 47, "email") == "x" * 30 + " j•••@•••.org " + "y" * 30 + " j•••@•••.org"
    assert "joe" not in masked(text + " and more", 31, 47, "email")
