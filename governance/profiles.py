"""A content profile as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from audits.models import Audit
from datacards.models import Revision
from governance.histograms import Bin, bins
from governance.words import percent

MOST_LANGUAGES = 12


@dataclass(frozen=True)
class Language:
    """A language's bar. `interval` is empty where every text was looked at."""

    code: str
    share: float
    interval: str
    texts: int


@dataclass(frozen=True)
class ColumnRow:
    """One column's line in the table. Shares are 0..1; None where nothing is known."""

    name: str
    texts: int
    empty: int
    missing: float | None
    tokens: float | None
    middle: int | None
    low: int | None
    high: int | None
    distinct: int
    repeated: float | None
    exact: bool


@dataclass(frozen=True)
class Profile:
    """What was measured, and whether it still is of the newest revision."""

    audit: Audit
    revision: Revision

    @property
    def stale(self) -> bool:
        """The data has a newer revision."""
        return self.audit.revision_id != self.revision.pk

    @property
    def finished_at(self) -> datetime:
        """When it was measured."""
        return self.audit.finished_at

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """As it was recorded."""
        found: Mapping[str, Any] = self.audit.summary.get("profile") or {"columns": [], "null_shares": {}}
        return found

    @cached_property
    def main(self) -> Mapping[str, Any] | None:
        """The column with the documents' texts, else the one with most text."""
        text_column = self.audit.revision.text_column
        ordered = sorted(self.told["columns"], key=lambda column: column["name"] != text_column)
        return ordered[0] if ordered else None

    @cached_property
    def languages(self) -> list[Language]:
        """Of the documents' texts, the most frequent first."""
        shares = self.main["languages"][:MOST_LANGUAGES] if self.main else []
        return [Language(s["code"], s["share"], _interval(s), s["texts"]) for s in shares]

    @cached_property
    def lengths(self) -> list[Bin]:
        """Tokens of the documents' texts, in doublings."""
        return bins(self.main["tokens"]["histogram"]) if self.main else []

    @property
    def repeated(self) -> float | None:
        """Share of the documents' texts that repeat another one."""
        told = self.main["repeated"] if self.main else None
        return told["share"] if told else None

    @property
    def repeated_interval(self) -> str:
        """Its interval; empty where it is exact."""
        told = self.main["repeated"] if self.main else None
        return _interval(told) if told else ""

    @property
    def columns(self) -> list[ColumnRow]:
        """Every column of texts."""
        return [_row(column, self.told["null_shares"].get(column["name"])) for column in self.told["columns"]]

    @property
    def gaps(self) -> list[tuple[str, float]]:
        """Columns without texts that miss values in some rows, the most first."""
        shown = {column["name"] for column in self.told["columns"]}
        found = [(name, share) for name, share in self.told["null_shares"].items() if share and name not in shown]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:50]


def _interval(share: Mapping[str, Any]) -> str:
    return "" if share["low"] == share["high"] else f"{percent(share['low'])} to {percent(share['high'])}"


def _row(column: Mapping[str, Any], missing: float | None) -> ColumnRow:
    tokens, repeated = column["tokens"], column["repeated"]
    middle, low, high = (tokens["quantiles"][share] for share in ("0.5", "0.05", "0.95"))
    return ColumnRow(
        column["name"], column["texts"], column["empty"], missing, tokens["mean"], middle, low, high,
        column["distinct"], repeated["share"] if repeated else None, bool(repeated and repeated["exact"]),
    )  # fmt: skip
