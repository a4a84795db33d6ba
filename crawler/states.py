"""What a fetch came to, and what that permits where it was of robots.txt (RFC 9309 section 2.3.1).

| state       | when                                                     | permits            |
|-------------|----------------------------------------------------------|--------------------|
| ok          | 2xx with a file                                          | what the file says |
| redirected  | the same, after at most five hops, also to other hosts   | what the file says |
| oversize    | more than 500 KiB: its first whole lines are read        | what the file says |
| soft-404    | a page of HTML under 2xx                                 | everything         |
| empty       | 2xx without a body                                       | everything         |
| unavailable | 4xx but 429                                              | everything         |
| unreachable | 5xx, 429, no answer, no valid answer, too many hops      | nothing            |
| forbidden   | never asked, because robots.txt forbids us to            | nothing            |

The other documents of a site come to the same states, by `document_state`; only robots.txt is never `forbidden`.
RFC 9309 lets a crawler take too many hops for "unavailable"; here the absence of an answer never permits anything.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crawler.documents import Document
from crawler.robots import parse

MAX_HOPS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class State(StrEnum):
    """How a fetch ended."""

    OK = "ok"
    REDIRECTED = "redirected"
    OVERSIZE = "oversize"
    SOFT_404 = "soft-404"
    EMPTY = "empty"
    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"


SPEAKING = frozenset({State.OK, State.REDIRECTED, State.OVERSIZE})
PERMITTING = frozenset({State.SOFT_404, State.EMPTY, State.UNAVAILABLE})

_BLANK = b"\xef\xbb\xbf \t\r\n\x0b\x0c"
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|script|div|!--|\?xml)", re.IGNORECASE)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|script|div)", re.IGNORECASE)
_FILES = frozenset({Document.TDMREP, Document.AI_TXT, Document.LLMS_TXT, Document.RSL})  # where a page means: not here


def state_of(status: int, body: bytes, cut: bool = False, hops: int = 0) -> State:
    """The state of a final answer: its status, its decoded body, whether that was cut, and the hops before it."""
    if 400 <= status < 500 and status != 429:
        return State.UNAVAILABLE
    if not 200 <= status < 300 or status == 202:  # 202 is how some walls put a robot off
        return State.UNREACHABLE
    if not body.strip(_BLANK) and not cut:
        return State.EMPTY
    if looks_like_html(body) and not parse(body).has_groups:
        return State.SOFT_404
    if cut:
        return State.OVERSIZE
    return State.REDIRECTED if hops else State.OK


def document_state(document: Document, status: int, body: bytes, cut: bool = False, hops: int = 0) -> State:
    """The state of a final answer for any document; a page of HTML is a soft 404 where a file was asked for."""
    if document == Document.ROBOTS:
        return state_of(status, body, cut, hops)
    if 400 <= status < 500 and status != 429:
        return State.UNAVAILABLE
    if not 200 <= status < 300 or status == 202:
        return State.UNREACHABLE
    if not body.strip(_BLANK) and not cut:
        return State.EMPTY
    if document in _FILES and _HTML.match(body.lstrip(_BLANK)[:64]):
        return State.SOFT_404
    if cut:
        return State.OVERSIZE
    return State.REDIRECTED if hops else State.OK


def refusal(status: int, headers: Mapping[str, str]) -> str:
    """How a server turned the crawler away, in words; empty where it did not. `headers` by name in lower case.

    Challenges are told by what two large walls document of themselves, not by the look of a page.
    """
    walls = (headers.get("cf-mitigated", ""), headers.get("x-amzn-waf-action", ""))
    if any(wall.strip().lower() in ("challenge", "captcha") for wall in walls):
        return f"a challenge for people came instead, with status {status}"
    return f"refused with status {status}" if status in (401, 403, 407, 429, 451) else ""


def looks_like_html(body: bytes) -> bool:
    """Whether a body begins as a page does."""
    return _PAGE.match(body.lstrip(_BLANK)[:64]) is not None


class NotDecodable(ValueError):
    """The body is not in the encoding that the answer names."""


@dataclass(frozen=True)
class Decoded:
    """A body without its content encoding, `cut` when there was more of it than wanted."""

    body: bytes
    cut: bool


def decode(body: bytes, encoding: str, limit: int, partial: bool = False) -> Decoded:
    """Undo gzip or deflate, never yielding more than `limit` bytes, so that a bomb is stopped before it unfolds.

    `partial` says that the transfer was ended early. Raises NotDecodable for another encoding or broken data.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return Decoded(body[:limit], partial or len(body) > limit)
    if name not in ("gzip", "x-gzip", "deflate"):
        raise NotDecodable(f"content encoding {name[:20]!r} was not asked for")
    try:
        return _inflate(body, limit, partial)
    except zlib.error as error:
        raise NotDecodable(f"broken {name} data") from error


def _inflate(body: bytes, limit: int, partial: bool) -> Decoded:
    raw = body[:1] and body[:2] != b"\x1f\x8b" and (body[0] & 0x0F != 8 or int.from_bytes(body[:2], "big") % 31)
    unfolded = bytearray()
    while body and len(unfolded) <= limit:
        stream = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
        unfolded += stream.decompress(body, limit + 1 - len(unfolded))
        if not stream.eof:
            if len(unfolded) <= limit and not partial:
                raise NotDecodable("the data ends too early")
            break
        body = stream.unused_data if stream.unused_data[:2] == b"\x1f\x8b" else b""
    return Decoded(bytes(unfolded[:limit]), partial or len(unfolded) > limit)
