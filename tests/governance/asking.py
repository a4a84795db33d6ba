"""How tests ask the API."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils.http import urlencode

from datacards.models import User

Ask = Callable[..., Any]
JSON = "application/json"


def asker(person: User) -> Ask:
    """Requests of a signed-in person to /api/v1/…, with a body as JSON."""
    client = Client()
    client.force_login(person)

    def ask(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any) -> Any:
        address = f"/api/v1/{path}{'?' + urlencode(query) if query else ''}"
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.generic(method, address, data, JSON if data else "", headers=headers or {})

    return ask


def all_pages(ask: Ask, path: str, **query: Any) -> list[Any]:
    """Every item of a list, page by page."""
    page = ask("GET", path, **query).json()
    found = page["items"]
    while page["next"]:
        page = ask("GET", path, **query, cursor=page["next"]).json()
        found += page["items"]
    return list(found)
