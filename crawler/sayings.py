"""All that a site says at a date, by every document, and what it comes to for each agent and purpose."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from crawler import registry, store
from crawler.agents import Agent
from crawler.channels import EVERYBODY, PURPOSES, Signal
from crawler.documents import Document
from crawler.domain_terms import Terms, terms_of
from crawler.models import Snapshot
from crawler.permissions import UNSTATED, Conflict, Permission, permissions
from crawler.robots import RobotsFile, parse
from crawler.states import SPEAKING, State
from datacards.models import Domain


@dataclass(frozen=True)
class Said:
    """One machine-readable statement, and the fetch that it was read in."""

    signal: Signal
    snapshot: Snapshot


@dataclass(frozen=True)
class Saying:
    """The newest fetch of each document by a date, its statements, the terms, and what all of it comes to.

    `table` has a permission for every agent of the registry, and for `*`, by (agent's name, purpose).
    """

    snapshots: dict[Document, Snapshot]
    signals: tuple[Said, ...]
    terms: Terms | None
    table: dict[tuple[str, str], Permission] = field(repr=False)

    @property
    def everybody(self) -> list[tuple[str, Permission]]:
        """What the site says to whom it does not name, by purpose."""
        return [(purpose, self.table.get((EVERYBODY, purpose), UNSTATED)) for purpose in PURPOSES]

    @cached_property
    def conflicts(self) -> dict[Conflict, list[str]]:
        """Each contradiction between two channels, with the agents that it is about."""
        found: dict[Conflict, list[str]] = {}
        for (agent, _), permission in self.table.items():
            for conflict in permission.conflicts:
                names = found.setdefault(conflict, [])
                if agent not in names:
                    names.append(agent)
        return found


def saying(domain: Domain, at: datetime | None = None, agents: list[Agent] | None = None) -> Saying:
    """What a domain says by a date (now, unless told). Raises Unavailable where the store has lost its robots.txt."""
    snapshots = documents_of(domain, at)
    said = tuple(
        Said(Signal.from_dict(told), snapshot)
        for snapshot in snapshots.values()
        if snapshot.signals
        for told in snapshot.signals.signals
    )
    robots, terms = snapshots.get(Document.ROBOTS), terms_of(domain, at)
    table = permissions(
        _file(robots), State(robots.state) if robots else None, [each.signal for each in said],
        terms.statement if terms else None, registry.active() if agents is None else agents,
    )  # fmt: skip
    return Saying(snapshots, said, terms, table)


def documents_of(domain: Domain, at: datetime | None = None) -> dict[Document, Snapshot]:
    """The newest fetch of each document by a date, in the documents' order."""
    rows = Snapshot.objects.filter(domain=domain).as_of(at).select_related("content", "signals")
    newest = {row.channel: row for row in rows.order_by("channel", "-fetched_at", "-id").distinct("channel")}
    return {document: newest[document] for document in Document if document in newest}


def _file(snapshot: Snapshot | None) -> RobotsFile | None:
    if snapshot is None or snapshot.content is None or snapshot.state not in SPEAKING:
        return None
    content = snapshot.content
    return parse(store.configured().read(content.warc_file, content.warc_offset).body)
