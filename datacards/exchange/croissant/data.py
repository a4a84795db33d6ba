"""Files and columns as Croissant has them: FileObject, FileSet, RecordSet and Field (Croissant 1.1, Resources)."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from datacards.exchange.croissant.table import data_type, media_types
from datacards.exchange.described import DescribedColumn, DescribedFile

RECORDS = "records"
ALL_FILES = "all-files"
NESTED = 8  # structs inside structs that are opened; deeper ones are text


def distribution(files: Sequence[DescribedFile]) -> list[dict[str, Any]]:
    """Every file, and, where there are several, the set of them that the columns are read from."""
    objects = [file_object(file) for file in files]
    return [*objects, _file_set(files)] if len(files) > 1 else objects


def file_object(file: DescribedFile) -> dict[str, Any]:
    """One file, with its digest; a file that nobody can fetch has its path for an address."""
    media = media_types(file.format)
    return {
        "@type": "cr:FileObject",
        "@id": file_id(file.name),
        "name": file.name,
        "contentUrl": file.url or quote(file.name),
        "contentSize": f"{file.size} B",
        "encodingFormat": media if len(media) > 1 else media[0],
        "sha256": file.sha256,
    }


def file_id(name: str) -> str:
    """The id of a file in the document: its path, without what an IRI may not hold."""
    return f"files/{quote(name)}"


def _file_set(files: Sequence[DescribedFile]) -> dict[str, Any]:
    media = dict.fromkeys(media for file in files for media in media_types(file.format))
    return {
        "@type": "cr:FileSet",
        "@id": ALL_FILES,
        "name": "All files",
        "encodingFormat": list(media) if len(media) > 1 else next(iter(media)),
        "includes": sorted({_pattern(file.name) for file in files}),
    }


def _pattern(name: str) -> str:
    """A glob for the files beside this one that end alike."""
    path = PurePosixPath(name)
    ending = "".join(path.suffixes[-2:]) if path.suffix in (".gz", ".zst", ".bz2", ".xz") else path.suffix
    return str(path.with_name("*" + ending)) if path.name else name


def record_sets(columns: Sequence[DescribedColumn], files: Sequence[DescribedFile]) -> list[dict[str, Any]]:
    """The one set of records that the columns make; none where there is no file to read them from."""
    if not columns or not files:
        return []
    where = {"fileSet": {"@id": ALL_FILES}} if len(files) > 1 else {"fileObject": {"@id": file_id(files[0].name)}}
    fields = [_column(column, where, taken) for column, taken in _named(columns)]
    return [{"@type": "cr:RecordSet", "@id": RECORDS, "name": "Records", "field": fields}]


def _named(columns: Sequence[DescribedColumn]) -> Iterator[tuple[DescribedColumn, str]]:
    """Each column with an id that no other has."""
    for column in {column.name: column for column in columns}.values():
        yield column, f"{RECORDS}/{quote(column.name, safe='')}"


def _column(column: DescribedColumn, where: dict[str, Any], id_: str) -> dict[str, Any]:
    source = {"source": {**where, "extract": {"column": column.name}}}
    told = {"description": column.description} if column.description else {}
    return {**_field(column.name, column.type, id_, 0), **told, **source}


def _field(name: str, arrow: str, id_: str, depth: int) -> dict[str, Any]:
    """A field without its source: arrays and structs opened, as far as NESTED."""
    made: dict[str, Any] = {"@type": "cr:Field", "@id": id_, "name": name}
    dimensions, item = _opened(arrow.strip())
    if dimensions:
        made |= {"isArray": True, "arrayShape": ",".join(dimensions)}
    members = _members(item) if depth < NESTED else []
    if members:
        inner = (_field(name, type_, f"{id_}/{quote(name, safe='')}", depth + 1) for name, type_ in members)
        return {**made, "subField": list(inner)}
    plain = data_type(item)
    return {**made, "dataType": plain or "sc:Text"}


def _opened(arrow: str) -> tuple[list[str], str]:
    """The dimensions of a list of lists and its plain item: `list<item: int64>` → ["-1"], "int64"."""
    dimensions: list[str] = []
    while True:
        head, bracket, rest = arrow.partition("<")
        if not bracket or head not in ("list", "large_list", "fixed_size_list"):
            return dimensions, arrow
        inner, _, tail = rest.rpartition(">")
        dimensions.append(tail.strip("[] ") or "-1")
        arrow = inner.partition(":")[2].removesuffix(" not null").strip()


def _members(arrow: str) -> list[tuple[str, str]]:
    """The members of a struct with their types; none for anything else."""
    if not (arrow.startswith("struct<") and arrow.endswith(">")):
        return []
    found: dict[str, str] = {}
    for part in _split(arrow[len("struct<") : -1]):
        name, _, type_ = part.partition(":")
        found.setdefault(name.strip(), type_.removesuffix(" not null").strip())
    return [(name, type_) for name, type_ in found.items() if name]


def _split(text: str) -> Iterator[str]:
    """Parts between commas that are inside no bracket."""
    depth, start = 0, 0
    for i, character in enumerate(text):
        depth += (character in "<[(") - (character in ">])")
        if character == "," and depth == 0:
            yield text[start:i]
            start = i + 1
    yield text[start:]
