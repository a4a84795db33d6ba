"""What the tests of pages share: a reader of pages, and every page's address."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from datacards.models import User
from tests.factories import World
from tests.watching import Watched


class Pages:
    """Somebody's browser without JavaScript."""

    def __init__(self, person: User | None) -> None:
        self.client = Client()
        if person:
            self.client.force_login(person)

    def get(self, name: str, /, *args: object, **query: str) -> Any:
        """A page by its route."""
        return self.client.get(reverse(name, args=args), query)

    def post(self, name: str, /, *args: object, **form: object) -> Any:
        """Send a form; `follow` is always off, so that the redirect is seen."""
        return self.client.post(reverse(name, args=args), form)

    def text(self, name: str, /, *args: object, **query: str) -> str:
        """What a reader sees of a page: no tags, single spaces."""
        return words(self.get(name, *args, **query))

    def queries(self, path: str) -> int:
        """How many queries a page takes, those of the session included."""
        with CaptureQueriesContext(connection) as seen:
            assert self.client.get(path).status_code == 200
        return len(seen)


def words(response: Any) -> str:
    """The text of a page."""
    body = re.sub(r"(?s)<(script|style|title|head)\b.*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def every_page(world: World) -> Iterator[tuple[str, str]]:
    """Name and address of every page that a steward of the world's corpora may see."""
    corpus, decision = world.blocked.pk, world.decision.pk if world.decision else None
    for name in ("home", "corpora", "corpus-register", "runs", "policies", "report", "tokens", "terms"):
        yield name, reverse(name)
    tabs = ("consent", "audits", "lineage", "access", "exchange", "history")
    for tab in ("corpus", *(f"corpus-{tab}" for tab in tabs)):
        yield tab, reverse(tab, args=[corpus])
    for name in ("corpus-card-versions", "corpus-card-compare", "corpus-card-field"):
        yield name, reverse(name, args=[corpus])
    yield "corpus-card-field of one", reverse("corpus-card-field", args=[corpus]) + "?path=quality.known_limits"
    yield "corpus measured by a profile", reverse("corpus", args=[corpus]) + "?profile=huggingface"
    yield "exchange diff", reverse("corpus-export-diff", args=[corpus, "huggingface"])
    yield "corpus undecided", reverse("corpus", args=[world.undecided.pk])
    for name in ("corpus-consent-report", "corpus-takedown"):
        yield name, reverse(name, args=[corpus])
        yield f"{name} unasked", reverse(name, args=[world.undecided.pk])
    yield "consent unasked", reverse("corpus-consent", args=[world.undecided.pk])
    yield "lineage with parents", reverse("corpus-lineage", args=[world.derived.pk])
    yield "lineage", reverse("lineage")
    yield "lineage around one", f"{reverse('lineage')}?focus={world.derived.latest_id}"
    for state in ("running", "failed", "pending"):
        yield f"run {state}", reverse("run", args=[world.runs[state].pk])
    yield "policy", reverse("policy", args=["open-release"])
    yield "domain", reverse("domain", args=["news.example"])
    yield "domain unreachable", reverse("domain", args=["gone.example"])
    yield "domain-terms", reverse("domain-terms", args=["news.example"])
    yield "domain-terms none", reverse("domain-terms", args=["gone.example"])
    yield "change", reverse("change", args=[world.change.pk])
    for name in ("changes", "crawls", "schedule-add", "group-add", "subscriptions"):
        yield name, reverse(name)
    if world.watched:
        yield from pages_of_watching(world.watched)
    for name in ("datasets", "dataset-parents", "licences"):
        yield name, reverse(name)
    assert world.dataset
    yield "dataset", reverse("dataset", args=[world.dataset.pk])
    yield "licence", reverse("licence", args=["CC-BY-NC-4.0"])
    yield "parents resolved", reverse("dataset-parents") + "?state=resolved"
    yield "decision", reverse("decision", args=[decision])
    yield "decision-report", reverse("decision-report", args=[decision])
    yield "api", reverse("api:docs")


def pages_of_watching(watched: Watched) -> Iterator[tuple[str, str]]:
    """The pages of crawl operators on single records."""
    for document, change in watched.changes.items():
        yield f"change of {document}", reverse("change", args=[change.pk])
    yield "schedule", reverse("schedule", args=[watched.schedule.pk])
    yield "schedule paused", reverse("schedule", args=[watched.paused.pk])
    yield "group", reverse("group", args=[watched.group.pk])
    for way, subscription in watched.subscriptions.items():
        yield f"subscription by {way}", reverse("subscription", args=[subscription.pk])
    yield "subscriptions filled in", reverse("subscriptions") + "?way=webhook&agent=GPTBot&domain=news.example"
