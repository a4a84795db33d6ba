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
COUNTED = 500  # of what matches, so many are put in order and counted; beyond, counts say "at least"
VALUES = 8
MATCHES = """
WITH m AS MATERIALIZED (
    SELECT s.outcome, s.licence, c.audience, t.languages, t.modalities FROM governance_standing s
    JOIN datacards_corpus c ON c.id = s.corpus_id LEFT JOIN datacards_corpustext t USING (corpus_id)
    WHERE s.corpus_id = ANY(%s)
)
"""


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
    "outcome": ("Decision", "outcome", dict(Outcome.choices)),
    "licence": ("Licence", "licence", {}),
    "language": ("Language", "unnest(languages)", {}),
    "modality": ("Kind of data", "unnest(modalities)", {}),
    "audience": ("Audience", "audience", dict(Audience.choices)),
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


@dataclass(frozen=True)
class Found:
    """The newest of the corpora that a list shows: what is put in order of how well it matches, and counted."""

    corpora: tuple[uuid.UUID, ...]
    at_least: bool  # there are more


def found(reader: Reader, chosen: Mapping[str, Any]) -> Found:
    """The newest `COUNTED` at most, so that a word which is everywhere costs no more than one that is rare."""
    rows = standings(reader, chosen).order_by("-changed_at", "corpus").values_list("corpus", flat=True)
    corpora = tuple(rows[: COUNTED + 1])
    return Found(corpora[:COUNTED], len(corpora) > COUNTED)


def best(among: Found, words: str) -> list[uuid.UUID]:
    """The corpora found, those that match best first."""
    texts = CorpusText.objects.filter(corpus__in=among.corpora).best_first(words)
    return list(texts.values_list("corpus", flat=True))


def closest(reader: Reader, words: str) -> list[Corpus]:
    """Corpora with a name or title much like these words, for when nothing has them."""
    readable = CorpusText.objects.filter(corpus__in=Corpus.objects.readable_by(reader))
    return [row.corpus for row in readable.closest(words).select_related("corpus")]


def facets(among: Found) -> list[Facet]:
    """What the list could be narrowed down by, counted over the corpora found; one question to the database."""
    counts = " UNION ALL ".join(
        f"(SELECT '{key}', {value} AS value, count(*) AS n FROM m GROUP BY 2 ORDER BY n DESC, 2 LIMIT {VALUES})"  # noqa: S608 (our own table)
        for key, (_, value, _) in FACETS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(MATCHES + counts, [list(among.corpora)])
        counted = cursor.fetchall()
    return [_facet(key, counted, among.at_least) for key in FACETS]


def _facet(key: str, counted: list[tuple[str, str, int]], at_least: bool) -> Facet:
    title, _, labels = FACETS[key]
    values = (FacetValue(value, str(labels.get(value, value)), n) for name, value, n in counted if name == key)
    return Facet(key, title, tuple(each for each in values if each.value), at_least)
