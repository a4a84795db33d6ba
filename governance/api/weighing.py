"""Consent weighed: the whole estimated from a part, and what honouring or ignoring would cost."""

import uuid
from dataclasses import asdict
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from crawler import registry
from crawler.consent import restriction
from crawler.weighing import Scales
from governance import overtime
from governance.api.corpora import revision_of
from governance.api.overtime import Asked, check
from governance.api.schemas import Amount, Line
from governance.consent_forms import HONOURED
from governance.views.shared import readable

router = Router(tags=["Consent"])


class EstimateQuery(Asked):
    """How large the head is."""

    head: int = Field(2000, ge=1, le=10**6, description="So many of the largest domains are a census.")
    published: Literal["", "C4", "RefinedWeb", "Dolma"] = Field(
        "",
        description="Whose published share of the head the paper's form is weighed by; this corpus's own, unless told.",
    )


class ConsentEstimate(BaseModel):
    """The refused share of all tokens from a head and a random sample; right only where the sample was random."""

    share: float
    low: float | None
    high: float | None
    head: int = Field(description="Domains of the head that were asked.")
    sampled: int
    pooled_share: float = Field(description="All asked domains thrown together: biased towards the head.")
    paper_share: float = Field(description="The strata's shares weighed by the head's published share of the tokens.")
    paper_low: float | None
    paper_high: float | None
    head_weight: float = Field(description="That share.")


@router.get("corpora/{uuid:corpus_id}/consent/estimate", response=ConsentEstimate)
def estimate_consent(request: HttpRequest, corpus_id: uuid.UUID, query: Query[EstimateQuery]) -> ConsentEstimate:
    """Estimate the refused share of a corpus of which only a head and a sample were asked."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    found = overtime.estimate(revision, query.as_of, query.question, query.head, query.published)
    told = found.estimate
    return ConsentEstimate(
        share=told.share, low=told.low, high=told.high, head=found.head, sampled=told.sampled,
        pooled_share=found.pooled, paper_share=found.papers.share, paper_low=found.papers.low,
        paper_high=found.papers.high, head_weight=found.head_weight,
    )  # fmt: skip


class WhatIfQuery(Asked):
    """What would be honoured, and towards whom."""

    honour: Line = Field(
        "",
        description=f"Channels, separated by commas, of {', '.join(name for name, _ in HONOURED)}; all, unless told.",
    )
    ignore: Line = Field("", description="Agents, separated by commas: what is refused to them alone is kept.")
    unreachable: bool = Field(False, description="Leave out what could not be reached as well.")


class WeighedPart(BaseModel):
    """A channel or an agent: what it refuses by itself, and what ignoring it alone would spare."""

    name: str
    alone: Amount
    spared: Amount


class WhatIf(BaseModel):
    """What honouring these channels and no other loses, with the part of each channel and agent, the largest first."""

    lost: Amount
    kept: Amount
    share: float
    channels: list[WeighedPart]
    agents: list[WeighedPart]


@router.get("corpora/{uuid:corpus_id}/consent/what-if", response=WhatIf)
def weigh_consent(request: HttpRequest, corpus_id: uuid.UUID, query: Query[WhatIfQuery]) -> WhatIf:
    """Weigh what honouring only some channels, or ignoring some agents, would lose."""
    revision, question = revision_of(readable(request, corpus_id), query.revision), query.question
    honour, ignore = _names("honour", query.honour, {name for name, _ in HONOURED}), _agents(query.ignore)
    told = Scales(restriction(revision, query.as_of), question, query.unreachable).weigh(honour or None, ignore)
    return WhatIf.model_validate(asdict(told))


def _names(field: str, text: str, known: set[str]) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        check(field, name, known)
    return names


def _agents(text: str) -> list[str]:
    return _names("ignore", text, {agent.name for agent in registry.active()}) if text else []
