"""A transactional test leaves the database to the next test as the migrations made it."""

import pytest
from django.apps import apps

from tests.factories import build_world
from tests.quick import begin_again


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.django_db
def test_what_a_test_stored_is_gone_and_what_the_migrations_stored_is_there() -> None:
    shipped = rows()
    build_world(watched=True)
    assert rows() != shipped
    begin_again()
    assert rows() == shipped
    assert shipped["crawler.Agent"] > 0
    assert shipped["auth.Permission"] > 0
