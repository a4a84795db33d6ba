"""Makes records for tests, and one rich world of them: every state, every role, evidence with real bytes in the store.

world = build_world()
world.blocked, world.approved, world.steward, world.change …
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from audits.models import Audit, AuditCount
from crawler import drift, registry
from crawler.agents import Roll as AgentRoll
from crawler.channels import Signal, dump, ordered
from crawler.documents import Document
from crawler.models import ConsentChange, Content, SignalSet, Snapshot, TermsStance, TermsVersion
from crawler.robots import parse
from crawler.spells import rebuild_all
from crawler.states import State, state_of
from crawler.store import FOLDER
from crawler.warc import Exchange, Place, writing
from datacards import cards
from datacards.models import (
    CardVersion,
    Corpus,
    DataFile,
    Dataset,
    Derivation,
    Domain,
    DomainShare,
    Grant,
    LicenceClaim,
    Revision,
    Run,
    RunLine,
    Unit,
    User,
)
from governance.decide import decide_revision
from governance.models import Decision
from governance.watch import add_missing_standings
from tests.watching import Watched, watch

PASSWORD = "correct horse battery staple"

ALLOWS = b"User-agent: *\nDisallow:\n"
PRIVATE = b"User-agent: *\nDisallow: /private/\nDisallow: /search\nAllow: /search/about\n\nSitemap: https://x/map.xml\n"
REFUSES_ALL = b"User-agent: *\nDisallow: /\n"
REFUSES_AI = b"""# Our words are not for training.
User-agent: GPTBot
User-agent: ClaudeBot
User-agent: CCBot
User-agent: Google-Extended
Disallow: /

User-agent: *
Disallow: /admin/
"""


# --- people ------------------------------------------------------------------------------------------------


@cache
def _password() -> str:
    return make_password(PASSWORD)


def person(username: str, role: str = "reader", **more: Any) -> User:
    """Somebody who signs in with PASSWORD."""
    return User.objects.create(username=username, role=role, password=_password(), **more)


# --- corpora -----------------------------------------------------------------------------------------------


def corpus(owner: User, name: str, domains: Mapping[str, int] | None = None, **more: Any) -> Corpus:
    """A corpus with its first revision: so many tokens from each domain, ten tokens to a document."""
    domains = {"example.org": 1000} if domains is None else domains
    made = Corpus.objects.create(owner=owner, name=name, location=f"/data/{name}", **more)
    revision(made, domains)
    return made


def revision(of: Corpus, domains: Mapping[str, int]) -> Revision:
    """The next revision of a corpus; it becomes the newest."""
    number = of.revisions.count() + 1
    tokens = sum(domains.values())
    made = Revision.objects.create(
        corpus=of, number=number, fingerprint=uuid.uuid4().hex * 2, url_column="url", text_column="text",
        size=tokens * 6, rows=tokens // 10, documents=tokens // 10, tokens=tokens,
    )  # fmt: skip
    DomainShare.objects.bulk_create(
        DomainShare(revision=made, domain=domain(host), tokens=each, documents=each // 10)
        for host, each in domains.items()
    )
    DataFile.objects.create(
        revision=made, name="part-0.parquet", location=f"{of.location}/part-0.parquet", size=tokens * 6,
        digest=uuid.uuid4().hex * 2, format="parquet", rows=tokens // 10,
    )  # fmt: skip
    of.latest = made
    of.save(update_fields=["latest"])
    return made


def domain(name: str) -> Domain:
    """A host; its registrable part is its last two labels, which holds for the names of tests."""
    registrable = ".".join(name.split(".")[-2:])
    shard = crc32(registrable.encode()) % 4096
    return Domain.objects.get_or_create(name=name, defaults={"registrable": registrable, "shard": shard})[0]


def licence(of: Corpus, expression: str, by: User | None = None, **more: Any) -> LicenceClaim:
    """A statement of the licence."""
    source = "person" if by else "card"
    return LicenceClaim.objects.create(corpus=of, expression=expression, source=source, claimed_by=by, **more)


def card(of: Corpus, by: User, without: tuple[str, ...] = ()) -> CardVersion:
    """A card with every required field filled, but for those left out."""
    values = {
        f.path: {"value": _said(f), "source": "person", "evidence": "", "by": by.username, "at": "2026-01-01"}
        for f in cards.fields()
        if f.required and f.path not in without
    }
    number = of.cards.count() + 1
    return CardVersion.objects.create(corpus=of, revision=of.revision, number=number, values=values, made_by=by)


def _said(asked: cards.Field) -> str | list[str]:
    if asked.type == "choices":
        return [asked.choices[0]]
    return asked.choices[0] if asked.type == "choice" else f"What we know of {asked.title.lower()}."


# --- evidence ----------------------------------------------------------------------------------------------


def snapshot(
    of: Domain, body: bytes | None = ALLOWS, at: datetime | None = None, status: int = 200, run: Run | None = None
) -> Snapshot:
    """One fetch of robots.txt, with its bytes in the store; no body: the site could not be reached."""
    at = at or timezone.now()
    if body is None:
        return Snapshot.objects.create(domain=of, fetched_at=at, state=State.UNREACHABLE, error="No answer.", run=run)
    exchange = Exchange(f"https://{of.name}/robots.txt", at, status, (("Content-Type", "text/plain"),), body)
    content, place = _kept(exchange)
    return Snapshot.objects.create(
        domain=of, fetched_at=at, state=state_of(status, body), http_status=status, final_url=exchange.url,
        content=content, warc_file=place.file, warc_offset=place.offset, run=run,
    )  # fmt: skip


def _kept(exchange: Exchange) -> tuple[Content, Place]:
    known = Content.objects.filter(digest=exchange.digest).first()
    if known:
        return known, Place(known.warc_file, known.warc_offset)
    folder = Path(str(settings.CONSENTRY_STORE)) / FOLDER
    with writing(folder, f"factory-{uuid.uuid4().hex}", "consentry-tests") as warc:
        place = warc.response(exchange)
    roll = registry.current_roll()
    row, letters = registry.stored(roll), roll.letters(parse(exchange.body))
    vector = registry.vectors(row, {letters})[letters]
    content = Content.objects.create(
        digest=exchange.digest, size=len(exchange.body), warc_file=place.file, warc_offset=place.offset,
        levels_id=vector, first_seen=exchange.fetched_at,
    )  # fmt: skip
    return content, place


TERMS = """Terms of use

You must not use any robot, spider or scraper to collect content from this site.
It is likewise prohibited to use our content for the training of artificial intelligence models.
You may read our pages for your own, non-commercial purposes. Nothing here limits the rights that the law gives you."""
SCRAPING = "You must not use any robot, spider or scraper to collect content from this site."
TRAINING = "prohibited to use our content for the training of artificial intelligence models"
FORBIDS = {
    "scraping": "prohibited", "ai_training": "prohibited", "non_commercial": True, "no_redistribution": False,
    "output_only": False, "paper_class": "No Scraping & AI",
}  # fmt: skip


def terms(of: Domain, text: str = TERMS, at: datetime | None = None, language: str = "en", **said: Any) -> TermsVersion:
    """Terms of a site, fetched and read: by default they forbid scraping and training, in the words above."""
    at = at or timezone.now()
    exchange = Exchange(f"https://{of.name}/terms", at, 200, (("Content-Type", "text/plain"),), text.encode())
    content, place = _kept(exchange)
    stance = TermsStance.objects.get_or_create(**(FORBIDS | said))[0]
    Content.objects.filter(pk=content.pk).update(stance=stance)
    Snapshot.objects.create(
        domain=of, channel=Document.TERMS, fetched_at=at, state=State.OK, http_status=200, final_url=exchange.url,
        content=content, warc_file=place.file, warc_offset=place.offset,
    )  # fmt: skip
    clauses = [
        {"kind": kind, "verdict": "prohibited", "start": text.index(words), "end": text.index(words) + len(words)}
        for kind, words in (("scraping", SCRAPING), ("ai_training", TRAINING))
        if words in text
    ]
    return TermsVersion.objects.get_or_create(
        content=content, extractor=1, classifier="test", language=language, supported=language == "en", text=text,
        title="Terms of use", text_digest=sha256(text.encode()).hexdigest(), stance=stance, clauses=clauses,
    )[0]  # fmt: skip


def home(of: Domain, *signals: Signal, at: datetime | None = None) -> Snapshot:
    """A fetch of a home page that says so in its headers or its head."""
    at = at or timezone.now()
    content, place = _kept(Exchange(f"https://{of.name}/", at, 200, (("Content-Type", "text/html"),), b"<p>Hello"))
    told = [signal.as_dict() for signal in ordered(signals)]
    digest = sha256(dump(signals).encode()).hexdigest()
    return Snapshot.objects.create(
        domain=of, channel=Document.HOME, fetched_at=at, state=State.OK, http_status=200, content=content,
        final_url=f"https://{of.name}/", warc_file=place.file, warc_offset=place.offset,
        signals=SignalSet.objects.get_or_create(digest=digest, reader=1, defaults={"signals": told})[0],
    )  # fmt: skip


NOAI = Signal("noai", "ai-train", "*", "disallowed", "meta robots", path="/$", scope="page")


def change(before: Snapshot, after: Snapshot) -> ConsentChange:
    """The drift between two snapshots of a domain."""
    roll = registry.current_roll()
    sides = (drift.effective(State(s.state), _levels(s, roll), roll.names) for s in (before, after))
    found = drift.level_events(*sides)
    return ConsentChange.objects.create(
        domain=after.domain, at=after.fetched_at, before=before, after=after, direction=drift.direction_of(found),
        changes=[event.as_dict() for event in found],
    )  # fmt: skip


def _levels(of: Snapshot, roll: AgentRoll) -> Mapping[str, str]:
    return of.content.levels.levels() if of.content else dict.fromkeys(roll.names, "none")


def audit(of: Revision, counts: Mapping[tuple[str, str], int] | None = None, secrets: int = 0, **more: Any) -> Audit:
    """A finished scan of the whole revision: (column, type) → rows with a validated finding."""
    counts = counts or {}
    made = Audit.objects.create(
        revision=of, name="pii.structured", pack_digest="a" * 64, rows=of.rows, rows_known=of.rows, size=of.size,
        personal_rows=sum(counts.values()), secrets=secrets, **more,
    )  # fmt: skip
    AuditCount.objects.bulk_create(
        AuditCount(
            audit=made, column=column, type=kind, tier="validated", findings=rows + rows // 4, rows=rows,
            upper_share=min(1.0, (rows + 3) / of.rows),
        )
        for (column, kind), rows in counts.items()
    )  # fmt: skip
    return made


# --- runs --------------------------------------------------------------------------------------------------


def run(kind: str, state: str, by: User, of: Corpus | None = None, done: int = 0, total: int = 100, **more: Any) -> Run:
    """A run in any state, with four units and a few lines of log."""
    now = timezone.now()
    ended = state not in ("pending", "running")
    more = {"unit": "domains", "planned": state != "pending", "revision": of.latest if of else None} | more
    made = Run.objects.create(
        kind=kind, state=state, started_by=by, corpus=of, done=done, total=total if more["planned"] else None,
        started_at=None if state == "pending" else now - timedelta(minutes=4), ended_at=now if ended else None, **more,
    )  # fmt: skip
    if more["planned"]:
        _units(made, done / total)
        lines = ("Planned in 4 parts.", "Part 1 of 4 is done.", "Two sites do not answer; they are tried again later.")
        RunLine.objects.bulk_create(RunLine(run=made, text=text) for text in lines)
    return made


def _units(of: Run, share: float) -> None:
    finished = int(share * 4)
    for ordinal in range(4):
        state = "done" if ordinal < finished else "running" if ordinal == finished and not of.ended else "pending"
        lease = timezone.now() + timedelta(hours=1) if state == "running" else None
        total = (of.total or 0) // 4
        Unit.objects.create(run=of, ordinal=ordinal, state=state, lease_until=lease, attempts=1, total=total)


# --- a world -----------------------------------------------------------------------------------------------


@dataclass
class World:
    """Everything a page can show."""

    admin: User
    steward: User
    other: User
    reader: User
    approver: User
    outsider: User
    blocked: Corpus
    approved: Corpus
    derived: Corpus
    undecided: Corpus
    hidden: Corpus
    change: ConsentChange
    runs: dict[str, Run] = field(default_factory=dict)
    decision: Decision | None = None
    watched: Watched | None = None
    dataset: Dataset | None = None

    @property
    def people(self) -> dict[str, User]:
        """The cast by role."""
        cast = (self.admin, self.steward, self.reader, self.approver, self.outsider)
        return {str(each.role): each for each in cast}


def build_world(watched: bool = False) -> World:
    """People of every role; corpora approved, blocked, undecided, derived and hidden; runs in every state.

    `watched`: with schedules, and a site that changed every document (tests.watching).
    """
    now = timezone.now()
    cast = {role: person(name, role) for name, role in CAST.items()}
    steward = cast["steward"]
    other = person("bruno", "steward")
    blocked = corpus(
        steward, "harbour/web-2026", WEB, title="The harbour web crawl, spring 2026",
        summary="Pages of news, culture and science sites, for pre-training.",
    )  # fmt: skip
    approved = corpus(steward, "harbour/encyclopedia", CLEAN, title="Open encyclopedia articles", audience="public")
    derived = corpus(steward, "harbour/web-2026-filtered", FILTERED, title="The same, filtered for quality")
    undecided = corpus(steward, "harbour/forum-dump", {"forum.example": 40_000}, title="A forum's archive")
    hidden = corpus(other, "bruno/unreleased", {"secret.example": 90_000, "news.example": 5000}, audience="named")
    Derivation.objects.create(child=derived.revision, parent=blocked.revision, relation="filtered", note="score > 50")
    runs = _runs(cast["admin"], steward, blocked)
    _papers(steward, blocked, approved, derived)
    decide_revision(derived.revision, because="New data was registered.", by=steward)
    moved = _crawl_all(now, runs["crawl"])
    _audits(blocked, approved, derived)
    Grant.objects.create(corpus=blocked, user=cast["outsider"], reason="Reviews the release.", granted_by=steward,
                         ends_at=now + timedelta(days=5))  # fmt: skip
    from tests.datasets import put_on_record  # it makes its domains by this module

    seen = watch(steward, blocked, runs["crawl"]) if watched else None
    decision = _decide(steward, (approved, blocked, derived))
    add_missing_standings()
    return World(
        cast["admin"], steward, other, cast["reader"], cast["approver"], cast["outsider"], blocked, approved, derived,
        undecided, hidden, moved, runs, decision, seen, put_on_record(),
    )  # fmt: skip


CAST = {"ada": "admin", "stella": "steward", "rita": "reader", "abel": "approver", "olga": "outsider"}
WEB = {
    "news.example": 412_000, "www.daily.example": 288_000, "poems.example": 96_000, "lab.example": 190_000,
    "wiki.example": 640_000, "shop.example": 51_000, "gone.example": 33_000, "blog.example": 120_000,
    "archive.example": 75_000, "a-rather-long-subdomain-name.of-a-municipal-library.example": 44_000,
}  # fmt: skip
CLEAN = {"wiki.example": 900_000, "lab.example": 300_000, "books.example": 210_000}
FILTERED = {"news.example": 200_000, "wiki.example": 410_000, "lab.example": 90_000}
BODIES: dict[str, bytes | None] = {
    "news.example": REFUSES_AI, "www.daily.example": REFUSES_ALL, "poems.example": REFUSES_AI, "lab.example": PRIVATE,
    "wiki.example": ALLOWS, "shop.example": PRIVATE, "gone.example": None, "blog.example": ALLOWS,
    "archive.example": b"User-agent: CCBot\nDisallow: /\n", "books.example": ALLOWS,
    "a-rather-long-subdomain-name.of-a-municipal-library.example": ALLOWS,
}  # fmt: skip


def _crawl_all(now: datetime, crawl: Run) -> ConsentChange:
    """Every site was asked twice; the news site changed its mind in between."""
    for host, body in BODIES.items():
        earlier = ALLOWS if host == "news.example" else body
        first = snapshot(domain(host), earlier, at=now - timedelta(days=20))
        second = snapshot(domain(host), body, at=now - timedelta(hours=3), run=crawl)
        if host == "news.example":
            moved = change(first, second)
    home(domain("news.example"), NOAI, at=now - timedelta(hours=3))
    terms(domain("news.example"), at=now - timedelta(hours=3))
    list(rebuild_all())
    return moved


def _audits(blocked: Corpus, approved: Corpus, derived: Corpus) -> None:
    found = {("text", "email"): 812, ("text", "phone"): 240, ("text", "iban"): 3, ("url", "email"): 12}
    audit(blocked.revision, found, secrets=2)
    audit(approved.revision, {("text", "email"): 4})
    audit(derived.revision, {("text", "email"): 9})


def _papers(steward: User, blocked: Corpus, approved: Corpus, derived: Corpus) -> None:
    licence(blocked, "other")
    licence(
        approved, "CC-BY-SA-4.0", steward, quote="Text is available under CC BY-SA 4.0.", url="https://wiki.example/l"
    )
    licence(derived, "CC-BY-4.0", steward)
    card(blocked, steward, without=("overview.summary", "authorship.contact"))
    card(approved, steward)
    card(derived, steward)


def _decide(steward: User, corpora: tuple[Corpus, ...]) -> Decision:
    for each in corpora:
        decision = decide_revision(each.revision, because="Consent was checked.", by=steward)
    return decision


def _runs(admin: User, steward: User, blocked: Corpus) -> dict[str, Run]:
    location = {"location": "/data/harbour/web-2026"}
    sentence = "The folder /data/empty holds no file that can be read; give one with Parquet, JSONL or CSV files."
    return {
        "register": run("register", "completed", steward, blocked, 194_900, 194_900, unit="rows", params=location),
        "crawl": run("crawl", "completed", steward, blocked, 10, 10),
        "running": run("scan", "running", steward, blocked, 97_450, 194_900, unit="rows"),
        "pending": run("crawl", "pending", steward, blocked),
        "failed": run(
            "register",
            "failed",
            steward,
            None,
            0,
            10,
            sentence=sentence,
            params={"location": "/data/empty", "name": "harbour/empty"},
        ),
        "errored": run("scan", "errored", admin, None, 3, 10, sentence="Consentry made a mistake here; see 1234abcd."),
        "cancelled": run("crawl", "cancelled", steward, blocked, 2, 10, sentence="Cancelled by stella."),
    }
