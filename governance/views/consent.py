"""Consent of a corpus: how much of it do the sites still permit, and which of them moved it?"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from crawler.consent import TRAINING, AgentShare, Restriction, refusing_vectors, restriction, top_domains
from crawler.models import ConsentChange
from datacards.models import Corpus, DomainShare
from governance import acts
from governance.charts import Part
from governance.forms import AsOfForm
from governance.trend import KINDS as TREND
from governance.trend import trend
from governance.views.corpus import tab_page
from governance.views.shared import back_to, press, readable, who
from governance.words import PURPOSES, percent

PARTS = (
    ("all", "refused", "whole site refused"),
    ("unreachable", "unreachable", "could not be reached"),
    ("some", "some", "parts refused"),
    ("none", "allowed", "nothing refused"),
    ("unknown", "unknown", "not known"),
)
PURPOSE_PARTS = (
    ("refused", "refused"),
    ("unreachable", "could not be reached"),
    ("allowed", "not refused as a whole"),
    ("unknown", "not known"),
)
STALE = timedelta(days=30)
FIRST_AGENTS = 12
FIRST_DOMAINS = 25
LATELY = 10


@dataclass(frozen=True)
class Bar:
    """A row of a chart: its name, what it says small, its parts, and the share that counts."""

    name: str
    note: str
    parts: tuple[Part, ...]
    share: float | None
    label: str


@require_GET
def corpus_consent(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Shares by purpose and by agent at a date, and the domains behind them."""
    corpus = readable(request, corpus_id)
    form = AsOfForm(request.GET or None)
    at = form.moment()
    found = restriction(corpus.revision, as_of=at)
    purpose = request.GET.get("purpose", "")
    training = refusing_vectors(_names(found, TRAINING))
    refusing = refusing_vectors(_names(found, (purpose,))) if purpose in PURPOSES else training
    domains = top_domains(
        corpus.revision, as_of=at, limit=FIRST_DOMAINS, refusing=refusing, registered=found.registered
    )
    bars = [agent_bar(found, share) for share in found.agents]
    more = {
        "form": form, "at": at, "found": found, "said": said(found, at), "domains": domains,
        "total": found.total_tokens, "changes": _changes(corpus, at), "until": timezone.now(),
        "old": bool(found.newest and (at or timezone.now()) - found.newest > STALE),
        "trend": trend(corpus.revision, found.registered) if found.asked and not at else [],
        "agents": bars[:FIRST_AGENTS], "all_agents": bars, "purposes": purpose_bars(found),
        "legend": PARTS, "purpose_legend": PURPOSE_PARTS, "trend_legend": TREND,
        "purpose": purpose, "purpose_name": PURPOSES.get(purpose, ""), "purpose_names": PURPOSES,
    }  # fmt: skip
    return tab_page(request, corpus, "corpus-consent", "consent", more)


@require_POST
def corpus_crawl(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Ask its sites what they permit today."""
    corpus, made = readable(request, corpus_id), []
    press(request, lambda: made.append(acts.crawl(who(request), corpus)), "Asking the sites of this corpus.")
    return back_to("run", made[0].pk) if made else back_to("corpus-consent", corpus_id)


def _names(found: Restriction, purposes: Iterable[str]) -> set[str]:
    return {agent.name for agent in found.registered if agent.purpose in purposes}


def said(found: Restriction, at: datetime | None) -> str:
    """The answer in one sentence."""
    if not found.asked:
        return "None of its sites has been asked" + (" by that day." if at else " so far.")
    share = found.refused_share()
    now = "refused" if at else "now refuse"
    if not share:
        return f"No site of this corpus {'refused' if at else 'refuses'} AI training as a whole."
    return f"{percent(share)} of this corpus's tokens come from sites that {now} AI training."


def agent_bar(found: Restriction, share: AgentShare) -> Bar:
    """One agent's levels as parts of the whole."""
    agent = share.agent
    parts = tuple(
        Part(found.share(share.by_level[level].tokens) or 0.0, kind, name)
        for level, kind, name in PARTS
        if share.by_level[level].tokens
    )
    refused = found.share(share.by_level["all"].tokens) if found.asked else None
    label = f"{agent.name}: " + ", ".join(f"{part.name} {percent(part.share)}" for part in parts)
    return Bar(agent.name, f"{agent.operator} · {PURPOSES[agent.purpose].lower()}", parts, refused, label)


def purpose_bars(found: Restriction) -> list[Bar]:
    """Per purpose, how much is refused to at least one of its agents."""
    bars = []
    unknown = 1 - (found.checked_share or 0.0)
    for each in found.purposes:
        refused, out = each.share or 0.0, found.unreachable_share or 0.0
        sizes = (refused, out, max(0.0, 1 - refused - out - unknown), unknown)
        parts = tuple(Part(size, *look) for size, look in zip(sizes, PURPOSE_PARTS, strict=True) if size)
        name = PURPOSES[each.purpose]
        bars.append(Bar(name, "", parts, each.share, f"{name}: {percent(each.share)} refused"))
    return bars


def _changes(corpus: Corpus, at: datetime | None) -> QuerySet[ConsentChange]:
    """What its sites changed lately, with the tokens that each is."""
    share = DomainShare.objects.filter(revision=corpus.latest_id, domain=OuterRef("domain")).values("tokens")
    changes = ConsentChange.objects.filter(domain__shares__revision=corpus.latest_id).select_related("domain")
    changes = changes.filter(at__lte=at) if at else changes
    return changes.annotate(tokens=Subquery(share)).order_by("-at")[:LATELY]
