"""Subscriptions: what they name, that rights are asked again, and that each change is told once."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from crawler import settling
from datacards.errors import BadInput, Conflict
from datacards.models import Corpus, User
from governance import deliveries, feeds, subscriptions
from governance.models import Watermark
from governance.subscription_models import Delivery, Message, MessageState, Subscription
from governance.webhooks import NotSent
from tests.conftest import address
from tests.factories import corpus, person
from tests.governance.telling import asked, changed, hasten, noted, told
from tests.governance.test_schedules import at_once
from tests.processes import Program, until
from tests.receiving import Call, Hook, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def stella(db: None) -> User:
    return person("stella", "steward", email="stella@harbour.example")


@pytest.fixture
def web(stella: User) -> Corpus:
    return corpus(stella, "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    with receiving(Hook()) as listening:
        settings.CONSENTRY_CRAWL_LOOPBACK = listening.address
        yield listening


def hide(of: Corpus) -> None:
    """Give a corpus to somebody who shows it to nobody."""
    Corpus.objects.filter(pk=of.pk).update(owner=person("bruno", "steward"), audience="named", name="bruno/unreleased")


# --- the thin path -----------------------------------------------------------------------------------------


def test_a_change_that_settles_is_told_to_who_asked(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita, name="all")
    now = timezone.now()
    changed(standing="settling", settles_at=now + timedelta(hours=24))
    assert deliveries.deliver() == 0
    settling.settle(now + timedelta(hours=25))
    deliveries.match(now + timedelta(hours=25))
    deliveries.bundle()
    deliveries.send()
    assert told() == [("all", "delivered")]
    assert len(hook.calls) == 1


# --- which changes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "hosts"),
    [
        ({}, ["news.example", "wiki.example", "lab.example"]),
        ({"domain": "WIKI.example."}, ["wiki.example"]),
        ({"agent": "gptbot"}, ["news.example", "lab.example"]),
        ({"direction": "loosened"}, ["wiki.example"]),
        ({"channel": "terms"}, ["lab.example"]),
        ({"kind": "agent-freed"}, ["wiki.example"]),
        ({"agent": "GPTBot", "direction": "tightened", "channel": "robots"}, ["news.example"]),
        ({"domain": "news.example", "direction": "loosened"}, []),
    ],
)
def test_a_subscription_is_told_of_what_it_names(
    web: Corpus, stella: User, rita: User, wish: dict[str, str], hosts: list[str]
) -> None:
    corpus(stella, "harbour/lab", {"lab.example": 10})
    wished = asked(rita, **wish)
    changed("news.example")
    freed = {"kind": "agent-freed", "agent": "CCBot", "before": "all", "after": "none"}
    changed("wiki.example", changes=[freed], direction="loosened")
    changed("lab.example", channel="terms")
    assert [change.domain.name for change in noted(wished)] == hosts


def test_a_corpus_means_the_sites_of_its_newest_revision(web: Corpus, stella: User, rita: User) -> None:
    other = corpus(stella, "harbour/lab", {"lab.example": 10})
    wished = asked(rita, corpus=other)
    changed("news.example")
    changed("lab.example")
    assert [change.domain.name for change in noted(wished)] == ["lab.example"]


def test_a_change_for_everybody_is_one_for_the_agent_too(web: Corpus, rita: User) -> None:
    wished = asked(rita, agent="GPTBot")
    changed(changes=[{"kind": "clause-added", "agent": "*", "axis": "scraping", "before": "", "after": "prohibited"}])
    assert len(noted(wished)) == 1


def test_what_settled_before_the_subscription_began_is_not_told(web: Corpus, rita: User) -> None:
    changed(at=timezone.now() - timedelta(minutes=1))
    assert noted(asked(rita)) == []


def test_what_was_seen_before_and_settles_afterwards_is_told(web: Corpus, rita: User) -> None:
    wished = asked(rita)
    changed(at=timezone.now() - timedelta(days=7), settles_at=timezone.now(), channel="terms")
    assert len(noted(wished)) == 1


@pytest.mark.parametrize("standing", ["settling", "returned"])
def test_what_has_not_lasted_is_not_told(web: Corpus, rita: User, standing: str) -> None:
    wished = asked(rita)
    changed(standing=standing, settles_at=timezone.now())
    assert noted(wished) == []


@pytest.mark.parametrize("way", ["webhook", "feed"])
def test_history_that_was_imported_is_no_news(web: Corpus, rita: User, way: str) -> None:
    wished = asked(rita, way=way)
    changed(historic=True)
    assert noted(wished) == [] == feeds.entries(wished)


def test_a_change_is_told_although_nobody_looked_for_days(web: Corpus, rita: User) -> None:
    wished = asked(rita)
    deliveries.match()
    Watermark.objects.update(seen_until=timezone.now() - timedelta(days=9))
    Subscription.objects.update(since=timezone.now() - timedelta(days=20))
    changed(at=timezone.now() - timedelta(days=8))
    assert len(noted(wished)) == 1


def test_a_change_that_was_recorded_hours_late_is_told(web: Corpus, rita: User) -> None:
    wished = asked(rita)
    Subscription.objects.update(since=timezone.now() - timedelta(days=2))
    deliveries.match()
    changed(at=timezone.now() - timedelta(hours=20))
    assert len(noted(wished)) == 1


def test_a_paused_subscription_is_told_of_nothing_of_that_time(web: Corpus, rita: User) -> None:
    wished = asked(rita)
    subscriptions.pause(wished)
    changed()
    assert noted(wished) == []
    subscriptions.resume(wished)
    assert noted(wished) == []
    changed()
    assert len(noted(wished)) == 1


# --- rights ------------------------------------------------------------------------------------------------


def test_a_site_of_a_hidden_corpus_is_not_told(web: Corpus, stella: User, rita: User) -> None:
    wished = asked(rita)
    corpus(person("bruno", "steward"), "bruno/unreleased", {"secret.example": 9}, audience="named")
    changed("secret.example")
    assert noted(wished) == []


def test_what_may_no_longer_be_read_when_it_is_sent_is_dropped(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    deliveries.match()
    deliveries.bundle()
    hide(web)
    deliveries.send()
    assert (hook.calls, Message.objects.get().state) == ([], MessageState.DROPPED)
    assert Message.objects.get().sentence == "Nothing in it is yours to be told any more."


def test_what_may_no_longer_be_read_before_a_second_try_is_dropped(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    hook.answer = lambda call: 503
    deliveries.deliver()
    hide(web)
    hasten(*Message.objects.all())
    deliveries.send()
    assert (len(hook.calls), Message.objects.get().state) == (1, MessageState.DROPPED)


def test_a_corpus_that_was_hidden_is_not_named_in_what_is_told(
    web: Corpus, stella: User, rita: User, hook: Hook
) -> None:
    corpus(stella, "harbour/lab", {"news.example": 10})
    asked(rita)
    changed()
    hide(web)
    deliveries.deliver()
    assert b"harbour/lab" in hook.calls[0].body
    assert b"unreleased" not in hook.calls[0].body
    assert b"harbour/web" not in hook.calls[0].body


def test_a_subscription_to_a_corpus_that_was_hidden_is_silent(web: Corpus, stella: User, rita: User) -> None:
    corpus(stella, "harbour/lab", {"news.example": 10})
    wished = asked(rita, corpus=web)
    hide(web)
    changed()
    assert noted(wished) == []


def test_whose_account_is_closed_is_told_nothing_more(web: Corpus, rita: User, hook: Hook) -> None:
    subscriptions.test(asked(rita))
    changed()
    deliveries.match()
    deliveries.bundle()
    User.objects.filter(pk=rita.pk).update(is_active=False)
    deliveries.send()
    assert hook.calls == []
    assert set(Message.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize("wish", [{"domain": "secret.example"}, {"domain": "nowhere.example"}, {"domain": "\x00"}])
def test_one_cannot_ask_for_a_site_that_one_may_not_know_of(web: Corpus, rita: User, wish: dict[str, str]) -> None:
    corpus(person("bruno", "steward"), "bruno/unreleased", {"secret.example": 9}, audience="named")
    with pytest.raises(BadInput, match="no corpus that you may read"):
        asked(rita, **wish)


@pytest.mark.parametrize(
    "wish", [{"agent": "NoSuchBot"}, {"direction": "sideways"}, {"channel": "fax"}, {"name": "a\nb"}, {"way": "pigeon"}]
)
def test_what_cannot_be_asked_for_is_refused_in_a_sentence(web: Corpus, rita: User, wish: dict[str, str]) -> None:
    with pytest.raises(BadInput, match=f"^{next(iter(wish))}: "):
        asked(rita, **wish)


def test_fifty_subscriptions_are_enough(web: Corpus, rita: User) -> None:
    for _ in range(subscriptions.MOST):
        asked(rita, way="feed")
    with pytest.raises(Conflict, match="delete one"):
        asked(rita, way="feed")


# --- once --------------------------------------------------------------------------------------------------


def test_looking_again_tells_nothing_again(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    for _ in range(3):
        deliveries.deliver()
    assert len(hook.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_tell_each_change_once(web: Corpus, rita: User, hook: Hook) -> None:
    for n in range(3):
        asked(rita, name=str(n))
    for _ in range(8):
        changed()
    assert [each for each in at_once(*[deliveries.deliver] * 3) if isinstance(each, Exception)] == []
    deliveries.deliver()
    assert len(hook.calls) == len(set(hook.ids)) == 3 * 8
    assert {state for _, state in told()} == {"delivered"}


WORK = "import django; django.setup(); from governance import deliveries; deliveries.deliver(60); print('idle')"


def worker(hook: Hook, log: Path) -> Program:
    """A worker in a process of its own, on the test's database."""
    return Program("-c", WORK, log=log, DATABASE_URL=address(connection), CONSENTRY_CRAWL_LOOPBACK=hook.address)


def called(hook: Hook, times: int) -> bool:
    """Whether a receiver was called so often."""
    return len(hook.calls) >= times


def outlive() -> None:
    """Let the leases of those who were killed end."""
    Message.objects.filter(state=MessageState.SENDING).update(lease_until=timezone.now() - timedelta(minutes=1))


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_sends_has_its_message_sent_again_under_its_id(
    web: Corpus, rita: User, hook: Hook, tmp_path: Path
) -> None:
    asked(rita)
    changed()
    answered = threading.Event()
    hook.answer = lambda call: 204 if answered.wait(30) else 500
    program = worker(hook, tmp_path / "log")
    until(lambda: hook.calls, 60)
    program.kill()
    answered.set()
    assert deliveries.send() == 0  # its lease has not ended
    outlive()
    assert deliveries.send() == 1
    assert (len(hook.ids), len(set(hook.ids))) == (2, 1)
    assert told() == [("All changes", "delivered")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_change_is_lost_or_told_twice_however_often_two_workers_are_killed(
    web: Corpus, rita: User, hook: Hook, tmp_path: Path
) -> None:
    wished = [asked(rita, name=str(n)) for n in range(2)]
    changes = {str(changed().pk) for _ in range(30)}
    hook.answer = lambda call: time.sleep(0.05) or 204
    for calls in (3, 20, 45):
        programs = [worker(hook, tmp_path / f"log-{calls}-{n}") for n in range(2)]
        until(partial(called, hook, calls), 60)
        for program in programs:
            program.kill()
        outlive()
    deliveries.deliver(60)
    found = {(call.headers["webhook-id"], json.loads(call.body)["data"]["change"]) for call in hook.calls}
    assert Counter(change for _, change in found) == dict.fromkeys(changes, len(wished))
    assert len({message for message, _ in found}) == Message.objects.filter(state="delivered").count() == 60
    assert Delivery.objects.count() == 60


@pytest.mark.parametrize("final", [True, False])
def test_a_worker_that_lost_its_lease_marks_nothing(web: Corpus, rita: User, hook: Hook, final: bool) -> None:
    asked(rita)
    changed()
    deliveries.match()
    deliveries.bundle()
    late = deliveries.claim()
    assert late
    outlive()
    assert deliveries.claim()
    deliveries._failed(late, NotSent("Too late.", final=final))
    assert Message.objects.get().state == MessageState.SENDING
    assert Subscription.objects.get().active


def test_a_slow_receiver_does_not_keep_others_waiting(
    web: Corpus, rita: User, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "TURN", 0.1)
    asked(person("olga", "reader"), name="slow")
    for _ in range(4):
        changed()
        deliveries.match()
    deliveries.bundle()
    asked(rita, name="quick")
    changed()
    deliveries.match()
    deliveries.bundle()

    def answer(call: Call) -> int:
        time.sleep(0.3 if b'"slow"' in call.body else 0)
        return 204

    hook.answer = answer
    deliveries.send()
    assert [json.loads(call.body)["data"]["subscription"]["name"] for call in hook.calls] == (
        ["slow", "quick", "slow", "slow", "slow", "slow"]
    )


def test_where_nothing_has_settled_many_subscriptions_cost_nothing(
    web: Corpus, rita: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(9):
        asked(rita, name=str(n))
    deliveries.match()
    with django_assert_max_num_queries(4):
        assert deliveries.match() == 0


@pytest.mark.parametrize("few", [1, 5000])
def test_however_many_changes_settle_at_once_each_is_told(
    web: Corpus, rita: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(deliveries, "FEW", few)
    wished = asked(rita)
    for _ in range(3):
        changed()
    assert len(noted(wished)) == 3


# --- again, and the end ------------------------------------------------------------------------------------


def test_a_receiver_that_fails_is_asked_again_later_and_later(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    hook.answer = lambda call: 500
    waits = []
    for _ in range(4):
        deliveries.deliver()
        message = Message.objects.get()
        waits.append((message.next_at - timezone.now()).total_seconds())
        hasten(message)
    assert all(a * 0.7 < b < a * 1.3 for a, b in zip((60, 240, 960, 3840), waits, strict=True))
    assert message.sentence == "The receiver answers with status 500."


def test_nothing_else_is_sent_to_a_receiver_that_fails_until_it_is_asked_again(
    web: Corpus, rita: User, hook: Hook
) -> None:
    asked(rita)
    hook.answer = lambda call: 500
    for _ in range(5):
        changed()
    deliveries.deliver()
    assert len(hook.calls) == 1
    assert deliveries.claim() is None


def test_a_message_is_given_up_after_the_last_try_with_its_reason(
    web: Corpus, rita: User, hook: Hook, settings: Settings
) -> None:
    settings.CONSENTRY_DELIVERY_ATTEMPTS = 3
    asked(rita)
    changed()
    hook.answer = lambda call: 500
    for _ in range(5):
        deliveries.deliver()
        hasten(*Message.objects.all())
    message = Message.objects.get()
    assert (len(hook.calls), message.state, message.http_status) == (3, "given-up", 500)
    assert message.sentence == "The receiver answers with status 500. Given up after 3 tries."


def test_what_was_given_up_is_sent_again_under_its_id(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    hook.answer = lambda call: 410
    deliveries.deliver()
    subscriptions.resume(Subscription.objects.get())
    hook.answer = lambda call: 204
    subscriptions.send_again(Message.objects.get())
    deliveries.deliver()
    assert told() == [("All changes", "delivered")]
    assert len(set(hook.ids)) == 1


def test_only_what_was_given_up_is_sent_again(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    deliveries.deliver()
    with pytest.raises(Conflict, match="given up"):
        subscriptions.send_again(Message.objects.get())


def test_a_receiver_that_is_gone_for_good_is_left_alone(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita)
    changed()
    hook.answer = lambda call: 410
    deliveries.deliver()
    wished = Subscription.objects.get()
    assert (wished.active, wished.sentence) == (False, "The receiver says that it is gone for good.")


def test_a_message_whose_workers_were_killed_at_every_try_is_given_up(
    web: Corpus, rita: User, hook: Hook, settings: Settings
) -> None:
    asked(rita)
    changed()
    deliveries.match()
    deliveries.bundle()
    for _ in range(settings.CONSENTRY_DELIVERY_ATTEMPTS):
        deliveries.claim()
        outlive()
    deliveries.send()
    assert (hook.calls, told()) == ([], [("All changes", "given-up")])


def test_a_test_tells_nothing_of_anybody(web: Corpus, rita: User, hook: Hook) -> None:
    wished = asked(rita, name="mine")
    subscriptions.test(wished)
    deliveries.deliver()
    said = json.loads(hook.calls[0].body)
    assert said.pop("timestamp")
    assert said == {"type": "consent.test", "data": {"subscription": {"id": str(wished.pk), "name": "mine"}}}


def test_a_feed_and_a_paused_subscription_are_not_tested(web: Corpus, rita: User) -> None:
    with pytest.raises(Conflict, match="fetched by its reader"):
        subscriptions.test(asked(rita, way="feed"))
    with pytest.raises(Conflict, match="paused"):
        subscriptions.test(subscriptions.pause(asked(rita)))


def test_a_removed_subscription_takes_its_record_along_and_leaves_the_change(web: Corpus, rita: User) -> None:
    wished, change = asked(rita), changed()
    deliveries.match()
    deliveries.bundle()
    subscriptions.remove(wished)
    assert not Message.objects.exists()
    change.refresh_from_db()


def test_a_subscription_is_nobodys_but_its_persons(web: Corpus, stella: User, rita: User) -> None:
    wished = asked(rita)
    assert subscriptions.mine(stella, wished.pk) is None
    assert list(subscriptions.of(stella)) == []
