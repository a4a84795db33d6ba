"""What a foreign description of a dataset says, in the words of the card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datacards.exchange.described import DescribedColumn, DescribedFile, DescribedParent


@dataclass(frozen=True)
class Imported:
    """A file that was read.

    `values` are entries for the card (path → {value, source, evidence}), the evidence a JSON pointer into the file;
    `licence` is an SPDX expression or what the file says instead of one; `unknown` are the members of the dataset that
    no field of the card takes: they stay in the file and come out of the next export as they are; `left_out` says, a
    sentence each, which values do not fit the card.
    """

    format: str  # Croissant 1.1, schema.org, …
    values: Mapping[str, Mapping[str, Any]]
    name: str = ""
    url: str = ""
    licence: str = ""
    licence_url: str = ""
    licence_at: str = ""  # where the file says so
    parents: Sequence[DescribedParent] = ()
    files: Sequence[DescribedFile] = ()
    columns: Sequence[DescribedColumn] = ()
    unknown: Sequence[str] = ()
    left_out: Sequence[str] = ()
    original: Any = field(default=None, repr=False)  # the whole file, as JSON
