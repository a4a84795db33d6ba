"""What free text names: an id on the Hub, a web address, a host. Pure; nothing is looked up anywhere.

Every question answers "" where the text does not say so plainly, so that nothing is guessed.
"""

import re
from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

import pyarrow as pa
import tldextract

from datacards.corpora.domains import NO_DOMAIN, hosts_of

HUB = re.compile(
    r"\s*(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/datasets/([\w.-]{1,96})(?:/([\w.-]{1,96}))?(?:[/?#].*)?\s*",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
PARTS_OF_A_PAGE = frozenset({"viewer", "tree", "blob", "resolve", "raw", "discussions", "commits", "settings", "embed"})
WITH_SCHEME = re.compile(r"\s*https?://", re.IGNORECASE)
MAYBE_BARE = re.compile(r"[^\s/?#\\:@\[\]]+\.[^\s/?#\\:@\[\]]+(?::[0-9]*)?(?:[/?#]\S*)?")
LONGEST = 2000


def hub_id(text: str) -> str:
    """``owner/name`` (or ``name`` for the Hub's oldest datasets) where the text is an address of the Hub."""
    found = HUB.fullmatch(text[:LONGEST])
    if found is None:
        return ""
    owner, name = found.groups()
    return owner if name is None or name.lower() in PARTS_OF_A_PAGE else f"{owner}/{name}"


def url_key(text: str) -> str:
    """A web address without what does not change where it leads: scheme, ``www.``, fragment, last slash, ``.git``."""
    text = text.strip()
    if not WITH_SCHEME.match(text):
        text = f"https://{text}" if is_bare_address(text) else ""
    try:
        parts = urlsplit(text[:LONGEST])
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if not host:
        return ""
    path = parts.path.rstrip("/").removesuffix(".git")
    return f"{host}{path}{'?' + parts.query if parts.query else ''}"


def is_bare_address(text: str) -> bool:
    """Whether a text without a scheme is an address all the same: a host below a public suffix, and maybe a path."""
    return bool(MAYBE_BARE.fullmatch(text)) and bool(hosts([text])[0])


def hosts(texts: Sequence[str]) -> list[str]:
    """The web domain of each text; of a text without a scheme only where its host ends in a public suffix."""
    found = hosts_of(pa.array(texts, pa.string()), bare=True)
    names = found.names.to_pylist()
    return [
        name if WITH_SCHEME.match(text) or _public(name) else NO_DOMAIN
        for text, name in zip(texts, (names[code] for code in found.codes.tolist()), strict=True)
    ]


@cache
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _public(host: str) -> bool:
    """Whether somebody could have registered it: ``node.js`` and ``v1.2b`` are no hosts."""
    return bool(host) and bool(_suffixes().extract_str(host).top_domain_under_public_suffix)
