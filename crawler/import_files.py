"""One unit of an import at work: sightings in batches, each stored with its changes in one transaction.

What a batch holds is bounded, so a file may be larger than memory. A sighting is known where the store has one of the
same document at the same moment, from the same source or with the same outcome; then nothing is stored, so that a file
may be imported again, and a unit begun again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PosixPath
from types import TracebackType
from typing import IO, Any

from django.db import connection, transaction

from crawler import config, past, registry, store
from crawler.changes import Key
from crawler.documents import Document
from crawler.imports import Bad, Format, Sighting, Unusable
from crawler.ingest import hold
from crawler.keeping import Keeper, Row
from crawler.models import Content
from crawler.moments import Moment, Stored, stored_at
from crawler.shard import evidence_of
from crawler.sighted import Outcome, Recorder, outcome
from crawler.tallies import Tally
from datacards.interning import registrable, shard
from datacards.models import Domain, Unit

BATCH = 500  # sightings stored at once
MOST_BYTES = 16 * 1024 * 1024  # of their bodies
TERMS_COUNT = 512 * 1024  # bytes that terms count for: it takes a while to read them
LOCK = 0x68697374  # "hist": one batch of history at a time, so that none is stored twice
ROTATE = 1 << 30  # bytes of a file of evidence


class Metered(PosixPath):
    """A path that knows how far the file that it opened last was read."""

    _opened: IO[Any] | None = None

    def open(self, *args: Any, **options: Any) -> IO[Any]:  # type: ignore[override]
        """As Path's."""
        self._opened = super().open(*args, **options)
        return self._opened

    @property
    def position(self) -> int:
        """Bytes read, before they are unpacked."""
        return self._opened.tell() if self._opened is not None and not self._opened.closed else 0


class Reading:
    """Reads files of a unit, writing evidence below `folder`; a context, at whose end the last file is closed."""

    def __init__(self, unit: Unit, folder: Path) -> None:
        params = unit.run.params
        self.tally = Tally()
        self._unit, self._folder, self._store = unit, folder, store.configured()
        self._source, self._add = str(params["source"]), bool(params.get("add"))
        self._services: Mapping[str, str] = params.get("services") or {}
        roll = registry.current_roll()
        self._keeper = Keeper(roll, self._store)
        self._mine = evidence_of(unit)
        self._recorder = Recorder(folder, f"{self._mine}{unit.fence}", config.PRODUCT, roll)
        self._batch: list[tuple[Sighting, str]] = []
        self._held = 0

    def __enter__(self) -> "Reading":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._finish_file()

    def read(self, path: Path, form: Format) -> Iterator[int]:
        """Store all that a file tells; yields how far it is, in bytes. Raises Cancelled as `hold` does."""
        metered = Metered(path)
        for number, found in enumerate(form.read(metered, self._services), 1):
            if isinstance(found, Bad):
                self.tally.find(found.kind, found.where)
            else:
                self._batch.append((found, f"{path.name}, sighting {number:,}"))
                self._held += TERMS_COUNT if found.document == Document.TERMS else len(found.body or b"")
            if len(self._batch) >= BATCH or self._held >= MOST_BYTES:
                self._settle()
                yield metered.position
        self._settle()

    # --- a batch ---------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        batch, self._batch, self._held = self._batch, [], 0
        found = self._judged(batch)
        while found and not self._stored(found):
            pass

    def _judged(self, batch: list[tuple[Sighting, str]]) -> dict[Moment, Outcome]:
        """The sightings of hosts that are watched; of two of one document at one moment, the first."""
        ids = self._watched({sighting.domain for sighting, _ in batch})
        found: dict[Moment, Outcome] = {}
        for sighting, where in batch:
            moment = (ids.get(sighting.domain, 0), sighting.document.value, sighting.at)
            if not moment[0]:
                self.tally.unwatched += 1
            elif moment in found:
                self.tally.known += 1
            else:
                try:
                    found[moment] = outcome(sighting, self._source)
                except Unusable as error:
                    self.tally.find(str(error), where)
        return found

    def _watched(self, names: set[str]) -> dict[str, int]:
        hosts = Domain.objects.filter(name__in=names)
        ids = dict(hosts.values_list("name", "id"))
        if self._add and (missing := sorted(names - ids.keys())):
            rows = [(name, registrable(name)) for name in missing]
            Domain.objects.bulk_create(
                (Domain(name=name, registrable=owner, shard=shard(owner)) for name, owner in rows),
                ignore_conflicts=True,
            )
            self.tally.added += len(missing)
            ids = dict(hosts.values_list("name", "id"))
        return ids

    def _stored(self, found: Mapping[Moment, Outcome]) -> bool:
        """Store what is new; False where somebody else stored some of it meanwhile, so that nothing was."""
        known = self._known(found)
        rows = self._recorded({moment: each for moment, each in found.items() if moment not in known})
        if rows:
            read = self._keeper.read(rows)
            with transaction.atomic():
                hold(self._unit)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                if self._known(found).keys() != known.keys():
                    return False
                self._keeper.keep(rows, read, source=self._source, compared=False)
                past.retell(_touched(rows), self._keeper.changes)
        self._count(found, known)
        return True

    def _known(self, found: Mapping[Moment, Outcome]) -> dict[Moment, Stored]:
        """What the store has: from the same source, or with the same outcome."""
        known: dict[Moment, Stored] = {}
        for moment, rows in stored_at(found).items():
            outcome = (found[moment].state.value, found[moment].digest)
            same = [row for row in rows if row.source == self._source or (row.state, row.digest) == outcome]
            if same:
                known[moment] = same[-1]
        return known

    def _recorded(self, found: Mapping[Moment, Outcome]) -> list[Row]:
        """Evidence of sightings, on disk and in the store."""
        digests = set(Content.objects.filter(digest__in={each.digest for each in found.values()}).values_list(
            "digest", flat=True))  # fmt: skip
        rows = []
        for moment, each in found.items():
            rows.append((moment[0], self._recorder.record(each, digests)))
            digests.add(each.digest)
        if (rows and not self._store.is_local) or self._recorder.size > ROTATE:
            self._finish_file()
        elif rows:
            self._store.sync({fetch.warc_file for _, fetch in rows})
        return rows

    def _finish_file(self) -> None:
        if name := self._recorder.close():
            self._store.put(self._folder, name)

    def _count(self, found: Mapping[Moment, Outcome], known: Mapping[Moment, Stored]) -> None:
        """What this unit had stored before it was begun again counts as stored."""
        for moment, each in found.items():
            if moment in known and not known[moment].file.startswith(self._mine):
                self.tally.known += 1
            else:
                self.tally.keep(moment[1], each.state.value, each.sighting.at.isoformat())


def _touched(rows: Iterable[Row]) -> dict[Key, tuple[datetime, datetime]]:
    """The first and the last moment of each document."""
    found: dict[Key, tuple[datetime, datetime]] = {}
    for domain, fetch in rows:
        key, at = (domain, fetch.document.value), fetch.fetched_at
        first, last = found.get(key, (at, at))
        found[key] = (min(first, at), max(last, at))
    return found
