"""The form of the Data Provenance Initiative: `{address: {date: text of robots.txt, or null}}`.

Null says that there was no robots.txt that day. The files are large, so they are read as a stream.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from crawler.documents import KINDS, Document
from crawler.imports.sighting import Bad, Found, Sighting, Unusable, host_of, moment


def read(path: Path) -> Found:
    """The sightings of a file, in its order; what comes after a syntax error is not read."""
    with path.open("rb") as file:
        number = 0
        try:
            for number, (site, date, text) in enumerate(_entries(file), 1):
                yield _sighting(f"{path.name}, entry {number:,}", site, date, text)
        except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
            why = f"this is no JSON of the form {{address: {{date: text}}}} ({_short(error)})"
            yield Bad(f"{path.name} after entry {number:,}", why)


def _entries(file: Any) -> Iterator[tuple[str, str, object]]:
    """(address, date, text) one by one: nothing but one text is held at a time."""
    keys: list[str] = []  # the address and the date under way; as long as the depth
    for event, value in ijson.basic_parse(file, use_float=True):
        if event == "start_map" and len(keys) < 2:
            keys.append("")
        elif event == "end_map":
            keys.pop()
        elif event == "map_key":
            keys[-1] = value
        elif event in ("string", "null") and len(keys) == 2:
            yield keys[0], keys[1], value
        else:
            raise ValueError(f"a {event} where it does not belong")


def _sighting(where: str, site: str, date: str, text: object) -> Sighting | Bad:
    try:
        host, at = host_of(site), moment(date)
    except Unusable as error:
        return Bad(where, str(error))
    url = f"https://{host}/robots.txt"
    if text is None:
        return Sighting(host, Document.ROBOTS, at, url, 404, bare=True)
    body = str(text).encode("utf-8", "replace")
    limit = KINDS[Document.ROBOTS].limit
    return Sighting(host, Document.ROBOTS, at, url, 200, body=body[:limit], cut=len(body) > limit, bare=True)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
