"""Questions asked of the datasets on record: which are shown, how their licences stand, what their sources say now."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crawler.named import Answer, answers, refusing
from datacards.models import Dataset, Domain, ParentMention, SourceMention
from datacards.models.corpus import Reader

NAMED = 20  # datasets told of a domain
FLAGS = ("disputed", "unsatisfiable", "exposed", "open_parents")


@dataclass(frozen=True)
class Wanted:
    """Which datasets; what is empty is not asked for. `parents_open`: some of their parents are not resolved."""

    q: str = ""
    verdict: str = ""
    hub: str = ""
    flag: str = ""
    modality: str = ""
    collection: str = ""
    register: str = ""
    domain: str = ""

    def of(self, reader: Reader) -> QuerySet[Dataset]:
        """Those that this reader may read."""
        rows = self.about(reader)
        plain = {"verdict": self.verdict, "hub_verdict": self.hub}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        match self.flag:
            case "disputed":
                return rows.filter(disputed=True)
            case "unsatisfiable":
                return rows.filter(satisfiable=False)
            case "exposed":
                return rows.filter(Exists(_sources(refusing(named_domains()))))
            case "open_parents":
                return rows.filter(Exists(ParentMention.objects.filter(dataset=OuterRef("pk"), state="open")))
            case _:
                return rows

    def about(self, reader: Reader) -> QuerySet[Dataset]:
        """The same whatever their licences are: what the picture is of."""
        rows = Dataset.objects.readable_by(reader)
        plain = {"modality": self.modality, "collection": self.collection, "register": self.register}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        if self.domain:
            named = Domain.objects.filter(name=self.domain.lower()).values_list("pk", flat=True)
            rows = rows.filter(Exists(_sources(list(named))))
        return rows.filter(Q(title__icontains=self.q) | Q(identifier__icontains=self.q)) if self.q else rows


def _sources(domains: Collection[int]) -> QuerySet[SourceMention]:
    return SourceMention.objects.filter(dataset=OuterRef("pk"), domain__in=domains)


def named_domains() -> list[int]:
    """The domains that datasets name."""
    named = SourceMention.objects.filter(domain__isnull=False).order_by("domain").distinct()
    return [pk for pk in named.values_list("domain", flat=True) if pk is not None]


def crossed(rows: QuerySet[Dataset]) -> dict[tuple[str, str], int]:
    """(What the Hub says, what we find) → how many."""
    counted = rows.order_by().values_list("hub_verdict", "verdict").annotate(Count("pk"))
    return {(hub, found): count for hub, found, count in counted}


def choices(reader: Reader) -> dict[str, list[str]]:
    """The modalities and registers on record."""
    rows = Dataset.objects.readable_by(reader).order_by()
    both = rows.values_list("modality", "register").distinct()
    pairs = list(both)
    return {name: sorted({pair[place] for pair in pairs} - {""}) for place, name in enumerate(("modality", "register"))}


def exposed_of(datasets: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Answer]]:
    """Dataset → its domains that refuse training now; in few queries for a whole page."""
    rows = SourceMention.objects.filter(dataset__in=datasets, domain__isnull=False)
    pairs = list(rows.order_by("text").values_list("dataset", "domain"))
    told = answers({domain for _, domain in pairs if domain})
    found: dict[uuid.UUID, list[Answer]] = {}
    for dataset, domain in pairs:
        answer = told.get(domain or 0)
        if answer and answer.verdict == "disallowed" and answer not in found.setdefault(dataset, []):
            found[dataset].append(answer)
    return found


def sources_of(dataset: Dataset) -> list[tuple[SourceMention, Answer | None]]:
    """Every source that a dataset names, with what its domain says now: those that refuse first."""
    rows = list(dataset.sources.select_related("domain").order_by("text"))
    told = answers({row.domain_id for row in rows if row.domain_id})
    order = ("disallowed", "some", "unreachable", "none", "unknown")
    found = [(row, told.get(row.domain_id or 0)) for row in rows]
    return sorted(found, key=lambda pair: order.index(pair[1].verdict) if pair[1] else len(order))


def named_by(reader: Reader, site: Domain) -> Mapping[str, Any]:
    """The datasets on record that name a domain, of those that this reader may read."""
    rows = Dataset.objects.readable_by(reader).filter(Exists(_sources([site.pk]))).defer("record")
    found = list(rows.order_by("title", "pk")[: NAMED + 1])
    return {"rows": found[:NAMED], "count": len(found) if len(found) <= NAMED else rows.count()}


def parents_of(dataset: Dataset) -> list[ParentMention]:
    """The parents that a dataset names, those that are answered first."""
    rows = dataset.parents.select_related("parent", "resolved_by", "dataset").defer("parent__record", "dataset__record")
    return sorted(rows, key=lambda row: (row.state != "resolved", row.text))


def children_of(dataset: Dataset) -> QuerySet[ParentMention]:
    """The mentions that mean a dataset, each with the dataset that makes it."""
    rows = dataset.children.select_related("dataset").defer("dataset__record")
    return rows.order_by("dataset__title", "dataset")
