"""Subscriptions through the API: made, changed, tested and ended, by their person alone."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from governance import sealing
from governance.subscription_models import Message, Subscription
from tests.factories import World
from tests.governance.asking import Ask, all_pages
from tests.governance.telling import URL
from tests.watching import HOST, Watched

pytestmark = pytest.mark.django_db
WATCHED = True


@pytest.fixture
def hook(watched: Watched) -> str:
    """The address of the steward's webhook."""
    return f"subscriptions/{watched.subscriptions['webhook'].pk}"


def made(ask: Ask, **wish: Any) -> Any:
    """A new subscription."""
    answer = ask("POST", "subscriptions", wish)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_the_list_has_ones_own_newest_first(watched: Watched, ask: Ask, reading: Ask) -> None:
    made(reading, way="feed", name="rita's")
    assert {each["name"] for each in all_pages(ask, "subscriptions", limit=2)} == {
        "Our own service", "All changes", "News of the daily"
    }  # fmt: skip
    assert [each["name"] for each in all_pages(reading, "subscriptions")] == ["rita's"]


@pytest.mark.parametrize(
    ("query", "names"), [({"way": "feed"}, ["All changes"]), ({"active": "false"}, ["News of the daily"])]
)
def test_the_list_is_filtered(watched: Watched, ask: Ask, query: dict[str, str], names: list[str]) -> None:
    assert [each["name"] for each in all_pages(ask, "subscriptions", **query)] == names


def test_a_feed_is_made_with_its_address(world: World, reading: Ask) -> None:
    wish = {"corpus": str(world.blocked.pk), "domain": HOST, "agent": "gptbot", "direction": "tightened"}
    said = made(reading, way="feed", **wish, document="terms", kind="clause-added")
    assert said["feed"] == f"http://localhost:8000/feeds/{said['id']}.atom"
    assert said["corpus"] == {"id": str(world.blocked.pk), "name": "harbour/web-2026"}
    assert (said["domain"], said["agent"], said["document"], said["secret"]) == (HOST, "GPTBot", "terms", None)


def test_the_secret_of_a_webhook_is_in_its_first_answer_alone(reading: Ask) -> None:
    said = made(reading, way="webhook", url=URL)
    kept = Subscription.objects.get(pk=said["id"]).secret
    assert sealing.unseal(kept, timezone.now()) == [said["secret"]]
    assert said["secret"].encode() not in reading("GET", f"subscriptions/{said['id']}").content


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"way": "pigeon"}, 422), ({"way": "webhook"}, 422), ({"way": "webhook", "url": "http://a.example/"}, 422),
        ({"way": "feed", "domain": "secret.example"}, 422), ({"way": "feed", "agent": "NoSuchBot"}, 422),
        ({"way": "feed", "corpus": str(uuid.uuid4())}, 404), ({"way": "email"}, 422), ({"way": "feed", "x": 1}, 422),
        ({"way": "feed", "kind": "no-such-kind"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused(world: World, reading: Ask, wish: dict[str, Any], status: int) -> None:
    assert reading("POST", "subscriptions", wish).status_code == status


def test_a_hidden_corpus_is_refused_like_one_that_is_not_there(world: World, reading: Ask) -> None:
    answers = [
        reading("POST", "subscriptions", {"way": "feed", "corpus": str(pk)}) for pk in (world.hidden.pk, uuid.uuid4())
    ]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_a_subscription_is_paused_and_resumed(hook: str, ask: Ask) -> None:
    assert ask("PATCH", hook, {"active": False}).json()["active"] is False
    assert ask("POST", f"{hook}/test").status_code == 409
    assert ask("PATCH", hook, {"active": True}).json()["active"] is True


def test_a_subscription_is_called_something_else(hook: str, ask: Ask) -> None:
    assert ask("PATCH", hook, {"name": "Ours"}).json()["name"] == "Ours"
    assert ask("GET", hook).json()["name"] == "Ours"


def test_a_subscription_is_deleted(hook: str, ask: Ask) -> None:
    assert ask("DELETE", hook).status_code == 204
    assert ask("GET", hook).status_code == 404


def test_a_test_answers_with_the_message_to_look_at(hook: str, ask: Ask) -> None:
    answer = ask("POST", f"{hook}/test")
    assert answer.status_code == 202
    assert answer.json()["test"] is True
    assert answer.json()["id"] in {each["id"] for each in all_pages(ask, f"{hook}/messages")}


def test_messages_tell_what_became_of_them(hook: str, ask: Ask) -> None:
    (said,) = all_pages(ask, f"{hook}/messages", state="given-up")
    assert (said["http_status"], said["sentence"]) == (500, "The receiver answers with status 500.")
    assert (said["changes"], said["next_at"], said["attempts"]) == (1, None, 3)
    assert len(all_pages(ask, f"{hook}/messages", limit=2)) == 5


def test_what_was_given_up_is_sent_again(hook: str, ask: Ask) -> None:
    (said,) = all_pages(ask, f"{hook}/messages", state="given-up")
    again = ask("POST", f"{hook}/messages/{said['id']}/again")
    assert (again.status_code, again.json()["state"], again.json()["id"]) == (202, "waiting", said["id"])
    assert ask("POST", f"{hook}/messages/{said['id']}/again").status_code == 409


def test_a_new_secret_is_told_once(hook: str, watched: Watched, ask: Ask) -> None:
    answer = ask("POST", f"{hook}/secret")
    kept = Subscription.objects.get(pk=watched.subscriptions["webhook"].pk).secret
    assert sealing.unseal(kept, timezone.now())[0] == answer.json()["secret"]
    assert "no-store" in answer["Cache-Control"]


def test_nobody_reaches_anothers_subscription(hook: str, reading: Ask, administering: Ask) -> None:
    message = Message.objects.filter(state="given-up").values_list("pk", flat=True)[0]
    for ask in (reading, administering):
        for method, path in (
            ("GET", hook), ("PATCH", hook), ("DELETE", hook), ("POST", f"{hook}/test"), ("POST", f"{hook}/secret"),
            ("GET", f"{hook}/messages"), ("POST", f"{hook}/messages/{message}/again"),
        ):  # fmt: skip
            assert ask(method, path, {} if method == "PATCH" else None).status_code == 404


def test_a_list_takes_as_many_statements_with_many_rows(
    world: World, watched: Watched, ask: Ask, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        Subscription.objects.create(person=world.steward, name=str(n), way="feed", corpus=world.blocked)
    with django_assert_max_num_queries(8):
        assert len(ask("GET", "subscriptions").json()["items"]) == 33
