"""Consent of a corpus: how much of it its sites permit, at any date, by agent and purpose; and the agents."""

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from crawler import consent, registry
from crawler.agents import Purpose
from crawler.models import Agent
from crawler.states import State
from governance.api.corpora import revision_of
from governance.api.paging import Page, Place, Sort, page
from governance.api.problems import Problem
from governance.api.schemas import Amount, CorpusName, Line, Moment
from governance.charts import Step
from governance.trend import KINDS, trend
from governance.views.paging import Order
from governance.views.shared import readable

router = Router(tags=["Consent"])


class AgentShare(BaseModel):
    """How much of a revision each level covers for one agent."""

    agent: str
    operator: str
    purpose: Purpose
    refused_share: float | None = Field(description="Share of tokens from domains that refuse it everything.")
    levels: dict[str, Amount]


class PurposeShare(BaseModel):
    """How much comes from domains that fully refuse at least one agent of a purpose."""

    purpose: Purpose
    refused: Amount
    share: float | None


class Consent(BaseModel):
    """What the sites of a revision permitted at a moment. Shares are of all its tokens."""

    corpus: CorpusName
    revision: int
    as_of: datetime
    total: Amount
    refused: Amount = Field(description="Domains that refuse everything to at least one agent that trains.")
    refused_share: float | None
    checked_share: float | None
    unreachable_share: float | None
    oldest: datetime | None = Field(description="When the oldest snapshot in use was fetched.")
    newest: datetime | None
    digest: str = Field(description="SHA-256 over the snapshots in use; equal digests, equal evidence.")
    purposes: list[PurposeShare]
    agents: list[AgentShare] = Field(description="The most refused first.")


class ConsentQuery(BaseModel):
    """When, and for whom."""

    as_of: Moment | None = Field(None, description="Now, unless told.")
    revision: int | None = Field(None, ge=1, le=10**9, description="The newest, unless told.")
    agent: Line = Field("", description="Only this agent.")
    purpose: Purpose | None = Field(None, description="Only agents of this purpose.")


class RefusingDomain(BaseModel):
    """A domain that refuses, and the snapshot that says so."""

    domain: str
    tokens: int
    documents: int
    state: State
    snapshot: uuid.UUID
    fetched_at: datetime
    agents: list[str] = Field(description="Those of the agents asked for that it refuses everything in robots.txt.")
    channels: list[str] = Field(description="Signals beside robots.txt by which it refuses everybody.")


class RefusingQuery(ConsentQuery):
    """Which refusals."""

    unreachable: bool = Field(False, description="Count domains that could not be asked as refusing.")
    limit: int = Field(20, ge=1, le=1000)


@router.get("corpora/{uuid:corpus_id}/consent", response=Consent)
def get_consent(request: HttpRequest, corpus_id: uuid.UUID, query: Query[ConsentQuery]) -> Consent:
    """Get how much of a corpus its sites permit, by purpose and agent, at any date."""
    corpus = readable(request, corpus_id)
    revision = revision_of(corpus, query.revision)
    _known_agent(query.agent)
    found = consent.restriction(revision, query.as_of)
    return Consent(
        corpus=CorpusName.of(corpus), revision=revision.number, as_of=found.as_of, total=_amount(found.total),
        refused=_amount(found.refused()), refused_share=found.refused_share(), checked_share=found.checked_share,
        unreachable_share=found.unreachable_share, oldest=found.oldest, newest=found.newest, digest=found.digest,
        purposes=_purposes(found, query), agents=_agents(found, query),
    )  # fmt: skip


def _purposes(found: consent.Restriction, query: ConsentQuery) -> list[PurposeShare]:
    wanted = [p for p in found.purposes if query.purpose in (None, p.purpose)]
    return [PurposeShare(purpose=Purpose(p.purpose), refused=_amount(p.refused), share=p.share) for p in wanted]


def _agents(found: consent.Restriction, query: ConsentQuery) -> list[AgentShare]:
    return [
        AgentShare(
            agent=each.agent.name, operator=each.agent.operator, purpose=each.agent.purpose,
            refused_share=found.share(each.by_level["all"].tokens) if found.asked else None,
            levels={level: _amount(each.by_level[level]) for level in consent.LEVELS},
        )
        for each in found.agents
        if query.agent.lower() in ("", each.agent.name.lower()) and query.purpose in (None, each.agent.purpose)
    ]  # fmt: skip


def _amount(part: consent.Amount) -> Amount:
    return Amount(tokens=part.tokens, documents=part.documents, domains=part.domains)


def _known_agent(name: str) -> str:
    """The agent's name as the registry writes it; empty for none."""
    if not name:
        return ""
    found = next((agent.name for agent in registry.active() if agent.name.lower() == name.lower()), None)
    if found is None:
        where = {"where": "query.agent", "sentence": "The registry has no active agent of this name."}
        raise Problem(
            422, "agent: the registry has no active agent of this name; GET agents lists them.", errors=[where]
        )
    return found


class TrendStep(BaseModel):
    """What holds from a day on, as shares of all tokens."""

    at: datetime
    refused: float
    unreachable: float
    allowed: float
    unknown: float = Field(description="Not asked yet.")


class ConsentTrend(BaseModel):
    """How much of the newest revision refused training over time, by machine-readable channels."""

    steps: list[TrendStep] = Field(description="Oldest first; each holds until the next.")


@router.get("corpora/{uuid:corpus_id}/consent/trend", response=ConsentTrend)
def get_consent_trend(request: HttpRequest, corpus_id: uuid.UUID) -> ConsentTrend:
    """Get how much of a corpus refused AI training over time."""
    return ConsentTrend(steps=[_trend_step(step) for step in trend(readable(request, corpus_id).revision)])


def _trend_step(step: Step) -> TrendStep:
    shares = {part.kind: part.share for part in step.parts}
    return TrendStep(at=step.at, **{kind: shares.get(kind, 0.0) for kind, _ in KINDS})


@router.get("corpora/{uuid:corpus_id}/consent/domains", response=list[RefusingDomain])
def list_refusing_domains(
    request: HttpRequest, corpus_id: uuid.UUID, query: Query[RefusingQuery]
) -> list[RefusingDomain]:
    """List the largest domains of a corpus that refuse an agent, or any agent of a purpose (training, unless told)."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    purposes = (query.purpose,) if query.purpose else consent.TRAINING
    found = consent.top_domains(
        revision, purposes=purposes, agent=_known_agent(query.agent), as_of=query.as_of, limit=query.limit,
        unreachable=query.unreachable,
    )  # fmt: skip
    return [
        RefusingDomain(
            domain=each.name, tokens=each.tokens, documents=each.documents, state=State(each.state),
            snapshot=each.snapshot_id, fetched_at=each.fetched_at, agents=list(each.agents),
            channels=list(each.channels),
        )
        for each in found
    ]  # fmt: skip


# --- agents ------------------------------------------------------------------------------------------------


class AgentItem(BaseModel):
    """An AI user agent of the registry."""

    name: str
    token: str = Field(description="As a site addresses it in robots.txt.")
    operator: str
    purpose: Purpose
    fetches: bool = Field(description="A control token never fetches; it governs others' use.")
    aliases: list[str]
    successor: str | None
    url: str
    note: str
    active: bool

    @classmethod
    def of(cls, row: Agent) -> "AgentItem":
        """From its row."""
        names = ("name", "token", "operator", "fetches", "aliases", "url", "note", "active")
        successor = row.successor.name if row.successor else None
        return cls(purpose=Purpose(row.purpose), successor=successor, **{name: getattr(row, name) for name in names})


class AgentsQuery(Place):
    """Which agents to list."""

    purpose: Purpose | None = None
    active: bool | None = None


@router.get("agents", response=Page[AgentItem], tags=["Agents"])
def list_agents(request: HttpRequest, response: HttpResponse, query: Query[AgentsQuery]) -> Page[AgentItem]:
    """List the registry of AI agents."""
    chosen = {k: v for k, v in {"purpose": query.purpose, "active": query.active}.items() if v is not None}
    rows = Agent.objects.filter(**chosen).select_related("successor")
    return page(request, response, rows, Sort(Order("name"), lambda row: row.name), AgentItem.of, query)
