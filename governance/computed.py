"""Computed claims of the Data Card: one table says what is computed from which evidence, and how long it holds.

Pull, never push: `governance.watch` refreshes the cards of corpora with newer evidence. A value that a person, a card
or an import gave is never touched; what evidence says is kept beside it (see `datacards.cards.computed`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from datacards.cards import computed, field_at, knows, shown
from datacards.cards.computed import Told
from datacards.models import CardVersion, Corpus, Run
from governance import measured, measured_licences
from governance.measured import Known, Measured

CONSENT_HOLDS = timedelta(days=30)
SCAN_HOLDS = timedelta(days=180)  # detectors learn
PATIENCE = timedelta(days=1)  # how long a crawl under way keeps the consent on a card from being computed again


@dataclass(frozen=True)
class Claim:
    """What is computed for one path. `place`: the page of the corpus, and where on it the evidence is shown."""

    path: str
    measure: Callable[[Known], Measured | None]
    place: tuple[str, str]
    life: timedelta | None = None


PROFILE, SCAN = ("corpus-audits", "profile"), ("corpus-audits", "scan")
SHARES, LICENCE, DATA = ("corpus-consent", "shares"), ("corpus", "licence"), ("corpus-history", "")

CLAIMS: dict[str, Claim] = {
    claim.path: claim
    for claim in (
        Claim("snapshot.source", measured.source, DATA),
        Claim("snapshot.size", measured.size, DATA),
        Claim("snapshot.statistics", measured.by_column, PROFILE),
        Claim("licence.expression", measured_licences.licence, LICENCE),
        Claim("measured.statistics", measured.statistics, PROFILE),
        Claim("measured.languages", measured.languages, PROFILE),
        Claim("measured.duplicates", measured.duplicates, PROFILE),
        Claim("measured.domains", measured.domains, SHARES),
        Claim("measured.consent", measured.permission, SHARES, CONSENT_HOLDS),
        Claim("measured.licence", measured_licences.licence_terms, LICENCE),
        Claim("measured.personal_data", measured.personal_data, SCAN, SCAN_HOLDS),
        Claim("measured.personal_columns", measured.personal_columns, SCAN, SCAN_HOLDS),
    )
}


@dataclass(frozen=True)
class State:
    """How a page shows a computed value: fresh or why not, where its evidence is, and what differs from it."""

    fresh: bool
    why: str
    evidence: tuple[str, ...]
    url: str
    differs: Any = None
    differs_text: str = ""  # as people type it

    @property
    def word(self) -> str:
        """For the API."""
        return "fresh" if self.fresh else "stale"


def states(card: CardVersion | None, now: datetime | None = None) -> dict[str, State]:
    """The state of each computed entry of a card, by path. Reads nothing but the card and its corpus."""
    if card is None:
        return {}
    corpus = card.corpus
    found = computed.states(card.values, corpus.revision.number, now or timezone.now())
    return {path: _shown(path, state, corpus) for path, state in found.items()}


def _shown(path: str, state: computed.State, corpus: Corpus) -> State:
    text = shown(state.differs, field_at(path) if knows(path) else None)
    return State(state.fresh, state.why, state.evidence, url_of(path, corpus), state.differs, text)


def url_of(path: str, corpus: Corpus) -> str:
    """Where the evidence of a path is shown; empty for a path that is not computed any more."""
    if path not in CLAIMS:
        return ""
    route, anchor = CLAIMS[path].place
    return reverse(route, args=[corpus.pk]) + (f"#{anchor}" if anchor else "")


def refresh(corpus: Corpus, now: datetime | None = None) -> CardVersion | None:
    """Make the next version of a corpus's card if a computed value or its evidence changed; None if nothing did.

    Several changes at once make one version. It is nobody's: `made_by` is None.
    """
    now = now or timezone.now()
    with transaction.atomic():
        corpus = Corpus.objects.select_for_update(of=("self",)).select_related("latest").get(pk=corpus.pk)
        newest = CardVersion.objects.filter(corpus=corpus).order_by("-number").first()
        before = newest.values if newest else {}
        after = computed.replaced(before, told(corpus, now, _waiting(corpus, before, now)), now)
        if after == before:
            return None
        number = newest.number + 1 if newest else 1
        return CardVersion.objects.create(corpus=corpus, revision=corpus.revision, number=number, values=after)


def told(corpus: Corpus, at: datetime, waiting: Iterable[str] = ()) -> dict[str, Told]:
    """What the evidence of the newest revision says, by path; nothing of what there is no evidence of."""
    revision = corpus.revision
    revision.corpus = corpus
    known = Known(revision, at)
    found = ((claim, claim.measure(known)) for path, claim in CLAIMS.items() if path not in waiting)
    return {
        claim.path: Told(value[0], value[1], revision.number, value[2], claim.life)
        for claim, value in found if value is not None
    }  # fmt: skip


def _waiting(corpus: Corpus, before: Mapping[str, computed.Entry], now: datetime) -> list[str]:
    """Paths that are better computed later: a crawl moves the consent with every site that it asks."""
    entry = computed.computed_of(before.get("measured.consent") or {})
    at = str(entry.get("at") or "")
    young = bool(at) and now - datetime.fromisoformat(at) < PATIENCE
    if not young or entry.get("revision") != corpus.revision.number:
        return []
    crawls = Run.objects.living().filter(kind="crawl")
    return ["measured.consent"] if crawls.filter(corpus=corpus).exists() or crawls.filter(corpus=None).exists() else []
