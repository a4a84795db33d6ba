"""How audits cut a revision's files into portions."""

import itertools
from collections.abc import Iterator, Sequence

from audits import texts
from audits.pii.columns import named
from audits.protocol import AuditedFile, Portion
from datacards.corpora import Part, parts_of
from datacards.errors import BadInput

PORTION_BYTES = 96 << 20


def portions_of(files: Sequence[AuditedFile], columns: Sequence[str] = ()) -> Iterator[Portion]:
    """Row groups of Parquet and byte ranges of plain JSON Lines, about 96 MB each; other files whole.

    Raises `BadInput` if the first file holds no text, or none in a column that is asked for.
    """
    if not files:
        raise BadInput("There are no files, so there is nothing to scan.")
    _refuse_without_text(files[0], columns)
    for file in files:
        large = file.source.size > PORTION_BYTES * 3 // 2  # only of these one looks for places to cut
        parts = parts_of(file.source, PORTION_BYTES) if large else [Part(0, -1, file.source.size)]
        whole = sum(part.size for part in parts) or 1
        ends = [file.rows * done // whole for done in itertools.accumulate(part.size for part in parts)]
        for part, start, end in zip(parts, [0, *ends], ends, strict=False):
            yield Portion(file.source, file.digest, part, end - start, tuple(columns))


def _refuse_without_text(file: AuditedFile, columns: Sequence[str]) -> None:
    there = texts.text_columns(file.source)
    if not there:
        raise BadInput(f"{file.source.name} has no column with text, so there is nothing to scan.")
    if missing := [name for name in columns if not any(named(column, (name,)) for column in there)]:
        raise BadInput(
            f"{file.source.name} has no text in a column {', '.join(missing)}: choose from {', '.join(there)}."
        )
