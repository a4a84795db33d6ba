"""The list of corpora as everybody asks for it: pages, API and terminal filter and sort standings alike."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from datacards.models import Corpus, User
from datacards.models.corpus import Reader
from governance.models import Standing

FILTERS = {
    "name": "corpus__name",
    "outcome": "outcome",
    "licence": "licence__iexact",
    "owner": "corpus__owner__username",
    "audience": "corpus__audience",
}


def standings(reader: Reader, chosen: Mapping[str, Any]) -> QuerySet[Standing]:
    """Standings of the corpora that this reader may know of; `chosen` is `q` for a text, and what FILTERS names."""
    rows = Standing.objects.select_related("corpus__owner")
    if not (isinstance(reader, User) and reader.administers):
        rows = rows.filter(corpus__in=Corpus.objects.readable_by(reader))
    if text := chosen.get("q"):
        rows = rows.filter(Q(corpus__name__icontains=text) | Q(corpus__title__icontains=text))
    return rows.filter(**{field: chosen[key] for key, field in FILTERS.items() if chosen.get(key)})
