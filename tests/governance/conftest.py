"""Casts for the tests of governance."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from datacards.models import User
from tests.factories import World, build_world, person
from tests.governance.asking import Ask, asker
from tests.governance.pages import Pages
from tests.watching import Watched


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One rich world for all tests of a module; each test's own changes are undone, and at the end the world is.

    In a module that says WATCHED it has schedules, and changes of every document.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world(watched=getattr(request.module, "WATCHED", False))
        transaction.set_rollback(True)


@pytest.fixture
def watched(world: World) -> Watched:
    """What a crawl operator sees of it, in a module that says WATCHED."""
    assert world.watched
    return world.watched


@pytest.fixture
def rita(db: None) -> User:
    """A reader, where there is no world."""
    return person("rita", "reader")


@pytest.fixture
def steward(world: World, db: None) -> Pages:
    """The steward's browser."""
    return Pages(world.steward)


@pytest.fixture
def reader(world: World, db: None) -> Pages:
    """The reader's browser."""
    return Pages(world.reader)


@pytest.fixture
def ask(world: World, db: None) -> Ask:
    """Asks the API as the steward."""
    return asker(world.steward)


@pytest.fixture
def reading(world: World, db: None) -> Ask:
    """Asks the API as a reader."""
    return asker(world.reader)


@pytest.fixture
def administering(world: World, db: None) -> Ask:
    """Asks the API as an admin."""
    return asker(world.admin)


@pytest.fixture
def web(world: World) -> str:
    """The API's address of a corpus that the steward owns."""
    return f"corpora/{world.blocked.pk}"
