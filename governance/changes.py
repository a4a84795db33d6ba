"""Changes as people ask for them: filtered, of what they may read alone, with the tokens that they touch."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from crawler.models import ConsentChange
from datacards.models import Corpus, DomainShare, SourceMention, User
from datacards.models.corpus import Reader
from governance import words
from governance.access import readable_changes

MOST_CORPORA = 50  # told of one change
FEW = 2000  # domains


@dataclass(frozen=True)
class Wanted:
    """Which changes; what is empty is not asked for. `corpus` is an id, and means its newest revision's domains."""

    corpus: uuid.UUID | None = None
    domain: str = ""
    agent: str = ""
    direction: str = ""
    channel: str = ""
    standing: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def of(self, reader: Reader) -> QuerySet[ConsentChange]:
        """Those that this reader may know of. A corpus that they may not read has none, as one that is not there."""
        rows = readable_changes(reader)
        if self.corpus:
            latest = Corpus.objects.readable_by(reader).filter(pk=self.corpus).values("latest")
            rows = rows.filter(domain__in=DomainShare.objects.filter(revision__in=latest).values("domain"))
        plain: dict[str, Any] = {"direction": self.direction, "channel": self.channel, "standing": self.standing}
        plain |= {"domain__name": self.domain.lower(), "at__gte": self.since, "at__lt": self.until}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        if self.agent:  # one event named * stands for all agents
            rows = rows.filter(Q(changes__contains=[{"agent": self.agent}]) | Q(changes__contains=[{"agent": "*"}]))
        return rows.filter(changes__contains=[{"kind": self.kind}]) if self.kind else rows

    def listed(self, reader: Reader) -> QuerySet[ConsentChange]:
        """The same for a list by date, quick also for whoever may know of few of very many changes."""
        corpora = Corpus.objects.readable_by(reader).filter(**{"pk": self.corpus} if self.corpus else {})
        if self.domain or (isinstance(reader, User) and reader.administers and not self.corpus):
            return self.of(reader)
        shares = (
            DomainShare.objects.filter(revision__in=corpora.values("latest")) if self.corpus else known_shares(reader)
        )
        few, named = few_domains(shares), set() if self.corpus else few_named(reader)
        return self.of(reader) if few is None or named is None else self.of(reader).filter(domain__in=few | named)


def known_shares(reader: Reader) -> QuerySet[DomainShare]:
    """By which a reader knows of domains."""
    return DomainShare.objects.filter(revision__corpus__in=Corpus.objects.readable_by(reader))


def few_domains(shares: QuerySet[DomainShare]) -> set[int] | None:
    """The domains of shares where they are few; None where they are not.

    To name them is worth a query: else the database may look at all changes there are to find somebody's newest.
    """
    found = list(shares.values_list("domain", flat=True)[: FEW + 1])
    return set(found) if len(found) <= FEW else None


def few_named(reader: Reader) -> set[int] | None:
    """The domains that datasets on record name, for people with a role, where they are few."""
    if not isinstance(reader, User) or not reader.reads:
        return set()
    named = SourceMention.objects.filter(domain__isnull=False).values_list("domain", flat=True)
    found = {pk for pk in named.order_by("domain").distinct()[: FEW + 1] if pk is not None}
    return found if len(found) <= FEW else None


@dataclass(frozen=True)
class Touch:
    """How much of a corpus's newest revision a domain is."""

    corpus: Corpus
    tokens: int
    documents: int
    share: float | None


def touches(reader: Reader, changes: Iterable[ConsentChange]) -> dict[uuid.UUID, list[Touch]]:
    """Change → what it touches of the corpora that this reader may read, the largest share first; in one query."""
    changes = list(changes)
    rows = DomainShare.objects.filter(
        domain__in={change.domain_id for change in changes},
        revision__in=Corpus.objects.readable_by(reader).values("latest"),
    )
    found: dict[int, list[Touch]] = {}
    for row in rows.select_related("revision__corpus"):
        share = row.tokens / row.revision.tokens if row.revision.tokens else None
        touch = Touch(row.revision.corpus, row.tokens, row.documents, share)
        found.setdefault(row.domain_id, []).append(touch)
    for hit in found.values():
        hit.sort(key=lambda touch: (-(touch.share or 0), touch.corpus.name))
    return {change.pk: found.get(change.domain_id, [])[:MOST_CORPORA] for change in changes}


def title(change: ConsentChange) -> str:
    """What happened, in one line."""
    moved = {"tightened": "tightened", "loosened": "loosened"}.get(change.direction, "changed")
    return f"{change.domain.name} {moved} what it permits, {concerning(change.changes)}"


def concerning(events: Sequence[Mapping[str, Any]]) -> str:
    """Whom or what events are about: agents where they name some, else how many statements."""
    agents = {event["agent"] for event in events if event.get("agent")}
    if "*" in agents:
        return "for everybody"
    return f"for {words.plural(len(agents), 'agent')}" if agents else f"in {words.plural(len(events), 'statement')}"


def moves(change: ConsentChange, most: int = 12) -> list[str]:
    """Each event in words: who, from what, to what; equal moves together."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for event in change.changes:
        before, after = (_side(event.get(side)) for side in ("before", "after"))
        grouped.setdefault((str(event.get("kind") or ""), before, after), []).append(_who(event))
    told = []
    for (kind, before, after), names in grouped.items():
        more = f" and {len(names) - most} more" if len(names) > most else ""
        what = kind.replace("_", " ").replace("-", " ").capitalize() + ": " if kind else ""
        told.append(f"{what}{', '.join(names[:most])}{more}: {before} → {after}")
    return told[:most]


def _side(level: Any) -> str:
    return words.look(str(level)).word.lower() if level not in (None, "") else "nothing"


def _who(event: Mapping[str, Any]) -> str:
    agent = str(event.get("agent") or event.get("channel") or event.get("axis") or "the site")
    return "everybody" if agent == "*" else agent


def share_told(hit: Sequence[Touch]) -> str:
    """The largest share that a change touches, in words."""
    if not hit:
        return "no corpus that you may read now"
    first = hit[0]
    more = f", and {words.plural(len(hit) - 1, 'more corpus', 'more corpora')}" if len(hit) > 1 else ""
    return f"{words.percent(first.share)} of the tokens of {first.corpus.name}{more}"
