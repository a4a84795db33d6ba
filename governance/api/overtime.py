"""Consent over time: months, forecast, estimate, what-if, takedown worklist; tables, card section and evidence."""

import tempfile
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Literal

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from crawler import proof, registry, store
from crawler.agents import Purpose
from crawler.forecast import Forecast
from crawler.series import Question, months
from datacards.models import Revision
from governance import consent_tables, overtime
from governance.api.corpora import revision_of
from governance.api.problems import Problem
from governance.api.schemas import Amount, Line, Moment
from governance.consent_forms import SIGNALS
from governance.reports import WRITERS, Table
from governance.views.shared import readable

router = Router(tags=["Consent"])
MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
CHANNELS = ("robots", "signals", "machine", *SIGNALS, "terms")


class When(BaseModel):
    """Which revision, at which moment."""

    as_of: Moment | None = Field(None, description="Now, unless told.")
    revision: int | None = Field(None, ge=1, le=10**9, description="The newest, unless told.")


class Asked(When):
    """Whom the question is about: the agents that train, unless told."""

    agent: Line = Field("", description="One agent of the registry.")
    purpose: Purpose | None = None
    company: Line = Field("", description="An operator of agents.")
    channel: Line = Field(
        "", description="robots, signals, machine (both), terms, or the channel of a signal; any, unless told."
    )

    @property
    def question(self) -> Question:
        """The question, its names checked. Raises Problem 422."""
        agents = registry.active()
        check("agent", self.agent, {agent.name for agent in agents})
        check("company", self.company, {agent.operator for agent in agents})
        check("channel", self.channel, set(CHANNELS))
        return Question(self.agent, self.purpose.value if self.purpose else "", self.company, self.channel)


def check(field: str, name: str, names: set[str]) -> None:
    """Refuse a name that is none of these. Raises Problem 422."""
    if name and name not in names:
        where = {"where": f"query.{field}", "sentence": f"There is no {field} of this name."}
        raise Problem(422, f"{field}: there is none of this name.", errors=[where])


class Ahead(BaseModel):
    """A forecast for one coming month, as shares of tokens."""

    share: float
    low: float
    high: float


class Outlook(BaseModel):
    """Where the refused share is heading, with the error of the same method on the history itself."""

    method: str
    error: float = Field(description="Mean absolute error of the back-test, as a share.")
    naive_error: float = Field(description="That of “it stays as it is”.")
    tests: int
    months: list[Ahead]


class Month(BaseModel):
    """What held at the end of a month, by level."""

    until: datetime
    levels: dict[str, Amount]


class ConsentSeries(BaseModel):
    """Consent month by month, oldest first; `forecast` is null where the history is too short to test one."""

    months: list[Month]
    forecast: Outlook | None


@router.get("corpora/{uuid:corpus_id}/consent/series", response=ConsentSeries)
def get_consent_series(request: HttpRequest, corpus_id: uuid.UUID, query: Query[Asked]) -> ConsentSeries:
    """Get the levels month by month, for an agent, a purpose, a company or a channel, with a forecast."""
    revision, question = revision_of(readable(request, corpus_id), query.revision), query.question
    found = months(revision, query.as_of)
    told = {by: found.levels(question, by) for by in ("tokens", "documents", "domains")}
    rows = [
        Month(until=end, levels={
            level: Amount(**{by: told[by][level][place] for by in told}) for level in told["tokens"]
        })
        for place, end in enumerate(found.ends)
    ]  # fmt: skip
    return ConsentSeries(months=rows, forecast=_outlook(overtime.outlook(found, question, "tokens")))


def _outlook(told: Forecast | None) -> Outlook | None:
    if told is None:
        return None
    coming = [Ahead(share=s, low=lo, high=hi) for s, lo, hi in zip(told.shares, told.low, told.high, strict=True)]
    return Outlook(method=told.method, error=told.error, naive_error=told.naive_error, tests=told.tests, months=coming)


class TableQuery(Asked):
    """Which table, in which form."""

    table: Literal["domains", "series", "takedown"] = "domains"
    format: Literal["csv", "parquet"] = "csv"
    acquired: Moment | None = Field(None, description="For takedown: when the data was acquired.")


@router.get("corpora/{uuid:corpus_id}/consent/table", response={200: None})
def get_consent_table(request: HttpRequest, corpus_id: uuid.UUID, query: Query[TableQuery]) -> HttpResponse:
    """Download consent per domain at a date, month by month, or the takedown worklist, as CSV or Parquet."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    headers = {"Content-Disposition": f'attachment; filename="consent-{query.table}-{corpus_id}.{query.format}"'}
    content = WRITERS[query.format](_table(revision, query))
    return HttpResponse(content, content_type=MEDIA[query.format], headers=headers)


def _table(revision: Revision, query: TableQuery) -> Table:
    if query.table == "series":
        return consent_tables.series_table(months(revision, query.as_of), query.question)
    if query.table == "takedown":
        return consent_tables.takedown_table(consent_tables.worklist(revision, query.acquired, query.as_of))
    return consent_tables.domains_table(revision, query.as_of, query.question)


class CardQuery(When):
    """In which form."""

    format: Literal["json", "markdown"] = "json"


@router.get("corpora/{uuid:corpus_id}/consent/card", response={200: None})
def get_consent_card(request: HttpRequest, corpus_id: uuid.UUID, query: Query[CardQuery]) -> HttpResponse:
    """Get the consent section of a Data Card, as JSON or Markdown."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    if query.format == "json":
        return HttpResponse(consent_tables.card_json(revision, query.as_of), content_type="application/json")
    text = consent_tables.card_markdown(revision, query.as_of)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@router.get("corpora/{uuid:corpus_id}/consent/evidence", response={200: None})
def get_consent_evidence(request: HttpRequest, corpus_id: uuid.UUID, query: Query[When]) -> FileResponse:
    """Download every record that a revision's consent at a date rests on, as one WARC file."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    file = _spooled(proof.stream(revision, store.configured(), query.as_of))
    name = f"consent-{revision.pk}.warc.gz"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/warc")


def _spooled(pieces: Iterable[bytes]) -> IO[bytes]:
    """Everything in a file that the response closes: a lost record is told before the answer begins."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        file.writelines(pieces)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


class TakedownQuery(When):
    """What to compare."""

    acquired: Moment | None = Field(
        None, description="When the data was acquired; when it was registered, unless told."
    )
    kind: Literal["new", "standing", "unknown"] | None = None
    limit: int = Field(100, ge=1, le=1000)


class TurnedDomain(BaseModel):
    """A domain that refuses now, and what it said when the data was acquired."""

    domain: str
    tokens: int
    documents: int
    kind: Literal["new", "standing", "unknown"]
    then: str
    channels: list[str]
    evidence_then: list[uuid.UUID]
    evidence_now: list[uuid.UUID]


@router.get("corpora/{uuid:corpus_id}/consent/takedown", response=list[TurnedDomain])
def get_takedown(request: HttpRequest, corpus_id: uuid.UUID, query: Query[TakedownQuery]) -> list[TurnedDomain]:
    """List the domains that refuse now with what they said when the data was acquired, the largest first."""
    revision = revision_of(readable(request, corpus_id), query.revision)
    found = consent_tables.worklist(revision, query.acquired, query.as_of)
    return [
        TurnedDomain(
            domain=each.now.name, tokens=each.now.tokens, documents=each.now.documents, kind=each.kind,  # type: ignore[arg-type]

            then=each.then.word, channels=list(each.now.channels), evidence_then=list(each.then.snapshots),
            evidence_now=list(each.now.snapshots),
        )
        for each in found if query.kind in (None, each.kind)
    ][: query.limit]  # fmt: skip
