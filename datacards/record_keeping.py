"""Writes records into the catalogue: datasets, claims, sources and parents, in bulk, and none of it twice.

A record that is known and says the same changes nothing. One that says something else replaces what is kept of it; its
claims are only ever added: of each source the claims of one moment belong together, and the newest moment counts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from datacards.copying import copy_rows
from datacards.interning import registrable, shard
from datacards.models import Dataset, Domain, LicenceClaim, MentionState, ParentMention, SourceMention, User
from datacards.models.corpus import LicenceSource, Relation
from datacards.naming import hosts
from datacards.records import Claim, Record

INSERTED = 2000
FIELDS = (
    "title", "collection", "modality", "hub_id", "links", "creators", "languages", "tasks", "generators", "year",
)  # fmt: skip
IMPORTED = (LicenceSource.REGISTER, LicenceSource.HUB, LicenceSource.REPOSITORY, LicenceSource.PAPER)
UNSPECIFIED = "Unspecified"
NO_LONGER = "The record states none any more."
Told = tuple[str, str, str, str, str]  # a Claim's fields
TOLD = ("source", "expression", "url", "quote", "reviewer")
COPIED = (
    "id", "register", "identifier", *FIELDS, "record", "digest", "imported_at", "imported_by_id", "verdict",
    "hub_verdict", "disputed", "satisfiable",
)  # fmt: skip


@dataclass
class Kept:
    """What became of some records."""

    new: int = 0
    changed: int = 0
    same: int = 0
    claims: int = 0
    touched: tuple[UUID, ...] = ()


class Naming:
    """The identifier of each record of a file; where a register uses one twice, the second gets a number."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.repeated = 0

    def __call__(self, record: Record) -> str:
        name, number = record.identifier, 1
        while name in self._seen:
            number += 1
            name = f"{record.identifier[:480]} ({number})"
        self.repeated += number > 1
        self._seen.add(name)
        return name


@transaction.atomic
def keep(register: str, records: Sequence[tuple[str, Record]], by: User | None) -> Kept:
    """Store records under their identifiers, all or none of them."""
    at, kept = timezone.now(), Kept()
    known = {row.identifier: row for row in _known(register, [name for name, _ in records])}
    new = [_dataset(register, name, record, by, at) for name, record in records if name not in known]
    moved = [
        _filled(known[name], record, by, at)
        for name, record in records
        if name in known and known[name].digest != record.digest
    ]
    copy_rows(Dataset, COPIED, ([getattr(row, name) for name in COPIED] for row in new))
    Dataset.objects.bulk_update(moved, [*FIELDS, "record", "digest", "imported_at", "imported_by"], 500)
    kept.new, kept.changed, kept.same = len(new), len(moved), len(records) - len(new) - len(moved)
    rows, by_name = {row.identifier: row for row in (*new, *moved)}, dict(records)
    pairs = [(row, by_name[name]) for name, row in rows.items()]
    kept.claims = _claims(pairs, at)
    _sources(pairs)
    _parents(pairs)
    kept.touched = tuple(row.pk for row, _ in pairs)
    return kept


def _known(register: str, names: Collection[str]) -> Iterable[Dataset]:
    rows = Dataset.objects.select_for_update().filter(register=register, identifier__in=names)
    return rows.defer("record").order_by("pk")


def _dataset(register: str, name: str, record: Record, by: User | None, at: datetime) -> Dataset:
    return _filled(Dataset(register=register, identifier=name), record, by, at)


def _filled(row: Dataset, record: Record, by: User | None, at: datetime) -> Dataset:
    for field in FIELDS:
        value = getattr(record, field)
        setattr(row, field, list(value) if isinstance(value, tuple) else value)
    row.record, row.digest, row.imported_at, row.imported_by = record.raw, record.digest, at, by
    return row


# --- claims ------------------------------------------------------------------------------------------------


def _claims(pairs: Sequence[tuple[Dataset, Record]], at: datetime) -> int:
    """Of each source whose word is another than it was: all that it says now."""
    before = _current(row.pk for row, _ in pairs)
    rows = ((row.pk, *_told(claim), "", at) for row, record in pairs for claim in _news(record.claims, before[row.pk]))
    return copy_rows(LicenceClaim, ("dataset_id", *TOLD, "reason", "claimed_at"), rows)


def _news(claims: Iterable[Claim], before: dict[str, set[Told]]) -> Iterator[Claim]:
    after: dict[str, dict[Told, Claim]] = defaultdict(dict)
    for claim in claims:
        after[claim.source][_told(claim)] = claim
    for source in before.keys() - after.keys():
        withdrawn = Claim(source, UNSPECIFIED, quote=NO_LONGER)
        after[source] = {_told(withdrawn): withdrawn}
    for source, told in after.items():
        if told.keys() != before.get(source, set()):
            yield from told.values()


def _told(claim: Claim) -> Told:
    return astuple(claim)


def _current(datasets: Iterable[UUID]) -> dict[UUID, dict[str, set[Told]]]:
    """Dataset → imported source → what it says now."""
    found: dict[UUID, dict[str, set[Told]]] = defaultdict(dict)
    newest: dict[tuple[UUID, str], datetime] = {}
    rows = LicenceClaim.objects.filter(dataset__in=list(datasets), source__in=IMPORTED).order_by("-claimed_at")
    for dataset, at, *told in rows.values_list(
        "dataset", "claimed_at", "source", "expression", "url", "quote", "reviewer"
    ):
        source = str(told[0])
        if newest.setdefault((dataset, source), at) == at:
            found[dataset].setdefault(source, set()).add(tuple(told))  # type: ignore[arg-type]
    return found


# --- sources and parents -----------------------------------------------------------------------------------


def _sources(pairs: Sequence[tuple[Dataset, Record]]) -> None:
    """The sources that the records name now."""
    texts = sorted({text for _, record in pairs for text in record.sources})
    found = hosts(texts)
    domains = intern(host for host in found if host)
    domain_of = {text: domains.get(host) for text, host in zip(texts, found, strict=True)}
    known = _reconciled(SourceMention.objects.all(), {row.pk: record.sources for row, record in pairs})
    news = ((row.pk, text) for row, record in pairs for text in record.sources if (row.pk, text) not in known)
    copy_rows(SourceMention, ("dataset_id", "text", "domain_id"), ((pk, text, domain_of[text]) for pk, text in news))


def _parents(pairs: Sequence[tuple[Dataset, Record]]) -> None:
    """The parents that the records name now; what a person resolved stays."""
    known = _reconciled(ParentMention.objects.all(), {row.pk: record.parents for row, record in pairs})
    news = ((row.pk, text) for row, record in pairs for text in record.parents if (row.pk, text) not in known)
    plain = (Relation.MIXED.value, MentionState.OPEN.value, "")
    copy_rows(ParentMention, ("dataset_id", "text", "relation", "state", "how"), ((*pair, *plain) for pair in news))


def _reconciled(rows: QuerySet[Any], named: dict[UUID, tuple[str, ...]]) -> set[tuple[UUID, str]]:
    """Delete the mentions that their record no longer makes, but for a parent that a person resolved; the rest."""
    found = {
        (dataset, text): pk for pk, dataset, text in rows.filter(dataset__in=named).values_list("pk", "dataset", "text")
    }
    gone = [pk for (dataset, text), pk in found.items() if text not in named[dataset]]
    if gone:
        stale = rows.filter(pk__in=gone)
        if rows.model is ParentMention:
            stale = stale.exclude(state=MentionState.RESOLVED, resolved_by__isnull=False)
        stale.delete()
    return set(found)


def intern(names: Iterable[str]) -> dict[str, int]:
    """The ids of domains; new ones are made in one order everywhere, so that nobody waits in a circle."""
    wanted = sorted(set(names))
    known = dict(Domain.objects.filter(name__in=wanted).values_list("name", "pk"))
    missing = [(name, registrable(name)) for name in wanted if name not in known]
    if not missing:
        return known
    rows = [Domain(name=name, registrable=owner, shard=shard(owner)) for name, owner in missing]
    Domain.objects.bulk_create(rows, INSERTED, ignore_conflicts=True)
    return dict(Domain.objects.filter(name__in=wanted).values_list("name", "pk"))
