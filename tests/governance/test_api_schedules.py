"""Schedules, groups, hosts in trouble and changes by the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crawler.models import DomainGroup, Schedule
from datacards.models import Run
from tests.factories import World
from tests.governance.asking import Ask, all_pages, asker
from tests.watching import HOST, Watched

pytestmark = pytest.mark.django_db
WATCHED = True


@pytest.fixture
def another(world: World, db: None) -> Ask:
    """Asks as another steward."""
    return asker(world.other)


# --- schedules ---------------------------------------------------------------------------------------------


def test_schedules_come_the_next_first_with_how_it_went_last(watched: Watched, ask: Ask) -> None:
    listed = ask("GET", "schedules", active="true").json()["items"]
    assert [item["id"] for item in listed] == [str(watched.schedule.pk)]
    assert (listed[0]["corpus"]["name"], listed[0]["last_state"]) == ("harbour/web-2026", "completed")


def test_the_schedules_of_a_corpus_are_listed_alone(world: World, watched: Watched, ask: Ask) -> None:
    assert len(ask("GET", "schedules", corpus=world.blocked.pk).json()["items"]) == 1
    assert ask("GET", "schedules", corpus=world.approved.pk).json()["items"] == []
    assert ask("GET", "schedules", corpus=world.hidden.pk).status_code == 404


def test_a_schedule_is_added_changed_paused_resumed_and_deleted(world: World, ask: Ask) -> None:
    body = {"corpus": str(world.approved.pk), "every_hours": 12, "documents": ["robots", "terms"]}
    answer = ask("POST", "schedules", body)
    made = answer.json()
    assert (answer.status_code, made["every_hours"], made["jitter_minutes"], made["made_by"]) == (201, 12, 30, "stella")
    address = f"schedules/{made['id']}"
    changed = ask("PATCH", address, {"every_hours": 48}).json()
    assert (changed["every_hours"], changed["documents"]) == (48, ["robots", "terms"])
    assert ask("PATCH", address, {"active": False}).json()["active"] is False
    assert ask("PATCH", address, {"active": True}).json()["next_at"] > timezone.now().isoformat()
    assert ask("DELETE", address).status_code == 204
    assert ask("GET", address).status_code == 404


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.corpus"),
        ({"corpus": "WEB", "every_hours": 2, "jitter_minutes": 61}, "body.jitter_minutes"),
        ({"corpus": "WEB", "every_hours": 0}, "body.every_hours"),
        ({"corpus": "WEB", "documents": ["humans.txt"]}, "body.documents.0"),
        ({"corpus": "WEB", "colour": "red"}, "body.colour"),
    ],
)
def test_what_cannot_be_scheduled_is_told_with_its_place(
    world: World, ask: Ask, body: dict[str, Any], where: str
) -> None:
    body = {name: str(world.approved.pk) if value == "WEB" else value for name, value in body.items()}
    answer = ask("POST", "schedules", body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["where"] == where


def test_a_steward_schedules_no_corpus_of_another(world: World, another: Ask) -> None:
    answer = another("POST", "schedules", {"corpus": str(world.approved.pk)})
    assert answer.status_code == 403
    assert "Only stella, whose corpus it is, or an admin" in answer.json()["detail"]
    assert not Schedule.objects.filter(corpus=world.approved).exists()


def test_a_corpus_that_one_may_not_read_cannot_even_be_named(world: World, ask: Ask) -> None:
    assert ask("POST", "schedules", {"corpus": str(world.hidden.pk)}).status_code == 404


@pytest.mark.parametrize(("method", "more", "body"), [
    ("PATCH", "", {"active": False}), ("PATCH", "", {}), ("DELETE", "", None), ("POST", "/ask", None),
])  # fmt: skip
def test_another_steward_sees_a_schedule_and_changes_nothing(
    watched: Watched, another: Ask, method: str, more: str, body: Any
) -> None:
    address = f"schedules/{watched.schedule.pk}"
    assert another("GET", address).status_code == 200
    assert another(method, address + more, body).status_code == 403


def test_a_reader_may_not_even_try(watched: Watched, reading: Ask) -> None:
    assert reading("GET", "schedules").status_code == 200
    assert reading("POST", "schedules", {}).status_code == 403
    assert reading("GET", "groups").status_code == 403


def test_asking_now_starts_a_run_once_for_one_key(watched: Watched, ask: Ask) -> None:
    address, key = f"schedules/{watched.schedule.pk}/ask", {"Idempotency-Key": "one"}
    first, second = (ask("POST", address, headers=key) for _ in range(2))
    assert first.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert Run.objects.filter(params__schedule=str(watched.schedule.pk)).count() == 1


def test_asking_now_while_its_run_lives_is_a_conflict(watched: Watched, ask: Ask) -> None:
    ask("POST", f"schedules/{watched.schedule.pk}/ask")
    answer = ask("POST", f"schedules/{watched.schedule.pk}/ask")
    assert answer.status_code == 409
    assert "has not ended yet" in answer.json()["detail"]


# --- groups ------------------------------------------------------------------------------------------------


def test_a_group_is_made_shown_changed_and_deleted(world: World, ask: Ask) -> None:
    made = ask("POST", "groups", {"name": "Culture", "domains": ["poems.example", "LAB.example"]}).json()
    assert (made["size"], made["domains"], made["owner"]) == (2, ["lab.example", "poems.example"], "stella")
    address = f"groups/{made['id']}"
    assert ask("PATCH", address, {"name": "Poetry"}).json()["domains"] == ["lab.example", "poems.example"]
    assert ask("PATCH", address, {"domains": ["poems.example"]}).json()["name"] == "Poetry"
    assert [item["name"] for item in ask("GET", "groups").json()["items"]] == ["News sites", "Poetry"]
    assert ask("DELETE", address).status_code == 204
    assert not DomainGroup.objects.filter(pk=made["id"]).exists()


@pytest.mark.parametrize("host", ["https://poems.example/", "poems", "secret.example", "a.example\nb.example", ""])
def test_a_host_that_cannot_be_watched_is_told_at_its_field(world: World, ask: Ask, host: str) -> None:
    answer = ask("POST", "groups", {"name": "Culture", "domains": [host]})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.domains")


def test_a_second_group_of_one_name_is_a_conflict(world: World, ask: Ask) -> None:
    assert ask("POST", "groups", {"name": "News sites", "domains": ["news.example"]}).status_code == 409


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_anothers_group_is_not_found(watched: Watched, another: Ask, method: str) -> None:
    assert another(method, f"groups/{watched.group.pk}", {} if method == "PATCH" else None).status_code == 404


def test_the_group_of_another_cannot_be_scheduled(watched: Watched, another: Ask) -> None:
    assert another("POST", "schedules", {"group": str(watched.group.pk)}).status_code == 404


# --- hosts -------------------------------------------------------------------------------------------------


def test_hosts_in_trouble_say_why_and_when_they_are_asked_next(world: World, ask: Ask) -> None:
    (host,) = ask("GET", "trouble").json()["items"]
    assert (host["domain"], host["failures"], host["last_error"]) == ("gone.example", 4, "The name does not resolve.")


def test_no_host_of_a_hidden_corpus_is_in_trouble(world: World) -> None:
    world.blocked.grants.all().delete()
    assert asker(world.outsider)("GET", "trouble").json()["items"] == []


def test_one_host_is_asked_now_and_not_twice_within_minutes(world: World, ask: Ask) -> None:
    assert ask("POST", "domains/gone.example/ask").status_code == 202
    assert ask("POST", "domains/secret.example/ask").status_code == 404


# --- changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ({"document": "terms"}, ["terms"]),
        ({"kind": "channel-added"}, ["home"]),
        ({"standing": "returned"}, ["ai.txt"]),
        ({"agent": "GPTBot", "domain": "news.example"}, ["robots"]),
        ({"direction": "loosened"}, []),
        ({"until": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_changes_are_filtered(ask: Ask, query: dict[str, str], documents: list[str]) -> None:
    assert [item["document"] for item in all_pages(ask, "changes", **query)] == documents


def test_changes_since_a_moment(ask: Ask) -> None:
    since = (timezone.now() - timedelta(hours=2, minutes=30)).isoformat().replace("+00:00", "Z")
    assert {item["domain"] for item in all_pages(ask, "changes", since=since)} == {HOST}


def test_a_kind_that_is_none_is_told_with_the_kinds_there_are(ask: Ask) -> None:
    answer = ask("GET", "changes", kind="earthquake")
    assert answer.status_code == 422
    assert "clause-added" in answer.json()["detail"]


def test_a_change_of_terms_is_told_with_the_sites_words(watched: Watched, ask: Ask) -> None:
    change = ask("GET", f"changes/{watched.changes['terms'].pk}").json()
    (event,) = change["changes"]
    assert (event["kind"], event["axis"], event["before"], event["after"]) == (
        "clause-added", "scraping", "not_mentioned", "prohibited",
    )  # fmt: skip
    assert "robot, spider or scraper" in event["quotes"][1]
    assert (change["document"], change["standing"], change["corpora"][0]["corpus"]["name"]) == (
        "terms", "settling", "harbour/web-2026",
    )  # fmt: skip


def test_an_outsider_sees_no_change_of_a_corpus_they_may_not_read(world: World, watched: Watched) -> None:
    world.blocked.grants.all().delete()
    outside = asker(world.outsider)
    assert outside("GET", "changes").json()["items"] == []
    assert outside("GET", f"changes/{watched.changes['terms'].pk}").status_code == 404
    assert outside("GET", "changes", corpus=world.blocked.pk).status_code == 404


@pytest.mark.parametrize("path", ["schedules", "groups", "trouble", "changes"])
def test_a_list_takes_at_most_twelve_statements(ask: Ask, path: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        assert ask("GET", path).json()["items"]


@pytest.mark.parametrize("path", ["schedules", "groups", "trouble", "changes"])
def test_pages_of_one_show_every_item_once(ask: Ask, path: str) -> None:
    whole = ask("GET", path).json()["items"]
    assert all_pages(ask, path, limit=1) == whole
