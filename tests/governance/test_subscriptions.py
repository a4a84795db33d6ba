"""Subscriptions: what they name, that rights are asked again, and that each change is told once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from crawler import settling
from crawler.models import ChangeStanding
from datacards.errors import BadInput, Conflict
from datacards.models import Corpus, User
from governance import deliveries, subscriptions
from governance.subscription_models import Delivery, Message, MessageState, Subscription
from tests.conftest import address
from tests.factories import corpus, person
from tests.governance.telling import asked, changed, hasten, noted, told
from tests.governance.test_schedules import at_once
from tests.processes import Program, until
from tests.receiving import Hook, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def stella(db: None) -> User:
    return person("stella", "steward", email="stella@harbour.example")


@pytest.fixture
def rita(db: None) -> User:
    return person("rita", "reader")


@pytest.fixture
def web(stella: User) -> Corpus:
    return corpus(stella, "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    with receiving(Hook()) as listening:
        settings.CONSENTRY_CRAWL_LOOPBACK = listening.address
        yield listening


# --- the thin path -----------------------------------------------------------------------------------------


def test_a_change_that_settles_is_told_to_who_asked(web: Corpus, rita: User, hook: Hook) -> None:
    asked(rita, name="all")
    now = timezone.now()
    changed(standing="settling", settles_at=now + timedelta(hours=24))
    assert deliveries.deliver() == 0
    settling.settle(now + timedelta(hours=25))
    deliveries.match(now + timedelta(hours=25))
    deliveries.bundle()
    deliveries.send()
    assert told() == [("all", "delivered")]
    assert len(hook.calls) == 1
