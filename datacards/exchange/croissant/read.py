"""A foreign file as the card's values: Croissant 0.8, 1.0, 1.1, or a plain schema.org dataset. Nothing is fetched."""

import re
from collections.abc import Iterator

from datacards.exchange.croissant.imported import Imported
from datacards.exchange.croissant.table import arrow_type, format_of, licence_at, rows
from datacards.exchange.croissant.values import keys_of, values_in
from datacards.exchange.described import DescribedColumn, DescribedFile, DescribedParent
from datacards.exchange.jsonld import Node, Said, of
from datacards.exchange.strictjson import loads

CONFORMS = re.compile(r"https?://mlcommons\.org/croissant/(\d+\.\d+)$")
# Members of the dataset that are read beside the rows of the table.
READ = frozenset(
    {"@context", "@type", "@id", "name", "alternateName", "description", "url", "license", "dct:conformsTo"}
    | {"distribution", "cr:recordSet", "prov:wasDerivedFrom", "isBasedOn", "variableMeasured", "dateModified"}
)
_SIZE = re.compile(r"\s*([\d.,]+)\s*(?:([kmgtp])(i?)b?|b|bytes?)?\s*", re.I)
_SCALES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def read(body: bytes) -> Imported:
    """What the file says; `BadInput` says why it cannot be read."""
    original = loads(body)
    return read_node(of(original), original)


def read_node(node: Node, original: object = None) -> Imported:
    """What a dataset says that was found in a file."""
    values, left_out = values_in(node)
    licence, address, at = licence_in(node)
    return Imported(
        format=format_in(node), values=values, name=_first(node, "alternateName", "name"), url=_first(node, "url"),
        licence=licence, licence_url=address, licence_at=at, parents=tuple(parents_in(node)),
        files=tuple(files_in(node)), columns=tuple(columns_in(node)), unknown=tuple(_unknown(node)),
        left_out=tuple(left_out), original=original,
    )  # fmt: skip


def _first(node: Node, *names: str) -> str:
    said = node.text(*names)
    return said.text if said else ""


def format_in(node: Node) -> str:
    """The format by what the file claims to conform to, else by the words it uses."""
    for said in node.texts("dct:conformsTo"):
        version = CONFORMS.match(said.text)
        if version:
            return f"Croissant {version[1]}"
    types = {type_ for inner in node.nodes("distribution") for type_ in inner.types}
    old = "cr:recordSet" in node.keys or types & {"FileObject", "FileSet", "cr:FileObject", "cr:FileSet"}
    return "Croissant 0.8" if old else "schema.org"


def licence_in(node: Node) -> tuple[str, str, str]:
    """Expression, address, and where the file says so; several licences bind together."""
    found = [(_licence(node, value, at), at) for value, at in node.values("license")]
    told = [(name, address, at) for (name, address), at in found if name or address]
    if not told:
        return "", "", ""
    names = list(dict.fromkeys(name or address for name, address, _ in told))
    joined = names[0] if len(names) == 1 else " AND ".join(f"({n})" if " " in n else n for n in names)
    return joined, told[0][1] if len(told) == 1 else "", told[0][2]


def _licence(node: Node, value: object, at: str) -> tuple[str, str]:
    """The name and the address of one licence; an address that we know gives the name."""
    if isinstance(value, dict):
        inner = node.child(value, at)
        address = _first(inner, "url", "@id")
        name = _first(inner, "identifier", "name") or licence_at(address)
    else:
        address = name = str(value).strip()
    is_address = bool(re.match(r"https?://", address))
    if is_address and address == name:
        name = licence_at(address)
    return name, address if is_address else ""


def parents_in(node: Node) -> Iterator[DescribedParent]:
    """What the dataset was made from."""
    for key in ("prov:wasDerivedFrom", "isBasedOn"):
        for value, at in node.values(key):
            inner = node.child(value, at) if isinstance(value, dict) else None
            address = _first(inner, "url", "@id") if inner else str(value).strip()
            name = (_first(inner, "name", "prov:label") if inner else "") or address
            url = address if re.match(r"https?://", address) else ""
            if name:
                relation = _first(inner, "card:relation") if inner else ""
                yield DescribedParent(name, relation, url, licence_in(inner)[0] if inner else "")


def files_in(node: Node) -> Iterator[DescribedFile]:
    """The single files; sets of files and folders are read by nobody here."""
    for inner in node.nodes("distribution"):
        address = _first(inner, "contentUrl", "url")
        kinds = set(inner.types) & {"FileObject", "cr:FileObject", "DataDownload", "MediaObject"}
        if (kinds or not inner.types) and (address or inner.id) and "cr:includes" not in inner.keys:
            media = [said.text for said in (inner.texts("encodingFormat") or inner.texts("fileFormat"))]
            yield DescribedFile(
                name=_first(inner, "name") or inner.id or address, size=size_of(_first(inner, "contentSize")),
                sha256=_first(inner, "sha256").lower(), format=format_of(media),
                url=address if re.match(r"https?://", address) else "",
            )  # fmt: skip


def size_of(text: str) -> int:
    """Bytes, from texts such as “25585843 B”, “1.5 MB”, “3 GiB”; 0 for anything else."""
    match = _SIZE.fullmatch(text)
    if not match:
        return 0
    try:
        number = float(match[1].replace(",", ""))
    except ValueError:
        return 0
    base = 1024 if match[3] else 1000
    scale: int = base ** _SCALES[(match[2] or "").lower()]
    return min(round(number * scale), 2**63 - 1)


def columns_in(node: Node) -> Iterator[DescribedColumn]:
    """The fields of all sets of records, else the variables that the dataset measures."""
    sets = node.nodes("cr:recordSet")
    for records in sets:
        before = f"{_first(records, 'name', '@id')}/" if len(sets) > 1 else ""
        for field in records.nodes("cr:field"):
            yield _column(field, before)
    if not sets:
        for said in node.texts("variableMeasured"):
            yield DescribedColumn(said.text, "")


def _column(field: Node, before: str) -> DescribedColumn:
    name = _first(field, "name") or field.id.rsplit("/", 1)[-1]
    return DescribedColumn(before + name, _type(field), _first(field, "description"))


def _type(field: Node) -> str:
    """The Arrow type of a field; empty where the file gives none that we know."""
    members = field.nodes("cr:subField")
    if members:
        inner = ", ".join(f"{_first(m, 'name') or m.id.rsplit('/', 1)[-1]}: {_flat(m) or 'string'}" for m in members)
        plain = f"struct<{inner}>"
    else:
        plain = _flat(field)
    many = {said.text.lower() for key in ("cr:isArray", "cr:repeated") for said in field.texts(key)}
    depth = len(_first(field, "cr:arrayShape").split(",")) if "true" in many else 0
    return "list<item: " * depth + plain + ">" * depth if plain else ""


def _flat(field: Node) -> str:
    return arrow_type([field.context.name(said.text) for said in field.texts("cr:dataType")])


def _unknown(node: Node) -> Iterator[str]:
    """The members of the dataset that nothing of ours takes."""
    taken = READ | {key for row in rows() for key in keys_of(row)}
    for name, keys in node.keys.items():
        if name not in taken and not name.startswith("card:"):
            yield from (Said(key, f"{node.at}/{key}").at for key in keys)
