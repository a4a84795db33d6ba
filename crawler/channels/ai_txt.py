"""ai.txt of Spawning: which media may be downloaded to train AI, in the grammar of robots.txt.

A rule names a path or an ending (`Disallow: *.jpg`). Other files go by the same name; they are recorded, not read.
"""

import re
from collections.abc import Iterator

from crawler.channels.documents import Documents
from crawler.channels.groups import Line, lines
from crawler.channels.signals import EVERYBODY, Signal
from crawler.patterns import escaped
from crawler.robots import parse, statements

NAME = "ai-txt"
FILE = "ai.txt"
_BARE_ENDING = re.compile(rb"\.?[A-Za-z0-9]{1,8}")
_ENDING = re.compile(r"\*\.[A-Za-z0-9]{1,8}")


def read(documents: Documents) -> Iterator[Signal]:
    """The signals of the rules; one that only says so where the file is of another dialect."""
    body = documents.ai_txt
    if not body or not body.strip():
        return
    if not parse(body).has_groups:
        yield Signal(
            NAME, "ai-train", EVERYBODY, "unstated", FILE, quote=_first(body), note=f"{dialect(body)}: not read"
        )
        return
    for line in lines(body, "allow", "disallow"):
        if line.value and (line.scope == "group" or line.key == "disallow"):
            yield from (_rule(line, agent) for agent in line.agents)


def dialect(body: bytes) -> str:
    """What kind of file it is, that has no user-agent line."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return "a file of JSON"
    keys = {statement.key.lower() for statement in statements(body[:20_000])}
    if keys & {b"training", b"spec-version", b"site-name"}:
        return "a file of policy keys"
    return "a text in free form"


def _rule(line: Line, agent: str) -> Signal:
    value = line.value
    if value[:1] not in (b"/", b"*"):
        value = (b"*." + value.lstrip(b".")) if _BARE_ENDING.fullmatch(value) else b"/" + value
    path = value.decode("utf-8", "replace")
    return Signal(
        NAME, "ai-train", agent, "allowed" if line.key == "allow" else "disallowed", f"{FILE} line {line.number}", path,
        line.scope, line.number, rank=len(escaped(value)), quote=f"{line.key.capitalize()}: {path}",
        note="files of this ending" if _ENDING.fullmatch(path) else "",
    )  # fmt: skip


def _first(body: bytes) -> str:
    return body.strip()[:300].decode("utf-8", "replace")
