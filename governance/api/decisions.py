"""Audits, decisions with their reasons and reports, and the policies that decide."""

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from audits.models import CONTENT_PROFILE, Audit
from governance import acts, reports, telling
from governance.access import readable_audits, readable_decisions
from governance.api.paging import Page, Place, Sort, newest, page
from governance.api.schemas import CorpusName, Line, Moment, name_of
from governance.decide import replay
from governance.models import Decision, Outcome, Policy, PolicyVersion
from governance.registry import registry
from governance.views.paging import Order
from governance.views.reports import TYPES
from governance.views.shared import readable, who

router = Router()


# --- audits ------------------------------------------------------------------------------------------------


class AuditRow(BaseModel):
    """A finished audit of one revision."""

    id: uuid.UUID
    corpus: CorpusName
    revision: int
    name: str
    pack_digest: str = Field(description="SHA-256 of the detectors: their version and settings.")
    finished_at: datetime
    rows: int = Field(description="Rows that were read.")
    rows_known: int
    bytes: int
    coverage: float | None
    personal_rows: int | None = Field(description="Rows with validated personal data; null where nobody looked.")
    personal_share: float | None
    secrets: int | None = Field(description="Keys, tokens and passwords found; null where nobody looked.")

    @classmethod
    def of(cls, row: Audit) -> "AuditRow":
        """From its row."""
        names = ("name", "pack_digest", "finished_at", "rows", "rows_known", "coverage", "personal_share")
        looked = row.name != CONTENT_PROFILE
        return cls(
            id=row.pk, corpus=CorpusName.of(row.revision.corpus), revision=row.revision.number, bytes=row.size,
            personal_rows=row.personal_rows if looked else None, secrets=row.secrets if looked else None,
            **{name: getattr(row, name) for name in names},
        )  # fmt: skip


class Count(BaseModel):
    """How often one type was found in one column."""

    column: str
    type: str
    tier: str
    findings: int
    rows: int
    upper_share: float = Field(description="Upper 95 % bound (Clopper–Pearson) of the share of such rows.")


class AuditItem(AuditRow):
    """An audit with its counts; values are never stored."""

    counts: list[Count]
    profile: dict[str, Any] | None = Field(description="Of a content profile: what it measured, column by column.")


class AuditsQuery(Place):
    """Which audits to list."""

    corpus: uuid.UUID | None = None
    name: Line = ""


@router.get("audits", response=Page[AuditRow], tags=["Audits"])
def list_audits(request: HttpRequest, response: HttpResponse, query: Query[AuditsQuery]) -> Page[AuditRow]:
    """List finished audits, newest first."""
    chosen = {"revision__corpus": query.corpus, "name": query.name}
    rows = readable_audits(request.user).filter(**{name: value for name, value in chosen.items() if value})
    return page(request, response, rows.select_related("revision__corpus"), newest("finished_at"), AuditRow.of, query)


@router.get("audits/{uuid:audit_id}", response=AuditItem, tags=["Audits"])
def get_audit(request: HttpRequest, audit_id: uuid.UUID) -> AuditItem:
    """Get an audit with its counts by column and type."""
    found = readable_audits(request.user).filter(pk=audit_id).select_related("revision__corpus").first()
    if found is None:
        raise Http404
    names = ("column", "type", "tier", "findings", "rows", "upper_share")
    counts = [Count(**{name: getattr(row, name) for name in names}) for row in found.counts.all()]
    profile = found.summary.get("profile")
    return AuditItem(**AuditRow.of(found).model_dump(), counts=counts, profile=profile)


# --- decisions ---------------------------------------------------------------------------------------------


class DecisionRow(BaseModel):
    """What a policy said of a revision."""

    id: uuid.UUID
    corpus: CorpusName
    revision: int
    policy: str
    policy_version: int
    decided_at: datetime
    outcome: Outcome
    sentence: str = Field(description="What it says, in one sentence.")
    because: str = Field(description="What made it be decided.")
    previous: uuid.UUID | None
    made_by: str | None

    @classmethod
    def of(cls, row: Decision) -> "DecisionRow":
        """From its row."""
        version, revision = row.policy_version, row.revision
        return cls(
            id=row.pk, corpus=CorpusName.of(revision.corpus), revision=revision.number, policy=version.policy.slug,
            policy_version=version.number, decided_at=row.decided_at, outcome=Outcome(row.outcome),
            sentence=telling.sentence(row), because=row.because, previous=row.previous_id, made_by=name_of(row.made_by),
        )  # fmt: skip


class Finding(BaseModel):
    """What came of one rule."""

    rule: str
    title: str
    why: str
    level: str
    role: str = Field(description="Who answers for it.")
    result: Literal["PASS", "FAIL", "INDETERMINATE", "NOT APPLICABLE", "WAIVED"]
    sentence: str
    measured: Any = Field(description="The facts that it looked at, as they were.")
    evidence: list[str] = Field(description="Ids of the rows that the facts came from.")


class Frozen(BaseModel):
    """A fact as it was, and the rows it came from; null where nobody knew."""

    value: Any
    evidence: list[str]


class DecisionItem(DecisionRow):
    """A decision with its reasons."""

    findings: list[Finding]
    facts: dict[str, Frozen]
    facts_digest: str
    policy_digest: str
    replayed: bool = Field(description="Whether the frozen facts give the same outcome when judged again now.")


class DecisionsQuery(Place):
    """Which decisions to list."""

    corpus: uuid.UUID | None = None
    outcome: Outcome | None = None
    since: Moment | None = None


class ReportQuery(BaseModel):
    """Which part of a report, in which form."""

    format: Literal["html", "csv", "parquet"] = "html"
    table: Literal["findings", "agents", "purposes", "domains", "personal_data", "lineage"] = Field(
        "findings", description="As CSV and Parquet, a report is one table each."
    )


@router.get("decisions", response=Page[DecisionRow], tags=["Decisions"])
def list_decisions(request: HttpRequest, response: HttpResponse, query: Query[DecisionsQuery]) -> Page[DecisionRow]:
    """List decisions, newest first."""
    chosen = {"revision__corpus": query.corpus, "outcome": query.outcome, "decided_at__gte": query.since}
    rows = readable_decisions(request.user).filter(**{name: value for name, value in chosen.items() if value})
    named = rows.select_related("revision__corpus", "policy_version__policy", "made_by")
    return page(request, response, named, newest("decided_at"), DecisionRow.of, query)


@router.get("decisions/{uuid:decision_id}", response=DecisionItem, tags=["Decisions"])
def get_decision(request: HttpRequest, decision_id: uuid.UUID) -> DecisionItem:
    """Get a decision with its findings and the facts as they were frozen."""
    return decision_item(_readable(request, decision_id))


@router.post("corpora/{uuid:corpus_id}/decisions", response={201: DecisionItem}, tags=["Decisions"])
def decide_corpus(request: HttpRequest, corpus_id: uuid.UUID) -> Status[DecisionItem]:
    """Decide now on a corpus's newest revision; the same evidence gives the decision that stands."""
    return Status(201, decision_item(acts.decide(who(request), readable(request, corpus_id))))


@router.get("decisions/{uuid:decision_id}/report", tags=["Decisions"], response={200: None})
def get_report(request: HttpRequest, decision_id: uuid.UUID, query: Query[ReportQuery]) -> HttpResponse:
    """Download a decision's report: one HTML file to read, or a table of it as CSV or Parquet."""
    made = reports.report(_readable(request, decision_id), request.user)
    content = (
        reports.as_html(made).encode() if query.format == "html"
        else reports.WRITERS[query.format](made.tables[query.table])
    )  # fmt: skip
    name = f"report-{decision_id}.html" if query.format == "html" else f"{query.table}-{decision_id}.{query.format}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[query.format], headers=disposition)


def _readable(request: HttpRequest, decision_id: uuid.UUID) -> Decision:
    rows = readable_decisions(request.user).select_related("revision__corpus", "policy_version__policy", "made_by")
    found = rows.filter(pk=decision_id).first()
    if found is None:
        raise Http404
    return found


def decision_item(row: Decision) -> DecisionItem:
    """A decision in full."""
    return DecisionItem(
        **DecisionRow.of(row).model_dump(), findings=[Finding(**finding) for finding in row.findings],
        facts={name: Frozen(**fact) for name, fact in row.facts.items()}, facts_digest=row.facts_digest,
        policy_digest=row.policy_version.digest, replayed=str(replay(row).outcome) == row.outcome,
    )  # fmt: skip


# --- the registry ------------------------------------------------------------------------------------------


class Part(BaseModel):
    """The corpora that stand somewhere."""

    outcome: Outcome
    corpora: int
    tokens: int


class Registry(BaseModel):
    """Where all corpora stand that you may know of."""

    corpora: int
    tokens: int
    unlicensed: int = Field(description="Corpora of which nobody has stated a licence.")
    refused_share: float | None = Field(description="Of the tokens whose sites were asked.")
    oldest_look: datetime | None = Field(description="When the corpus was considered that waits longest.")
    outcomes: list[Part]
    must_be_zero: dict[str, int] = Field(description="What it counts → how many there are.")


@router.get("registry", response=Registry, tags=["Decisions"])
def get_registry(request: HttpRequest) -> Registry:
    """Get whether the registry is in order: what must be 0, and how much is approved, blocked and not known."""
    found = registry(who(request))
    return Registry(
        corpora=found.corpora, tokens=found.all_tokens, unlicensed=found.unlicensed, refused_share=found.refused_share,
        oldest_look=found.oldest, must_be_zero={zero.title: zero.count for zero in found.zeros},
        outcomes=[Part(outcome=Outcome(o), corpora=n, tokens=t) for o, n, t in found.outcomes],
    )  # fmt: skip


# --- policies ----------------------------------------------------------------------------------------------


class PolicyRow(BaseModel):
    """A named set of rules."""

    slug: str
    title: str
    owner: str | None
    is_default: bool = Field(description="Decides where no other policy is asked for.")

    @classmethod
    def of(cls, row: Policy) -> "PolicyRow":
        """From its row."""
        return cls(slug=row.slug, title=row.title, owner=name_of(row.owner), is_default=row.is_default)


class Version(BaseModel):
    """A version of a policy; it never changes once it is activated."""

    number: int
    digest: str
    made_by: str | None
    made_at: datetime
    activated_at: datetime | None
    rules: dict[str, Any] = Field(description="The rules as data.")

    @classmethod
    def of(cls, row: PolicyVersion) -> "Version":
        """From its row."""
        names = ("number", "digest", "made_at", "activated_at", "rules")
        return cls(made_by=name_of(row.made_by), **{name: getattr(row, name) for name in names})


class PolicyItem(PolicyRow):
    """A policy with the version that decides."""

    active: Version | None


@router.get("policies", response=Page[PolicyRow], tags=["Policies"])
def list_policies(request: HttpRequest, response: HttpResponse, place: Query[Place]) -> Page[PolicyRow]:
    """List the policies."""
    by_title = Sort(Order("title"), lambda row: row.title)
    return page(request, response, Policy.objects.select_related("owner"), by_title, PolicyRow.of, place)


@router.get("policies/{slug:slug}", response=PolicyItem, tags=["Policies"])
def get_policy(request: HttpRequest, slug: str) -> PolicyItem:
    """Get a policy with the version that decides."""
    found = _policy(slug)
    active = found.active
    return PolicyItem(**PolicyRow.of(found).model_dump(), active=Version.of(active) if active else None)


@router.get("policies/{slug:slug}/versions", response=Page[Version], tags=["Policies"])
def list_policy_versions(request: HttpRequest, response: HttpResponse, slug: str, place: Query[Place]) -> Page[Version]:
    """List a policy's versions, newest first."""
    rows = _policy(slug).versions.select_related("made_by")
    return page(request, response, rows, newest("number"), Version.of, place)


def _policy(slug: str) -> Policy:
    found = Policy.objects.select_related("owner").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found
