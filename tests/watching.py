"""What is watched in the world of tests: documents kept as a crawl keeps them, schedules, a group, hosts in trouble.

watched = watch(world.steward, world.blocked, world.runs["crawl"])
watched.changes["terms"], watched.schedule, watched.group …
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from crawler import registry, store
from crawler.agents import Roll
from crawler.channels import read_signals
from crawler.documents import Document
from crawler.keeping import Keeper
from crawler.models import ChangeStanding, ConsentChange, DomainGroup, HostHealth, Schedule
from crawler.robots import parse
from crawler.states import SPEAKING, document_state
from crawler.store import FOLDER
from crawler.warc import Exchange, writing
from crawler.wire import Fetch
from datacards.models import Corpus, Domain, Run, User
from governance import sealing
from governance.subscription_models import Delivery, Message, MessageState, Subscription

HOST = "www.daily.example"
TERMS = (
    "<html><body><main><h1>Terms of use</h1><p>Welcome to our service. You may read our articles at home, and show "
    "them to your friends and family.</p>{}<p>We may change these terms at any time, and tell you so on this page. "
    "The law of the land in which we live applies to all that is written here.</p></main></body></html>"
)
BAN = "<p>You must not use any robot, spider or scraper to collect content from this site.</p>"
OPEN, CLOSED = '<permits type="usage">all</permits>', '<prohibits type="usage">ai-train</prohibits>'
RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>{}</license></content></rsl>'
# Document → its body before and after; of the home page what counts are its headers.
SAID: Mapping[Document, tuple[str, str]] = {
    Document.HOME: ("<p>Hello", "<p>Hello"),
    Document.TDMREP: ('[{"location": "/", "tdm-reservation": 0}]', '[{"location": "/", "tdm-reservation": 1}]'),
    Document.AI_TXT: ("User-Agent: *\nAllow: /\n", "User-Agent: *\nDisallow: *.jpg\nDisallow: *.png\n"),
    Document.RSL: (RSL.format(OPEN), RSL.format(CLOSED)),
    Document.TERMS: (TERMS.format(""), TERMS.format(BAN)),
}  # fmt: skip
HEADERS: tuple[dict[str, str], dict[str, str]] = (
    {"content-type": "text/html"}, {"content-type": "text/html", "content-signal": "search=yes, ai-train=no"}
)  # fmt: skip
OUTCOMES: Mapping[str, dict[str, Any]] = {
    "delivered": {"http_status": 204},
    "given-up": {"http_status": 500, "sentence": "The receiver answers with status 500."},
    "dropped": {"sentence": "Nothing in it is yours to be told any more."},
}
ARGUMENTS = {Document.TDMREP: "tdmrep", Document.AI_TXT: "ai_txt", Document.LLMS_TXT: "llms_txt", Document.RSL: "rsl"}


@dataclass
class Watched:
    """Rows for the pages of crawl operators."""

    schedule: Schedule
    paused: Schedule
    group: DomainGroup
    changes: dict[str, ConsentChange] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)


def keep(
    of: Domain, document: Document, body: str, at: datetime, headers: Mapping[str, str] | None = None, status: int = 200
) -> ConsentChange | None:
    """Keep a fetch of a document as a crawl does, its bytes in the store; returns the change that it shows."""
    roll = Roll.of(registry.active())
    fetch = _fetch(of, document, body.encode(), at, dict(headers or {}), status, roll)
    keeper = Keeper(roll, store.configured())
    rows = [(of.pk, fetch)]
    (snapshot,) = keeper.keep(rows, keeper.read(rows))
    return ConsentChange.objects.filter(after=snapshot).first()


def _fetch(
    of: Domain, document: Document, body: bytes, at: datetime, headers: dict[str, str], status: int, roll: Roll
) -> Fetch:
    exchange = Exchange(f"https://{of.name}/{document}", at, status, tuple(headers.items()), body)
    with writing(
        Path(str(settings.CONSENTRY_STORE)) / FOLDER, f"watching-{uuid.uuid4().hex}", "consentry-tests"
    ) as warc:
        place = warc.response(exchange)
    state = document_state(document, status, body)
    speaks = state in SPEAKING
    signals = _signals(document, body, headers, exchange.url) if speaks else []
    return Fetch(
        document, state, at, status, exchange.url, digest=exchange.digest if speaks else "", size=len(body),
        fresh=speaks, warc_file=place.file, warc_offset=place.offset, headers=headers,
        letters=roll.letters(parse(body)) if speaks and document == Document.ROBOTS else "",
        signals=tuple(signal.as_dict() for signal in signals),
    )  # fmt: skip


def _signals(document: Document, body: bytes, headers: dict[str, str], url: str) -> list[Any]:
    if document == Document.HOME:
        return read_signals(headers=headers, html=body, url=url)
    told: dict[str, Any] = {ARGUMENTS[document]: body} if document in ARGUMENTS else {}
    return read_signals(**told) if told else []


def watch(steward: User, corpus: Corpus, crawl: Run) -> Watched:
    """A site that changed every document, schedules active and paused, and a host that fails."""
    now = timezone.now()
    group = DomainGroup.objects.create(name="News sites", owner=steward)
    group.domains.set(Domain.objects.filter(name__in=["news.example", HOST]))
    asked: dict[str, Any] = {"corpus": corpus, "last_run": crawl, "last_at": now - timedelta(hours=3)}
    watched = Watched(_schedule(steward, now, **asked), _schedule(steward, now, group=group), group)
    watched.paused.active, watched.paused.sentence = False, "The group holds no domain that its owner may know of."
    watched.paused.save()
    for document, (before, after) in SAID.items():
        watched.changes[document.value] = _changed(document, before, after, now)
    ConsentChange.objects.filter(pk=watched.changes["ai.txt"].pk).update(standing=ChangeStanding.RETURNED)
    HostHealth.objects.create(
        domain=Domain.objects.get(name="gone.example"), failures=4, since=now - timedelta(days=2),
        last_at=now - timedelta(hours=3), last_error="The name does not resolve.", next_try_at=now + timedelta(hours=5),
    )  # fmt: skip
    watched.subscriptions = _subscribe(steward, corpus, list(watched.changes.values()))
    return watched


def _subscribe(by: User, corpus: Corpus, changes: list[ConsentChange]) -> dict[str, Subscription]:
    """A subscription of each way; the webhook has a message of every state, the mail was ended."""
    shared: dict[str, Any] = {"person": by, "since": timezone.now() - timedelta(days=9)}
    hook = Subscription.objects.create(
        **shared, way="webhook", name="Our own service", corpus=corpus, agent="GPTBot", secret=sealing.seal("whsec_"),
        url="https://hooks.harbour.example/a-rather-long-path/that-has-no-place/to-break-a-line?team=7",
    )  # fmt: skip
    for n, state in enumerate(MessageState.values):
        ended = timezone.now() if state in ("delivered", "given-up", "dropped") else None
        message = Message.objects.create(
            subscription=hook, state=state, attempts=n, ended_at=ended, **OUTCOMES.get(state, {})
        )
        Delivery.objects.create(subscription=hook, change=changes[n], message=message)
    ended_by_mail = {"active": False, "sentence": "Ended by the link in a mail."}
    made = {
        "feed": Subscription.objects.create(**shared, way="feed", name="All changes", made_at=shared["since"]),
        "email": Subscription.objects.create(
            **shared, way="email", name="News of the daily", domain=Domain.objects.get(name=HOST), **ended_by_mail
        ),
    }
    return made | {"webhook": hook}


def _changed(document: Document, before: str, after: str, now: datetime) -> ConsentChange:
    sides = HEADERS if document == Document.HOME else ({"content-type": "text/html"},) * 2
    site = Domain.objects.get(name=HOST)
    keep(site, document, before, now - timedelta(days=9), sides[0])
    found = keep(site, document, after, now - timedelta(hours=2), sides[1])
    assert found, document
    return found


def _schedule(by: User, now: datetime, **of: Any) -> Schedule:
    return Schedule.objects.create(
        **of, made_by=by, every_hours=24, jitter_minutes=30, anchor=now, next_at=now + timedelta(hours=5)
    )
