"""Schedules: each fires once, on behalf of whoever made it, and leaves alone whom it should."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from crawler import errands
from crawler.documents import Document
from crawler.models import DomainGroup, HostHealth, Schedule
from datacards.errors import BadInput, Conflict, Refused
from datacards.models import Corpus, Domain, Run, RunState, Unit, User
from governance import schedules
from tests.factories import corpus, domain, person, snapshot
from tests.watching import keep

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def stella(db: None) -> User:
    return person("stella", "steward")


@pytest.fixture
def web(stella: User) -> Corpus:
    return corpus(stella, "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def daily(stella: User, web: Corpus) -> Schedule:
    return schedules.add(stella, corpus=web)


def due(schedule: Schedule) -> Schedule:
    """The same, an hour after its time."""
    Schedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now() - HOUR)
    schedule.refresh_from_db()
    return schedule


def hide(of: Corpus) -> None:
    """Give a corpus to somebody who shows it to nobody."""
    Corpus.objects.filter(pk=of.pk).update(owner=person("bruno", "steward"), audience="named")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do acts at the same moment, each in a thread with a connection of its own; returns what they did, or raised."""
    ready, done = threading.Barrier(len(acts)), []

    def do(act: Callable[[], Any]) -> None:
        try:
            ready.wait()
            done.append(act())
        except Exception as error:
            done.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


# --- when --------------------------------------------------------------------------------------------------


def test_a_new_schedule_is_due_within_its_jitter(daily: Schedule) -> None:
    assert timedelta() <= daily.next_at - daily.anchor <= timedelta(minutes=daily.jitter_minutes)


def test_a_schedule_that_is_due_starts_a_crawl_on_behalf_of_its_maker(daily: Schedule) -> None:
    (run,) = schedules.run_due(due(daily).next_at + HOUR, wake=False)
    assert (run.kind, run.corpus, run.started_by, run.params["schedule"]) == (
        "crawl", daily.corpus, daily.made_by, str(daily.pk),
    )  # fmt: skip


def test_a_schedule_that_has_run_waits_for_its_next_time(daily: Schedule) -> None:
    due(daily)
    now = timezone.now()
    schedules.run_due(now, wake=False)
    Run.objects.update(state=RunState.COMPLETED)
    daily.refresh_from_db()
    assert daily.next_at > now
    assert schedules.run_due(now, wake=False) == []


def test_what_was_missed_is_not_made_up_for(daily: Schedule) -> None:
    much_later = daily.anchor + timedelta(days=40, hours=3)
    assert len(schedules.run_due(much_later, wake=False)) == 1
    daily.refresh_from_db()
    assert timedelta() < daily.next_at - much_later <= timedelta(days=1, minutes=30)


def test_no_run_begins_while_the_last_one_lives(daily: Schedule) -> None:
    schedules.run_due(due(daily).next_at + HOUR, wake=False)
    assert schedules.run_due(due(daily).next_at + HOUR, wake=False) == []
    Run.objects.update(state=RunState.FAILED)
    assert len(schedules.run_due(timezone.now(), wake=False)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beats", [2, 6])
def test_beats_at_the_same_moment_start_one_run(stella: User, beats: int) -> None:
    made = [due(schedules.add(stella, corpus=corpus(stella, f"harbour/{n}", {"a.example": 1}))) for n in range(4)]
    started = at_once(*[lambda: schedules.run_due(wake=False)] * beats)
    assert [each for each in started if isinstance(each, Exception)] == []
    assert sum(len(runs) for runs in started) == len(made) == Run.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["beat", "ask_now"])
def test_a_beat_that_comes_while_another_is_at_it_starts_nothing(daily: Schedule, stella: User, act: str) -> None:
    due(daily)
    with ThreadPoolExecutor(1, initializer=connections.close_all) as other:
        with transaction.atomic():
            schedules.run_due(wake=False) if act == "beat" else schedules.ask_now(stella, daily, wake=False)
            late = other.submit(lambda: (schedules.run_due(wake=False), connections.close_all())[0])
            time.sleep(0.5)  # the other one is at it before this one has ended
        assert late.result() == []
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_dies_before_it_ends_has_started_nothing(daily: Schedule) -> None:
    due(daily)

    def killed() -> None:
        with transaction.atomic():
            schedules.run_due(wake=False)
            raise SystemExit("killed")

    with pytest.raises(SystemExit):
        killed()
    assert not Run.objects.exists()
    assert len(schedules.run_due(wake=False)) == 1


def test_a_schedule_that_cannot_be_started_does_not_keep_the_others_waiting(
    daily: Schedule, stella: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = due(daily), due(schedules.add(stella, corpus=corpus(stella, "harbour/other", {"a.example": 1})))
    params = Schedule.params
    monkeypatch.setattr(Schedule, "params", lambda s, names=None: 1 / 0 if s.pk == broken.pk else params(s, names))
    (run,) = schedules.run_due(wake=False)
    assert run.corpus_id == sound.corpus_id


# --- on whose behalf ---------------------------------------------------------------------------------------


def test_a_schedule_whose_maker_lost_the_right_pauses_and_says_why(daily: Schedule) -> None:
    due(daily)
    User.objects.filter(username="stella").update(role="reader")
    assert schedules.run_due(wake=False) == []
    daily.refresh_from_db()
    assert not daily.active
    assert "Only stella" in daily.sentence


def test_a_group_runs_over_what_its_owner_may_know_of_now(stella: User, web: Corpus) -> None:
    group = schedules.add_group(stella, name="News", domains="news.example\nwiki.example\n")
    due(schedules.add(stella, group=group))
    hide(web)
    corpus(stella, "harbour/other", {"wiki.example": 1})
    (run,) = schedules.run_due(wake=False)
    assert run.params["domains"] == ["wiki.example"]


def test_a_group_that_is_empty_to_its_owner_pauses_its_schedule(stella: User, web: Corpus) -> None:
    made = due(schedules.add(stella, group=schedules.add_group(stella, name="News", domains="news.example")))
    hide(web)
    assert schedules.run_due(wake=False) == []
    made.refresh_from_db()
    assert "add some" in made.sentence


def test_resuming_begins_with_the_next_time_and_not_with_a_missed_one(daily: Schedule, stella: User) -> None:
    schedules.pause(stella, due(daily))
    assert schedules.run_due(wake=False) == []
    schedules.resume(stella, daily)
    assert daily.next_at > timezone.now()


@pytest.mark.parametrize("act", [schedules.pause, schedules.resume, schedules.remove, schedules.ask_now])
def test_another_steward_may_do_nothing_to_a_schedule(daily: Schedule, act: Callable[..., Any]) -> None:
    with pytest.raises(Refused, match="Only stella, whose corpus it is, or an admin may"):
        act(person("bruno", "steward"), daily)
    assert Schedule.objects.filter(pk=daily.pk, active=True).exists()


def test_a_steward_schedules_only_corpora_of_their_own(web: Corpus) -> None:
    with pytest.raises(Refused, match="Only stella"):
        schedules.add(person("bruno", "steward"), corpus=web)
    assert schedules.add(person("ada", "admin"), corpus=web).corpus == web


@pytest.mark.parametrize("role", ["outsider", "reader", "approver"])
def test_without_the_stewards_role_nothing_is_scheduled(stella: User, web: Corpus, role: str) -> None:
    Corpus.objects.filter(pk=web.pk).update(owner=person("rita", role))
    with pytest.raises(Refused):
        schedules.add(User.objects.get(username="rita"), corpus=Corpus.objects.get(pk=web.pk))


def test_schedules_are_seen_by_who_may_read_the_corpus(daily: Schedule, web: Corpus) -> None:
    rita = person("rita", "reader")
    assert list(schedules.readable_schedules(rita)) == [daily]
    Corpus.objects.filter(pk=web.pk).update(audience="named")
    assert list(schedules.readable_schedules(rita)) == []


def test_the_schedule_of_a_group_is_seen_by_its_owner_alone(stella: User, web: Corpus) -> None:
    made = schedules.add(stella, group=schedules.add_group(stella, name="News", domains="news.example"))
    assert list(schedules.readable_schedules(person("bruno", "steward"))) == []
    assert list(schedules.readable_schedules(stella)) == [made]


# --- what is asked -----------------------------------------------------------------------------------------


def asked(run: Run) -> list[str]:
    """The hosts that a run would ask now."""
    return sorted(errands.to_ask(Unit.objects.create(run=run, ordinal=0, spec={"shards": [0, 4095]})))


@pytest.mark.parametrize(("every", "hours"), [(1, 3), (6, 20), (24, 20), (168, 23)])
def test_a_robots_txt_of_today_is_not_asked_for_again_however_short_the_rhythm(
    stella: User, web: Corpus, every: int, hours: int
) -> None:
    snapshot(domain("news.example"), at=timezone.now() - hours * HOUR)
    due(schedules.add(stella, corpus=web, every_hours=every, jitter_minutes=0, documents=["robots"]))
    assert asked(schedules.run_due(wake=False)[0]) == ["wiki.example"]


def test_yesterdays_answers_are_old_enough_for_a_daily_schedule(daily: Schedule) -> None:
    schedules.change(daily.made_by, daily, every_hours=24, jitter_minutes=30, documents=["robots"])
    snapshot(domain("news.example"), at=timezone.now() - 23.5 * HOUR)
    due(daily)
    assert asked(schedules.run_due(wake=False)[0]) == ["news.example", "wiki.example"]


def test_a_site_that_was_asked_for_every_document_is_not_asked_again(stella: User, web: Corpus) -> None:
    for document in (Document.HOME, Document.TDMREP, Document.AI_TXT, Document.LLMS_TXT):
        keep(domain("news.example"), document, "nothing", timezone.now() - HOUR)
    snapshot(domain("news.example"), at=timezone.now() - HOUR)
    due(schedules.add(stella, corpus=web))
    assert asked(schedules.run_due(wake=False)[0]) == ["wiki.example"]


def resting(host: str, **more: Any) -> None:
    """A host that failed a while ago and is left alone."""
    now = timezone.now()
    HostHealth.objects.create(
        domain=domain(host), failures=3, since=now - 9 * HOUR, last_at=now - HOUR, next_try_at=now + 4 * HOUR, **more
    )


def test_a_schedule_leaves_a_failing_host_alone_until_its_rest_is_over(daily: Schedule) -> None:
    resting("news.example")
    assert asked(schedules.run_due(due(daily).next_at + HOUR, wake=False)[0]) == ["wiki.example"]
    Run.objects.update(state=RunState.COMPLETED)
    HostHealth.objects.update(next_try_at=timezone.now() - HOUR)
    due(daily)
    assert asked(schedules.run_due(wake=False)[0]) == ["news.example", "wiki.example"]


def test_asking_now_asks_everybody(daily: Schedule, stella: User) -> None:
    resting("news.example")
    snapshot(domain("wiki.example"), at=timezone.now() - HOUR)
    assert asked(schedules.ask_now(stella, daily, wake=False)) == ["news.example", "wiki.example"]


def test_asking_now_waits_for_the_run_that_lives(daily: Schedule, stella: User) -> None:
    schedules.ask_now(stella, daily, wake=False)
    with pytest.raises(Conflict, match="has not ended yet"):
        schedules.ask_now(stella, daily, wake=False)


def test_one_host_is_asked_now_although_it_rests(stella: User, web: Corpus) -> None:
    resting("news.example")
    assert asked(schedules.ask_host(stella, domain("news.example"), wake=False)) == ["news.example"]


def test_a_host_is_not_asked_twice_within_minutes(stella: User, web: Corpus) -> None:
    snapshot(domain("news.example"))
    with pytest.raises(Conflict, match="a few minutes ago"):
        schedules.ask_host(stella, domain("news.example"), wake=False)


def test_pressing_twice_asks_a_host_once(stella: User, web: Corpus) -> None:
    first, second = (schedules.ask_host(stella, domain("news.example"), wake=False) for _ in range(2))
    assert first == second


# --- what is typed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"every_hours": 0}, "every_hours"), ({"every_hours": 9000}, "every_hours"),
        ({"every_hours": 2, "jitter_minutes": 61}, "jitter_minutes"), ({"jitter_minutes": -1}, "jitter_minutes"),
        ({"documents": ["humans.txt"]}, "documents"),
    ],
)  # fmt: skip
def test_a_rhythm_that_cannot_be_kept_is_told_at_its_field(
    stella: User, web: Corpus, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput, match=rf"^{field}: "):
        schedules.add(stella, corpus=web, **given)


def test_a_group_tells_every_line_that_is_no_host(stella: User, web: Corpus) -> None:
    with pytest.raises(BadInput) as error:
        schedules.add_group(stella, name="News", domains="news.example # ours\nhttps://x/\n\nnot a host\n")
    assert "line 2, 'https://x/'" in str(error.value)
    assert "line 4" in str(error.value)
    assert not DomainGroup.objects.exists()


def test_a_group_says_the_same_of_a_hidden_host_and_of_none(stella: User, web: Corpus) -> None:
    corpus(person("bruno", "steward"), "bruno/secret", {"secret.example": 1}, audience="named")
    said = []
    for host in ("secret.example", "nobody.example"):
        with pytest.raises(BadInput) as error:
            schedules.add_group(stella, name="News", domains=host)
        said.append(str(error.value).replace(host, "HOST"))
    assert said[0] == said[1]


def test_an_admin_watches_any_host(stella: User) -> None:
    group = schedules.add_group(person("ada", "admin"), name="New", domains="Unknown.Example.\nunknown.example")
    assert list(group.domains.values_list("name", flat=True)) == ["unknown.example"]
    assert Domain.objects.get(name="unknown.example").registrable == "unknown.example"


def test_two_groups_of_one_owner_have_two_names(stella: User, web: Corpus) -> None:
    schedules.add_group(stella, name="News", domains="news.example")
    with pytest.raises(Conflict, match=r"^name: you have a group called News"):
        schedules.add_group(stella, name="News", domains="wiki.example")


def test_removing_a_group_removes_its_schedules_and_no_run(stella: User, web: Corpus) -> None:
    group = schedules.add_group(stella, name="News", domains="news.example")
    due(schedules.add(stella, group=group))
    schedules.run_due(wake=False)
    schedules.remove_group(stella, group)
    assert (Schedule.objects.count(), Run.objects.count()) == (0, 1)
