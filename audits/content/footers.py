"""What Parquet's footer says of columns that hold no text, so that their gaps are known without reading them."""

from typing import Any

from datacards.corpora import Part, SourceFile, parquet
from datacards.corpora.streams import opened


def present_by_footer(file: SourceFile, part: Part | None) -> dict[str, int]:
    """Top-level column → rows in which it is not null, of the columns that the footer counts nulls of."""
    if file.format != "parquet":
        return {}
    with opened(file) as handle:
        metadata = parquet.reader_of(handle, file).metadata
        total = metadata.num_row_groups
        groups = range(part.start, total if part.stop < 0 else min(part.stop, total)) if part else range(total)
        return _present([metadata.row_group(group) for group in groups])


def _present(groups: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    uncounted: set[str] = set()
    for group in groups:
        for chunk in (group.column(place) for place in range(group.num_columns)):
            name, counts = chunk.path_in_schema, chunk.statistics
            if counts is None or not counts.has_null_count:
                uncounted.add(name)
            else:
                found[name] = found.get(name, 0) + group.num_rows - counts.null_count
    return {name: rows for name, rows in found.items() if name not in uncounted and "." not in name}
