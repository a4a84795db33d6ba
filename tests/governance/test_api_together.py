"""What holds when several requests come at the same moment, each in a thread and a transaction of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from datacards.models import CardVersion, Run, User
from governance import tokens
from tests.factories import corpus, person, run

pytestmark = pytest.mark.django_db(transaction=True)
Answer = TypeVar("Answer")
THREADS = 6


def at_once(act: Callable[[int], Answer]) -> list[Answer]:
    """What the act gives in each of several threads that begin together."""
    start = Barrier(THREADS)

    def one(number: int) -> Answer:
        start.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


@pytest.fixture
def stella() -> User:
    return person("stella", "steward")


@pytest.fixture
def bearer(stella: User) -> dict[str, str]:
    ends_at = timezone.now() + timedelta(days=1)
    return {"Authorization": f"Bearer {tokens.make(stella, name='x', scopes=['write'], ends_at=ends_at)[1]}"}


def test_the_same_key_at_the_same_moment_starts_one_run(stella: User, bearer: dict[str, str]) -> None:
    failed = run("register", "failed", stella)
    headers = bearer | {"Idempotency-Key": "abc"}
    address = f"/api/v1/runs/{failed.pk}/retry"
    answers = at_once(lambda _: Client().generic("POST", address, headers=headers))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Run.objects.filter(retry_of=failed).count() == 1


def test_of_those_who_save_a_card_at_the_same_moment_one_wins(stella: User, bearer: dict[str, str]) -> None:
    web = corpus(stella, "harbour/web")
    headers = bearer | {"If-Match": '"card-0"'}

    def save(number: int) -> int:
        values = {"overview.summary": f"Summary {number}"}
        address = f"/api/v1/corpora/{web.pk}/card"
        return Client().patch(address, {"values": values}, "application/json", headers=headers).status_code

    assert Counter(at_once(save)) == {200: 1, 412: THREADS - 1}
    assert CardVersion.objects.count() == 1


def test_the_rate_of_a_token_is_kept_across_threads(bearer: dict[str, str], settings: Any) -> None:
    settings.CONSENTRY_API_RATE = 10
    statuses = at_once(lambda _: [Client().get("/api/v1/me", headers=bearer).status_code for _ in range(4)])
    assert Counter(status for each in statuses for status in each) == {200: 10, 429: 14}
