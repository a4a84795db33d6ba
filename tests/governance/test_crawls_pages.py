"""The crawl operator's pages: what runs, what is asked by itself, who is in trouble."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crawler.models import DomainGroup, HostHealth, Schedule
from datacards.models import Domain, Run
from tests.factories import World, run
from tests.governance.pages import Pages, pages_of_watching, words
from tests.watching import Watched

pytestmark = pytest.mark.django_db
WATCHED = True
MOST_QUERIES = 12
RHYTHM = {"every_hours": "12", "jitter_minutes": "20"}


@pytest.fixture
def bruno(world: World, db: None) -> Pages:
    """Another steward's browser."""
    return Pages(world.other)


def test_the_pages_take_at_most_twelve_statements(world: World, watched: Watched, steward: Pages) -> None:
    listed = [(name, reverse(name)) for name in ("crawls", "changes", "schedule-add", "group-add")]
    counts = {name: steward.queries(path) for name, path in [*listed, *pages_of_watching(watched)]}
    assert {name: count for name, count in counts.items() if count > MOST_QUERIES} == {}


def test_a_hundred_rows_more_take_no_statement_more(world: World, watched: Watched, steward: Pages) -> None:
    before = steward.queries(reverse("crawls"))
    many(world)
    assert steward.queries(reverse("crawls")) <= before


def many(world: World) -> None:
    """A hundred schedules, groups, living crawls and hosts in trouble."""
    now = timezone.now()
    for n in range(100):
        group = DomainGroup.objects.create(name=f"Group {n}", owner=world.steward)
        Schedule.objects.create(group=group, made_by=world.steward, every_hours=24, next_at=now + timedelta(hours=n))
        run("crawl", "running", world.steward, world.blocked, n, 100)
    hosts = [Domain(name=f"h{n}.example", registrable=f"h{n}.example", shard=1) for n in range(100)]
    Domain.objects.bulk_create(hosts)
    world.blocked.revision.shares.model.objects.bulk_create(
        world.blocked.revision.shares.model(revision=world.blocked.revision, domain=host, tokens=1) for host in hosts
    )
    HostHealth.objects.bulk_create(
        HostHealth(domain=host, failures=2, since=now, last_at=now - timedelta(minutes=n), next_try_at=now)
        for n, host in enumerate(hosts)
    )


def test_the_page_says_in_one_sentence_how_things_are(world: World, steward: Pages) -> None:
    assert "1 crawl under way, the next crawl begins in 4 hours, 1 host in trouble." in steward.text("crawls")


def test_a_schedule_shows_its_next_start_and_its_last_outcome(world: World, steward: Pages) -> None:
    seen = steward.text("crawls")
    assert "harbour/web-2026 every day up to 30 min later in 4 hours Completed 3 hours ago" in seen
    assert "News sites group of stella every day up to 30 min later Paused The group holds no domain" in seen


def test_a_running_crawl_shows_its_rate_and_the_time_left(world: World, steward: Pages) -> None:
    run("crawl", "running", world.steward, world.blocked, 60, 120)
    seen = steward.text("crawls")
    assert "60 of 120 domains 0.25 domains per second about 4 min" in seen


def test_the_part_that_lives_is_told_alone(world: World, steward: Pages) -> None:
    page = steward.client.get(reverse("crawls"), headers={"HX-Request": "true", "HX-Target": "living"})
    assert words(page).startswith("Under way Consent crawl of harbour/web-2026")
    assert "Schedules" not in words(page)


def test_a_host_in_trouble_shows_why_how_often_and_when_it_is_asked_next(world: World, steward: Pages) -> None:
    seen = steward.text("crawls")
    assert "gone.example The name does not resolve. 4 since 2 days ago 3 hours ago in 4 hours Ask again now" in seen


def test_more_schedules_and_hosts_than_a_page_holds_are_paged(world: World, steward: Pages) -> None:
    many(world)
    first = steward.get("crawls")
    assert "50 hosts or more in trouble" in words(first)
    second = steward.get("crawls", hosts=first.context["trouble"].next)
    assert second.context["trouble"].rows[0].last_at < first.context["trouble"].rows[-1].last_at
    later = steward.get("crawls", schedules=first.context["schedule_page"].next)
    assert later.context["schedules"][0][0].next_at > first.context["schedules"][-1][0].next_at


def test_a_reader_sees_schedules_of_what_they_may_read_and_can_change_none(world: World, reader: Pages) -> None:
    body = reader.get("crawls").content.decode()
    assert "harbour/web-2026" in body
    assert "<button" not in body.partition("<main")[2].partition("</main>")[0]
    assert "News sites" not in body


def test_an_outsider_without_leave_sees_no_schedule_and_no_host(world: World) -> None:
    world.blocked.grants.all().delete()
    seen = Pages(world.outsider).text("crawls")
    assert "harbour/web-2026" not in seen
    assert "gone.example" not in seen
    assert "no host is in trouble" in seen


# --- acts --------------------------------------------------------------------------------------------------


def test_a_steward_schedules_a_corpus(world: World, steward: Pages) -> None:
    steward.post("schedule-add", target=f"corpus:{world.approved.pk}", **RHYTHM)
    made = Schedule.objects.get(corpus=world.approved)
    assert (made.every_hours, made.jitter_minutes, made.made_by) == (12, 20, world.steward)


def test_a_steward_is_offered_their_own_corpora_and_groups_alone(world: World, bruno: Pages) -> None:
    body = bruno.get("schedule-add").content.decode()
    assert "bruno/unreleased" in body
    assert "harbour/web-2026" not in body
    assert "News sites" not in body


def test_a_corpus_of_another_steward_is_no_choice(world: World, bruno: Pages) -> None:
    response = bruno.post("schedule-add", target=f"corpus:{world.approved.pk}", **RHYTHM)
    assert response.status_code == 422
    assert "target" in response.context["form"].errors


def test_what_was_typed_is_kept_and_the_message_is_at_its_field(world: World, steward: Pages) -> None:
    form = {"target": f"corpus:{world.approved.pk}", "every_hours": "2", "jitter_minutes": "90"}
    response = steward.post("schedule-add", **form)
    assert "At most half of the time between two runs" in response.context["form"].errors["jitter_minutes"][0]
    assert b'value="90"' in response.content


def test_a_schedule_is_changed_paused_resumed_and_removed(watched: Watched, steward: Pages) -> None:
    pk = watched.schedule.pk
    steward.post("schedule", pk, every_hours="48", jitter_minutes="0", documents=["robots", "terms"])
    assert Schedule.objects.get(pk=pk).documents == ["robots", "terms"]
    steward.post("schedule-pause", pk)
    assert "Paused" in words(steward.get("crawls"))
    steward.post("schedule-resume", pk)
    assert Schedule.objects.get(pk=pk).active
    steward.post("schedule-remove", pk)
    assert not Schedule.objects.filter(pk=pk).exists()


def test_asking_now_starts_a_run_that_is_seen_at_once(watched: Watched, steward: Pages) -> None:
    steward.post("schedule-ask", watched.schedule.pk)
    assert Run.objects.filter(params__schedule=str(watched.schedule.pk)).exists()
    assert "Asked for now, beside its schedule." in steward.text("crawls")


@pytest.mark.parametrize("act", ["schedule-pause", "schedule-resume", "schedule-remove", "schedule-ask"])
def test_another_steward_may_not_touch_a_schedule_that_they_see(watched: Watched, bruno: Pages, act: str) -> None:
    response = bruno.post(act, watched.schedule.pk)
    assert response.status_code == 403
    assert "Only stella, whose corpus it is, or an admin may" in words(response)


def test_the_page_of_a_schedule_that_one_may_not_change_says_whose_it_is(watched: Watched, bruno: Pages) -> None:
    response = bruno.get("schedule", watched.schedule.pk)
    assert response.status_code == 403
    assert "Only stella" in words(response)


@pytest.mark.parametrize("page", ["schedule", "schedule-ask", "schedule-remove"])
def test_a_schedule_of_a_hidden_corpus_is_not_found(world: World, watched: Watched, steward: Pages, page: str) -> None:
    hidden = Schedule.objects.create(
        corpus=world.hidden, made_by=world.other, every_hours=24, next_at=timezone.now() + timedelta(hours=1)
    )
    ask: Any = steward.get if page == "schedule" else steward.post
    assert ask(page, hidden.pk).status_code == 404
    assert "bruno/unreleased" not in steward.text("crawls")


def test_a_group_is_made_from_a_list_changed_and_removed(world: World, steward: Pages) -> None:
    steward.post("group-add", name="Culture", domains="poems.example\nlab.example # and so on\n")
    group = DomainGroup.objects.get(name="Culture")
    steward.post("group", group.pk, name="Poetry", domains="poems.example")
    assert "1 domain that you watch together" in steward.text("group", group.pk)
    steward.post("group-remove", group.pk)
    assert not DomainGroup.objects.filter(pk=group.pk).exists()


def test_a_line_that_is_no_host_is_told_at_the_field_and_kept(world: World, steward: Pages) -> None:
    response = steward.post("group-add", name="Culture", domains="poems.example\nhttps://x.example/")
    assert "Line 2" in response.context["form"].errors["domains"][0]
    assert b"https://x.example/" in response.content


@pytest.mark.parametrize("page", ["group", "group-remove"])
def test_anothers_group_is_not_found(watched: Watched, bruno: Pages, page: str) -> None:
    ask: Any = bruno.get if page == "group" else bruno.post
    assert ask(page, watched.group.pk).status_code == 404


def test_a_host_is_asked_again_now(world: World, steward: Pages) -> None:
    steward.post("host-ask", "gone.example")
    assert Run.objects.get(params__domains=["gone.example"]).started_by == world.steward


def test_a_host_of_a_hidden_corpus_cannot_be_asked(world: World, steward: Pages) -> None:
    assert steward.post("host-ask", "secret.example").status_code == 404


def test_a_damaged_place_in_the_list_is_told_in_one_sentence(world: World, steward: Pages) -> None:
    assert "begin at the list's first page" in words(steward.get("crawls", hosts="garbage"))
