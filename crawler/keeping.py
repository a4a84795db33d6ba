"""Stores documents of sites, fetched by us or sighted by others: contents once, signals interned, terms read."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from crawler import interned, registry, spells, versions
from crawler.agents import Roll
from crawler.changes import Changes, newest
from crawler.documents import Document
from crawler.models import Content, Snapshot, TermsPage
from crawler.states import SPEAKING
from crawler.store import Store
from crawler.wire import Fetch

Row = tuple[int, Fetch]  # domain's id


class Keeper:
    """Keeps rows under one roll."""

    def __init__(self, roll: Roll, store: Store) -> None:
        self._store, self._row, self.changes = store, registry.stored(roll), Changes(roll, store)

    def read(self, rows: Sequence[Row]) -> list[versions.Read]:
        """Read the terms among them. It takes its time, so it is done before the transaction that keeps them."""
        terms = [
            (domain, fetch) for domain, fetch in rows
            if fetch.document == Document.TERMS and fetch.digest and fetch.state in SPEAKING
        ]  # fmt: skip
        if not terms:
            return []
        pinned = TermsPage.objects.filter(domain__in=[domain for domain, _ in terms]).exclude(selector="")
        selectors = dict(pinned.values_list("domain", "selector"))
        places = self._places([fetch for _, fetch in terms])
        pages = [
            versions.Page(f.digest, *places[f.digest], f.final_url, f.headers.get("content-type", ""),
                          selectors.get(domain, ""))
            for domain, f in terms if f.digest in places
        ]  # fmt: skip
        return list(versions.read(pages, self._store))

    def _places(self, fetches: list[Fetch]) -> dict[str, tuple[str, int]]:
        """Where the bytes of contents lie: in this batch's evidence, or where they were first kept."""
        known = Content.objects.filter(digest__in={fetch.digest for fetch in fetches})
        places = {digest: (file, offset) for digest, file, offset in known.values_list(
            "digest", "warc_file", "warc_offset")}  # fmt: skip
        return {f.digest: (f.warc_file, f.warc_offset) for f in fetches if f.fresh} | places

    def keep(
        self, rows: Sequence[Row], read: Iterable[versions.Read], *, run: UUID | None = None, source: str = "",
        compared: bool = True,
    ) -> list[Snapshot]:  # fmt: skip
        """Store snapshots with what they say, in the caller's transaction; with the drift that they show if `compared`
        with the newest before them. Returns them in the rows' order."""
        self._store_contents([fetch for _, fetch in rows])
        versions.store_all(read)
        before = newest((domain, fetch.document.value) for domain, fetch in rows) if compared else {}
        snapshots = Snapshot.objects.bulk_create(self._snapshots(rows, run, source))
        letters = [fetch.letters for _, fetch in rows]
        self.changes.store(zip(snapshots, letters, strict=True), before)
        spells.rebuild({domain for domain, _ in rows}, min((fetch.fetched_at for _, fetch in rows), default=None))
        return snapshots

    def _store_contents(self, fetches: list[Fetch]) -> None:
        vectors = registry.vectors(self._row, {fetch.letters for fetch in fetches if fetch.letters})
        Content.objects.bulk_create(
            [
                Content(
                    digest=f.digest, size=f.size, warc_file=f.warc_file, warc_offset=f.warc_offset,
                    levels_id=vectors.get(f.letters), first_seen=f.fetched_at,
                )
                for f in sorted(fetches, key=lambda f: not f.letters) if f.fresh
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        self._give_levels({fetch.digest: vectors[fetch.letters] for fetch in fetches if fetch.letters})

    def _give_levels(self, levels: dict[str, int]) -> None:
        """Bytes that came under another name before are a robots.txt now."""
        unread = list(Content.objects.filter(digest__in=levels, levels=None))
        for content in unread:
            content.levels_id = levels[content.digest]
        Content.objects.bulk_update(unread, ["levels"])

    def _snapshots(self, rows: Sequence[Row], run: UUID | None, source: str) -> list[Snapshot]:
        sets = interned.signal_sets(fetch.signals for _, fetch in rows if fetch.signals is not None)
        return [_snapshot(domain, fetch, sets, run, source) for domain, fetch in rows]


def _snapshot(domain: int, fetch: Fetch, sets: dict[str, int], run: UUID | None, source: str) -> Snapshot:
    return Snapshot(
        domain_id=domain, channel=fetch.document.value, fetched_at=fetch.fetched_at, state=fetch.state,
        http_status=fetch.http_status, final_url=fetch.final_url, hops=list(fetch.hops),
        content_id=fetch.digest or None, warc_file=fetch.warc_file,
        warc_offset=fetch.warc_offset if fetch.warc_offset >= 0 else None,
        signals_id=sets[interned.digest(fetch.signals)] if fetch.signals is not None else None,
        headers=fetch.headers, error=fetch.error, run_id=run, source=source,
    )  # fmt: skip
