"""Pull, never push: governance polls the lower apps' rows and acts on those it has not considered yet.

1. corpora without a standing get one;
2. finished registrations start the crawl, the scan and the profile that were asked for with them;
3. what the cards of corpora with newer evidence (consent, audits, card, licence, lineage) compute is computed again;
4. these corpora, and everything made from them, are decided again, and once a day every corpus is, because time alone
   makes consent and scans stale.

Looking twice is harmless: an equal decision is not stored again. So each look reaches back a little further than the
last one ended, for rows whose transaction committed late.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audits.models import Audit
from crawler.models import ConsentChange
from datacards import runs
from datacards.errors import Expected
from datacards.models import (
    CardVersion,
    Corpus,
    Derivation,
    DomainShare,
    LicenceClaim,
    ParentMention,
    Revision,
    Run,
    RunState,
)
from governance import computed
from governance.decide import decide_revision
from governance.evidence import PII_AUDIT
from governance.lineage import reached
from governance.models import Standing, Watermark

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=2)
STALE_AFTER = timedelta(hours=24)
BATCH = 500
FOLLOW_UPS = {"crawl": {}, "scan": {"audit": PII_AUDIT}, "profile": {}}
LOCK = 0x636F6E73  # one look at a time, whatever the number of workers


def look() -> int:
    """Consider everything new once; returns how many corpora were decided on. Another look under way: 0."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    try:
        return _look()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _look() -> int:
    now = timezone.now()
    mark, _ = Watermark.objects.get_or_create(source="evidence", defaults={"seen_until": now - timedelta(days=1)})
    add_missing_standings()
    follow_up(mark.seen_until - OVERLAP)
    because = newer_evidence(mark.seen_until - OVERLAP) | _overdue(now)
    refresh_cards(because)
    decided = decide_all(because)
    Watermark.objects.filter(pk=mark.pk).update(seen_until=now)
    return decided


def add_missing_standings() -> None:
    """Corpora that nobody has decided on are listed as undecided."""
    without = Corpus.objects.exclude(latest=None).exclude(pk__in=Standing.objects.values("corpus_id"))
    rows = without.annotate(size=F("latest__tokens")).values_list("pk", "size")[:BATCH]
    Standing.objects.bulk_create((Standing(corpus_id=pk, tokens=size) for pk, size in rows), ignore_conflicts=True)


def follow_up(since: datetime) -> list[Run]:
    """Start what was asked for to follow a registration (`params["then"]`), once."""
    asked = Run.objects.filter(kind="register", state=RunState.COMPLETED, ended_at__gte=since, params__has_key="then")
    return [run for registration in asked for run in _follow(registration)]


def _follow(registration: Run) -> list[Run]:
    made = registration.outcome.get("revision", "")
    revision = Revision.objects.select_related("corpus").filter(pk=made).first() if made else None
    wanted = [kind for kind in registration.params["then"] if kind in FOLLOW_UPS]
    if revision is None:
        return []
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=revision.corpus_id)
        had = set(Run.objects.filter(revision=revision, kind__in=wanted).values_list("kind", flat=True))
        return [
            runs.start(
                kind, by=registration.started_by, params=FOLLOW_UPS[kind] | {"revision": str(revision.pk)},
                reason="Asked for with the registration.", corpus=revision.corpus, revision=revision,
            )
            for kind in wanted if kind not in had
        ]  # fmt: skip


def newer_evidence(since: datetime) -> dict[uuid.UUID, str]:
    """Corpus id → why it is to be decided again, for evidence since a moment, carried downstream by lineage."""
    because: dict[uuid.UUID, str] = {}
    for reason, corpora in _sources(since):
        for corpus_id in corpora:
            because.setdefault(corpus_id, reason)
    return because | _downstream(because, _datasets(since))


def _sources(since: datetime) -> list[tuple[str, QuerySet]]:  # type: ignore[type-arg]
    changed = ConsentChange.objects.filter(at__gte=since).values("domain_id")
    crawled = Run.objects.filter(kind="crawl", state=RunState.COMPLETED, ended_at__gte=since)
    edges = Derivation.objects.filter(made_at__gte=since)
    touched = Corpus.objects.filter(updated_at__gte=since)
    shares = DomainShare.objects.filter(domain__in=changed, revision__corpus__latest=F("revision"))
    return [
        ("A domain changed what it permits.", shares.values_list("revision__corpus_id", flat=True).distinct()),
        ("Consent was checked.", crawled.exclude(corpus=None).values_list("corpus_id", flat=True)),
        ("A scan ended.", Audit.objects.filter(finished_at__gte=since).values_list("revision__corpus_id", flat=True)),
        ("The card was changed.", CardVersion.objects.filter(made_at__gte=since).values_list("corpus_id", flat=True)),
        (
            "A licence was stated.",
            LicenceClaim.objects.filter(claimed_at__gte=since).exclude(corpus=None).values_list("corpus_id", flat=True),
        ),
        ("What it was made from was recorded.", edges.values_list("child__corpus_id", flat=True)),
        ("New data was registered.", Revision.objects.filter(made_at__gte=since).values_list("corpus_id", flat=True)),
        ("What is on record of it was changed.", touched.values_list("pk", flat=True)),
    ]


def _datasets(since: datetime) -> set[uuid.UUID]:
    """Datasets on record with a newer licence claim or resolved parent."""
    claims = LicenceClaim.objects.filter(claimed_at__gte=since).exclude(dataset=None)
    mentions = ParentMention.objects.filter(resolved_at__gte=since)
    return {*claims.values_list("dataset_id", flat=True), *mentions.values_list("dataset_id", flat=True)} - {None}


def _downstream(because: dict[uuid.UUID, str], datasets: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    revisions = Revision.objects.filter(corpus__in=because).values_list("pk", flat=True)
    made = Revision.objects.filter(pk__in=reached({*revisions, *datasets}, "down"), corpus__latest=F("pk"))
    reason = "Something that it was made from has newer evidence."
    return {pk: reason for pk in made.values_list("corpus_id", flat=True) if pk not in because}


def _overdue(now: datetime) -> dict[uuid.UUID, str]:
    undecided = Q(decision=None) | Q(considered_at__lt=now - STALE_AFTER)
    rows = Standing.objects.filter(undecided).order_by(F("considered_at").asc(nulls_first=True), "corpus")
    reason = "A day went by."
    return dict.fromkeys(rows.values_list("corpus_id", flat=True)[:BATCH], reason)


def refresh_cards(because: Iterable[uuid.UUID]) -> int:
    """Compute again what the cards of these corpora say; returns how many have a new version."""
    corpora = Corpus.objects.filter(pk__in=because).exclude(latest=None)
    return sum(_refreshed(corpus) for corpus in corpora.iterator(chunk_size=100))


def _refreshed(corpus: Corpus) -> bool:
    """One card that cannot be computed must not keep the others, or decisions, waiting."""
    try:
        return computed.refresh(corpus) is not None
    except (Expected, OperationalError):
        raise
    except Exception:
        log.exception("the card of corpus %s could not be computed", corpus.pk)
        return False


def decide_all(because: dict[uuid.UUID, str]) -> int:
    """Decide on the newest revision of each corpus; returns on how many."""
    corpora = Corpus.objects.filter(pk__in=because).exclude(latest=None).select_related("latest__corpus")
    count = 0
    for corpus in corpora.iterator(chunk_size=100):
        count += _decided(corpus, because[corpus.pk])
    return count


def _decided(corpus: Corpus, because: str) -> bool:
    """One corpus that cannot be decided on must not keep the others waiting."""
    try:
        decide_revision(corpus.revision, because=because)
    except (Expected, OperationalError):
        raise
    except Exception:
        log.exception("corpus %s could not be decided on", corpus.pk)
        Standing.objects.filter(corpus=corpus).update(considered_at=timezone.now())
        return False
    return True
