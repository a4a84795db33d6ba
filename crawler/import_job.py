"""The import of consent history: a run over files that others recorded, each read into evidence of ours."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import Q

from crawler import store
from crawler.import_files import Reading
from crawler.imports import FORMATS, Format, files_of
from crawler.models import ConsentChange
from crawler.shard import evidence_of, folder_of, mend_files
from crawler.tallies import Tally
from datacards.errors import BadInput
from datacards.leases import Pulse
from datacards.models import Run, Unit
from datacards.runs import UnitSpec

log = logging.getLogger(__name__)

LARGEST = 256 * 1024 * 1024  # bytes of files that make one unit, but for a file that is larger
MOST = 500  # files of a unit
LINES = 40  # kinds of findings told in the log


class ImportJob:
    """Reads histories of consent from files of this machine.

    Params: `path` (a file, or a folder of them), `format` (of crawler.imports, or `auto`), `source` (whose history it
    is; kept with every snapshot), `add` (hosts that no corpus has are added, instead of being left out), `services`
    (service → domain, for terms).
    """

    kind = "import"
    unit = "bytes"

    def plan(self, run: Run) -> Iterator[UnitSpec]:
        """One unit per large file, or some small ones."""
        batch: list[list[str]] = []
        size = 0
        for path, form in checked(run.params):
            more = _size(path)
            if batch and (size + more > LARGEST or len(batch) == MOST):
                yield UnitSpec({"files": batch}, size)
                batch, size = [], 0
            batch.append([str(path), form.name])
            size += more
        yield UnitSpec({"files": batch}, size)

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Read the unit's files; what was stored before is known again, so a unit may be begun again at any time."""
        with store.configured().spool() as folder:
            mend_files(folder, evidence_of(unit))
            with Reading(unit, folder) as reading:
                done = 0
                for name, form in unit.spec["files"]:
                    size = _size(Path(name))
                    for position in reading.read(Path(name), FORMATS[form]):
                        pulse(done=done + min(position, size))
                    done += size
                    pulse(done=done)
        return reading.tally.as_dict()

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Nothing is left to store: each batch was, guarded by the unit's fence."""

    def finish(self, run: Run) -> dict[str, Any]:
        """What all units found, and what was left out and why."""
        tally = Tally()
        for result in run.units.values_list("result", flat=True):
            tally.add(result)
        changes = _changes(run)
        _tell(run, tally, changes)
        return tally.as_dict() | {"changes": sum(changes.values()), "standings": changes}

    def discard(self, run: Run) -> None:
        """What was stored before a run was cancelled stays, for it is evidence; a file that a kill cut is ended."""
        with store.configured().spool() as folder:
            mend_files(folder, folder_of(run))


def checked(params: Mapping[str, Any]) -> list[tuple[Path, Format]]:
    """The files that an import is to read. Raises BadInput where there are none, or where they need a table."""
    found = files_of(Path(params["path"]), params.get("format") or "auto")
    if any(form.needs_domains for _, form in found) and not params.get("services"):
        raise BadInput("services: an Open Terms Archive names services; give a table service,domain of their sites.")
    return found


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    return path.stat().st_size if path.exists() else 0


def _changes(run: Run) -> dict[str, int]:
    """Historic changes to or from what this run stored, by standing."""
    below = folder_of(run)
    ours = Q(after__warc_file__startswith=below) | Q(before__warc_file__startswith=below)
    return dict(Counter(ConsentChange.objects.filter(ours, historic=True).values_list("standing", flat=True)))


def _span(tally: Tally) -> str:
    return f" from {tally.earliest[:10]} to {tally.latest[:10]}" if tally.earliest else ""


def _tell(run: Run, tally: Tally, changes: Mapping[str, int]) -> None:
    run.say(
        f"Stored {tally.stored:,} sightings{_span(tally)}; {tally.known:,} were known; "
        f"{tally.unwatched:,} are of hosts that are not watched; {sum(changes.values()):,} changes came to light."
    )
    for kind, (count, first) in sorted(tally.findings.items(), key=lambda item: -item[1][0])[:LINES]:
        records = "record was" if count == 1 else "records were"
        run.say(f"{count:,} {records} left out: {kind} (first: {first}).", "warning")
