"""The REST API as a whole: paging, problems, who may send what, and the documents that describe it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from datacards.errors import Unavailable
from governance import tokens
from governance.watch import add_missing_standings
from tests.factories import World, corpus
from tests.governance.asking import JSON, Ask, all_pages

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs"


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["name", "-name", "-tokens", "refused", "-refused", "card", "-changed", "decision"])
def test_pages_of_one_show_every_corpus_once_and_in_order(ask: Ask, sort: str) -> None:
    whole = [row["name"] for row in ask("GET", "corpora", sort=sort).json()["items"]]
    assert len(whole) == 4
    assert [row["name"] for row in all_pages(ask, "corpora", sort=sort, limit=1)] == whole


def test_a_page_leads_back_to_the_one_before(ask: Ask) -> None:
    first = ask("GET", "corpora", sort="name", limit=2).json()
    second = ask("GET", "corpora", sort="name", limit=2, cursor=first["next"]).json()
    assert ask("GET", "corpora", sort="name", limit=2, cursor=second["previous"]).json()["items"] == first["items"]


def test_paging_is_stable_while_rows_come(ask: Ask, world: World) -> None:
    first = ask("GET", "corpora", sort="name", limit=2).json()
    corpus(world.steward, "aaa/early")
    add_missing_standings()
    second = ask("GET", "corpora", sort="name", limit=2, cursor=first["next"]).json()
    names = [row["name"] for row in first["items"] + second["items"]]
    assert names == sorted(set(names))


def test_the_neighbouring_pages_are_links_too(ask: Ask) -> None:
    answer = ask("GET", "corpora", sort="name", limit=2, owner="stella")
    address = answer["Link"].partition(">")[0].removeprefix("<http://testserver/api/v1/")
    assert 'rel="next"' in answer["Link"]
    assert ask("GET", address).json()["items"][0]["name"] > answer.json()["items"][-1]["name"]


@pytest.mark.parametrize("path", ["corpora?sort=-name", "runs", "people"])
def test_a_cursor_of_another_list_or_order_is_refused(world: World, path: str) -> None:
    client = Client()
    client.force_login(world.admin)
    cursor = client.get("/api/v1/corpora?sort=name&limit=1").json()["next"]
    answer = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}{urlencode({'cursor': cursor})}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/v1/docs#malformed")


def test_corpora_are_found_by_a_part_of_their_title(ask: Ask) -> None:
    assert [row["name"] for row in ask("GET", "corpora", q="ENCYCLOPEDIA").json()["items"]] == ["harbour/encyclopedia"]


def test_a_corpus_is_found_by_its_exact_name(ask: Ask) -> None:
    assert len(ask("GET", "corpora", name="harbour/web-2026").json()["items"]) == 1


def test_lists_are_filtered_by_what_the_decision_says(ask: Ask) -> None:
    assert {row["outcome"] for row in ask("GET", "corpora", outcome="blocked").json()["items"]} == {"blocked"}
    assert {row["outcome"] for row in ask("GET", "decisions", outcome="blocked").json()["items"]} == {"blocked"}


LISTS = ("corpora", "runs", "decisions", "audits", "changes", "agents", "policies", "tokens", "people")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_at_most_twelve_queries(
    world: World, path: str, django_assert_max_num_queries: Any, settings: Any
) -> None:
    ends_at = timezone.now() + timedelta(days=1)
    _, secret = tokens.make(world.admin, name="x", scopes=["admin"], ends_at=ends_at)
    with django_assert_max_num_queries(12):
        answer = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert answer.json()["items"]


def test_one_item_takes_at_most_twelve_queries(ask: Ask, world: World, django_assert_max_num_queries: Any) -> None:
    assert world.decision
    for path in ("", "/card", "/licences", "/lineage", "/consent", "/consent/domains", "/revisions/1/shares"):
        with django_assert_max_num_queries(12):
            assert ask("GET", f"corpora/{world.blocked.pk}{path}").status_code == 200
    with django_assert_max_num_queries(12):
        assert ask("GET", f"decisions/{world.decision.pk}").status_code == 200
    with django_assert_max_num_queries(12):
        assert ask("GET", "domains/news.example").status_code == 200


# --- problems ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "tokens", b"{", 400),
        ("POST", "tokens", b'{"name": NaN}', 400),
        ("POST", "tokens", b"[" * 50_000, 400),
        ("POST", "tokens", b"\xff\xfe", 400),
        ("POST", "tokens", b"9" * 5000, 400),
        ("GET", "nothing/here", None, 404),
        ("GET", "corpora/not-an-id", None, 404),
        ("GET", "runs/00000000-0000-0000-0000-000000000000", None, 404),
        ("GET", "domains/x%00y", None, 404),
        ("GET", "corpora/a%0Ab/card", None, 404),
        ("DELETE", "corpora", None, 405),
        ("PATCH", "me", {}, 405),
        ("POST", "tokens", b"x" * 3_000_000, 413),
        ("POST", "tokens", {}, 422),
        ("POST", "tokens", None, 422),
        ("POST", "tokens", {"name": "x", "scopes": ["read"], "ends_at": 5}, 422),
        ("POST", "tokens", {"name": "x", "scopes": ["read"], "ends_at": "0001-01-01T00:00:00+14:00"}, 422),
        ("POST", "tokens", {"name": "x\x00", "scopes": ["read"], "ends_at": "2026-01-01T00:00:00Z"}, 422),
        ("POST", "tokens", {"name": "x", "scopes": ["read"], "ends_at": "2026-01-01T00:00:00Z"}, 422),
        ("GET", "corpora?limit=0", None, 422),
        ("GET", "corpora?q=%00", None, 422),
        ("GET", "corpora?sort=colour", None, 422),
        ("GET", "corpora?limit=99999999999999999999999", None, 422),
    ],
)
def test_every_error_is_a_problem_with_one_sentence(ask: Ask, method: str, path: str, body: Any, status: int) -> None:
    answer = ask(method, path, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["type"][:13]) == (status, "/api/v1/docs#")
    assert problem["detail"].endswith((".", ")"))
    assert "\n" not in problem["detail"]


def test_what_cannot_be_used_is_told_with_its_place(ask: Ask) -> None:
    errors = ask("POST", "tokens", {"name": "", "scopes": ["root"], "colour": "red"}).json()["errors"]
    assert {each["where"] for each in errors} == {"body.name", "body.scopes.0", "body.ends_at", "body.colour"}


def test_an_acts_own_complaint_names_its_field(ask: Ask, web: str) -> None:
    problem = ask("POST", f"{web}/licences", {"expression": "MIT", "url": "ftp://x"}).json()
    assert problem["errors"][0]["where"] == "body.url"


def test_another_media_type_is_refused(world: World) -> None:
    client = Client()
    client.force_login(world.steward)
    assert client.post("/api/v1/tokens", {"name": "x"}).status_code == 415


def test_the_methods_of_an_address_are_allowed_by_name(ask: Ask, web: str) -> None:
    assert ask("DELETE", web)["Allow"] == "GET, HEAD, PATCH"


def test_head_is_answered_as_get(ask: Ask) -> None:
    assert ask("HEAD", "corpora").status_code == 200


def test_a_bug_is_told_by_a_reference_and_never_by_a_trace(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("governance.api.corpora.standings", lambda *_: 1 / 0)
    answer = ask("GET", "corpora")
    assert answer.status_code == 500
    assert answer.json()["reference"] in caplog.text
    assert "ZeroDivisionError" not in answer.content.decode()


def test_what_is_out_of_reach_is_503(ask: Ask, web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise Unavailable("No policy is active; an admin has to activate one.")

    monkeypatch.setattr("governance.acts.decide", away)
    assert ask("POST", f"{web}/decisions").json()["type"] == "/api/v1/docs#unavailable"


def test_a_session_needs_the_csrf_token_to_change_something(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.steward)
    body = {"expression": "MIT"}
    answer = client.post(f"/api/v1/corpora/{world.blocked.pk}/licences", body, content_type=JSON)
    assert (answer.status_code, "CSRF" in answer.json()["detail"]) == (403, True)


def test_a_token_needs_no_csrf_token(world: World) -> None:
    ends_at = timezone.now() + timedelta(days=1)
    _, secret = tokens.make(world.steward, name="x", scopes=["write"], ends_at=ends_at)
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    body = {"expression": "MIT"}
    assert client.post(f"/api/v1/corpora/{world.blocked.pk}/licences", body, content_type=JSON).status_code == 201


def test_answers_are_kept_by_no_shared_cache(ask: Ask) -> None:
    answer = ask("GET", "corpora")
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= {word.strip() for word in answer["Vary"].split(",")}


# --- the documents ----------------------------------------------------------------------------------------


def test_every_operation_is_described(client: Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            told = operation["summary"] and operation["tags"] and operation["x-audience"] != "None"
            assert told, f"{method} {address}"
            assert {"401", "403", "404", "429", "500"} <= operation["responses"].keys()


def test_the_page_of_the_api_lists_every_operation_without_a_script_of_its_own(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    for address in client.get("/api/v1/openapi.json").json()["paths"]:
        assert address in page
    assert "<script>" not in page
    assert "style=" not in page


def test_every_problem_type_has_its_place_on_the_page(client: Client) -> None:
    from governance.api.problems import KINDS

    page = client.get("/api/v1/docs").content.decode()
    assert [name for name, _ in KINDS.values() if f'id="{name}"' not in page] == []


def test_the_root_leads_to_the_page(client: Client) -> None:
    assert client.get("/api/v1/")["Location"] == "/api/v1/docs"


def test_the_handbook_lists_every_operation_and_no_other(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    known = {f"{m.upper()} {a.removeprefix('/api/v1')}" for a, methods in paths.items() for m in methods}
    told = set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", (DOCS / "api.md").read_text(), re.MULTILINE))
    assert told == known
