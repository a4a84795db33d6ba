"""Hosts that fail are left alone for longer and longer, and forgiven at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from crawler import errands, health
from crawler.models import HostHealth, Snapshot
from crawler.pacing import LONGEST, rest
from datacards import runs
from datacards.models import Domain, Run, Unit
from tests.crawler.conftest import revision_of
from tests.site import Answer, serving

pytestmark = pytest.mark.django_db(transaction=True)

Crawled = Callable[..., Run]
HOUR = timedelta(hours=1)


@pytest.fixture
def site() -> Domain:
    return Domain.objects.create(name="a.test", registrable="a.test", shard=1)


def asked(of: Domain, *states: str, begin: datetime | None = None) -> Run:
    """A run whose last fetch is the last of these, an hour apart, the others being of earlier runs."""
    begin = begin or timezone.now() - len(states) * HOUR
    run = Run.objects.create(kind="crawl", params={"domains": [of.name]})
    for number, state in enumerate(states):
        last = number == len(states) - 1
        Snapshot.objects.create(
            domain=of, state=state, fetched_at=begin + number * HOUR, run=run if last else None,
            error=f"failure {number}" if state == "unreachable" else "",
        )  # fmt: skip
    health.recompute(run)
    return run


def test_a_failing_host_says_how_often_since_when_and_why(site: Domain) -> None:
    asked(site, "ok", "unreachable", "unreachable", "unreachable")
    found = HostHealth.objects.get()
    assert (found.failures, found.last_error, found.last_at - found.since) == (3, "failure 3", 2 * HOUR)


@pytest.mark.parametrize("failures", [1, 2, 3, 7, 9, 14, 30])
def test_the_rest_in_sql_is_the_rest_of_the_algorithm(site: Domain, failures: int) -> None:
    asked(site, *["unreachable"] * failures)
    found = HostHealth.objects.get()
    assert (found.next_try_at - found.last_at).total_seconds() == pytest.approx(
        rest(failures, site.pk).total_seconds(), abs=1e-3
    )
    assert found.next_try_at - found.last_at <= LONGEST * 1.25


def test_an_answer_ends_the_trouble(site: Domain) -> None:
    asked(site, "unreachable", "unreachable")
    asked(site, "unavailable", begin=timezone.now())
    assert not HostHealth.objects.exists()


def test_after_an_answer_the_count_begins_again(site: Domain) -> None:
    asked(site, *["unreachable"] * 6, "ok", "unreachable")
    assert HostHealth.objects.get().failures == 1


def test_counting_again_changes_nothing(site: Domain) -> None:
    run = asked(site, "unreachable", "unreachable")
    before = HostHealth.objects.values().get()
    health.recompute(run)
    assert HostHealth.objects.values().get() == before


def test_a_patient_run_leaves_a_resting_host_alone_and_another_does_not(site: Domain) -> None:
    asked(site, "unreachable", begin=timezone.now())
    told = {"domains": ["a.test"], "fresh_for_hours": 0, "documents": ["robots"]}
    todo = [_todo(runs.start("crawl", by=None, params=told | {"patient": patient}, wake=False))
            for patient in (True, False)]  # fmt: skip
    assert todo == [[], ["a.test"]]


def test_a_host_whose_rest_is_over_is_asked_again(site: Domain) -> None:
    asked(site, "unreachable", begin=timezone.now() - 2 * HOUR)
    told = {"domains": ["a.test"], "patient": True, "documents": ["robots"]}
    assert _todo(runs.start("crawl", by=None, params=told, wake=False)) == ["a.test"]


def _todo(run: Run) -> list[str]:
    return list(errands.to_ask(Unit.objects.create(run=run, ordinal=0, spec={"shards": [0, 4095]})))


def test_a_crawl_writes_down_who_failed_and_forgets_who_answers(crawled: Crawled) -> None:
    hosts = {"down.test": {"/robots.txt": Answer(status=500)}, "up.test": {"/robots.txt": Answer(b"# hello\n")}}
    with serving(hosts) as site:
        revision = revision_of(dict.fromkeys(hosts, 1))
        crawled(site, revision)
        assert [each.domain.name for each in HostHealth.objects.all()] == ["down.test"]
        site.hosts = {**hosts, "down.test": hosts["up.test"]}
        crawled(site, revision)
    assert not HostHealth.objects.exists()


def test_a_patient_crawl_does_not_even_knock_at_a_resting_host(crawled: Crawled) -> None:
    with serving({"down.test": {"/robots.txt": Answer(status=500)}}) as site:
        revision = revision_of({"down.test": 1})
        crawled(site, revision)
        before = site.count("down.test")
        crawled(site, revision, patient=True)
        assert site.count("down.test") == before
