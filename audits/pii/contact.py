"""E-mail addresses, and addresses with a password."""

import re
from collections.abc import Iterator
from functools import lru_cache

from audits.pii.kinds import Hit, Tier
from audits.pii.windows import Window

NAME = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._%+-'"
NAME_AND_MORE = NAME + bytes(range(0x80, 0xCA))  # Latin letters with marks: U+00C0 to U+024F
LATIN_TAIL = re.compile(rb"(?:[0-9A-Za-z._%+'-]|[\xc3-\xc9][\x80-\xbf])+\Z")
HOST = re.compile(rb"(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[A-Za-z][0-9A-Za-z-]{1,62}")
UNICODE_HOST = re.compile(r"(?:\w(?:[\w-]{0,61}\w)?\.)+\w{2,63}")
USER_AND_PASSWORD = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://([^\s/:@<>\"']*):([^\s/@<>\"']+)\Z")
HOST_AND_PORT = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?)(?::[0-9]+)?")
PLACEHOLDER = re.compile(rb"[<>{}$*]|%s|\A(?:pass|password|pwd|passwd|pw|secret|xxx+|\.\.\.)\Z", re.IGNORECASE)
LONGEST_NAME = 64


@lru_cache(maxsize=1)
def top_level_domains() -> frozenset[str]:
    """Top-level domains of the Public Suffix List as tldextract ships it, in Unicode and in Punycode; no network."""
    import tldextract  # takes 0.1 s, which not every process needs to spend

    suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    tops = {suffix.rpartition(".")[2] for suffix in suffixes}
    return frozenset(tops | {top.encode("idna").decode() for top in tops})


def at_sign(window: Window) -> Iterator[Hit]:
    """What an ``@`` belongs to: an address with a password, an e-mail address, or nothing."""
    at = window.start
    tail = window.text[:at].rsplit(None, 1)[-1:]
    scheme = tail[0].rfind(b"://") if tail else -1
    if tail and scheme >= 0 and b"/" not in tail[0][scheme + 3 :]:
        yield from _credentials(window, tail[0])
        return
    start = name_start(window.text, at)
    end = host_end(window.text, at + 1)
    if start is None or end is None or _is_remote_path(window.text, start, end):
        return
    yield Hit("email", start, end, Tier.VALIDATED, 0.99)


def _credentials(window: Window, tail: bytes) -> Iterator[Hit]:
    """``scheme://user:password@host``; a user alone is no secret, and neither is a placeholder."""
    found = USER_AND_PASSWORD.search(tail)
    if not found or found[1] == b"mailto" or PLACEHOLDER.search(found[2]):
        return
    host = HOST_AND_PORT.match(window.text, window.end)
    if host:
        start = window.start - len(tail) + found.start()
        yield Hit("url_credentials", start, host.end(), Tier.VALIDATED, 0.95)


def name_start(text: bytes, at: int) -> int | None:
    """Where the name before ``@`` begins, or None if none stands there (RFC 5321, 4.5.3.1.1: 64 bytes at most)."""
    head = text[max(0, at - LONGEST_NAME - 2) : at]
    name = head[len(head.rstrip(NAME)) :]
    if len(name) < len(head) and head[-len(name) - 1] >= 0x80:
        found = LATIN_TAIL.search(head)
        name = found[0] if found else b""
    name = name.rpartition(b"..")[2].lstrip(b".'%+-")
    if not name or len(name) > LONGEST_NAME or name[-1:] in b".'%":
        return None
    return at - len(name)


def host_end(text: bytes, start: int) -> int | None:
    """Where the host after ``@`` ends: the longest that lies below a known top-level domain."""
    found = HOST.match(text, start)
    if found:
        labels = found[0].split(b".")
        while len(labels) > 1:
            if labels[-1].decode().lower() in top_level_domains() and not _is_next_sentence(labels):
                return start + len(b".".join(labels))
            labels.pop()
    return _unicode_host_end(text, start)


def _is_next_sentence(labels: list[bytes]) -> bool:
    """``a.com.It``: a capital after a complete host written small begins a sentence without its space."""
    small = all(label.islower() for label in labels[:-1])
    return len(labels) > 2 and small and labels[-1].istitle() and labels[-2].decode() in top_level_domains()


def _unicode_host_end(text: bytes, start: int) -> int | None:
    rest = text[start : start + 253]
    if rest.isascii():
        return None
    found = UNICODE_HOST.match(rest.decode("utf-8", "ignore"))
    if not found or found[0].rpartition(".")[2].lower() not in top_level_domains():
        return None
    end = start + len(found[0].encode())
    return end if text[start:end] == found[0].encode() else None


def _is_remote_path(text: bytes, start: int, end: int) -> bool:
    """``git@host:path`` names a repository."""
    return text[end : end + 1] == b":" and text[start : start + 4] == b"git@"
