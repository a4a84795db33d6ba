"""Addresses that work outside of the pages: in mails, feeds and webhooks."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(route: str, *args: Any) -> str:
    """The whole address of a route, under the address that people use (CONSENTRY_URL)."""
    return f"{settings.CONSENTRY_URL}{reverse(route, args=args)}"
