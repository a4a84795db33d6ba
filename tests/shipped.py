"""What the migrations put into a new database, and the way back to it."""

from django.db import connection, transaction
from django.test import TransactionTestCase

from crawler import registry
from governance.models import Policy, PolicyVersion
from governance.seeds import add_shipped_policy

KEPT = {"django_content_type", "auth_permission"}  # as the migrations made them; no test writes them


def put_back() -> None:
    """Store the shipped policy and agents where they are missing."""
    add_shipped_policy(Policy, PolicyVersion)
    registry.load()


def begin_again(_: TransactionTestCase | None = None) -> None:
    """Leave what the migrations leave.

    Instead of Django's `flush`, which truncates every table, and takes over half a second for that: most are empty.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at when it ends
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in sorted(tables)))
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')
    put_back()
