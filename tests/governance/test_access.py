"""The guard: default-deny, told at start, and one kind of refusal for each kind of asker."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import checks
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from datacards.models import Role, User
from governance import access
from governance.access import Audience, readable_domains, routes
from governance.urls import urlpatterns as real
from tests.factories import World, person

pytestmark = pytest.mark.django_db


def answered(request: HttpRequest) -> HttpResponse:
    return HttpResponse("forgotten")


urlpatterns = [*real, path("forgotten/", answered, name="forgotten"), path("nameless/", answered)]
with_forgotten = override_settings(ROOT_URLCONF=__name__)


@with_forgotten
def test_a_route_that_nobody_declared_is_refused_even_to_an_admin(client: Client) -> None:
    client.force_login(person("ada", "admin"))
    assert client.get("/forgotten/").status_code == 403


@with_forgotten
def test_a_route_without_a_name_is_refused(client: Client) -> None:
    client.force_login(person("ada", "admin"))
    assert client.get("/nameless/").status_code == 403


@with_forgotten
def test_a_route_that_nobody_declared_is_told_at_start() -> None:
    found = [each for each in checks.run_checks(tags=["consentry"]) if each.id == "consentry.E008"]
    assert len(found) == 2
    assert "forgotten" in found[0].msg


def test_no_route_of_the_product_is_told_at_start() -> None:
    assert access.every_route_has_an_audience() == []


def test_every_operation_of_the_api_is_a_route_of_its_own() -> None:
    named = [route.name for route in routes() if route.name.startswith("api:") and route.name != "api:nothing"]
    assert len(named) == len(set(named))
    assert "api:register_corpus" in named


@pytest.mark.parametrize(
    ("audience", "roles"),
    [
        (Audience.OUTSIDER, {"outsider", "reader", "steward", "approver", "admin"}),
        (Audience.READER, {"reader", "steward", "approver", "admin"}),
        (Audience.STEWARD, {"steward", "admin"}),
        (Audience.APPROVER, {"approver", "admin"}),
        (Audience.REVIEWER, {"steward", "approver", "admin"}),
        (Audience.ADMIN, {"admin"}),
    ],
)
def test_an_audience_admits_its_roles_and_no_other(audience: Audience, roles: set[str]) -> None:
    assert {role for role in Role.values if audience.admits(User(role=role))} == roles
    assert not audience.admits(AnonymousUser())


@pytest.mark.parametrize("audience", [each for each in Audience if each is not Audience.ANONYMOUS])
def test_a_closed_account_belongs_to_no_audience(audience: Audience) -> None:
    assert not audience.admits(User(role="admin", is_active=False))


def test_a_refusal_says_who_may(client: Client) -> None:
    client.force_login(person("rita", "reader"))
    assert "stewards" in client.get("/corpora/register/").content.decode()


def test_the_way_back_is_kept_for_a_page_and_not_for_a_form(client: Client) -> None:
    assert client.get("/corpora/?q=x")["Location"] == "/sign-in/?next=/corpora/%3Fq%3Dx"
    assert client.post("/corpora/register/")["Location"] == "/sign-in/"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    assert client.get("/corpora/", headers={"HX-Request": "true"})["HX-Redirect"] == "/sign-in/"


def test_a_refused_request_never_reaches_its_view(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(person("rita", "reader"))
    monkeypatch.setattr("governance.acts.add_person", lambda *_, **__: pytest.fail("the view was asked"))
    assert (
        client.post("/people/", {"username": "eve", "password": "long enough it is", "role": "admin"}).status_code
        == 403
    )


def test_the_admin_site_is_for_admins_whatever_djangos_staff_flag_says(client: Client) -> None:
    client.force_login(person("stella", "steward", is_staff=True, is_superuser=True))
    assert client.get("/admin/").status_code == 403


def test_an_admin_looks_at_records_and_does_not_change_them(client: Client, world: World) -> None:
    client.force_login(world.admin)
    page = client.get(f"/admin/datacards/corpus/{world.blocked.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert client.post(f"/admin/datacards/corpus/{world.blocked.pk}/delete/").status_code == 403


def test_the_last_admins_account_cannot_be_closed(client: Client, world: World) -> None:
    ada = world.admin
    client.force_login(ada)
    page = client.post(f"/admin/datacards/user/{ada.pk}/change/", {"first_name": "", "last_name": "", "email": ""})
    assert "last admin" in page.content.decode()
    ada.refresh_from_db()
    assert ada.is_active


def test_a_domain_of_a_hidden_corpus_alone_is_hidden(world: World) -> None:
    names: Any = readable_domains(world.reader).values_list("name", flat=True)
    assert "wiki.example" in names
    assert "secret.example" not in names
