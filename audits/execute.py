"""The runs `scan` and `profile` (see `datacards.runs`): an audit of a revision, in portions kept by content key."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings

from audits.bounds import upper_share
from audits.models import Audit as Outcome
from audits.models import AuditCount
from audits.pii import HmacSeal
from audits.protocol import Audit, Portion, Tally
from audits.registry import DEFAULT, PROFILE, audit_named
from audits.results import Results, content_key
from audits.sources import files_of, refuse_change, refuse_other_bytes
from datacards.errors import BadInput
from datacards.leases import Pulse
from datacards.models import Revision, Run, Unit
from datacards.runs import UnitSpec

UNIT_BYTES = 96 << 20
UNIT_PORTIONS = 200


def installation_seal() -> HmacSeal:
    """Seals values under a key of this installation alone, made from its secret key."""
    return HmacSeal(hashlib.sha256(b"consentry audits\0" + settings.SECRET_KEY.encode()).digest())


def results_of(audit: str) -> Results:
    """Where this installation keeps an audit's results."""
    return Results(settings.CONSENTRY_STORE, audit)


class ScanJob:
    """Audits a revision. Params: `audit` (a name of the registry) and `columns` (none: all that hold text)."""

    kind = "scan"
    unit = "rows"
    default = DEFAULT

    def plan(self, run: Run) -> Iterator[UnitSpec]:
        """Units of portions of one large file, or of several small files; a portion has the key of its result."""
        audit = self._audit(run)
        pack, seal = audit.digest, installation_seal()
        for portions in _together(audit.portions(files_of(_with_text(run.revision)), _columns(run))):
            kept = [{"key": content_key(pack, p, seal.name), "portion": p.as_dict()} for p in portions]
            yield UnitSpec({"audit": audit.name, "pack": pack, "portions": kept}, sum(p.rows for p in portions))

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Each portion: use the result that is kept, or scan and keep it."""
        audit, results = audit_named(unit.spec["audit"]), results_of(unit.spec["audit"])
        tallies: list[Tally] = []
        reused = before = 0
        for each in unit.spec["portions"]:
            kept = results.tally(each["key"])
            reused += kept is not None
            tallies.append(kept or _scanned(unit.spec, each, results, _further(pulse, before)))
            before += each["portion"]["rows"]
            pulse(done=before)
        return {"tally": audit.combine(tallies).as_dict(), "parts": len(tallies), "reused": reused}

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """The engine stores the numbers with the unit; places are in the store already, by content."""

    def finish(self, run: Run) -> dict[str, Any]:
        """Write the audit and its counts."""
        audit, pack = self._audit(run), run.units.values_list("spec__pack", flat=True)[0]
        results = run.units.order_by("ordinal").values_list("result", flat=True)
        tally = audit.combine(Tally.from_dict(result["tally"]) for result in results.iterator(chunk_size=20))
        parts, reused = (sum(run.units.values_list(f"result__{name}", flat=True)) for name in ("parts", "reused"))
        outcome = _recorded(run, audit, pack, tally, reused)
        if reused:
            run.say(f"{reused:,} of {parts:,} parts were scanned before by the same detectors: used again.")
        return {"audit": str(outcome.pk), "parts": parts, "reused": reused}

    def discard(self, run: Run) -> None:
        """Results are kept by content and serve the next run."""

    def _audit(self, run: Run) -> Audit:
        return audit_named(str(run.params.get("audit") or self.default))


class ProfileJob(ScanJob):
    """Profiles a revision's content."""

    kind = "profile"
    default = PROFILE


def _with_text(revision: Revision | None) -> Revision:
    if revision is None:
        raise BadInput("A scan needs a revision: choose the corpus that is to be scanned.")
    if not revision.text_column:
        raise BadInput(f"{revision.corpus} is a table of domains without texts, so there is nothing to scan.")
    return revision


def _columns(run: Run) -> tuple[str, ...]:
    columns = run.params.get("columns") or ()
    return (columns,) if isinstance(columns, str) else tuple(str(name) for name in columns)


def _together(portions: Iterator[Portion]) -> Iterator[list[Portion]]:
    """Small portions in one unit, up to `UNIT_BYTES` or `UNIT_PORTIONS` of them."""
    unit: list[Portion] = []
    for portion in portions:
        if unit and (len(unit) == UNIT_PORTIONS or sum(p.part.size for p in unit) + portion.part.size > UNIT_BYTES):
            yield unit
            unit = []
        unit.append(portion)
    if unit:
        yield unit


def _further(pulse: Pulse, before: int) -> Callable[[int], None]:
    """Progress of a portion as progress of its unit."""
    return lambda rows: pulse(done=before + rows)


def _scanned(spec: dict[str, Any], each: dict[str, Any], results: Results, progress: Callable[[int], None]) -> Tally:
    """Scan a portion of a file that is what the revision says, before and after, and keep the result."""
    audit, portion = audit_named(spec["audit"]), Portion.from_dict(each["portion"])
    if spec["pack"] != audit.digest:
        raise BadInput("The detectors were changed while the scan ran: start it again, so that one version does all.")
    refuse_other_bytes(portion.source, portion.digest, results, lambda: progress(0))
    result = audit.scan(portion, installation_seal(), lambda rows: progress(min(rows, portion.rows)))
    refuse_change(portion.source)
    results.keep(each["key"], result)
    return result.tally


def _recorded(run: Run, audit: Audit, pack: str, tally: Tally, reused: int) -> Outcome:
    assert run.revision is not None, "a scan without a revision was refused when it was planned"
    outcome = Outcome.objects.create(
        revision=run.revision, name=audit.name, pack_digest=pack, run=run, rows=tally.rows,
        rows_known=run.revision.rows, size=tally.size, personal_rows=tally.personal_rows, secrets=tally.secrets,
        summary={"columns": list(tally.columns), "parts_reused": reused, "exact": tally.rows >= run.revision.rows}
        | audit.recorded(tally),
    )  # fmt: skip
    exact = outcome.summary["exact"]
    AuditCount.objects.bulk_create(
        AuditCount(
            audit=outcome, column=column[:200], type=kind, tier=tier, findings=findings, rows=rows,
            upper_share=rows / tally.rows if exact and tally.rows else upper_share(rows, tally.rows),
        )
        for column, kind, tier, findings, rows in tally.counts
    )  # fmt: skip
    return outcome
