"""Every route for every role: what the table of audiences says, and nothing of what one may not read."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from audits.models import Audit
from crawler.models import DomainGroup
from datacards.models import Corpus, Derivation, Grant, ParentMention
from governance import card_acts, schedules, tokens
from governance.access import API, Audience, Route, routes
from governance.decide import decide_revision
from governance.subscription_models import Delivery, Message, Subscription
from governance.watch import add_missing_standings
from tests.factories import REFUSES_AI, World, audit, change, corpus, domain, licence, run, snapshot

pytestmark = pytest.mark.django_db
WATCHED = True

ROLES = ("anonymous", "outsider", "reader", "steward", "approver", "admin")
NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
FORM = "application/x-www-form-urlencoded"
SESSIONS: dict[str, str] = {}
SECRETS = ("bruno/unreleased", "secret.example", "sister.example", "bruno/sister")


@pytest.fixture(scope="module")
def ids(world: World) -> dict[str, Any]:
    """Placeholder of an address → something that everybody in the cast who reads may know of."""
    token, _ = tokens.make(world.reader, name="x", scopes=["read"], ends_at=timezone.now() + timedelta(days=1))
    assert world.decision
    assert world.watched
    assert world.dataset
    hook = world.watched.subscriptions["webhook"]
    note = card_acts.ask(world.approver, world.blocked, text="Why?")
    return {
        "schedule_id": world.watched.schedule.pk, "group_id": world.watched.group.pk,
        "subscription_id": hook.pk, "message_id": hook.messages.first().pk, "signed": "made-up",
        "corpus_id": world.blocked.pk, "parent_id": world.approved.pk, "number": 1, "name": "wiki.example",
        "run_id": world.runs["failed"].pk, "change_id": world.change.pk, "slug": "open-release",
        "decision_id": world.decision.pk, "username": "rita", "token_id": token.pk, "person_id": world.reader.pk,
        "audit_id": Audit.objects.of(world.blocked.revision)[0].pk, "rest": "nothing", "app_label": "crawler",
        "edge_id": Derivation.objects.get().pk, "grant_id": Grant.objects.get().pk, "object_id": "1", "url": "x",
        "content_type_id": "1", "note_id": note.pk, "dataset_id": world.dataset.pk, "licence_id": "CC-BY-4.0",
        "mention_id": ParentMention.objects.filter(state="open")[0].pk,
    }  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def cookies(world: World) -> dict[str, str]:
    """Role → the session of somebody who signed in once, for all requests."""
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        SESSIONS[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return SESSIONS


def ask(world: World, role: str, method: str, path: str) -> HttpResponse:
    """One request by somebody of this role, whose effects are undone: also that of signing out."""
    client = Client()
    if role != "anonymous":
        client.cookies[settings.SESSION_COOKIE_NAME] = SESSIONS[role]
    with transaction.atomic():
        form = not path.startswith("/api/")
        response: Any = client.generic(method, path, "" if form else "{}", FORM if form else "application/json")
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return HttpResponse(content, status=response.status_code, headers=dict(response.headers))


def address(route: Route, ids: dict[str, Any]) -> str:
    """The route's address with its placeholders filled."""
    filled = NAMED.sub(lambda found: str(ids[found[1] or found[2]]), route.path)
    return re.sub(r"[\^$\\]|\(\?:[^)]*\)\??", "", filled).replace("wiki.example", _name(route))


def _name(route: Route) -> str:
    names = {"report-file": "report.html", "corpus-export": "huggingface", "corpus-export-diff": "huggingface"}
    return names.get(route.name, "wiki.example")


def asked() -> Iterator[tuple[Route, str]]:
    """Every route with every method that it may be asked by; the admin site's pages have one audience for all."""
    for route in routes():
        both = ("GET",) if route.name.startswith("admin:") else ("GET", "POST")
        for method in both if route.method == "*" else (route.method,):
            yield route, method


def expected(route: Route, role: str, world: World) -> set[int]:
    """The statuses that the table allows; pages of POST alone answer GET with 405, forms without input 422."""
    person = AnonymousUser() if role == "anonymous" else world.people[role]
    assert route.audience is not None
    if route.audience.admits(person):
        usual = {200, 201, 202, 204, 302, 400, 404, 405, 409, 422, 428}
        return usual | {403} if route.name.startswith("admin:") else usual  # nothing is added or deleted there
    if route.name.startswith(f"{API}:") or route.name == "feed":
        return {401} if role == "anonymous" else {403}
    return {302} if role == "anonymous" else {403}


def test_every_route_has_a_declared_audience() -> None:
    assert [route.name for route in routes() if route.audience is None] == []


def test_no_audience_is_declared_for_a_route_that_does_not_exist() -> None:
    from governance.access import AUDIENCES

    known = {route.name for route in routes()}
    assert [name for name in AUDIENCES if name not in known and not name.endswith(":*")] == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_a_role_as_the_table_says(world: World, ids: dict[str, Any], role: str) -> None:
    wrong = []
    for route, method in asked():
        status = ask(world, role, method, address(route, ids)).status_code
        if status not in expected(route, role, world):
            wrong.append((method, route.name, status))
    assert wrong == []


def test_a_page_sends_those_who_are_not_signed_in_to_the_sign_in(world: World, ids: dict[str, Any]) -> None:
    closed = [route for route in routes() if route.audience is not Audience.ANONYMOUS and route.name != "feed"]
    pages = [route for route in closed if not route.name.startswith(f"{API}:")]
    for page in pages:
        answer = ask(world, "anonymous", "GET", address(page, ids))
        assert answer["Location"].startswith("/sign-in/?next="), page.name


# --- what one may not read does not exist ------------------------------------------------------------------


@pytest.fixture
def hidden(world: World) -> dict[str, Any]:
    """Placeholder → something of a corpus that only its owner and admins may know of."""
    return _hide(world, world.hidden, "secret.example")


def _hide(world: World, of: Corpus, host: str) -> dict[str, Any]:
    """Give a named-only corpus one of everything."""
    before = snapshot(domain(host), at=timezone.now() - timedelta(days=2))
    moved = change(before, snapshot(domain(host), REFUSES_AI))
    licence(of, "CC-BY-4.0", world.other)
    Derivation.objects.create(child=world.derived.revision, parent=of.revision, relation="mixed")
    found = audit(of.revision, {("text", "email"): 3})
    decision = decide_revision(of.revision, because="Consent was checked.", by=world.other)
    add_missing_standings()
    group = DomainGroup.objects.create(name=f"Group of {host}", owner=world.other)
    group.domains.add(domain(host))
    theirs = Subscription.objects.create(person=world.other, way="webhook", name=of.name, corpus=of)
    told = Message.objects.create(subscription=theirs, state="given-up")
    Delivery.objects.create(subscription=theirs, change=moved, message=told)
    return {
        "subscription_id": theirs.pk, "message_id": told.pk,
        "schedule_id": schedules.add(world.other, corpus=of).pk, "group_id": group.pk,
        "corpus_id": of.pk, "parent_id": of.pk, "run_id": run("scan", "failed", world.other, of, 1, 2).pk,
        "change_id": moved.pk, "decision_id": decision.pk, "audit_id": found.pk, "name": host,
    }  # fmt: skip


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ["outsider", "reader", "steward", "approver"])
def test_what_one_may_not_read_answers_like_what_is_not_there(
    world: World, ids: dict[str, Any], hidden: dict[str, Any], role: str
) -> None:
    nowhere = {name: "nobody.example" if name == "name" else uuid.uuid4() for name in hidden}
    for route, method in asked():
        if not any(f"{name}>" in route.path for name in hidden):
            continue
        there = ask(world, role, method, address(route, ids | hidden))
        gone = ask(world, role, method, address(route, ids | nowhere))
        assert (there.status_code, said(there)) == (gone.status_code, said(gone)), (method, route.name)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ["outsider", "reader", "steward", "approver"])
def test_no_page_list_search_or_export_tells_of_what_one_may_not_read(
    world: World, ids: dict[str, Any], hidden: dict[str, Any], role: str
) -> None:
    told = []
    for route, _ in gets(world, role):
        lists = "<" not in route.path
        for query in ("", "?q=unreleased", "?q=secret", "?domain=secret.example") if lists else ("",):
            body = ask(world, role, "GET", address(route, ids) + query).content.decode("utf-8", "replace")
            body = body.replace(query.partition("=")[2], "") if query else body
            told += [(route.name, query, word) for word in (*SECRETS, str(world.hidden.pk)) if word in body]
    assert told == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("role", ["outsider", "reader", "steward", "approver"])
def test_a_world_with_more_hidden_things_gives_the_same_bytes(
    world: World, ids: dict[str, Any], hidden: dict[str, Any], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    before = {route.name: said(ask(world, role, method, address(route, ids))) for route, method in gets(world, role)}
    _hide(world, corpus(world.other, "bruno/sister", {"sister.example": 7_000_000}, audience="named"), "sister.example")
    after = {route.name: said(ask(world, role, method, address(route, ids))) for route, method in gets(world, role)}
    assert [name for name in before if before[name] != after[name]] == []


def test_a_leak_would_be_noticed(world: World, ids: dict[str, Any], hidden: dict[str, Any]) -> None:
    """The comparison above has teeth: the same for an admin, who may read it all, finds a difference."""
    before = said(ask(world, "admin", "GET", "/api/v1/corpora"))
    _hide(world, corpus(world.other, "bruno/sister", {"sister.example": 7_000_000}, audience="named"), "sister.example")
    assert said(ask(world, "admin", "GET", "/api/v1/corpora")) != before


def gets(world: World, role: str) -> Iterator[tuple[Route, str]]:
    """What somebody of this role can read."""
    mine = (
        (route, method) for route, method in asked() if route.audience and route.audience.admits(world.people[role])
    )
    return ((route, method) for route, method in mine if method == "GET")


def said(answer: HttpResponse) -> str:
    """What an answer says, without what differs from one request to the next by itself."""
    body = answer.content.decode("utf-8", "replace")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|csrf[^ ]*|[0-9a-f-]{36}', "", body)
