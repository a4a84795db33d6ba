"""What is on record about the nodes of a lineage: names, licences, decisions and refusals, in a handful of queries."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse

from datacards.models import Corpus, Dataset, LicenceClaim, Revision
from datacards.models.corpus import LicenceSource
from governance.ancestry.graph import Key
from governance.models import Standing

# Whose word counts first, where several speak of one thing; of one source's statements the newest (a register's: all).
RANKS = (LicenceSource.PERSON, LicenceSource.REGISTER)


@dataclass(frozen=True)
class Node:
    """A revision of a corpus, or a dataset on record, as pages and programs show it."""

    key: uuid.UUID
    kind: Literal["corpus", "dataset"]
    name: str
    page: uuid.UUID
    number: int | None = None
    outcome: str = "undecided"
    refused: float | None = None
    licences: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What it is, in two words."""
        return f"revision {self.number}" if self.kind == "corpus" else "on record"

    @property
    def href(self) -> str:
        """Its own page of the lineage."""
        if self.kind == "corpus":
            return reverse("corpus-lineage", args=[self.page])
        return f"{reverse('lineage')}?focus={self.key}"

    @property
    def licence(self) -> str:
        """Its licences as one says them."""
        return " and ".join(self.licences)


def nodes(keys: Iterable[Key]) -> dict[Key, Node]:
    """What is on record about each of these. Whether the reader may know of them is the caller's question."""
    wanted = cast(set[uuid.UUID], set(keys))
    revisions = Revision.objects.filter(pk__in=wanted).values_list("pk", "number", "corpus_id", "corpus__name")
    corpora = {pk: (number, corpus, name) for pk, number, corpus, name in revisions}
    owners = {corpus for _, corpus, _ in corpora.values()}
    standings = {s.pk: s for s in Standing.objects.filter(corpus__in=owners)}
    claims = corpus_licences(owners)
    found: dict[Key, Node] = {
        pk: _corpus(pk, name, corpus, number, standings.get(corpus), claims.get(corpus, ()))
        for pk, (number, corpus, name) in corpora.items()
    }
    return found | _datasets({key for key in wanted if key not in found})


def _corpus(
    pk: uuid.UUID, name: str, corpus: uuid.UUID, number: int, standing: Standing | None, licences: tuple[str, ...]
) -> Node:
    outcome, refused = (standing.outcome, standing.refused_share) if standing else ("undecided", None)
    return Node(pk, "corpus", name, corpus, number, outcome, refused, licences)


def _datasets(keys: set[uuid.UUID]) -> dict[Key, Node]:
    if not keys:
        return {}
    claims = dataset_licences(keys)
    rows = Dataset.objects.filter(pk__in=keys).values_list("pk", "title", "verdict")
    return {
        pk: Node(pk, "dataset", title, pk, None, verdict or "unknown", None, claims.get(pk, ()))
        for pk, title, verdict in rows
    }


# --- licences ----------------------------------------------------------------------------------------------


def corpus_licences(corpora: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Corpus → the licence that counts, as `LicenceClaim.objects.effective` has it, for many at once."""
    first = Case(When(source=LicenceSource.PERSON, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = LicenceClaim.objects.filter(corpus__in=list(corpora)).annotate(first=first)
    counting = rows.order_by("corpus", "first", "-claimed_at", "-id").distinct("corpus")
    return {pk: (said,) for pk, said in counting.values_list("corpus", "expression") if pk and said.strip()}


def dataset_licences(datasets: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Dataset on record → the licences that bind it: what a person said last, else all that its register's reviewer
    found, else what the newest of the others says."""
    rows = LicenceClaim.objects.filter(dataset__in=list(datasets)).order_by("dataset", "-claimed_at", "-id")
    said: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for pk, source, expression in rows.values_list("dataset", "source", "expression"):
        if pk and expression.strip():
            said.setdefault(pk, []).append((source, expression))
    return {pk: _binding(each) for pk, each in said.items()}


def _binding(said: list[tuple[str, str]]) -> tuple[str, ...]:
    """`said` is newest first."""
    person = [expression for source, expression in said if source == LicenceSource.PERSON]
    register = [expression for source, expression in said if source == LicenceSource.REGISTER]
    return tuple(person[:1] or dict.fromkeys(register) or [said[0][1]])


def disputed(corpus: Corpus) -> bool | None:
    """Whether several sources speak of a corpus's licence in different words; None where nobody does."""
    rows = LicenceClaim.objects.filter(corpus=corpus).order_by("source", "-claimed_at", "-id").distinct("source")
    said = {" ".join(expression.lower().split()) for expression in rows.values_list("expression", flat=True)}
    return len(said) > 1 if said else None


def shares(known: Mapping[Key, Node]) -> dict[Key, float | None]:
    """Node → the share of its tokens whose sites refuse training."""
    return {key: node.refused for key, node in known.items()}
