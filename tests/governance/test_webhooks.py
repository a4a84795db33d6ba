"""Webhooks: signed as Standard Webhooks says, sent to public addresses alone, and never trusting a receiver."""

import base64
import hashlib
import hmac
import json
import logging
import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from crawler.models import ConsentChange
from datacards.errors import BadInput, Conflict
from datacards.models import Corpus, User
from governance import deliveries, sealing, signing, subscriptions, webhooks
from governance.subscription_models import Message, Subscription
from tests.factories import corpus, person
from tests.governance.telling import URL, asked, changed
from tests.receiving import Call, Hook, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(db: None) -> Corpus:
    return corpus(person("stella", "steward"), "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    with receiving(Hook()) as listening:
        settings.CONSENTRY_CRAWL_LOOPBACK = listening.address
        yield listening


@pytest.fixture
def secret(web: Corpus, rita: User, hook: Hook) -> str:
    """The secret of a webhook that waits for changes."""
    return subscriptions.subscribe(rita, way="webhook", url=URL, name="mine")[1]


def called(hook: Hook) -> Call:
    """The one call that a change leads to."""
    changed()
    deliveries.deliver()
    (call,) = hook.calls
    return call


def failed() -> str:
    """What a failed message says."""
    changed()
    deliveries.deliver()
    return Message.objects.get().sentence


# --- signatures --------------------------------------------------------------------------------------------


def test_a_call_passes_the_check_of_another_implementation(secret: str, hook: Hook) -> None:
    call = called(hook)
    assert Webhook(secret).verify(call.body, call.headers)["type"] == "consent.changed"


def test_a_body_that_was_touched_does_not_pass(secret: str, hook: Hook) -> None:
    call = called(hook)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(call.body.replace(b"news.example", b"evil.example"), call.headers)


def test_the_signature_is_the_hmac_of_id_second_and_body(secret: str, hook: Hook) -> None:
    call = called(hook)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = ".".join((call.headers["webhook-id"], call.headers["webhook-timestamp"], call.body.decode()))
    mac = hmac.new(key, said.encode(), hashlib.sha256).digest()
    assert call.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60


def test_the_signature_is_that_of_the_schemes_own_example() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_receiver_sees_the_address_that_was_given(secret: str, hook: Hook) -> None:
    call = called(hook)
    assert (call.path, call.headers["host"]) == ("/consent?team=7", "hook.example")
    assert call.headers["content-type"] == "application/json"


# --- secrets -----------------------------------------------------------------------------------------------


def test_a_secret_has_256_random_bits() -> None:
    made = {signing.new_secret() for _ in range(3)}
    assert len(made) == 3
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in made} == {32}


def test_a_secret_is_kept_encrypted(secret: str) -> None:
    kept = Subscription.objects.values().get()
    assert not any(secret in str(value) for value in kept.values())
    assert sealing.unseal(kept["secret"], timezone.now()) == [secret]


def test_for_a_day_a_renewed_webhook_is_signed_with_both_secrets(secret: str, hook: Hook) -> None:
    fresh = subscriptions.renew(Subscription.objects.get())
    call = called(hook)
    for each in (secret, fresh):
        assert Webhook(each).verify(call.body, call.headers)


def test_a_day_later_the_old_secret_has_ended(secret: str) -> None:
    fresh, tomorrow = subscriptions.renew(Subscription.objects.get()), timezone.now() + timedelta(hours=25)
    assert sealing.unseal(Subscription.objects.get().secret, tomorrow) == [fresh]


def test_a_secret_that_was_renewed_twice_is_gone(secret: str) -> None:
    first = subscriptions.renew(Subscription.objects.get())
    second = subscriptions.renew(Subscription.objects.get())
    assert sealing.unseal(Subscription.objects.get().secret, timezone.now()) == [second, first]


def test_a_mail_has_no_secret_to_renew(web: Corpus, rita: User) -> None:
    with pytest.raises(Conflict):
        subscriptions.renew(asked(rita, way="feed"))


def test_a_secret_outlives_a_change_of_the_installations_key(secret: str, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    assert sealing.unseal(Subscription.objects.get().secret, timezone.now()) == [secret]


def test_a_secret_of_another_installation_pauses_and_says_what_to_do(
    secret: str, hook: Hook, settings: Settings
) -> None:
    settings.SECRET_KEY = "another" * 9
    assert "give it a new one" in failed()
    assert (hook.calls, Subscription.objects.get().active) == ([], False)


# --- what is told ------------------------------------------------------------------------------------------


def test_the_body_has_the_change_both_snapshots_and_what_it_touches(secret: str, hook: Hook, web: Corpus) -> None:
    call, change = called(hook), ConsentChange.objects.get()
    said = json.loads(call.body)["data"]
    assert (said["change"], said["domain"], said["direction"]) == (str(change.pk), "news.example", "tightened")
    assert said["events"] == change.changes
    assert (said["before"]["id"], said["after"]["id"]) == (str(change.before_id), str(change.after_id))
    assert said["corpora"] == [{"id": str(web.pk), "name": "harbour/web", "tokens": 700, "share": 0.7}]
    assert said["links"]["page"].endswith(f"/changes/{change.pk}/")


# --- where to ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/", "ftp://hook.example/", "//hook.example/", "hook.example", "", "https://",
        "https://user:word@hook.example/", "https://hook.example:8443/", "https://hook.example:x/",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.7/", "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.7]/", "https://hook.example/a b", "https://hook.example/\nx", "https://h\u00fcte.example/",
        "https://hook.example/" + "a" * 2000,
    ],
)  # fmt: skip
def test_only_public_https_addresses_can_be_given(web: Corpus, rita: User, url: str) -> None:
    with pytest.raises(BadInput, match=r"^url: "):
        subscriptions.subscribe(rita, way="webhook", url=url)


def test_a_name_that_leads_inside_is_not_connected_to(
    web: Corpus, rita: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(rita)
    settings.CONSENTRY_CRAWL_LOOPBACK = None
    with socket.create_server(("127.0.0.1", 0)) as listening:
        inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", listening.getsockname()[1]))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [inside])
        assert failed() == "The receiver's name leads to an address that is not public."
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])
def test_no_private_address_is_connected_to(
    web: Corpus, rita: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    asked(rita)
    settings.CONSENTRY_CRAWL_LOOPBACK = None
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = (address, 443, 0, 0) if ":" in address else (address, 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", place)])
    assert failed() == "The receiver's name leads to an address that is not public."


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(secret: str, hook: Hook, status: int) -> None:
    hook.answer, hook.headers = lambda call: status, {"Location": f"http://{hook.address}/elsewhere"}
    assert failed() == "The receiver answers with a redirect, which is not followed; give the final address."
    assert [call.path for call in hook.calls] == ["/consent?team=7"]


# --- receivers ---------------------------------------------------------------------------------------------


def test_a_receiver_that_takes_too_long_is_left(secret: str, hook: Hook, settings: Settings) -> None:
    settings.CONSENTRY_WEBHOOK_TIMEOUT = 1
    hook.answer = lambda call: time.sleep(4) or 204
    began = time.monotonic()
    assert failed() == "The receiver did not answer within 1 s."
    assert time.monotonic() - began < 3.5


def test_an_answer_is_read_no_further_than_a_little(secret: str, hook: Hook) -> None:
    hook.answer, hook.told = lambda call: 200, b"x" * 50_000_000
    began = time.monotonic()
    called(hook)
    assert Message.objects.get().state == "delivered"
    assert time.monotonic() - began < 5


def test_what_arrived_counts_also_where_the_answer_is_broken_off(secret: str, hook: Hook) -> None:
    hook.answer, hook.told, hook.headers = lambda call: 200, b"{", {"Content-Length": "100"}
    called(hook)
    assert Message.objects.get().state == "delivered"


def test_nothing_of_an_answer_is_kept_but_its_status(secret: str, hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    hook.answer, hook.told, hook.headers = lambda call: 500, b"MARKED", {"X-Told": "MARKED", "Set-Cookie": "a=MARKED"}
    with caplog.at_level(logging.DEBUG):
        failed()
    assert "MARKED" not in caplog.text
    assert not any("MARKED" in str(row) for row in (*Message.objects.values(), *Subscription.objects.values()))
    assert Message.objects.get().http_status == 500


def test_a_receiver_that_hangs_up_is_told_by_kind(secret: str, hook: Hook) -> None:
    def vanish(call: Call) -> int:
        raise ConnectionError

    hook.answer = vanish
    assert failed().startswith("The receiver cannot be reached (")


def test_a_receiver_that_is_not_there_is_told_by_kind(secret: str, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CONSENTRY_CRAWL_LOOPBACK = f"127.0.0.1:{closed.getsockname()[1]}"
    assert failed().startswith("The receiver cannot be reached (")


def test_the_secret_and_the_address_are_in_no_log(secret: str, hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    hook.answer = lambda call: 500
    with caplog.at_level(logging.DEBUG):
        failed()
    assert secret not in caplog.text
    assert "team=7" not in caplog.text


def test_a_mistake_of_ours_is_logged_and_tried_again(
    secret: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("broken")

    monkeypatch.setattr(webhooks, "body_of", broken)
    said = failed()
    assert said.startswith("Consentry made a mistake here; its log has it as ")
    assert said.split()[-1].rstrip(".") in caplog.text
    assert Message.objects.get().state == "waiting"
