"""What is made again for each test, or is slow on purpose, and what the tests do instead."""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware

from crawler import registry
from governance.models import Policy, PolicyVersion
from governance.seeds import add_shipped_policy

HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
KEPT = {"django_content_type", "auth_permission"}  # as the migrations made them; no test writes them


def hurry() -> None:
    """Once per process, before its first test."""
    settings.PASSWORD_HASHERS = [HASHER, *settings.PASSWORD_HASHERS]
    TransactionTestCase._fixture_teardown = begin_again
    WhiteNoiseMiddleware.add_files_from_finders = _once(WhiteNoiseMiddleware.add_files_from_finders)


def begin_again(_: TransactionTestCase | None = None) -> None:
    """Leave the database as the migrations made it, so that any test may come next.

    Django's `flush` truncates every table, and takes over half a second for that: most are empty.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at when it ends
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in sorted(tables)))
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')
    add_shipped_policy(Policy, PolicyVersion)
    registry.load()


def _once(look: Any) -> Any:
    """Every test client has a middleware of its own, which would look through all static files again."""
    found: dict[str, Any] = {}

    def looked(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            look(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    return looked
