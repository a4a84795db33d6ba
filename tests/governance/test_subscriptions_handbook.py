"""What docs/subscriptions.md tells the owners of receivers is so."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from governance import deliveries, subscriptions
from tests.factories import corpus, person
from tests.governance.telling import URL, changed
from tests.processes import PROJECT
from tests.receiving import Call, Hook, receiving

pytestmark = pytest.mark.django_db
HANDBOOK = (PROJECT / "docs" / "subscriptions.md").read_text()
Verified = Callable[[str, dict[str, str], bytes], bool]


@pytest.fixture(scope="module")
def verified() -> Verified:
    """The handbook's own receiver."""
    (code,) = re.findall(r"```python\n(.*?)```", HANDBOOK, re.DOTALL)
    assert len(code.strip().splitlines()) <= 12
    names: dict[str, Verified] = {}
    exec(code, names)
    return names["verified"]


@pytest.fixture
def told(settings: Settings, db: None) -> Iterator[tuple[str, Call]]:
    """A webhook's secret, and what it was sent of a change."""
    corpus(person("stella", "steward"), "harbour/web", {"news.example": 700})
    with receiving(Hook()) as hook:
        settings.CONSENTRY_CRAWL_LOOPBACK = hook.address
        _, secret = subscriptions.subscribe(person("rita", "reader"), way="webhook", url=URL)
        changed()
        deliveries.deliver()
        yield secret, hook.calls[0]


def test_the_receiver_in_the_handbook_verifies_what_is_sent(verified: Verified, told: tuple[str, Call]) -> None:
    secret, call = told
    assert verified(secret, call.headers, call.body)


def test_it_refuses_what_was_touched(verified: Verified, told: tuple[str, Call]) -> None:
    secret, call = told
    assert not verified(secret, call.headers, call.body.replace(b"news", b"evil"))
    assert not verified(secret, call.headers | {"webhook-id": "another"}, call.body)


def test_it_refuses_what_is_old(verified: Verified, told: tuple[str, Call]) -> None:
    secret, call = told
    old = str(int(call.headers["webhook-timestamp"]) - 400)
    assert not verified(secret, call.headers | {"webhook-timestamp": old}, call.body)


def test_it_verifies_by_either_secret_after_a_renewal(verified: Verified, told: tuple[str, Call]) -> None:
    secret, call = told
    two = f"v1,AAAA {call.headers['webhook-signature']}"
    assert verified(secret, call.headers | {"webhook-signature": two}, call.body)


def test_the_body_in_the_handbook_has_the_members_of_what_is_sent(told: tuple[str, Call]) -> None:
    (shown,) = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", HANDBOOK, re.DOTALL))
    sent = json.loads(told[1].body)
    assert (shown["type"], shown.keys(), shown["data"].keys()) == (sent["type"], sent.keys(), sent["data"].keys())
    for member in ("subscription", "before", "links"):
        assert shown["data"][member].keys() == sent["data"][member].keys()
    assert shown["data"]["corpora"][0].keys() == sent["data"]["corpora"][0].keys()


def test_every_header_is_in_the_handbook(told: tuple[str, Call]) -> None:
    sent = {name for name in told[1].headers if name.startswith("webhook-")}
    assert sent == set(re.findall(r"^\| `(webhook-\w+)`", HANDBOOK, re.MULTILINE))


def test_the_waits_in_the_handbook_are_those_between_attempts() -> None:
    waits = [deliveries.FIRST * 4**n for n in range(5)]
    assert [round(wait.total_seconds() / 60) for wait in waits] == [1, 4, 16, 64, 256]
    assert deliveries.LONGEST.total_seconds() == 6 * 3600
    assert "1, 4, 16, 64 and 256 minutes and then every 6 hours" in HANDBOOK
