"""What licences are taken to allow: as shipped, with what admins say over it, everywhere at once."""

from typing import Any

import pytest

from datacards import standing
from datacards.errors import BadInput, Conflict, Refused
from datacards.models import LicenceOverride
from datacards.overriding import licence_table
from governance import board_acts
from tests.datasets import claims, dataset
from tests.factories import person
from tests.governance.asking import asker
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
MIT = {"use": "non-commercial"}


@pytest.fixture
def ada() -> Any:
    return person("ada", "admin")


def value(licence: str, component: str = "use") -> str:
    return licence_table().licences[licence].vector.told(component)


def test_an_override_counts_at_once_and_says_so(ada: Any) -> None:
    before = value("MIT")
    board_acts.override(ada, "MIT", MIT, reason="Our lawyers read it so.")
    assert (before, value("MIT")) == ("any", "non-commercial")
    assert licence_table().licences["MIT"].overridden == {"use"}


def test_every_dataset_is_judged_by_an_override(ada: Any) -> None:
    made = dataset("quotes")
    claims(made, register="MIT", hub="CC-BY-4.0")
    standing.restate()
    board_acts.override(ada, "MIT", MIT, reason="Our lawyers read it so.")
    made.refresh_from_db()
    assert (made.verdict, made.disputed) == ("non-commercial", True)


def test_an_override_without_changes_takes_the_earlier_one_back(ada: Any) -> None:
    board_acts.override(ada, "MIT", MIT, reason="Our lawyers read it so.")
    board_acts.override(ada, "MIT", {}, reason="They read it again.")
    assert (value("MIT"), LicenceOverride.objects.count()) == ("any", 2)


def test_the_same_override_again_is_refused(ada: Any) -> None:
    board_acts.override(ada, "MIT", MIT, reason="Our lawyers read it so.")
    with pytest.raises(Conflict, match="classified so already"):
        board_acts.override(ada, "MIT", MIT, reason="Once more.")


@pytest.mark.parametrize(
    ("licence", "changes", "reason", "told"),
    [("nowhere", MIT, "x", "licence: "), ("MIT", {"smell": "no"}, "x", "changes: "),
     ("MIT", {"use": "perhaps"}, "x", "use: "), ("MIT", MIT, " ", "reason: this is needed")],
)  # fmt: skip
def test_an_override_that_means_nothing_is_refused(
    ada: Any, licence: str, changes: Any, reason: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        board_acts.override(ada, licence, changes, reason=reason)


def test_only_an_admin_overrides() -> None:
    with pytest.raises(Refused, match="Only an admin"):
        board_acts.override(person("stella", "steward"), "MIT", MIT, reason="x")


def test_another_process_hears_of_an_override_when_it_asks(ada: Any) -> None:
    assert value("MIT") == "any"
    LicenceOverride.objects.create(licence="MIT", changes=MIT, reason="Elsewhere.", made_by=ada)
    assert value("MIT") == "non-commercial"


def test_an_override_that_was_undone_by_the_database_is_not_kept(ada: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        board_acts.override(ada, "MIT", MIT, reason="x")
        transaction.set_rollback(True)
    assert value("MIT") == "any"


def test_the_page_lists_every_licence_and_what_is_open() -> None:
    told = Pages(person("rita")).text("licences")
    for words in ("CC-BY-NC-4.0", "GPL-3.0-only", "Words that leave it open", "not legal advice"):
        assert words in told


def test_an_admin_overrides_on_the_page_and_the_history_says_why(ada: Any) -> None:
    pages = Pages(ada)
    form = {"use": "non-commercial", "reason": "Our lawyers read it so."}
    assert pages.post("licence-override", "MIT", **form).status_code == 302
    told = pages.text("licence", "MIT")
    assert "Our lawyers read it so." in told
    assert "overridden" in told


def test_an_override_without_a_reason_keeps_what_was_chosen(ada: Any) -> None:
    answer = Pages(ada).post("licence-override", "MIT", use="non-commercial", reason="")
    assert answer.status_code == 422
    assert '<option value="non-commercial" selected>' in answer.content.decode()


def test_the_api_tells_and_overrides(ada: Any) -> None:
    ask = asker(ada)
    assert ask("POST", "licences/MIT/overrides", {"changes": MIT, "reason": "So."}).status_code == 201
    assert ask("GET", "licences/MIT").json()["components"]["use"] == "non-commercial"
    assert ask("GET", "licences/MIT/overrides").json()["items"][0]["reason"] == "So."
