"""From URLs to web domains, by Arrow's kernels.

A domain is the lower-case host of an ``http`` or ``https`` URL, ``www.`` included, without port, user and trailing
dot; names beyond ASCII in punycode (UTS 46), IPv6 addresses in brackets. It has a dot or is an IP address.
Everything else (nothing, ``mailto:``, ``localhost``, a broken host) becomes the empty name, "no domain", so that
the sums over domains are the totals.
"""

import ipaddress
from dataclasses import dataclass

import idna
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NO_DOMAIN = ""
LONGEST = 253  # RFC 1035, section 2.3.4, as text

# RE2 takes a tenth of the time for the first form, and nearly all URLs have it.
PLAIN = r"^https?://(?P<host>[a-z0-9.-]+)(?:[/?#]|$)"
END = r"(?::[0-9]*)?[\x00-\x20]*(?:[/?#\\]|$)"
ANY = r"^[\x00-\x20]*(?i:https?:)?//(?:[^/?#\\]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#\\:@\[\]]+?)" + END
BARE = r"^[\x00-\x20]*(?P<host>[^/?#\\:@\[\]\x00-\x20]+\.[^/?#\\:@\[\]\x00-\x20]+)" + END

NAME = r"^(?:[a-z0-9_-]{1,63}\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$"
BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf"^{BYTE}(?:\.{BYTE}){{3}}$"


@dataclass(frozen=True)
class Hosts:
    """The domain of each row: `names[codes[row]]`; names are distinct."""

    names: pa.Array
    codes: npt.NDArray[np.int64]


def hosts_of(urls: pa.Array, bare: bool = False) -> Hosts:
    """The domains of URLs (string or large_string; null is "no domain"); `bare` also takes ``example.org/x``."""
    raw = _found(urls, PLAIN)
    for pattern in (ANY, BARE) if bare else (ANY,):
        if raw.null_count:
            missing = pc.is_null(raw)
            found = _found(urls.filter(missing), pattern)
            raw = pc.replace_with_mask(raw, missing, found)
    encoded = raw.fill_null(NO_DOMAIN).dictionary_encode()
    names = _cleaned(encoded.dictionary).dictionary_encode()
    codes = names.indices.to_numpy()[encoded.indices.to_numpy()]
    return Hosts(names.dictionary, codes.astype(np.int64))


def _found(urls: pa.Array, pattern: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(urls, pattern), [0]).cast(pa.string())


def _cleaned(hosts: pa.Array) -> pa.Array:
    """Normal form of each host, or the empty name."""
    lower = pc.ascii_lower(hosts)
    lower = pc.replace_substring_regex(lower, r"\.$", "")
    odd = pc.or_(pc.starts_with(lower, "["), pc.invert(pc.string_is_ascii(lower)))
    if pc.any(odd).as_py():
        rare = pa.array([_cleaned_rare(host) for host in lower.filter(odd).to_pylist()], pa.string())
        lower = pc.replace_with_mask(lower, odd, rare)
    short = pc.less_equal(pc.binary_length(lower), LONGEST)
    named = pc.and_(pc.match_substring_regex(lower, NAME), short)
    usable = pc.or_(pc.or_(named, pc.match_substring_regex(lower, IPV4)), pc.starts_with(lower, "["))
    return pc.if_else(usable, lower, NO_DOMAIN)


def _cleaned_rare(host: str) -> str:
    """IPv6 addresses and names beyond ASCII: one by one, as each distinct one is seen once in a batch."""
    try:
        if host.startswith("["):
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        return idna.encode(host, uts46=True).decode("ascii").removesuffix(".")
    except ValueError:  # idna's and ipaddress's errors are such
        return NO_DOMAIN
