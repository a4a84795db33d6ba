"""Parents named in free text, and the datasets that they are: exact rules resolve by themselves, the rest is offered.

A rule resolves only where it finds exactly one dataset, and `how` says which rule it was. What a person decided, or
took back, no rule touches again. An edge that would close a circle stays open.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from datacards.circles import on_circles, reachable
from datacards.models import Dataset, MentionState, ParentMention
from datacards.naming import hub_id, url_key

ITS_OWN = ("dataset", "hub", "repository", "website")  # links that are a dataset's; a paper may be of several
HOW_LONGEST = 200
CANDIDATES = 5
ALIKE = 0.3  # PostgreSQL's own threshold of similarity

# Titles alike by trigrams, and whatever is called the same but for capitals or on the Hub, the likeliest first; each
# way has an index of its own.
LIKELY = """
SELECT asked.text, found.* FROM unnest(%(texts)s::text[], %(hubs)s::text[]) AS asked(text, hub), LATERAL (
    SELECT d.id, d.identifier, d.title, d.hub_id, d.collection,
           greatest(similarity(upper(d.title), upper(asked.text)),
                    similarity(upper(d.identifier), upper(asked.text))) AS alike
    FROM datacards_dataset d WHERE d.id IN (
        SELECT id FROM datacards_dataset WHERE upper(title) %% upper(asked.text)
        UNION SELECT id FROM datacards_dataset WHERE upper(identifier) = upper(asked.text)
        UNION SELECT id FROM datacards_dataset WHERE hub_id = asked.hub AND asked.hub <> ''
    )
    ORDER BY (asked.hub <> '' AND d.hub_id = asked.hub) DESC, alike DESC, d.title, d.id LIMIT %(limit)s
) found
"""


@dataclass(frozen=True)
class Candidate:
    """A dataset that a text may mean, how much alike the two are (0..1), and why it is offered."""

    dataset: UUID
    identifier: str
    title: str
    hub_id: str
    collection: str
    alike: float
    why: str


def candidates(texts: Sequence[str], limit: int = CANDIDATES) -> dict[str, list[Candidate]]:
    """Text → the datasets that it may mean, the likeliest first; in one query."""
    found: dict[str, list[Candidate]] = {text: [] for text in texts}
    with connection.cursor() as cursor:
        hubs = [hub_id(text) for text in texts]
        cursor.execute(LIKELY, {"texts": list(texts), "hubs": hubs, "limit": limit})
        for text, pk, *names, alike in cursor.fetchall():
            identifier, title, hub, collection = names
            why = _why(text, identifier, title, hub, alike)
            found[text].append(Candidate(pk, identifier, title, hub, collection, alike, why))
    return found


def _why(text: str, identifier: str, title: str, hub: str, alike: float) -> str:
    if text.upper() in (identifier.upper(), title.upper()):
        return "the same but for capitals" if text not in (identifier, title) else "the same name"
    if hub and hub_id(text) == hub:
        return "the same id on the Hub"
    return f"{alike:.0%} alike by groups of three letters"


# --- exact rules -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """What each exact rule finds, where it finds just one."""

    by_hub: dict[str, UUID]
    by_url: dict[str, UUID]
    by_identifier: dict[str, UUID]

    def find(self, text: str) -> tuple[UUID, str] | None:
        """The dataset that a text names exactly, and the rule that says so."""
        hub, url = hub_id(text), url_key(text)
        if hub and hub.lower() in self.by_hub:
            return self.by_hub[hub.lower()], f"Same id on the Hub: {hub}"
        if url and url in self.by_url:
            return self.by_url[url], f"Same address: {url}"
        if text in self.by_identifier:
            return self.by_identifier[text], f"Same identifier: {text}"
        return None


def index() -> Index:
    """The index over all records."""
    hubs, urls, identifiers = (defaultdict[str, set[UUID]](set) for _ in range(3))
    for pk, identifier, hub, links in Dataset.objects.values_list("pk", "identifier", "hub_id", "links").iterator():
        identifiers[identifier].add(pk)
        if hub:
            hubs[hub.lower()].add(pk)
        for name in ITS_OWN:
            if key := url_key(links.get(name, "")):
                urls[key].add(pk)
    return Index(*(_single(found) for found in (hubs, urls, identifiers)))


def _single(found: dict[str, set[UUID]]) -> dict[str, UUID]:
    return {key: next(iter(pks)) for key, pks in found.items() if len(pks) == 1}


@transaction.atomic
def resolve_exactly() -> int:
    """Resolve every open mention that an exact rule knows and no person has touched; returns how many."""
    open_now = ParentMention.objects.filter(state=MentionState.OPEN, resolved_by=None)
    rows = list(open_now.select_for_update().order_by("pk"))
    known, found = index(), []
    for row, text in ((row, row.text) for row in rows):
        hit = known.find(text)
        if hit and hit[0] != row.dataset_id:
            row.parent_id, row.how = hit[0], hit[1][:HOW_LONGEST]
            found.append(row)
    circles = on_circles([*edges(), *((row.dataset_id, row.parent_id) for row in found)])
    kept = [row for row in found if (row.dataset_id, row.parent_id) not in circles]
    for row in kept:
        row.state, row.resolved_at = MentionState.RESOLVED, timezone.now()
    ParentMention.objects.bulk_update(kept, ["state", "parent", "how", "resolved_at"], 500)
    return len(kept)


def edges() -> Iterator[tuple[UUID, UUID]]:
    """Every resolved edge between datasets: child, parent."""
    rows = ParentMention.objects.filter(state=MentionState.RESOLVED, parent__isnull=False)
    yield from rows.values_list("dataset_id", "parent_id")


def ancestors(dataset: UUID) -> set[UUID]:
    """A dataset and all that it was made from: none of them can have it as a parent."""
    onward: dict[UUID, list[UUID]] = defaultdict(list)
    for child, parent in edges():
        onward[child].append(parent)
    return reachable(dataset, onward)
