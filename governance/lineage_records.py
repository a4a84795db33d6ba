"""What is on record about the nodes of a lineage: names, licences, decisions and refusals, in a handful of queries."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from django.urls import reverse

from datacards.models import Dataset, Revision
from governance.ancestry.graph import Key
from governance.lineage import among
from governance.lineage_claims import Said, corpus_licences, dataset_licences
from governance.models import Standing

NOWHERE = str(uuid.UUID(int=0))
NOT_YET = ("undecided", None)


@cache
def _address(kind: str) -> str:
    """A page's address with a place for the id: a map has thousands, and each is to be resolved once only."""
    return reverse("corpus-lineage", args=[NOWHERE]) if kind == "corpus" else f"{reverse('lineage')}?focus={NOWHERE}"


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
        return _address(self.kind).replace(NOWHERE, str(self.page))

    @property
    def licence(self) -> str:
        """Its licences as one says them."""
        return " and ".join(self.licences)


def nodes(keys: Iterable[Key]) -> dict[Key, Node]:
    """What is on record about each of these. Whether the reader may know of them is the caller's question."""
    wanted = cast(set[uuid.UUID], set(keys))
    revisions = Revision.objects.filter(pk__in=among(wanted)).values_list("pk", "number", "corpus_id", "corpus__name")
    corpora = {pk: (number, corpus, name) for pk, number, corpus, name in revisions}
    owners = {corpus for _, corpus, _ in corpora.values()}
    rows = Standing.objects.filter(corpus__in=among(owners)).values_list("corpus", "outcome", "refused_share")
    standings = {corpus: (outcome, refused) for corpus, outcome, refused in rows}
    claims = corpus_licences(owners)
    found: dict[Key, Node] = {
        pk: _corpus(pk, name, corpus, number, standings.get(corpus, NOT_YET), claims.get(corpus, ()))
        for pk, (number, corpus, name) in corpora.items()
    }
    return found | _datasets({key for key in wanted if key not in found})


def _corpus(
    pk: uuid.UUID, name: str, corpus: uuid.UUID, number: int, stands: tuple[str, float | None], said: Iterable["Said"]
) -> Node:
    return Node(pk, "corpus", name, corpus, number, *stands, licences=_worded(said))


def _worded(said: Iterable[Said]) -> tuple[str, ...]:
    return tuple(each.expression for each in said)


def _datasets(keys: set[uuid.UUID]) -> dict[Key, Node]:
    if not keys:
        return {}
    claims = dataset_licences(keys)
    rows = Dataset.objects.filter(pk__in=among(keys)).values_list("pk", "title", "verdict")
    return {
        pk: Node(pk, "dataset", title, pk, None, verdict or "unknown", None, _worded(claims.get(pk, ())))
        for pk, title, verdict in rows
    }


def shares(known: Mapping[Key, Node]) -> dict[Key, float | None]:
    """Node → the share of its tokens whose sites refuse training."""
    return {key: node.refused for key, node in known.items()}
