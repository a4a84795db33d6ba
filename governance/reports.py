"""A decision as a report that leaves the house: one HTML file to read, tables as CSV and Parquet to compute with.

A report is made from stored rows only: the decision's frozen facts and findings, and the consent, scan and lineage as
of the moment of the decision. Made again from the same decision it says the same.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.template.loader import render_to_string

from audits.models import Audit
from crawler import consent
from datacards.models import Corpus, Revision
from datacards.models.corpus import Reader
from governance.evidence import PII_AUDIT
from governance.lineage import ancestors, descendants
from governance.models import Decision

TOP_DOMAINS = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a text for a formula


@dataclass(frozen=True)
class Table:
    """A named table: column names, and rows of plain values."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Report:
    """All that is said of one decision, for one reader."""

    decision: Decision
    revision: Revision
    restriction: consent.Restriction
    audit: Audit | None
    tables: Mapping[str, Table]

    @property
    def reproducible_by(self) -> dict[str, str]:
        """What pins the report down: with these, an auditor can judge the frozen facts again."""
        version = self.decision.policy_version
        return {
            "corpus revision": f"{self.revision} ({self.revision.fingerprint})",
            "policy": f"{version.policy.slug} v{version.number} ({version.digest})",
            "facts": self.decision.facts_digest,
            "consent snapshots": self.restriction.digest or "none",
            "decided at": self.decision.decided_at.astimezone(UTC).isoformat(),
        }


def report(decision: Decision, reader: Reader) -> Report:
    """The report of a decision, with only those neighbours of the lineage that the reader may know of."""
    revision = decision.revision
    at = _moment_of(decision)
    restriction = consent.restriction(revision, as_of=at)
    audit = Audit.objects.of(revision).as_of(at).filter(name=PII_AUDIT).first()
    tables = (
        _findings(decision), _agents(restriction), _purposes(restriction), _domains(revision, restriction),
        _personal(audit), _neighbours(revision, reader),
    )  # fmt: skip
    return Report(decision, revision, restriction, audit, {table.name: table for table in tables})


def _moment_of(decision: Decision) -> datetime:
    """The clock that the evidence was gathered by, so that the report sees what the decision saw."""
    return datetime.fromisoformat(decision.facts["clock.now"]["value"])


def _findings(decision: Decision) -> Table:
    columns = ("rule", "title", "level", "role", "result", "sentence", "evidence")
    rows = ((*(f[c] for c in columns[:-1]), " ".join(f["evidence"])) for f in decision.findings)
    return Table("findings", columns, tuple(rows))


def _agents(found: consent.Restriction) -> Table:
    rows = (
        (s.agent.name, s.agent.operator, str(s.agent.purpose), *(s.by_level[level].tokens for level in consent.LEVELS),
         found.share(s.by_level["all"].tokens), s.by_level["all"].domains)
        for s in found.agents
    )  # fmt: skip
    levels = tuple(f"tokens_{level}" for level in consent.LEVELS)
    return Table("agents", ("agent", "operator", "purpose", *levels, "refused_share", "refusing_domains"), tuple(rows))


def _purposes(found: consent.Restriction) -> Table:
    rows = ((p.purpose, p.refused.tokens, p.refused.documents, p.refused.domains, p.share) for p in found.purposes)
    columns = ("purpose", "refused_tokens", "refused_documents", "refusing_domains", "refused_share")
    return Table("purposes", columns, tuple(rows))


def _domains(revision: Revision, now: consent.Restriction) -> Table:
    found = consent.top_domains(
        revision, as_of=now.as_of, limit=TOP_DOMAINS, unreachable=True, registered=now.registered
    )
    rows = (
        (d.name, d.tokens, d.documents, d.state, " ".join(d.agents), " ".join(d.channels), d.fetched_at.isoformat())
        for d in found
    )  # fmt: skip
    columns = ("domain", "tokens", "documents", "state", "refused_agents", "refusing_signals", "fetched_at")
    return Table("domains", columns, tuple(rows))


def _personal(audit: Audit | None) -> Table:
    columns = ("column", "type", "tier", "findings", "rows", "upper_share")
    counts = audit.counts.all() if audit else ()
    return Table("personal_data", columns, tuple(tuple(getattr(c, name) for name in columns) for c in counts))


def _neighbours(revision: Revision, reader: Reader) -> Table:
    steps = {pk: -n for pk, n in ancestors([revision.pk]).items()} | descendants([revision.pk])
    known = Revision.objects.filter(pk__in=steps, corpus__in=Corpus.objects.readable_by(reader))
    rows = sorted((steps[r.pk], str(r), str(r.pk)) for r in known.select_related("corpus"))
    return Table("lineage", ("steps", "revision", "revision_id"), tuple(rows))


# --- writing it down ---------------------------------------------------------------------------------------


def as_html(made: Report) -> str:
    """One file that needs nothing else: its style and pictures are inside."""
    return render_to_string("governance/report_file.html", {"report": made, "decision": made.decision})


def as_csv(table: Table) -> str:
    """A table as CSV; texts that a spreadsheet would evaluate are quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_safe(value) for value in row] for row in table.rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


# Columns keep their type also when a table is empty.
TYPES = {
    "steps": pa.int64(),
    "rows": pa.int64(),
    "findings": pa.int64(),
    "documents": pa.int64(),
    "tokens": pa.int64(),
    "domains": pa.int64(),
}


def as_arrow(table: Table) -> pa.Table:
    """A table with typed columns."""
    columns = [[row[i] for row in table.rows] for i in range(len(table.columns))]
    return pa.table({name: pa.array(values, _type(name)) for name, values in zip(table.columns, columns, strict=True)})


def _type(name: str) -> pa.DataType:
    if name.startswith(("tokens_", "domains_")) or (
        name.startswith("refused_") and not name.endswith(("share", "agents"))
    ):
        return pa.int64()
    if name.endswith("share"):
        return pa.float64()
    return TYPES.get(name, pa.int64() if name == "refusing_domains" else pa.string())


def as_parquet(table: Table) -> bytes:
    """A table as a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(as_arrow(table), sink)
    return bytes(sink.getvalue())


WRITERS: dict[str, Callable[[Table], bytes]] = {"csv": lambda t: as_csv(t).encode(), "parquet": as_parquet}


def write_report(decision: Decision, folder: Path, reader: Reader) -> list[Path]:
    """Write the report into a folder: report.html, and each table as CSV and Parquet. Returns the files."""
    made = report(decision, reader)
    folder.mkdir(parents=True, exist_ok=True)
    files = {"report.html": as_html(made).encode()}
    for table in made.tables.values():
        files |= {f"{table.name}.{suffix}": write(table) for suffix, write in WRITERS.items()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]
