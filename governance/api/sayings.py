"""All that a site says, by every channel, and what it comes to for an agent and a use."""

import uuid
from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from crawler import registry
from crawler.channels import EVERYBODY, PURPOSES, Signal
from crawler.models import Snapshot
from crawler.permissions import UNSTATED, Permission
from crawler.sayings import Saying, saying
from governance.access import readable_domains
from governance.api.domains import AsOf
from governance.api.problems import Problem
from governance.api.schemas import Line

router = Router(tags=["Domains"])
MOST_SIGNALS = 2000


class Document(BaseModel):
    """The newest fetch of one document of a site."""

    document: str
    snapshot: uuid.UUID
    fetched_at: datetime
    state: str
    http_status: int | None
    url: str
    digest: str | None = Field(description="SHA-256 of the body.")
    error: str

    @classmethod
    def of(cls, row: Snapshot) -> "Document":
        """From its row."""
        return cls(
            document=row.channel, snapshot=row.pk, fetched_at=row.fetched_at, state=row.state,
            http_status=row.http_status, url=row.final_url, digest=row.content_id, error=row.error,
        )  # fmt: skip


class Statement(BaseModel):
    """One machine-readable statement, a rule of robots.txt, or a clause of the terms."""

    channel: str
    purpose: str
    agent: str
    value: str
    where: str
    path: str
    quote: str
    note: str

    @classmethod
    def of(cls, said: Signal) -> "Statement":
        """From the record of the channels."""
        return cls(**{name: getattr(said, name) for name in cls.model_fields})


class Conflict(BaseModel):
    """Two statements that contradict each other; the stricter one counts."""

    allowed: Statement
    disallowed: Statement
    agents: list[str]


class Answer(BaseModel):
    """What the site says of one use."""

    purpose: str
    value: str = Field(description="allowed, disallowed or unstated, which is no permission.")
    deciding: list[Statement]

    @classmethod
    def of(cls, purpose: str, permission: Permission) -> "Answer":
        """From the combined verdict."""
        deciding = [Statement.of(statement) for statement in permission.deciding[:20]]
        return cls(purpose=purpose, value=permission.value, deciding=deciding)


class Sayings(BaseModel):
    """All that a site says at a date."""

    domain: str
    agent: str
    documents: list[Document]
    answers: list[Answer]
    signals: list[Statement] = Field(description=f"At most {MOST_SIGNALS:,}.")
    conflicts: list[Conflict]


class SayingsQuery(AsOf):
    """To whom."""

    agent: Line = Field(EVERYBODY, description="The name of a registered agent, or * for whom no document names.")


@router.get("domains/{name}/says", response=Sayings)
def get_sayings(request: HttpRequest, name: str, query: Query[SayingsQuery]) -> Sayings:
    """Get what a site says of every use to an agent, by every channel, with its contradictions."""
    domain = readable_domains(request.user).filter(name=name.lower()).first() if "\x00" not in name else None
    if domain is None:
        raise Http404
    agent = _agent(query.agent)
    return _told(domain.name, agent, saying(domain, query.as_of))


def _agent(name: str) -> str:
    known = {each.name.lower(): each.name for each in registry.active()} | {EVERYBODY: EVERYBODY}
    if name.lower() not in known:
        raise Problem(422, f"The registry has no agent {name!r}; /agents lists those it has.")
    return known[name.lower()]


def _told(domain: str, agent: str, found: Saying) -> Sayings:
    answers = [Answer.of(purpose, found.table.get((agent, purpose), UNSTATED)) for purpose in PURPOSES]
    conflicts = [
        Conflict(allowed=Statement.of(pair.allowed), disallowed=Statement.of(pair.disallowed), agents=agents)
        for pair, agents in list(found.conflicts.items())[:200]
    ]
    return Sayings(
        domain=domain, agent=agent, documents=[Document.of(row) for row in found.snapshots.values()], answers=answers,
        signals=[Statement.of(said.signal) for said in found.signals[:MOST_SIGNALS]], conflicts=conflicts,
    )  # fmt: skip
