"""Parents named in free text, grouped by what was written: one answer for all that say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from datacards.models import Dataset, MentionState, ParentMention
from datacards.models.corpus import Reader
from datacards.parentage import Candidate, candidates
from governance.views.paging import decode, encode

ROWS = 20
SHOWN = 3  # datasets told of one text


@dataclass
class Named:
    """A text that datasets name as a parent: how many do, some of them, and what it may mean."""

    text: str
    count: int
    datasets: list[Dataset] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    answers: list[ParentMention] = field(default_factory=list)

    @property
    def more(self) -> int:
        """Datasets that name it and are not told."""
        return self.count - len(self.datasets)


@dataclass(frozen=True)
class Queue:
    """A page of texts, and the cursors of its neighbours."""

    rows: Sequence[Named]
    next: str | None
    previous: str | None


def mentions(reader: Reader) -> QuerySet[ParentMention]:
    """Those of datasets that this reader may read."""
    return ParentMention.objects.filter(dataset__in=Dataset.objects.readable_by(reader))


def counts(reader: Reader) -> Mapping[str, int]:
    """State → mentions."""
    rows = mentions(reader).order_by().values_list("state").annotate(Count("pk"))
    return {state.value: 0 for state in MentionState} | {str(state): count for state, count in rows}


def queue(reader: Reader, state: str, q: str = "", cursor: str = "", size: int = ROWS) -> Queue:
    """The texts of a state, those named most often first; of open ones with what they may mean."""
    found = mentions(reader).filter(state=state)
    found = found.filter(text__icontains=q) if q else found
    at = decode(cursor) if cursor else None
    grouped, more = _page(found, at, size)
    texts = [row["text"] for row in grouped]
    rows = {row["text"]: Named(row["text"], row["count"]) for row in grouped}
    _fill(rows, found.filter(text__in=texts), grouped)
    if state == MentionState.OPEN:
        for text, likely in candidates(texts).items():
            rows[text].candidates = likely
    back = bool(at and at["back"])
    after = encode(grouped[-1]["count"], grouped[-1]["text"], back=False) if grouped else None
    before = encode(grouped[0]["count"], grouped[0]["text"], back=True) if grouped else None
    return Queue(
        list(rows.values()), after if back or more else None, before if (more if back else at is not None) else None
    )  # fmt: skip


def _page(rows: QuerySet[ParentMention], at: dict[str, Any] | None, size: int) -> tuple[list[dict[str, Any]], bool]:
    """Groups after a cursor, or before it; and whether there are more that way."""
    back = bool(at and at["back"])
    grouped = rows.order_by().values("text").annotate(count=Count("pk"), some=ArrayAgg("dataset", order_by="dataset"))
    if at is not None:
        number, text = int(at["value"] or 0), at["tie"]
        after = Q(count__gt=number) | Q(count=number, text__lt=text)
        before = Q(count__lt=number) | Q(count=number, text__gt=text)
        grouped = grouped.filter(after if back else before)
    found: list[Any] = list(grouped.order_by(*(("count", "-text") if back else ("-count", "text")))[: size + 1])
    kept = found[:size]
    return (kept[::-1] if back else kept), len(found) > size


def _fill(rows: Mapping[str, Named], found: QuerySet[ParentMention], grouped: list[dict[str, Any]]) -> None:
    """Some of the datasets that name each text, and what was answered."""
    shown = {pk for row in grouped for pk in row["some"][:SHOWN]}
    named = Dataset.objects.only("title", "collection").in_bulk(shown)
    for row in grouped:
        rows[row["text"]].datasets = [named[pk] for pk in row["some"][:SHOWN] if pk in named]
    answered = found.exclude(state=MentionState.OPEN).select_related("parent", "resolved_by")
    distinct = answered.order_by("text", "parent_id", "how", "pk").distinct("text", "parent_id", "how")
    for mention in distinct.defer("parent__record")[: ROWS * 10]:
        rows[mention.text].answers.append(mention)
