"""Whose word on a licence counts: for a corpus, for a dataset on record, for many of them at once."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone

from datacards.licenses import terms_of
from datacards.models import Corpus, LicenceClaim, Revision
from datacards.models.corpus import LicenceSource
from datacards.overriding import licence_table
from governance.ancestry.graph import Graph, Key
from governance.ancestry.licences import Carried, carried
from governance.lineage import among


@dataclass(frozen=True)
class Said:
    """A claim that counts: its row, and the licence it states."""

    row: int
    expression: str


def corpus_licences(corpora: Iterable[uuid.UUID], at: datetime | None = None) -> dict[uuid.UUID, tuple[Said, ...]]:
    """Corpus → the claim that counts at a moment, as `LicenceClaim.objects.effective` has it, for many at once."""
    first = Case(When(source=LicenceSource.PERSON, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = LicenceClaim.objects.filter(corpus__in=among(corpora), claimed_at__lte=at or timezone.now())
    counting = rows.annotate(first=first).order_by("corpus", "first", "-claimed_at", "-id").distinct("corpus")
    found = counting.values_list("corpus", "pk", "expression")
    return {corpus: (Said(pk, expression),) for corpus, pk, expression in found if corpus and expression.strip()}


def dataset_licences(datasets: Iterable[uuid.UUID], at: datetime | None = None) -> dict[uuid.UUID, tuple[Said, ...]]:
    """Dataset on record → the claims that bind it: what a person said last, else all that its register's reviewer
    found when last asked, else the newest of the others."""
    rows = LicenceClaim.objects.filter(dataset__in=among(datasets), claimed_at__lte=at or timezone.now())
    told: dict[uuid.UUID, list[LicenceClaim]] = {}
    for claim in rows.order_by("dataset", "-claimed_at", "-id").only("dataset", "source", "expression", "claimed_at"):
        if claim.dataset_id and claim.expression.strip():
            told.setdefault(claim.dataset_id, []).append(claim)
    return {dataset: _binding(each) for dataset, each in told.items()}


def _binding(told: list[LicenceClaim]) -> tuple[Said, ...]:
    """`told` is newest first. A register states all licences of a dataset at once."""
    person = [claim for claim in told if claim.source == LicenceSource.PERSON]
    register = [claim for claim in told if claim.source == LicenceSource.REGISTER]
    found = {claim.expression: claim for claim in register if claim.claimed_at == register[0].claimed_at}
    return tuple(Said(claim.pk, claim.expression) for claim in person[:1] or found.values() or told[:1])


def licences_of(keys: Iterable[Key], at: datetime | None = None) -> dict[Key, tuple[Said, ...]]:
    """Revision or dataset → the claims that bind it at a moment."""
    wanted = cast(set[uuid.UUID], set(keys))
    corpora = dict(Revision.objects.filter(pk__in=among(wanted)).values_list("pk", "corpus_id"))
    of_corpora = corpus_licences(corpora.values(), at)
    of_datasets = dataset_licences(wanted - corpora.keys(), at) if wanted - corpora.keys() else {}
    found: dict[Key, tuple[Said, ...]] = {
        pk: of_corpora[corpus] for pk, corpus in corpora.items() if corpus in of_corpora
    }
    return found | of_datasets


@dataclass(frozen=True)
class Weighing:
    """What a node's own licence and all that come down to it amount to, and the claims' rows: those in conflict first,
    then the nearest."""

    carried: Carried
    rows: tuple[int, ...]


def weighing_on(start: Key, graph: Graph, at: datetime | None = None) -> Weighing:
    """The licences that weigh on a node of a graph at a moment, as admins here read them."""
    told = licences_of({start, *graph.keys}, at)
    stated = {key: [said.expression for said in each] for key, each in told.items()}
    found = carried(graph, start, stated, licence_table())
    first = dict.fromkeys(claim.key for claim in (*found.conflict, *found.claims))
    return Weighing(found, tuple(said.row for key in first for said in told[key]))


def newest_by_source(corpus: Corpus, at: datetime | None = None) -> list[Said]:
    """What each kind of source said last of a corpus's licence."""
    rows = LicenceClaim.objects.filter(corpus=corpus, claimed_at__lte=at or timezone.now())
    newest = rows.order_by("source", "-claimed_at", "-id").distinct("source")
    return [Said(pk, expression) for pk, expression in newest.values_list("pk", "expression")]


def disputed(told: Iterable[Said]) -> bool | None:
    """Whether these name different licences, however they spell them; None where nobody says anything."""
    meant = {terms_of(said.expression).expression.lower() for said in told}
    return len(meant) > 1 if meant else None
