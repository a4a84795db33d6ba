"""The list of corpora as everybody asks for it: pages, API and terminal search, filter and count standings alike."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from datacards.models import Corpus, CorpusText, User
from datacards.models.corpus import Audience, Reader
from governance.models import Outcome, Standing

FILTERS = {
    "name": "corpus__name",
    "outcome": "outcome",
    "licence": "licence__iexact",
    "owner": "corpus__owner__username",
    "audience": "corpus__audience",
    "language": "corpus__text__languages__contains",
    "modality": "corpus__text__modalities__contains",
}
LISTS = frozenset({"language", "modality"})
BEST = 1000  # so many of what matches are put in order of how well
COUNTED = 5000  # facets count so many rows at most; beyond, they say "at least"
VALUES = 8


@dataclass(frozen=True)
class FacetValue:
    """One value that narrows the list down, and how many rows it would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """The values of one filter, most frequent first; `at_least` when there were too many rows to count all."""

    key: str
    title: str
    values: tuple[FacetValue, ...]
    at_least: bool


FACETS: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "outcome": ("Decision", "m.outcome", dict(Outcome.choices)),
    "licence": ("Licence", "m.licence", {}),
    "language": ("Language", "unnest(t.languages)", {}),
    "modality": ("Kind of data", "unnest(t.modalities)", {}),
    "audience": ("Audience", "c.audience", dict(Audience.choices)),
}


def standings(reader: Reader, chosen: Mapping[str, Any]) -> QuerySet[Standing]:
    """Standings of the corpora that this reader may know of; `chosen` is `q` for words, and what FILTERS names."""
    rows = Standing.objects.select_related("corpus__owner")
    if not (isinstance(reader, User) and reader.administers):
        rows = rows.filter(corpus__in=Corpus.objects.readable_by(reader))
    if words := chosen.get("q"):
        rows = rows.filter(corpus__in=CorpusText.objects.matching(words).values("corpus"))
    return rows.filter(**{
        field: [chosen[key]] if key in LISTS else chosen[key] for key, field in FILTERS.items() if chosen.get(key)
    })  # fmt: skip


def best(reader: Reader, chosen: Mapping[str, Any]) -> list[uuid.UUID]:
    """The corpora that match `chosen["q"]`, best first. Of very many the newest are put in order, and only these."""
    found = standings(reader, chosen).order_by("-changed_at", "corpus").values_list("corpus", flat=True)[:BEST]
    texts = CorpusText.objects.filter(corpus__in=list(found)).best_first(chosen["q"])
    return list(texts.values_list("corpus", flat=True))


def closest(reader: Reader, words: str) -> list[Corpus]:
    """Corpora with a name or title much like these words, for when nothing has them."""
    readable = CorpusText.objects.filter(corpus__in=Corpus.objects.readable_by(reader))
    return [row.corpus for row in readable.closest(words).select_related("corpus")]


def facets(reader: Reader, chosen: Mapping[str, Any]) -> list[Facet]:
    """What the list could be narrowed down by, counted over what it shows; one question to the database."""
    rows = standings(reader, chosen).select_related(None).order_by().values("corpus_id", "outcome", "licence")
    sql, params = rows[: COUNTED + 1].query.sql_with_params()
    counts = " UNION ALL ".join(
        f"(SELECT '{key}', {value} AS value, count(*) AS n FROM m JOIN datacards_corpus c ON c.id = m.corpus_id "  # noqa: S608
        f"LEFT JOIN datacards_corpustext t USING (corpus_id) GROUP BY 2 ORDER BY n DESC, 2 LIMIT {VALUES})"
        for key, (_, value, _) in FACETS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH m AS MATERIALIZED ({sql}) SELECT 'all', '', count(*) FROM m UNION ALL {counts}",  # noqa: S608
            params,
        )
        (_, _, total), *counted = cursor.fetchall()
    return [_facet(key, counted, total > COUNTED) for key in FACETS]


def _facet(key: str, counted: list[tuple[str, str, int]], at_least: bool) -> Facet:
    title, _, labels = FACETS[key]
    values = (FacetValue(value, str(labels.get(value, value)), n) for name, value, n in counted if name == key)
    return Facet(key, title, tuple(each for each in values if each.value), at_least)
