"""Registers corpora: lists files, counts domains, and stores all of it at once, or nothing."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from django.conf import settings

from datacards import recording, runs
from datacards.corpora import (
    Columns,
    Listing,
    Part,
    SourceFile,
    choose,
    count_file,
    digest_of,
    merged,
    parts_of,
    read_about,
    sample_of,
    shown,
)
from datacards.corpora.counting import SPILL_AT
from datacards.corpora.streams import Progress
from datacards.errors import BadInput, Refused
from datacards.leases import Pulse
from datacards.locating import Location, find, refuse_at_once
from datacards.models import Corpus, Run, Unit, User
from datacards.models.corpus import Audience
from datacards.partials import Partials

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
UNIT_BYTES = 256 << 20
UNIT_FILES = 200
CUT_ABOVE = 384 << 20  # a smaller file is one piece; only of larger ones the plan looks for places to cut


def submit(
    by: User,
    *,
    location: str,
    name: str,
    title: str = "",
    summary: str = "",
    audience: str = Audience.ORGANISATION,
    location_revision: str = "",
    config: str = "",
    url_column: str = "",
    text_column: str = "",
    tokens_column: str = "",
    documents_column: str = "",
    roots: Sequence[str] | None = None,
    then: Sequence[str] = (),
    reason: str = "",
    wake: bool = True,
) -> Run:
    """Ask for a corpus to be registered, or for new data of one to be looked at; returns the run that does it.

    `roots`: the folders and addresses that this server may read for others (None: all, for a person at a terminal).
    Columns that are not named are found. `then`: the kinds of run that the upper layer is to start when this one has
    completed. Raises `Refused`, `BadInput` or `Conflict` for what can be seen at once;
    the run fails with one sentence for all else, and then nothing is stored.
    """
    if not by.stewards:
        raise Refused("Only a steward or an admin may register a corpus: ask an admin for that role.")
    refuse_odd_words(name, title, audience)
    allowed = None if roots is None else tuple(map(str, roots))
    place = Location(location.strip(), location_revision.strip(), config.strip(), allowed)
    refuse_at_once(place)
    corpus = Corpus.objects.filter(name=name).first()
    recording.refuse_strangers(corpus, name, by)
    params = {
        "location": place.place, "location_revision": place.revision, "config": place.config,
        "roots": allowed, "name": name, "title": title, "summary": summary,
        "audience": audience, "then": list(then),
        "columns": {"url": url_column, "text": text_column, "tokens": tokens_column, "documents": documents_column},
    }  # fmt: skip
    return runs.start("register", by=by, params=params, reason=reason, corpus=corpus, wake=wake)


def refuse_odd_words(name: str, title: str, audience: str) -> None:
    """Raise `BadInput` for a name, a title or an audience that cannot be stored."""
    if not NAME.fullmatch(name) or len(name) > 200:
        raise BadInput("A corpus's name has letters, digits, '.', '_', '-' and at most one '/': choose another.")
    if len(title) > 300 or "\0" in title:
        raise BadInput("A title has at most 300 characters: shorten it.")
    if audience not in Audience.values:
        raise BadInput(f"The audience is one of {', '.join(Audience.values)}: choose one.")


class Register:
    """The job. Its units count pieces of files; only its last step writes to the catalogue."""

    kind = "register"
    unit = "bytes"

    def plan(self, run: Run) -> list[runs.UnitSpec]:
        """List the files, find the columns, and cut the work into units of about `UNIT_BYTES`."""
        listing = find(_location(run))
        about = read_about(listing.card)
        sample = sample_of(listing.files[0])
        columns = choose(sample, **run.params["columns"])
        _say_what_was_found(run, listing, columns)
        found = {
            "commit": listing.commit, "licence": about.licence, "title": about.title, "summary": about.summary,
            "languages": list(about.languages), "schema": sample.schema,
        }  # fmt: skip
        read = columns.as_dict()
        specs = [runs.UnitSpec({"columns": read, "pieces": p}, _size(p)) for p in _portions(listing)]
        specs[0].spec["found"] = found
        return specs

    def work(self, unit: Unit, pulse: Pulse) -> dict[str, Any]:
        """Count the pieces into one file in the store, named after this attempt, so that a late one harms none."""
        columns = Columns.from_dict(unit.spec["columns"])
        kept, progress = _Kept(unit, columns), _progress(pulse)
        try:
            files = [_count(piece, columns, progress, kept) for piece in unit.spec["pieces"]]
            kept.flush()
            pulse()
        except BaseException:
            kept.remove()
            raise
        return {"partials": kept.names, "domains": kept.rows, "files": files}

    def store(self, unit: Unit, result: dict[str, Any]) -> None:
        """Nothing: what was counted goes into the catalogue together, by `finish`."""

    def finish(self, run: Run) -> dict[str, Any]:
        """Merge what was counted and store corpus, revision, files, shares, licence and card."""
        units = list(run.units.order_by("ordinal"))
        columns = Columns.from_dict(units[0].spec["columns"])
        files = _files(units)
        names = [name for unit in units for name in unit.result["partials"]]
        rows = sum(unit.result["domains"] for unit in units)
        tables = _partials(run).merged(names, rows, _together(columns))
        return recording.record(run, recording.Found(**units[0].spec["found"]), columns, files, tables)

    def discard(self, run: Run) -> None:
        """Remove what was counted."""
        _partials(run).clear()


def _location(run: Run) -> Location:
    params, roots = run.params, run.params["roots"]
    allowed = None if roots is None else tuple(roots)
    return Location(params["location"], params["location_revision"], params["config"], allowed)


def _partials(run: Run) -> Partials:
    return Partials(str(settings.CONSENTRY_STORE), run.pk)


def _say_what_was_found(run: Run, listing: Listing, columns: Columns) -> None:
    run.say(f"Found {len(listing.files):,} files of data, {listing.size:,} bytes.")
    for ignored in listing.ignored[:20]:
        run.say(f"Left out {ignored.name[:500]}: {ignored.why}.")
    if len(listing.ignored) > 20:
        run.say(f"Left out {len(listing.ignored) - 20:,} more.")
    counted = f"tokens from {shown(columns.tokens)}" if columns.is_table else f"texts from {shown(columns.text)}"
    run.say(f"Takes domains from the column {shown(columns.url)}, {counted}."[:1000])


def _portions(listing: Listing) -> Iterator[list[dict[str, Any]]]:
    """The pieces of each unit: parts of a large file, or several small files."""
    together: list[dict[str, Any]] = []
    for file in listing.files:
        parts = parts_of(file, UNIT_BYTES) if file.size > CUT_ABOVE else []
        if len(parts) > 1:
            yield from ([_piece(file, part)] for part in parts)
            if not file.digest:
                yield [_piece(file, None) | {"only": "digest"}]
            continue
        together.append(_piece(file, None))
        if len(together) == UNIT_FILES or _size(together) >= UNIT_BYTES:
            yield together
            together = []
    if together:
        yield together


def _piece(file: SourceFile, part: Part | None) -> dict[str, Any]:
    return {"file": file.as_dict(), "part": part and part.as_dict()}


def _size(pieces: list[dict[str, Any]]) -> int:
    """Bytes to be counted; those that are only hashed would count a file twice."""
    return sum((piece["part"] or piece["file"])["size"] for piece in pieces if "only" not in piece)


def _progress(pulse: Pulse) -> Progress:
    done = 0

    def told(passed: int) -> None:
        nonlocal done
        done += passed
        pulse(done=done)

    return told


class _Kept:
    """Gathers the shares of one attempt at a unit, and puts them into the store when they are many."""

    def __init__(self, unit: Unit, columns: Columns) -> None:
        self._prefix = f"{unit.ordinal}-{unit.fence}"
        self._partials = _partials(unit.run)
        self._together = _together(columns)
        self._tables: list[pa.Table] = []
        self.names: list[str] = []
        self.rows = 0

    def add(self, shares: pa.Table) -> None:
        self._tables.append(shares)
        if sum(table.num_rows for table in self._tables) > SPILL_AT:
            self.flush()

    def flush(self) -> None:
        table, self._tables = merged(self._tables, self._together), []
        if table.num_rows:
            self.names.append(f"{self._prefix}-{len(self.names)}.parquet")
            self.rows += table.num_rows
            self._partials.put(self.names[-1], table)

    def remove(self) -> None:
        for name in self.names:
            self._partials.remove(name)


def _count(piece: dict[str, Any], columns: Columns, progress: Progress, kept: _Kept) -> dict[str, Any]:
    """Count a file or a part of it. The digest is always the whole file's, or not asked for here."""
    file = SourceFile(**piece["file"])
    if piece.get("only") == "digest":
        return {"name": file.name, "digest": digest_of(file), "rows": 0}
    part = Part(**piece["part"]) if piece["part"] else None
    hashed = part is None and not file.digest
    counted = count_file(file, columns, part, hashed=hashed, progress=progress, spill=kept.add)
    kept.add(counted.shares)
    return {"name": file.name, "digest": counted.digest or file.digest, "rows": counted.rows}


def _together(columns: Columns) -> str | None:
    """How a domain table is called when a domain is in two of its files."""
    return "The table" if columns.is_table else None


def _files(units: list[Unit]) -> list[recording.CountedFile]:
    """Digest and rows of each file, from all the pieces it was cut into."""
    found: dict[str, recording.CountedFile] = {}
    for unit in units:
        for piece, told in zip(unit.spec["pieces"], unit.result["files"], strict=True):
            file = found.setdefault(told["name"], recording.CountedFile(SourceFile(**piece["file"])))
            file.digest, file.rows = file.digest or told["digest"], file.rows + told["rows"]
    return list(found.values())
