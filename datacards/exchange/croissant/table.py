"""The table that ties the card to Croissant: paths, types, media types and licences' addresses (data)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

TABLE_FILE = Path(__file__).parents[2] / "data" / "exchange_croissant.toml"
_ENDING = re.compile(r"(/deed(\.[a-z_-]+)?|/legalcode(\.[a-z_-]+)?|\.html?|\.json|\.txt|\.php)$", re.I)


@dataclass(frozen=True)
class Row:
    """One path of the card and the key that says the same."""

    path: str
    key: str
    also: tuple[str, ...] = ()
    many: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE_FILE.read_text(encoding="utf-8"))


@cache
def rows() -> tuple[Row, ...]:
    """All rows in the order in which they are written."""
    return tuple(Row(**{**row, "also": tuple(row.get("also", ()))}) for row in _table()["row"])


@cache
def row_of(path: str) -> Row | None:
    """The row of a path of the card; None for a path that no vocabulary has a word for."""
    return next((row for row in rows() if row.path == path), None)


def data_type(arrow: str) -> str | None:
    """The data type of Croissant for a plain Arrow type (`timestamp[us, tz=UTC]` too); None where there is none."""
    name = _table()["types"].get(arrow.partition("[")[0])
    return str(name) if name else None


def arrow_type(names: list[str]) -> str:
    """The Arrow type for the data types of a field, by their short names; empty where none is plain."""
    known = {**{croissant: arrow for arrow, croissant in _table()["types"].items()}, **_table()["arrow"]}
    prefixed = (name if ":" in name else f"sc:{name}" for name in names)
    return next((str(known[name]) for name in prefixed if name in known), "")


def media_types(format_: str) -> list[str]:
    """Media types of a file: that of the content, then that of the compression (`jsonl.gz` has two)."""
    found = [_table()["media"][part] for part in format_.split(".") if part in _table()["media"]]
    return found or ["application/octet-stream"]


def format_of(types: list[str]) -> str:
    """The format of a file by its media types; empty where none is known."""
    known = {media: name for name, media in _table()["media"].items()} | _table()["media_also"]
    found = [known[name.lower()] for name in types if name.lower() in known]
    packed = ("gz", "zst", "zip", "bz2", "xz")
    return ".".join(sorted(dict.fromkeys(found), key=lambda name: name in packed))


def licence_at(address: str) -> str:
    """The SPDX id of the licence at that address; empty where we do not know the address."""
    bare = re.sub(r"^https?://(www\.)?", "", address.strip().lower()).rstrip("/")
    bare = _ENDING.sub("", bare).rstrip("/")
    for pattern, name in _table()["licences"]["patterns"]:
        match = re.fullmatch(pattern, bare)
        if match:
            return _spelt(str(name).format(*(match[0], *match.groups())))
    return ""


def _spelt(name: str) -> str:
    """The id as SPDX spells it: addresses are read in small letters."""
    known = {spdx.lower(): spdx for spdx in _spdx_ids()}
    return known.get(name.lower(), name)


@cache
def _spdx_ids() -> frozenset[str]:
    from license_expression import get_spdx_licensing  # reads its list of ids when first asked for

    return frozenset(get_spdx_licensing().known_symbols)


def licence_address(expression: str) -> str:
    """Where a single SPDX licence can be read; empty for anything else."""
    return f"https://spdx.org/licenses/{expression}" if expression in _spdx_ids() else ""
