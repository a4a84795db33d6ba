"""What the API does with corpora: claims, cards, runs and people."""

from typing import Any

import pytest
from django.test import Client

from datacards.errors import Unavailable
from datacards.models import CardVersion, Corpus, Grant, Run
from governance.models import IdempotencyKey
from tests.factories import World, person
from tests.governance.asking import Ask, all_pages, asker

pytestmark = pytest.mark.django_db


# --- corpora, claims, grants ------------------------------------------------------------------------------


def test_a_reader_reads_and_changes_nothing(reading: Ask, web: str) -> None:
    assert reading("GET", web).json()["manages"] is False
    assert reading("PATCH", web, {"title": "Mine"}).status_code == 403


def test_a_steward_changes_no_corpus_of_another(ask: Ask, world: World) -> None:
    Corpus.objects.filter(pk=world.hidden.pk).update(audience="organisation")
    answer = ask("PATCH", f"corpora/{world.hidden.pk}", {"title": "Mine"})
    assert (answer.status_code, "bruno" in answer.json()["detail"]) == (403, True)


def test_a_change_leaves_the_rest_as_it_is(ask: Ask, web: str) -> None:
    before = ask("GET", web).json()
    after = ask("PATCH", web, {"title": "Another title"}).json()
    assert after["title"] == "Another title"
    assert (after["summary"], after["audience"]) == (before["summary"], before["audience"])


def test_a_change_that_fails_in_part_changes_nothing(ask: Ask, web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise Unavailable("Not now.")

    monkeypatch.setattr("governance.acts.set_audience", away)
    assert ask("PATCH", web, {"title": "Half", "audience": "public"}).status_code == 503
    assert ask("GET", web).json()["title"] != "Half"


def test_revisions_files_and_shares_are_told(ask: Ask, web: str) -> None:
    revision = ask("GET", f"{web}/revisions").json()["items"][0]
    assert ask("GET", f"{web}/revisions/1").json() == revision
    assert [file["name"] for file in ask("GET", f"{web}/revisions/1/files").json()["items"]] == ["part-0.parquet"]
    shares = all_pages(ask, f"{web}/revisions/1/shares", limit=3)
    assert shares[0]["domain"] == "wiki.example"
    assert sum(share["share"] for share in shares) == pytest.approx(1)


def test_a_licence_is_stated_with_what_it_allows(ask: Ask, web: str) -> None:
    made = ask("POST", f"{web}/licences", {"expression": "CC-BY-NC-4.0", "quote": "Not for profit."}).json()
    assert (made["source"], made["commercial"], made["claimed_by"]) == ("person", False, "stella")
    assert ask("GET", f"{web}/licences").json()["items"][0]["expression"] == "CC-BY-NC-4.0"


def test_lineage_is_told_both_ways(ask: Ask, world: World) -> None:
    down = ask("GET", f"corpora/{world.blocked.pk}/lineage").json()
    up = ask("GET", f"corpora/{world.derived.pk}/lineage").json()
    assert [each["corpus"]["name"] for each in down["made_into"]] == ["harbour/web-2026-filtered"]
    assert [each["corpus"]["name"] for each in up["made_from"]] == ["harbour/web-2026"]
    assert up["edges"][0]["relation"] == "filtered"


def test_a_lineage_is_no_circle(ask: Ask, world: World) -> None:
    body = {"parent": str(world.derived.pk), "relation": "mixed"}
    assert ask("POST", f"corpora/{world.blocked.pk}/parents", body).status_code == 409


def test_a_parent_that_one_may_not_know_of_is_like_one_that_is_not_there(ask: Ask, world: World, web: str) -> None:
    answers = [
        ask("POST", f"{web}/parents", {"parent": parent, "relation": "mixed"}).json()
        for parent in (str(world.hidden.pk), "00000000-0000-0000-0000-000000000000")
    ]
    assert answers[0] == answers[1]


def test_a_parent_is_recorded_and_taken_back(ask: Ask, world: World) -> None:
    path = f"corpora/{world.undecided.pk}/parents"
    assert ask("POST", path, {"parent": str(world.approved.pk), "relation": "subset"}).status_code == 201
    assert ask("DELETE", f"{path}/{world.approved.pk}", relation="subset").status_code == 204
    assert ask("DELETE", f"{path}/{world.approved.pk}", relation="subset").status_code == 404


def test_a_grant_lets_somebody_read_until_it_is_ended(ask: Ask, world: World) -> None:
    Corpus.objects.filter(pk=world.undecided.pk).update(audience="named")
    client, path = Client(), f"corpora/{world.undecided.pk}"
    client.force_login(world.approver)
    statuses = [client.get(f"/api/v1/{path}").status_code]
    assert ask("POST", f"{path}/grants", {"username": "abel", "reason": "Reviews it."}).status_code == 201
    statuses.append(client.get(f"/api/v1/{path}").status_code)
    assert ask("DELETE", f"{path}/grants/abel").status_code == 204
    statuses.append(client.get(f"/api/v1/{path}").status_code)
    assert statuses == [404, 200, 404]
    assert Grant.objects.filter(user=world.approver).count() == 1


def test_who_may_read_is_for_the_corpuss_steward_alone(reading: Ask, web: str) -> None:
    assert reading("GET", f"{web}/grants").status_code == 403


# --- the Data Card ----------------------------------------------------------------------------------------


def test_a_card_is_saved_against_the_version_that_was_read(ask: Ask, web: str) -> None:
    read = ask("GET", f"{web}/card")
    body = {"values": {"overview.summary": "Pages of news."}}
    saved = ask("PATCH", f"{web}/card", body, {"If-Match": read["ETag"]})
    assert saved.json()["values"]["overview.summary"]["value"] == "Pages of news."
    assert saved["ETag"] != read["ETag"]


def test_nobodys_work_on_a_card_is_lost(ask: Ask, web: str) -> None:
    tag = ask("GET", f"{web}/card")["ETag"]
    assert ask("PATCH", f"{web}/card", {"values": {"overview.summary": "First."}}, {"If-Match": tag}).status_code == 200
    late = ask("PATCH", f"{web}/card", {"values": {"overview.summary": "Second."}}, {"If-Match": tag})
    assert late.status_code == 412
    assert ask("GET", f"{web}/card").json()["values"]["overview.summary"]["value"] == "First."


def test_a_card_is_not_saved_blindly(ask: Ask, web: str) -> None:
    assert ask("PUT", f"{web}/card", {"values": {}}).status_code == 428


def test_a_card_that_is_put_replaces_all_but_what_is_computed(ask: Ask, world: World) -> None:
    newest = CardVersion.objects.filter(corpus=world.blocked).order_by("-number")[0]
    newest.values["origin.domains"] = {"value": "10 domains", "source": "computed"}
    newest.save()
    put = ask("PUT", f"corpora/{world.blocked.pk}/card", {"values": {"overview.title": "T"}}, {"If-Match": "*"})
    kept = {path: entry["value"] for path, entry in put.json()["values"].items()}
    assert kept == {"overview.title": "T", "origin.domains": "10 domains"}


def test_a_card_says_what_is_missing(ask: Ask, web: str) -> None:
    card = ask("GET", f"{web}/card").json()
    assert card["filled"] < card["required"]
    assert len(card["missing"]) == card["required"] - card["filled"]


def test_an_unknown_field_of_the_card_is_refused(ask: Ask, web: str) -> None:
    answer = ask("PATCH", f"{web}/card", {"values": {"no.such": "x"}}, {"If-Match": "*"})
    assert (answer.status_code, "no.such" in answer.json()["detail"]) == (422, True)


# --- runs -------------------------------------------------------------------------------------------------


def test_starting_a_run_answers_202_with_its_address(ask: Ask, world: World) -> None:
    answer = ask("POST", f"corpora/{world.undecided.pk}/crawls", {"reason": "Before the release."})
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert ask("GET", answer["Location"].removeprefix("/api/v1/")).json()["reason"] == "Before the release."


def test_the_same_key_starts_nothing_twice(ask: Ask, world: World) -> None:
    failed, key = world.runs["failed"], {"Idempotency-Key": "abc"}
    answers = [ask("POST", f"runs/{failed.pk}/retry", headers=key) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Run.objects.filter(retry_of=failed).count() == 1
    assert [answer["Idempotency-Replayed"] for answer in answers] == ["false", "true", "true"]


def test_without_a_key_each_request_stands_for_itself(ask: Ask, world: World) -> None:
    failed = world.runs["failed"]
    assert len({ask("POST", f"runs/{failed.pk}/retry").json()["id"] for _ in range(2)}) == 2


def test_a_key_for_another_request_is_refused(ask: Ask, world: World) -> None:
    key, path = {"Idempotency-Key": "abc"}, f"corpora/{world.undecided.pk}/crawls"
    assert ask("POST", path, {"reason": "one"}, key).status_code == 202
    assert ask("POST", path, {"reason": "two"}, key).status_code == 422


def test_a_key_is_its_persons_own(ask: Ask, world: World) -> None:
    key = {"Idempotency-Key": "abc"}
    path = f"runs/{world.runs['failed'].pk}/retry"
    mine, theirs = ask("POST", path, headers=key), asker(world.admin)("POST", path, headers=key)
    assert mine.json()["id"] != theirs.json()["id"]


def test_a_request_that_failed_leaves_its_key_free(ask: Ask, world: World) -> None:
    key = {"Idempotency-Key": "abc"}
    assert ask("POST", f"runs/{world.runs['crawl'].pk}/retry", headers=key).status_code == 409
    assert not IdempotencyKey.objects.exists()


def test_a_run_is_cancelled_once(ask: Ask, world: World) -> None:
    path = f"runs/{world.runs['pending'].pk}/cancel"
    assert ask("POST", path).json()["state"] == "cancelled"
    assert ask("POST", path).status_code == 409


def test_a_runs_log_is_read_page_by_page(ask: Ask, world: World) -> None:
    lines = all_pages(ask, f"runs/{world.runs['crawl'].pk}/log", limit=1)
    assert [line["text"] for line in lines][:2] == ["Planned in 4 parts.", "Part 1 of 4 is done."]


def test_runs_that_have_not_ended_are_listed_apart(ask: Ask) -> None:
    assert {each["state"] for each in ask("GET", "runs", living="true").json()["items"]} == {"pending", "running"}


def test_a_corpus_is_registered_over_the_network_from_allowed_places_only(ask: Ask) -> None:
    answer = ask("POST", "corpora", {"location": "/etc", "name": "harbour/etc"})
    assert answer.status_code in (403, 422)
    assert not Run.objects.filter(params__name="harbour/etc").exists()


def test_registering_starts_a_run_that_names_what_follows(ask: Ask) -> None:
    body = {"location": "acme/web-2026", "name": "acme/web-2026", "scan": False}
    answer = ask("POST", "corpora", body)
    assert (answer.status_code, answer.json()["kind"]) == (202, "register")
    assert Run.objects.get(pk=answer.json()["id"]).params["then"] == ["crawl", "profile"]


# --- people -----------------------------------------------------------------------------------------------


def test_an_admin_adds_people_and_gives_them_roles(world: World) -> None:
    ask = asker(world.admin)
    body = {"username": "nina", "password": "correct horse battery", "role": "reader"}
    assert ask("POST", "people", body).status_code == 201
    assert ask("PATCH", "people/nina", {"role": "steward"}).json()["role"] == "steward"
    assert "password" not in ask("GET", "people").content.decode()


def test_the_last_admin_stays_one(world: World) -> None:
    assert asker(world.admin)("PATCH", "people/ada", {"role": "reader"}).status_code == 409


def test_a_name_that_is_taken_is_refused(world: World) -> None:
    person("nina")
    body = {"username": "nina", "password": "correct horse battery", "role": "reader"}
    assert asker(world.admin)("POST", "people", body).status_code == 422
