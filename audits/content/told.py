"""What is recorded of a profile: numbers that people and pages read, without the sketches that made them."""

from dataclasses import asdict
from typing import Any

from audits.content.lengths import Lengths
from audits.content.profile import QUANTILES, ColumnProfile, Profile

MOST_LANGUAGES = 50


def told(profile: Profile) -> dict[str, Any]:
    """The profile as JSON; the column with the most text comes first."""
    ordered = sorted(profile.columns.items(), key=lambda item: (-item[1].size, item[0]))
    return {
        "rows": profile.rows,
        "null_shares": {name: _null_share(profile, name) for name in sorted(profile.present)},
        "columns": [{"name": name} | _column(column) for name, column in ordered],
    }


def _null_share(profile: Profile, column: str) -> float | None:
    return 1 - profile.present[column] / profile.rows if profile.rows else None


def _column(column: ColumnProfile) -> dict[str, Any]:
    repeated, languages = column.distinct.repeated(), column.languages.shares()
    return {
        "texts": column.texts, "empty": column.empty, "bytes": column.size,
        "characters": _lengths(column.characters), "tokens": _lengths(column.tokens),
        "distinct": column.distinct.distinct, "repeated": asdict(repeated) if repeated else None,
        "most_repeated": column.distinct.most_repeated(),
        "languages": [asdict(share) for share in languages[:MOST_LANGUAGES]],
        "languages_of": len(column.languages.said),
    }  # fmt: skip


def _lengths(lengths: Lengths) -> dict[str, Any]:
    return {
        "total": lengths.total, "mean": lengths.mean, "least": lengths.least, "most": lengths.most,
        "quantiles": {str(share): lengths.quantile(share) for share in QUANTILES},
        "histogram": lengths.by_doubling(),
    }  # fmt: skip
