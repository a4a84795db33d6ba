"""Writes a counted corpus into the catalogue: corpus, revision, files, shares, licence and card, in one transaction."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from datacards.cards.computed import Told, replaced
from datacards.corpora import NO_DOMAIN, Columns, SourceFile, shown
from datacards.corpora.frontmatter import CARD_NAME
from datacards.errors import BadInput, Conflict
from datacards.hub import place_of
from datacards.interning import store_shares
from datacards.models import CardVersion, Corpus, DataFile, LicenceClaim, Revision, Run, User
from datacards.models.corpus import LicenceSource

FINGERPRINT = 1  # grows when the same bytes would be read in another way
INSERTED = 1000


@dataclass(frozen=True)
class Found:
    """What the plan found beside the data: the commit, what the card says, and every column with its type."""

    commit: str
    licence: str
    title: str
    summary: str
    languages: list[str]
    schema: list[dict[str, str]] = field(default_factory=list)


@dataclass
class CountedFile:
    """A file, and what all its pieces told of it."""

    source: SourceFile
    digest: str = ""
    rows: int = 0


@dataclass
class Totals:
    """Sums over the domains, gathered while these are stored."""

    domains: int = 0
    tokens: int = 0
    documents: int = 0

    def watch(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The same tables."""
        for table in tables:
            self.domains += table.num_rows - (pc.index(table["domain"], NO_DOMAIN).as_py() >= 0)
            self.tokens += pc.sum(table["tokens"]).as_py() or 0
            self.documents += pc.sum(table["documents"]).as_py() or 0
            yield table


def record(
    run: Run, found: Found, columns: Columns, files: list[CountedFile], tables: Iterable[pa.Table]
) -> dict[str, Any]:
    """Store it all, or only note that the data is a known revision's; returns the run's outcome."""
    if not sum(file.rows for file in files):
        raise BadInput(f"{run.params['location']} holds no rows: give data.")
    corpus, is_new = _corpus(run, found)
    mark = fingerprint(files, columns)
    revision = corpus.revisions.filter(fingerprint=mark).first()
    if revision is None:
        revision = _revision(run, corpus, found, columns, files, mark)
        domains = _store_totals(revision, columns, tables)
        _claim_licence(revision, found, run.started_by)
        _card(revision, found, columns, len(files), domains, run)
        run.say(f"Stored revision {revision.number}: {size_of(revision, domains)}.")
    else:
        _moved(revision, files)
        run.say(f"The data is that of revision {revision.number}, so none was added.")
    known = revision.run_id != run.pk
    corpus.latest, corpus.updated_at = revision, timezone.now()
    corpus.location, corpus.location_revision = run.params["location"], run.params["location_revision"]
    corpus.save(update_fields=["latest", "updated_at", "location", "location_revision"])
    Run.objects.filter(pk=run.pk).update(corpus=corpus, revision=revision)
    return {"corpus": str(corpus.pk), "revision": str(revision.pk), "new_corpus": is_new, "new_revision": not known}


def refuse_strangers(corpus: Corpus | None, name: str, by: User | None) -> None:
    """Raise `Conflict` when the name is that of a corpus which this person may not change."""
    if corpus is not None and (by is None or not Corpus.objects.managed_by(by).filter(pk=corpus.pk).exists()):
        raise Conflict(f"The name {name} is taken: choose another, or ask the owner of that corpus for new data.")


def fingerprint(files: Iterable[CountedFile], columns: Columns) -> str:
    """SHA-256 over names, digests and the columns read: the same for the same data, wherever it lies."""
    content = sorted((file.source.name, file.digest) for file in files)
    return hashlib.sha256(json.dumps([FINGERPRINT, columns.as_dict(), content], sort_keys=True).encode()).hexdigest()


def size_of(revision: Revision, domains: int) -> str:
    """How much a revision is, in words."""
    documents = f"{counted(revision.documents, 'document')}, " if revision.documents else ""
    return f"{documents}{counted(revision.tokens, 'token')}, {counted(domains, 'domain')}"


def _corpus(run: Run, found: Found) -> tuple[Corpus, bool]:
    """The corpus of that name, locked; made if there is none."""
    params, owner = run.params, run.started_by
    if owner is None:
        raise BadInput("A corpus needs an owner: sign in before registering it.")
    wish = Corpus(
        name=params["name"], title=params["title"] or found.title, summary=params["summary"] or found.summary,
        owner=owner, audience=params["audience"], location=params["location"],
        location_revision=params["location_revision"],
    )  # fmt: skip
    Corpus.objects.bulk_create([wish], ignore_conflicts=True)
    corpus = Corpus.objects.select_for_update(of=("self",)).get(name=params["name"])
    refuse_strangers(corpus, corpus.name, owner)
    return corpus, corpus.pk == wish.pk


def _revision(
    run: Run, corpus: Corpus, found: Found, columns: Columns, files: list[CountedFile], mark: str
) -> Revision:
    newest = corpus.revisions.order_by("-number").first()
    revision = Revision.objects.create(
        corpus=corpus, number=newest.number + 1 if newest else 1, fingerprint=mark, commit=found.commit,
        url_column=shown(columns.url)[:200], text_column=shown(columns.text)[:200],
        columns=found.schema, size=sum(file.source.size for file in files),
        rows=sum(file.rows for file in files), run=run,
    )  # fmt: skip
    DataFile.objects.bulk_create((_data_file(revision, file) for file in files), batch_size=INSERTED)
    return revision


def _moved(revision: Revision, files: list[CountedFile]) -> None:
    """The same data may lie elsewhere now, and scans read it where it lies."""
    places = {file.source.name: file.source.location for file in files}
    rows = [row for row in revision.files.all() if row.location != places[row.name]]
    for row in rows:
        row.location = places[row.name]
    DataFile.objects.bulk_update(rows, ["location"], batch_size=INSERTED)


def _data_file(revision: Revision, file: CountedFile) -> DataFile:
    source = file.source
    kind = f"{source.format}.{source.codec}" if source.codec else source.format
    return DataFile(
        revision=revision, name=source.name, location=source.location, size=source.size, digest=file.digest,
        format=kind, rows=file.rows,
    )  # fmt: skip


def _store_totals(revision: Revision, columns: Columns, tables: Iterable[pa.Table]) -> int:
    """The shares and their sums; returns how many domains there are."""
    totals = Totals()
    store_shares(revision, totals.watch(tables))
    if not totals.domains:
        what = "domain" if columns.bare else "web address"
        raise BadInput(f"The column {shown(columns.url)} holds no {what} in any row: choose another column.")
    revision.tokens, revision.documents = totals.tokens, totals.documents
    revision.save(update_fields=["tokens", "documents"])
    return totals.domains


def _claim_licence(revision: Revision, found: Found, by: User | None) -> None:
    """What the card says of the licence, unless that is what it said of the revision before."""
    claims = LicenceClaim.objects.filter(corpus=revision.corpus, source=LicenceSource.CARD)
    newest = claims.order_by("-claimed_at", "-id").first()
    if not found.licence or (newest and newest.expression == found.licence):
        return
    LicenceClaim.objects.create(
        corpus=revision.corpus, revision=revision, expression=found.licence, source=LicenceSource.CARD,
        quote=f"license: {found.licence}", url=_card_url(revision), claimed_by=by,
    )  # fmt: skip


def _card_url(revision: Revision) -> str:
    """Where anybody can read the card of a Hub dataset."""
    place = place_of(revision.corpus.location)
    if not (revision.commit and place):
        return ""
    return f"https://huggingface.co/datasets/{place.repository}/blob/{revision.commit}/{CARD_NAME}"


def _card(revision: Revision, found: Found, columns: Columns, files: int, domains: int, run: Run) -> None:
    """The next version of the Data Card: what people wrote stays, what is computed is computed again."""
    corpus, by = revision.corpus, run.started_by
    newest = CardVersion.objects.filter(corpus=corpus).order_by("-number").first()
    told: dict[str, tuple[Any, str, str]] = {
        "overview.title": (corpus.title, "person" if run.params["title"] else "card", CARD_NAME),
        "overview.summary": (corpus.summary, "person" if run.params["summary"] else "card", CARD_NAME),
        "overview.languages": (", ".join(found.languages), "card", CARD_NAME),
    }
    size = f"{size_of(revision, domains)}; {counted(files, 'file')} of {revision.size:,} bytes"
    evidence = (f"revision:{revision.pk}",)
    computed = {
        path: Told(value, evidence, revision.number, revision.made_at)
        for path, value in (("snapshot.source", source_of(revision)), ("snapshot.size", size))
    }
    values = {path: _entry(*entry, run) for path, entry in told.items() if entry[0]}
    values = replaced(values | (newest.values if newest else {}), computed, timezone.now())
    number = newest.number + 1 if newest else 1
    CardVersion.objects.create(corpus=corpus, revision=revision, number=number, values=values, made_by=by)


def _entry(value: str, source: str, evidence: str, run: Run) -> dict[str, str]:
    by = run.started_by.get_username() if run.started_by and source == "person" else ""
    evidence = "" if source == "person" else evidence
    return {"value": value, "source": source, "evidence": evidence, "by": by, "at": timezone.now().isoformat()}


def source_of(revision: Revision) -> str:
    """Where a revision was read."""
    location = revision.corpus.location
    return f"{location} at {revision.commit}" if revision.commit else location


def counted(count: int, one: str) -> str:
    """“1 file”, “3 files”."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
