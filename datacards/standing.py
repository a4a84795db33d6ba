"""What the claims on each dataset come to: derived columns, restated whenever claims or overrides change.

Which claims count: of each source those of its newest moment, for a register states all licences of a dataset at once;
of people the newest one alone, and it outranks every other source.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from datacards.copying import update_rows
from datacards.judging import Judged, judge
from datacards.models import Dataset, LicenceClaim
from datacards.models.corpus import LicenceSource
from datacards.overriding import licence_table

BATCH = 2000
COLUMNS = ("verdict", "hub_verdict", "disputed", "satisfiable")
TYPES = {"id": "uuid", "verdict": "text", "hub_verdict": "text", "disputed": "boolean", "satisfiable": "boolean"}
Said = tuple[str, str]  # source, expression


class Told(NamedTuple):
    """What is needed of a claim to know whether it counts."""

    source: str
    expression: str
    at: datetime
    pk: int


def counting(claims: Iterable[Told]) -> list[Told]:
    """The claims that count, a person's first, else in the order in which they were made."""
    newest: dict[str, datetime] = {}
    rows = sorted(claims, key=lambda claim: (claim.at, claim.pk))
    for claim in rows:
        newest[claim.source] = claim.at
    kept = [claim for claim in rows if claim.at == newest[claim.source] and claim.source != LicenceSource.PERSON]
    persons = [claim for claim in rows if claim.source == LicenceSource.PERSON][-1:]
    return persons + kept


def restate(datasets: Iterable[UUID] | None = None) -> int:
    """Restate these datasets, or all of them; returns how many stand otherwise than before."""
    rows = Dataset.objects.order_by("pk") if datasets is None else Dataset.objects.filter(pk__in=list(datasets))
    changed, table = 0, licence_table()
    for batch in _batches(rows.only("pk", *COLUMNS).iterator(chunk_size=BATCH)):
        said = _said(row.pk for row in batch)
        stands = [(row, _columns(judge(said.get(row.pk, ()), table))) for row in batch]
        moved = [(row.pk, *after) for row, after in stands if after != _columns(row)]
        update_rows(Dataset, TYPES, moved)
        changed += len(moved)
    return changed


def _batches(rows: Iterator[Dataset]) -> Iterator[list[Dataset]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _said(datasets: Iterable[UUID]) -> dict[UUID, Sequence[Said]]:
    """Dataset → its claims that count, as source and expression."""
    found: dict[UUID, list[Told]] = defaultdict(list)
    rows = LicenceClaim.objects.filter(dataset__in=list(datasets))
    for dataset, source, word, at, pk in rows.values_list("dataset", "source", "expression", "claimed_at", "pk"):
        if dataset is not None:
            found[dataset].append(Told(source, word, at, pk))
    return {pk: tuple((each.source, each.expression) for each in counting(told)) for pk, told in found.items()}


def _columns(stands: Dataset | Judged) -> tuple[object, ...]:
    return tuple(getattr(stands, name) for name in COLUMNS)
