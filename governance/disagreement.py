"""What sources say of licences, side by side: the picture of all datasets, and the table of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from datacards import standing
from datacards.judging import COMPONENTS, VERDICTS, Judged, Verdict, components, judge, licences_in
from datacards.licenses import Table as Licences
from datacards.models import Dataset, LicenceClaim
from datacards.models.corpus import LicenceSource
from datacards.overriding import licence_table
from governance import charts
from governance.words import plural

FILLS = {"good": "allowed", "warn": "some", "bad": "refused", "busy": "accent", "quiet": "plain", "open": "unknown"}


# --- all datasets ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """How many datasets the Hub calls one thing and we find another."""

    found: Verdict
    count: int
    share: float


@dataclass(frozen=True)
class Bar:
    """What we find of the datasets that the Hub calls one thing."""

    hub: Verdict
    total: int
    cells: tuple[Cell, ...]
    svg: SafeString


@dataclass(frozen=True)
class Picture:
    """A bar for each thing that the Hub says, and the answer in one sentence."""

    said: str
    bars: tuple[Bar, ...]
    kinds: tuple[tuple[Verdict, SafeString], ...]
    total: int


def picture(crossed: Mapping[tuple[str, str], int]) -> Picture:
    """The picture of counts by (what the Hub says, what we find)."""
    bars = tuple(_bar(hub, crossed) for hub in VERDICTS if any(pair[0] == hub.name for pair in crossed))
    seen = {cell.found for bar in bars for cell in bar.cells}
    kinds = tuple((verdict, charts.swatch(fill_of(verdict))) for verdict in VERDICTS if verdict in seen)
    return Picture(_said(bars, sum(crossed.values())), bars, kinds, sum(crossed.values()))


def fill_of(verdict: Verdict) -> str:
    """The class of a verdict's colour in a picture."""
    return FILLS[verdict.tone]


def _bar(hub: Verdict, crossed: Mapping[tuple[str, str], int]) -> Bar:
    counts = {found: crossed.get((hub.name, found.name), 0) for found in VERDICTS}
    total = sum(counts.values())
    cells = tuple(Cell(found, count, count / total) for found, count in counts.items() if count)
    parts = [charts.Part(cell.share, fill_of(cell.found), f"{cell.found.title} ({cell.count:,})") for cell in cells]
    return Bar(hub, total, cells, charts.stacked(parts, _spoken(hub, total, cells)))


def _spoken(hub: Verdict, total: int, cells: Sequence[Cell]) -> str:
    told = ", ".join(f"{cell.count:,} {cell.found.title.lower()}" for cell in cells)
    return f"Of {plural(total, 'dataset')} that the Hub calls {hub.title.lower()}: {told}"


def _said(bars: Sequence[Bar], total: int) -> str:
    """The answer in one sentence."""
    if not total:
        return "No dataset is on record yet."
    bar = next((each for each in bars if each.hub.commercial), None)
    if bar is None:
        return f"Of {plural(total, 'dataset')} on record the Hub calls none commercial."
    confirmed = sum(cell.count for cell in bar.cells if cell.found.commercial)
    others = [f"{_are(cell.count)} {cell.found.sentence}" for cell in bar.cells if not cell.found.commercial]
    rest = f"; {_joined(others)}" if others else ""
    return f"Of {plural(bar.total, 'dataset')} that the Hub calls commercial, {_are(confirmed)} confirmed{rest}."


def _are(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def _joined(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


# --- one dataset -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One licence that one source states, with the first claim that says so; `licences` are ids of the table."""

    source: str
    expression: str
    claim: LicenceClaim
    licences: tuple[str, ...]
    values: Mapping[str, str]

    @property
    def source_title(self) -> str:
        """Whose word it is."""
        return LicenceSource(self.source).label


@dataclass(frozen=True)
class Row:
    """One component of a licence, as each column has it."""

    name: str
    title: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True)
class Table:
    """The claims that count side by side, all claims, and what they come to."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    earlier: tuple[LicenceClaim, ...]
    judged: Judged
    said: str


def table(dataset: Dataset, vendors: bool = True) -> Table:
    """What each source says of a dataset, with or without the terms of model vendors."""
    claims = list(dataset.licence_claims.select_related("claimed_by").order_by("claimed_at", "pk"))
    by_pk = {claim.pk: claim for claim in claims}
    told = [standing.Told(claim.source, claim.expression, claim.claimed_at, claim.pk) for claim in claims]
    kept = [by_pk[each.pk] for each in standing.counting(told)]
    known = licence_table()
    columns = tuple(_columns(kept, known))
    judged = judge([(claim.source, claim.expression) for claim in kept], known, vendors)
    earlier = tuple(claim for claim in reversed(claims) if claim not in kept)
    return Table(columns, tuple(_rows(columns, judged)), earlier, judged, judged.sentence)


def _columns(claims: Iterable[LicenceClaim], known: Licences) -> Iterable[Column]:
    seen = set()
    for claim in claims:
        if (claim.source, claim.expression) not in seen:
            seen.add((claim.source, claim.expression))
            yield Column(
                claim.source, claim.expression, claim, _ids(claim.expression, known),
                components(claim.expression, known),
            )  # fmt: skip


def _ids(expression: str, known: Licences) -> tuple[str, ...]:
    return tuple(licence.id for licence in licences_in(expression, known))


def _rows(columns: Sequence[Column], judged: Judged) -> Iterable[Row]:
    for name, title in COMPONENTS.items():
        values = tuple(column.values.get(name, "") for column in columns)
        if any(values):
            yield Row(name, title, values, name in judged.differing)
