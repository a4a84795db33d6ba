"""Personal tokens: shown once, kept as a digest, ended, limited by scope and rate, and never told."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from datacards.errors import BadInput, Conflict, Refused
from datacards.models import User
from governance import tokens
from governance.models import ApiToken
from tests.factories import person

pytestmark = pytest.mark.django_db


def soon(days: int = 1) -> datetime:
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def ada(db: None) -> User:
    return person("ada", "admin")


def ask(client: Client, secret: str, method: str = "get", path: str = "/api/v1/me", **more: Any) -> Any:
    return getattr(client, method)(path, headers={"Authorization": f"Bearer {secret}"}, **more)


def test_only_the_digest_of_a_token_is_kept(rita: User) -> None:
    token, secret = tokens.make(rita, name="laptop", scopes=["read"], ends_at=soon())
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert not any(secret in str(value) for value in ApiToken.objects.values_list().get())


def test_a_token_has_256_random_bits_and_a_prefix_that_scanners_find(rita: User) -> None:
    made = {tokens.make(rita, name="x", scopes=["read"], ends_at=soon())[1] for _ in range(3)}
    assert len(made) == 3
    assert all(secret.startswith("consentry_") and len(secret) == len("consentry_") + 43 for secret in made)


def test_a_token_acts_as_its_person(client: Client, rita: User) -> None:
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    assert ask(client, secret).json()["username"] == "rita"


def test_a_token_goes_before_a_session(client: Client, rita: User, ada: User) -> None:
    client.force_login(ada)
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    assert ask(client, secret).json()["username"] == "rita"


def test_a_token_opens_no_page(client: Client, rita: User) -> None:
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    assert ask(client, secret, path="/corpora/").status_code == 302


@pytest.mark.parametrize("secret", ["", "x", "consentry_" + "a" * 43, "\x00", "ü", "a b"])
def test_a_token_that_nobody_made_is_refused(client: Client, ada: User, secret: str) -> None:
    client.force_login(ada)
    answer = ask(client, secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_ended_token_is_refused(client: Client, rita: User) -> None:
    token, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    ApiToken.objects.filter(pk=token.pk).update(ends_at=timezone.now())
    assert ask(client, secret).status_code == 401


def test_a_revoked_token_is_refused_at_once(client: Client, rita: User) -> None:
    token, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    tokens.revoke(rita, token)
    assert ask(client, secret).status_code == 401


def test_the_token_of_a_closed_account_is_refused(client: Client, rita: User) -> None:
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert ask(client, secret).status_code == 401


def test_a_token_that_may_read_does_not_write(client: Client, rita: User) -> None:
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    answer = ask(client, secret, "post", "/api/v1/tokens", data="{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["scope"] == "write"


def test_a_token_that_may_write_does_not_administer(client: Client, ada: User) -> None:
    _, secret = tokens.make(ada, name="x", scopes=["write"], ends_at=soon())
    assert ask(client, secret, path="/api/v1/people").json()["scope"] == "admin"


def test_an_admins_token_with_the_scope_administers(client: Client, ada: User) -> None:
    _, secret = tokens.make(ada, name="x", scopes=["admin"], ends_at=soon())
    assert ask(client, secret, path="/api/v1/people").status_code == 200


def test_a_scope_gives_no_more_than_the_role(client: Client, rita: User) -> None:
    token, secret = tokens.make(rita, name="x", scopes=["write"], ends_at=soon())
    ApiToken.objects.filter(pk=token.pk).update(scopes=["admin"])
    assert ask(client, secret, path="/api/v1/people").status_code == 403


def test_only_an_admin_makes_a_token_that_administers(rita: User) -> None:
    with pytest.raises(Refused, match="Only an admin"):
        tokens.make(rita, name="x", scopes=["admin"], ends_at=soon())


@pytest.mark.parametrize("scopes", [[], ["read", "root"]])
def test_scopes_are_some_of_those_there_are(rita: User, scopes: list[str]) -> None:
    with pytest.raises(BadInput, match="scopes"):
        tokens.make(rita, name="x", scopes=scopes, ends_at=soon())


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_token_ends_within_a_year(rita: User, days: int) -> None:
    with pytest.raises(BadInput, match="ends_at"):
        tokens.make(rita, name="x", scopes=["read"], ends_at=soon(days))


def test_a_token_makes_none_that_may_do_more(rita: User) -> None:
    own, _ = tokens.make(rita, name="x", scopes=["read"], ends_at=soon(5))
    with pytest.raises(Refused, match="more than itself"):
        tokens.make(rita, name="y", scopes=["write"], ends_at=soon(), within=own)


def test_a_token_makes_none_that_lasts_longer(rita: User) -> None:
    own, _ = tokens.make(rita, name="x", scopes=["write"], ends_at=soon(5))
    with pytest.raises(Refused, match="longer than itself"):
        tokens.make(rita, name="y", scopes=["read"], ends_at=soon(6), within=own)


def test_nobody_revokes_the_token_of_another(client: Client, rita: User, ada: User) -> None:
    token, _ = tokens.make(ada, name="x", scopes=["read"], ends_at=soon())
    client.force_login(rita)
    assert client.delete(f"/api/v1/tokens/{token.pk}").status_code == 404
    with pytest.raises(Refused):
        tokens.revoke(rita, token)


def test_nobody_has_more_than_fifty_living_tokens(rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    for _ in range(2):
        tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    with pytest.raises(Conflict, match="revoke one"):
        tokens.make(rita, name="x", scopes=["read"], ends_at=soon())


def test_the_use_of_a_token_is_dated(client: Client, rita: User) -> None:
    token, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    before = timezone.now()
    ask(client, secret)
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_at >= before


def test_more_requests_than_the_rate_allows_are_put_off(client: Client, rita: User, settings: Any) -> None:
    settings.CONSENTRY_API_RATE = 3
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    statuses = [ask(client, secret).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_request_that_is_put_off_says_when_to_come_again(client: Client, rita: User, settings: Any) -> None:
    settings.CONSENTRY_API_RATE = 1
    _, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    answers = [ask(client, secret) for _ in range(2)]
    assert answers[1]["Retry-After"] == "60"


def test_the_rate_of_a_token_recovers_with_time(rita: User, settings: Any) -> None:
    settings.CONSENTRY_API_RATE = 2
    token, _ = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    assert [tokens.used(token) is None for _ in range(3)] == [True, True, False]
    ApiToken.objects.filter(pk=token.pk).update(paced_until=timezone.now() + timedelta(seconds=29))
    assert tokens.used(token) is None


def test_the_rate_of_one_token_is_not_that_of_another(client: Client, rita: User, settings: Any) -> None:
    settings.CONSENTRY_API_RATE = 1
    secrets = [tokens.make(rita, name="x", scopes=["read"], ends_at=soon())[1] for _ in range(2)]
    assert [ask(client, secret).status_code for secret in secrets] == [200, 200]


def test_a_token_is_never_logged(client: Client, rita: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token, secret = tokens.make(rita, name="x", scopes=["read"], ends_at=soon())
    ask(client, secret, "post", "/api/v1/tokens")
    ask(client, secret, path="/api/v1/nothing")
    tokens.revoke(rita, token)
    ask(client, secret)
    assert secret not in caplog.text
    assert token.digest not in caplog.text


def test_a_made_token_is_told_once(client: Client, rita: User) -> None:
    client.force_login(rita)
    body = {"name": "x", "scopes": ["read"], "ends_at": soon().isoformat()}
    answer = client.post("/api/v1/tokens", body, content_type="application/json")
    secret = answer.json()["secret"]
    assert answer["Cache-Control"] == "no-store"
    listed = client.get("/api/v1/tokens").content.decode()
    assert ask(Client(), secret).status_code == 200
    assert secret not in listed
    assert "digest" not in listed
