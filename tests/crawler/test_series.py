"""Consent month by month is what it was at each month's end."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.consent import restriction
from crawler.series import Question, months
from crawler.spells import rebuild_all
from tests.crawler.conftest import revision_of
from tests.crawler.test_consent_channels import NO_TRAINING, Tell, stance
from tests.crawler.test_consent_channels import tell as tell

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 6, 15, tzinfo=UTC)
Revision = object


def on(month: int, day: int = 5) -> datetime:
    """A day of 2026."""
    return datetime(2026, month, day, tzinfo=UTC)


@pytest.fixture
def world(tell: Tell) -> object:
    """a refuses from April on, b by a signal in April only, c by terms from May on; d is out of reach from May on."""
    revision = revision_of({"a.test": 10, "b.test": 20, "c.test": 30, "d.test": 30, "": 10})
    for site in "abc":
        tell(f"{site}.test", at=on(2))
    tell("a.test", at=on(4, 1), levels="s")
    tell("a.test", at=on(4, 30), levels="a")
    tell("b.test", "tdmrep", at=on(4), signals=[NO_TRAINING])
    tell("b.test", "tdmrep", at=on(4, 20), state="unreachable")
    tell("b.test", "tdmrep", at=on(5), state="unavailable")
    tell("c.test", "terms", at=on(5), stance=stance("not_mentioned", "prohibited"))
    tell("d.test", at=on(5), state="unreachable")
    list(rebuild_all())
    return revision


def test_each_month_has_its_levels(world: object) -> None:
    found = months(world, UNTIL).levels(Question())
    assert found == {
        "none": [60, 60, 30, 20, 20], "some": [0, 0, 0, 0, 0], "all": [0, 0, 30, 40, 40],
        "unreachable": [0, 0, 0, 30, 30], "unknown": [40, 40, 40, 10, 10],
    }  # fmt: skip


def test_a_channel_can_be_looked_at_alone(world: object) -> None:
    found = months(world, UNTIL)
    by = {name: found.levels(Question(channel=name))["all"] for name in ("robots", "tdmrep", "signals", "terms")}
    assert by == {
        "robots": [0, 0, 10, 10, 10], "tdmrep": [0, 0, 20, 0, 0], "signals": [0, 0, 20, 0, 0],
        "terms": [0, 0, 0, 30, 30],
    }  # fmt: skip


def test_an_agent_a_company_and_a_purpose_can_be_asked_about(world: object) -> None:
    found = months(world, UNTIL)
    questions = (Question(agent="GPTBot"), Question(company="OpenAI"), Question(purpose="search"))
    assert [found.levels(question)["all"][3] for question in questions] == [40, 40, 10]


def test_every_month_agrees_with_the_question_about_its_end(world: object) -> None:
    found = months(world, UNTIL)
    for place, end in enumerate(found.ends):
        then, held = restriction(world, end), found.at(place)
        assert held.refused() == then.refused()
        assert held.by_channel() == then.by_channel()
        assert held.total == then.total


def test_sites_can_be_counted_instead_of_tokens(world: object) -> None:
    found = months(world, UNTIL)
    assert found.levels(Question(), by="domains")["all"] == [0, 0, 2, 2, 2]
    assert sum(share[0] for share in found.shares(Question(), by="domains").values()) == pytest.approx(1)


def test_where_nobody_was_asked_there_are_no_months(tell: Tell) -> None:
    found = months(revision_of({"x.test": 5}, name="other"), UNTIL)
    assert (found.ends, found.levels(Question())["all"]) == ((), [])


def test_the_last_month_ends_at_the_date_asked_about(world: object) -> None:
    assert months(world, UNTIL).ends[-1] == UNTIL
    assert months(world, UNTIL - timedelta(days=40)).ends[-1] == UNTIL - timedelta(days=40)
