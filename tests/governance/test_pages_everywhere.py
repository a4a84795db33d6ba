"""What holds on every page: headers, query counts, the words of errors, and silence about what one may not read."""

import pytest
from django.test import Client
from django.urls import reverse

from datacards.models import User
from tests.factories import PASSWORD, World
from tests.governance.pages import Pages, every_page, words

pytestmark = pytest.mark.django_db
WATCHED = True


def test_every_page_opens_for_the_steward_with_at_most_15_queries(world: World, steward: Pages) -> None:
    counts = {name: steward.queries(path) for name, path in every_page(world)}
    assert {name: count for name, count in counts.items() if count > 15} == {}


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(world: World, steward: Pages) -> None:
    for name, path in every_page(world):
        body = steward.client.get(path).content.decode()
        assert "<style" not in body, name
        assert " style=" not in body, name
        assert " onclick=" not in body, name
        assert "<script>" not in body, name


def test_pages_allow_nothing_foreign_and_nothing_inline(steward: Pages) -> None:
    policy = steward.get("home")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_anonymous_visitors_see_the_sign_in_page_and_nothing_else(world: World) -> None:
    for _, path in (each for each in every_page(world) if each[0] != "api"):
        response = Client().get(path)
        assert (response.status_code, response.content) == (302, b"")
        assert response["Location"].startswith(reverse("sign-in"))


def test_after_signing_in_one_is_where_one_wanted_to_go(world: World) -> None:
    client = Client()
    form = {"username": "rita", "password": PASSWORD, "next": "/runs/"}
    assert client.post(reverse("sign-in"), form)["Location"] == "/runs/"


def test_signing_in_never_leads_to_another_site(world: World) -> None:
    form = {"username": "rita", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(reverse("sign-in"), form)["Location"] == reverse("home")


def test_a_wrong_password_is_told_without_saying_whether_the_name_exists(world: World) -> None:
    told = [
        words(Client().post(reverse("sign-in"), {"username": name, "password": "wrong"})) for name in ("rita", "nobody")
    ]
    assert "do not fit together" in told[0]
    assert told[0] == told[1]


def test_no_page_of_a_reader_names_a_corpus_hidden_from_them(world: World, reader: Pages) -> None:
    for path in (path for _, path in every_page(world) if "register" not in path):
        body = reader.client.get(path).content.decode()
        assert "unreleased" not in body
        assert "secret.example" not in body


def test_what_one_may_not_read_looks_like_what_does_not_exist(world: World, reader: Pages) -> None:
    hidden = reader.get("corpus", world.hidden.pk)
    missing = reader.get("corpus", "00000000-0000-4000-8000-000000000000")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert words(hidden) == words(missing)


def test_the_site_of_a_hidden_corpus_is_not_found(world: World, reader: Pages) -> None:
    assert reader.get("domain", "secret.example").status_code == 404
    assert reader.get("domain", "news.example").status_code == 200


def test_an_outsider_with_a_grant_sees_that_corpus_and_public_ones_only(world: World) -> None:
    seen = Pages(world.outsider).text("corpora")
    assert "harbour/web-2026 " in seen
    assert "harbour/encyclopedia" in seen
    assert "forum-dump" not in seen


def test_a_page_that_is_not_ones_role_says_whose_it_is(reader: Pages) -> None:
    response = reader.get("corpus-register")
    assert response.status_code == 403
    assert "This is for stewards" in words(response)


def test_a_damaged_address_is_told_in_one_sentence(steward: Pages) -> None:
    response = steward.get("corpora", at="garbage")
    assert response.status_code == 400
    assert "begin at the list's first page" in words(response)


def test_an_unknown_address_has_the_products_look(steward: Pages) -> None:
    response = steward.client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in words(response)
    assert b"consentry.css" in response.content


def test_a_form_without_its_secret_is_refused_in_words(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.steward)
    response = client.post(reverse("corpus-describe", args=[world.blocked.pk]), {"title": "x"})
    assert response.status_code == 403
    assert "Open its page again" in words(response)


def test_a_bug_is_told_without_a_stack_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("the password is hunter2")

    client = Client(raise_request_exception=False)
    client.force_login(world.steward)
    monkeypatch.setattr("governance.views.home._once", broken)
    response = client.get("/")
    assert response.status_code == 500
    assert "Consentry made a mistake" in words(response)
    assert b"hunter2" not in response.content


def test_a_closed_account_cannot_sign_in(world: World) -> None:
    User.objects.filter(username="rita").update(is_active=False)
    assert Client().post(reverse("sign-in"), {"username": "rita", "password": PASSWORD}).status_code == 200
