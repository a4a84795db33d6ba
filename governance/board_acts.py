"""What people do with datasets on record: import records, state a licence, say which dataset a parent is, override.

As in `governance.acts`: the person's right first, then the input, then the writing.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from datacards import parentage, runs, standing
from datacards.errors import BadInput, Conflict, Refused
from datacards.licenses import checked as checked_changes
from datacards.licenses import default_table
from datacards.licenses.lattice import vector
from datacards.models import Dataset, LicenceClaim, LicenceOverride, MentionState, ParentMention, Run, User
from datacards.models.corpus import LicenceSource
from datacards.record_job import checked
from governance import given
from governance.acts import must_administer

IMPORTS = 0x7265636F  # the key of an advisory lock
LINEAGE = 0x70617265  # another: one change of the lineage at a time, so that two together make no circle
OVERRIDES = 0x6F766572  # one override at a time, so that all datasets are judged by the newest
MOST_MENTIONS = 5000  # resolved by one act


def _must_steward(by: User, what: str) -> None:
    if not by.stewards:
        raise Refused(f"Only a steward or an admin may {what}.")


def import_records(by: User, *, path: str, register: str = "", reason: str = "", wake: bool = True) -> Run:
    """Import a register's records of datasets from a file of this machine: so only at a terminal.

    Asked twice while it lives, it is the same run: a worker that was killed is followed by whoever asks again.
    """
    _must_steward(by, "import records")
    place = Path(given.text("path", path, 4000, needed=True)).absolute()
    checked(str(place))
    register = given.text("register", register, 200) or place.name.partition(".")[0][:200]
    if not register.isprintable():
        raise BadInput("register: a name on one line, such as Data Provenance Initiative.")
    params = {"path": str(place), "register": register}
    with transaction.atomic():
        _locked(IMPORTS)
        living = Run.objects.living().filter(kind="import-records", params=params).first()
        reason = given.text("reason", reason, 500)
        return living or runs.start("import-records", by=by, params=params, reason=reason, wake=wake)


def _locked(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


# --- licences of datasets ----------------------------------------------------------------------------------


def claim_licence(
    by: User, dataset: Dataset, *, expression: str, reason: str, quote: str = "", url: str = ""
) -> LicenceClaim:
    """State the licence of a dataset, and why one says so; it outranks what was imported, which stays on record."""
    _must_steward(by, "state the licence of a dataset")
    values = {
        "expression": given.text("expression", expression, 500, needed=True), "quote": given.text("quote", quote),
        "url": given.url(url), "reason": given.text("reason", reason, 1000, needed=True),
    }  # fmt: skip
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        made = LicenceClaim.objects.create(dataset=dataset, source=LicenceSource.PERSON, claimed_by=by, **values)
        standing.restate([dataset.pk])
    return made


# --- what licences allow -----------------------------------------------------------------------------------


def override(by: User, licence: str, changes: Mapping[str, Any], *, reason: str) -> LicenceOverride:
    """Say what a licence allows, over the shipped classification; every dataset is judged by it at once.

    `changes` (component → value, of a set a list of names) are all that differs from the shipped table from then on;
    none takes earlier overrides back.
    """
    must_administer(by, "override what a licence allows")
    entry = default_table().get(licence)
    if entry is None:
        raise BadInput(f"licence: {licence[:60]!r} is not in the table; the page Licences lists all.")
    reason = given.text("reason", reason, 1000, needed=True)
    read = vector(checked_changes(changes))
    wanted = {name: value for name, value in changes.items() if read.parts[name] != entry.vector.parts[name]}
    with transaction.atomic():
        _locked(OVERRIDES)
        if wanted == dict(_newest(licence)):
            raise Conflict("It is classified so already, so there is nothing to override.")
        made = LicenceOverride.objects.create(licence=licence, changes=wanted, reason=reason, made_by=by)
        standing.restate()
    return made


def _newest(licence: str) -> Mapping[str, Any]:
    newest = LicenceOverride.objects.filter(licence=licence).order_by("-pk").first()
    return newest.changes if newest else {}


# --- parents -----------------------------------------------------------------------------------------------


def resolve(by: User, mentions: QuerySet[ParentMention], dataset: Dataset, *, reason: str = "") -> int:
    """Say which dataset these open mentions mean; returns how many now do. One that would close a circle stays open."""
    _must_steward(by, "say which dataset a parent is")
    how = given.text("reason", reason, 200) or "A person said so."
    with transaction.atomic():
        _locked(LINEAGE)
        rows, above = _open(mentions), parentage.ancestors(dataset.pk)
        fit = [row for row in rows if row.dataset_id not in above]
        if rows and not fit:
            raise Conflict(f"{dataset.title} is itself made from what names it; a lineage cannot be a circle.")
        return _set(fit, by, state=MentionState.RESOLVED, parent=dataset, how=how)


def leave_outside(by: User, mentions: QuerySet[ParentMention], *, reason: str = "") -> int:
    """Say that these open mentions mean nothing on record; returns how many."""
    _must_steward(by, "say that a parent is not on record")
    how = given.text("reason", reason, 200) or "A person said so."
    with transaction.atomic():
        return _set(_open(mentions), by, state=MentionState.OUTSIDE, parent=None, how=how)


def reopen(by: User, mentions: QuerySet[ParentMention]) -> int:
    """Take back what a person or a rule said of these mentions; returns how many. No rule resolves them again."""
    _must_steward(by, "open a parent again")
    with transaction.atomic():
        rows = list(mentions.exclude(state=MentionState.OPEN).select_for_update(of=("self",))[:MOST_MENTIONS])
        if not rows:
            raise Conflict("It is open already, so there is nothing to take back.")
        return _set(rows, by, state=MentionState.OPEN, parent=None, how="Taken back.")


def _open(mentions: QuerySet[ParentMention]) -> list[ParentMention]:
    rows = list(mentions.filter(state=MentionState.OPEN).select_for_update(of=("self",))[:MOST_MENTIONS])
    if not rows:
        raise Conflict("Somebody has answered this already; open it again to answer otherwise.")
    return rows


def _set(rows: Iterable[ParentMention], by: User, **values: Any) -> int:
    found = ParentMention.objects.filter(pk__in=[row.pk for row in rows])
    return found.update(parent_corpus=None, resolved_by=by, resolved_at=timezone.now(), **values)
