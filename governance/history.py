"""What happened to a corpus, from every app's rows, newest first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.models import CONTENT_PROFILE, Audit
from crawler.models import ConsentChange
from datacards.models import CardVersion, Corpus, LicenceClaim, Revision, Run
from datacards.models.corpus import Reader
from governance import words
from governance.models import Decision

EACH = 40


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, what, by whom, and the page that shows it."""

    at: datetime
    tone: str
    title: str
    detail: str = ""
    by: str = ""
    route: str = ""
    key: Any = None


def events(corpus: Corpus, reader: Reader) -> list[Event]:
    """The newest events of every kind, in one order."""
    found = [event for source in SOURCES for event in source(corpus, reader)]
    return sorted(found, key=lambda event: event.at, reverse=True)[: 2 * EACH]


def _decisions(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    for d in Decision.objects.of(corpus).select_related("previous", "made_by")[:EACH]:
        before = words.look(d.previous.outcome).word.lower() if d.previous else ""
        now = words.look(d.outcome)
        title = f"{now.word}, was {before}" if d.flipped else f"Decided: {now.word.lower()}"
        yield Event(d.decided_at, now.tone, title, d.because, _name(d.made_by), "decision", d.pk)


def _runs(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    for run in Run.objects.visible_to(reader).filter(corpus=corpus).select_related("started_by")[:EACH]:
        seen = words.look(run.state)
        title = f"{words.RUN_KINDS.get(run.kind, run.kind)}: {seen.word.lower()}"
        yield Event(run.created_at, seen.tone, title, run.sentence, _name(run.started_by), "run", run.pk)


def _changes(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    if corpus.latest_id is None:
        return
    ours = ConsentChange.objects.filter(domain__shares__revision=corpus.latest_id).select_related("domain")
    for change in ours[:EACH]:
        seen = words.look(change.direction)
        title = f"{change.domain} {seen.word.lower()} what it permits"
        yield Event(change.at, seen.tone, title, f"for {words.for_whom(change.changes)}", "", "change", change.pk)


def _cards(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    for card in CardVersion.objects.filter(corpus=corpus).select_related("made_by").order_by("-number")[:EACH]:
        yield Event(card.made_at, "quiet", f"Card saved, version {card.number}", "", _name(card.made_by))


def _licences(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    claims = LicenceClaim.objects.filter(corpus=corpus).select_related("claimed_by").order_by("-claimed_at")
    for claim in claims[:EACH]:
        title = f"Licence stated: {claim.expression}"
        yield Event(claim.claimed_at, "quiet", title, claim.get_source_display(), _name(claim.claimed_by))


def _revisions(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    for revision in Revision.objects.filter(corpus=corpus).order_by("-number")[:EACH]:
        counted = f"{words.compact(revision.tokens)} tokens in {words.compact(revision.documents)} documents"
        yield Event(revision.made_at, "busy", f"Revision {revision.number} registered", counted)


def _audits(corpus: Corpus, reader: Reader) -> Iterable[Event]:
    for audit in Audit.objects.filter(revision__corpus=corpus).order_by("-finished_at")[:EACH]:
        yield Event(audit.finished_at, "quiet", *_told(audit))


def _told(audit: Audit) -> tuple[str, str]:
    if audit.name == CONTENT_PROFILE:
        return "Content profiled", f"{words.plural(audit.rows, 'row')} read"
    return "Scan ended", f"{words.plural(audit.personal_rows, 'row')} with personal data, {audit.secrets:,} secrets"


SOURCES: Sequence[Callable[[Corpus, Reader], Iterable[Event]]] = (
    _decisions, _runs, _changes, _cards, _licences, _revisions, _audits,
)  # fmt: skip


def _name(person: Any) -> str:
    return person.get_username() if person else ""
