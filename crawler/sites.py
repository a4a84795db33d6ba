"""Which site a host belongs to, by the list of public suffixes that comes with tldextract; nothing is fetched."""

from functools import cache, lru_cache

import tldextract


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The registrable domain of a host; the host itself where it has none."""
    return _suffixes()(host).top_domain_under_public_suffix or host


@cache
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
