"""The import of a register's records: a run over one file of this machine."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from datacards import standing
from datacards.errors import BadInput
from datacards.leases import Pulse, hold
from datacards.models import Run, Unit
from datacards.parentage import resolve_exactly
from datacards.record_files import lines_of
from datacards.record_keeping import Kept, Naming, keep
from datacards.records import Record, parse
from datacards.runs import UnitSpec

BATCH = 500
KEPT = 20_000  # records of a file that are held in memory; of a larger file they are read twice


class ImportRecords:
    """Reads records of datasets. Params: `path` (a file of this machine), `register` (whose records these are).

    The whole file is read before anything is stored, so that a line that cannot be used stores nothing. Records are
    stored in batches; one that is known is not stored again, so that the unit may be begun again at any time.
    """

    kind = "import-records"
    unit = "bytes"

    def plan(self, run: Run) -> Iterator[UnitSpec]:
        """One unit: lines of a compressed file can only be read from its start."""
        path = checked(run.params["path"])
        yield UnitSpec({"path": str(path)}, path.stat().st_size)

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Read all, then store all."""
        path = Path(unit.spec["path"])
        with lines_of(path, lambda done: pulse(done=done // 2)) as lines:
            parsed = parse(lines, path.name)
            records = list(islice(parsed, KEPT))
            rest = sum(1 for _ in parsed)
        half, total = unit.total // 2, len(records) + rest
        if rest:
            with lines_of(path, lambda done: pulse(done=half + done // 2)) as lines:
                return self._kept(unit, parse(lines, path.name), lambda done: pulse())
        return self._kept(unit, records, lambda done: pulse(done=half + half * done // max(1, total)))

    def _kept(self, unit: Unit, records: Iterable[Record], told: Callable[[int], None]) -> dict[str, Any]:
        register, naming = unit.run.params["register"], Naming()
        tally: Counter[str] = Counter()
        pairs = ((naming(record), record) for record in records)
        while batch := list(islice(pairs, BATCH)):
            with transaction.atomic():
                hold(unit)
                kept = keep(register, batch, unit.run.started_by)
                standing.restate(kept.touched)
            tally.update(_counts(kept))
            told(sum(tally[name] for name in ("new", "changed", "same")))
        return dict(tally) | {"repeated": naming.repeated}

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Nothing is left to store: each batch was, guarded by the unit's fence."""

    def finish(self, run: Run) -> dict[str, Any]:
        """Resolve the parents that are named exactly, and tell what came of it."""
        found = run.units.get().result
        moved = found.get("new", 0) + found.get("changed", 0)
        found["resolved"] = resolve_exactly() if moved else 0
        _tell(run, found)
        return found

    def discard(self, run: Run) -> None:
        """Nothing lies outside the database."""


def checked(path: str) -> Path:
    """The file to be read. Raises BadInput where there is none."""
    found = Path(path)
    if not found.is_file():
        raise BadInput(f"path: {found.name or path} is no file of this machine; give a .jsonl, .jsonl.xz, .gz or .zst.")
    return found


def _counts(kept: Kept) -> dict[str, int]:
    return {"new": kept.new, "changed": kept.changed, "same": kept.same, "claims": kept.claims}


def _tell(run: Run, found: dict[str, Any]) -> None:
    run.say(
        f"{found.get('new', 0):,} records are new, {found.get('changed', 0):,} have changed, "
        f"{found.get('same', 0):,} say what they said; {found.get('claims', 0):,} claims were added and "
        f"{found['resolved']:,} parents resolved by exact rules."
    )
    if found["repeated"]:
        run.say(f"{found['repeated']:,} use an identifier twice: the later ones got a number.", "warning")
