"""Gathers what is known of a revision into the facts that policies speak of, each with the rows it came from.

A fact that nobody measured is None: never 0, never a guess. `gather` only reads, in a handful of queries.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from audits.models import Audit
from crawler import consent
from datacards.cards import completeness
from datacards.licenses import UNKNOWN, Terms, combine, terms_of
from datacards.models import CardVersion, LicenceClaim, Revision
from datacards.overriding import licence_table
from datacards.relations import relation_kind
from governance import lineage_claims
from governance.ancestry.graph import Graph
from governance.lineage import among, closure
from governance.policy import Fact

PII_AUDIT = "pii.structured"


def gather(revision: Revision, at: datetime | None = None) -> dict[str, Fact]:
    """Every fact of the vocabulary, as it was known at a moment (now, unless told)."""
    at = at or timezone.now()
    facts = {"clock.now": Fact(at.isoformat())}
    for part in PARTS:
        facts |= part(revision, at)
    return facts


def _licence(revision: Revision, at: datetime) -> dict[str, Fact]:
    claim = LicenceClaim.objects.effective(revision.corpus, at)
    table, expression = licence_table(), claim.expression.strip() if claim else ""
    terms = terms_of(expression, table=table)
    sources = _rows("licence claim", [claim.pk]) if claim else ()
    return {
        "licence.stated": Fact(bool(expression), sources),
        "licence.recognised": Fact(terms.recognised, sources),
        "licence.commercial": Fact(terms.commercial, sources),
        "licence.derivatives": Fact(terms.derivatives, sources),
        "licence.use": Fact(_use(terms), sources),
        "licence.satisfiable": Fact(combine([expression], table=table).satisfiable if expression else None, sources),
    }


def _consent(revision: Revision, at: datetime) -> dict[str, Fact]:
    found = consent.restriction(revision, as_of=at)
    sources = (f"consent:{found.digest}",) if found.digest else ()
    by_signals = found.signals_refused_share
    if not by_signals and not consent.signals_read(revision, at):
        by_signals = None  # robots.txt alone was asked for, so silence is no answer
    return {
        "origin.domain_share": Fact(found.share(found.domain_tokens), _rows("revision", [revision.pk])),
        "consent.checked_share": Fact(found.checked_share, sources),
        "consent.unreachable_share": Fact(found.unreachable_share, sources),
        "consent.refused_share": Fact(found.refused_share(), sources),
        "consent.signals_refused_share": Fact(by_signals, sources),
        "consent.terms_refused_share": Fact(found.terms_refused_share, sources),
        "consent.oldest_check": Fact(_iso(found.oldest), sources),
    }


def _scan(revision: Revision, at: datetime) -> dict[str, Fact]:
    audit = Audit.objects.of(revision).as_of(at).filter(name=PII_AUDIT).first()
    if audit is None:
        names = ("scan.finished_at", "scan.coverage", "scan.personal_share", "scan.secrets")
        return dict.fromkeys(names, Fact(None))
    sources = _rows("audit", [audit.pk])
    return {
        "scan.finished_at": Fact(_iso(audit.finished_at), sources),
        "scan.coverage": Fact(audit.coverage, sources),
        "scan.personal_share": Fact(audit.personal_share, sources),
        "scan.secrets": Fact(audit.secrets, sources),
    }


def _card(revision: Revision, at: datetime) -> dict[str, Fact]:
    cards = CardVersion.objects.filter(corpus=revision.corpus, made_at__lte=at)
    card = cards.order_by("-number").first()
    filled = completeness(card.values if card else {})
    return {"card.completeness": Fact(filled.share, _rows("card", [card.pk]) if card else ())}


def _lineage(revision: Revision, at: datetime) -> dict[str, Fact]:
    graph = closure([revision.pk], "up")
    return _refusals(graph, revision, at) | _licences(graph, revision, at)


def _refusals(graph: Graph, revision: Revision, at: datetime) -> dict[str, Fact]:
    """Only what passes consent on is asked; where nothing upstream does, nothing refuses."""
    upstream = graph.reach(revision.pk, "up").steps
    revisions = list(Revision.objects.filter(pk__in=among(upstream)).select_related("corpus").order_by("pk"))
    passing = graph.reach(revision.pk, "up", lambda edge: relation_kind(edge.relation).consent).steps
    found = [consent.restriction(parent, as_of=at) for parent in revisions if parent.pk in passing]
    shares = [each.refused_share() for each in found]
    rows = _rows("revision", (parent.pk for parent in revisions))
    greatest = None if None in shares or not revisions else max((s for s in shares if s is not None), default=0.0)
    sources = tuple(f"consent:{each.digest}" for each in found if each.digest)
    return {
        "lineage.parents": Fact(len(revisions), rows),
        "lineage.refused_share": Fact(greatest, sources if found else rows),
    }


def _licences(graph: Graph, revision: Revision, at: datetime) -> dict[str, Fact]:
    """What its own licence comes to with all that weigh on it, and whether its sources agree."""
    weighing = lineage_claims.weighing_on(revision.pk, graph, at)
    found, sources = weighing.carried, _rows("licence claim", sorted(weighing.rows))
    own = lineage_claims.newest_by_source(revision.corpus, at)
    return {
        "licence.disputed": Fact(lineage_claims.disputed(own), _rows("licence claim", (said.row for said in own))),
        "lineage.licence_commercial": Fact(found.commercial, sources),
        "lineage.licence_satisfiable": Fact(found.satisfiable, sources),
        "lineage.licence_use": Fact(_use(found.terms), sources),
    }


PARTS: tuple[Callable[[Revision, datetime], Mapping[str, Fact]], ...] = (_licence, _consent, _scan, _card, _lineage)


def _use(terms: Terms) -> str | None:
    return None if terms.use == UNKNOWN else terms.use


def _rows(kind: str, ids: Iterable[Any]) -> tuple[str, ...]:
    return tuple(f"{kind}:{each}" for each in ids)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
