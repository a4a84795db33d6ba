"""Spells are what a naive reading of the snapshots says, in whatever order those came."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count, groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.models import Content, SignalSet, Snapshot, Spell
from crawler.spells import rebuild, rebuild_all
from datacards.models import Domain

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
names = count()
Told = tuple[int, str, str, str | None, int | None]  # day, document, state, content, signals
Keep = Callable[[Domain, list[Told]], None]

told = st.lists(
    st.tuples(
        st.integers(0, 9), st.sampled_from(["robots", "terms"]), st.sampled_from(["ok", "unreachable"]),
        st.sampled_from(["a", "b", None]), st.sampled_from([0, 1, None]),
    ),
    max_size=14,
)  # fmt: skip
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def keep() -> Keep:
    """Store what a domain said, in the order told."""
    for digest in "ab":
        Content.objects.create(digest=digest, size=1, warc_file="x", warc_offset=0)
    sets = [SignalSet.objects.create(digest=digest, reader=1, signals=[]) for digest in "ab"]

    def keep(domain: Domain, rows: list[Told]) -> None:
        for day, channel, state, content, signals in rows:
            Snapshot.objects.create(
                domain=domain, channel=channel, fetched_at=START + timedelta(days=day), state=state, content_id=content,
                signals=None if signals is None else sets[signals],
            )  # fmt: skip

    return keep


def domain() -> Domain:
    """One that nobody has asked."""
    name = f"site-{next(names)}.test"
    return Domain.objects.create(name=name, registrable=name, shard=0)


def naive(of: Domain) -> list[tuple[object, ...]]:
    """The spells as one would find them by hand."""
    rows = Snapshot.objects.filter(domain=of).order_by("channel", "fetched_at", "id")
    last = {(s.channel, s.fetched_at): s for s in rows}  # of two at one moment the greater id
    found: list[tuple[object, ...]] = []
    for says, run in groupby(last.values(), key=lambda s: (s.channel, s.state, s.content_id, s.signals_id)):
        mine = list(run)
        found.append((*says, mine[0].fetched_at, mine[-1].fetched_at, len(mine), mine[0].pk))
    return found


def stored(of: Domain) -> list[tuple[object, ...]]:
    """The spells in the database."""
    fields = ("channel", "state", "content_id", "signals_id", "since", "until", "fetches", "snapshot_id")
    return list(Spell.objects.filter(domain=of).order_by("channel", "since").values_list(*fields))


@patient
@given(rows=told)
def test_spells_are_what_a_naive_reading_says(keep: Keep, rows: list[Told]) -> None:
    site = domain()
    keep(site, rows)
    rebuild([site.pk])
    assert stored(site) == naive(site)


@patient
@given(early=told, late=told)
def test_an_import_of_older_snapshots_ends_in_the_same_spells(keep: Keep, early: list[Told], late: list[Told]) -> None:
    site = domain()
    for rows in (late, early):
        keep(site, rows)
        rebuild([site.pk])
    assert stored(site) == naive(site)


@patient
@given(early=told, late=told)
def test_making_only_what_a_batch_touches_is_as_good_as_making_all(
    keep: Keep, early: list[Told], late: list[Told]
) -> None:
    site = domain()
    for rows in (early, late):
        keep(site, rows)
        rebuild([site.pk], since=START + timedelta(days=min((row[0] for row in rows), default=0)))
    assert stored(site) == naive(site)


def test_making_spells_again_writes_nothing(keep: Keep) -> None:
    site = domain()
    keep(site, [(0, "robots", "ok", "a", None), (1, "robots", "ok", "b", 0), (2, "robots", "ok", "b", 0)])
    rebuild([site.pk])
    before = list(Spell.objects.values_list("pk", "fetches"))
    rebuild([site.pk])
    assert list(Spell.objects.values_list("pk", "fetches")) == before
    assert [fetches for _, fetches in before] == [1, 2]


def test_all_spells_are_made_batch_by_batch(keep: Keep) -> None:
    sites = [domain() for _ in range(5)]
    for site in sites:
        keep(site, [(0, "robots", "ok", "a", None)])
    assert list(rebuild_all(batch=2))[-1] >= 5
    assert set(Spell.objects.values_list("domain_id", flat=True)) >= {site.pk for site in sites}
