"""Which hosts may be asked: only public addresses, only http and https, only the usual ports.

A name is not enough to judge by, because what it resolves to may change between two look-ups. So `Gate.admits` is
asked with the very address that a connection is opened to, at every hop.
"""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
# What Python 3.11 takes for global and is not: IANA's special-purpose registries, the wrappings of IPv4 that nobody
# routes any more (RFC 4291, 2765, 8215, 7526), and the inner services of two clouds (metadata under public numbers).
_CLOSED = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48",
         "3fff::/20", "5f00::/16"),
    )
)  # fmt: skip


# One sentence for every host that may not be asked: whether an inner name exists, and where, is nothing to be told.
NO_ADDRESS = "the host's name has no public address"


class NotAdmitted(OSError):
    """The address may not be asked."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when IPv6 only wraps an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _wrapped(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or ip.teredo is not None or ip.scope_id is not None:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _CLOSED)


def _is_address(host: str) -> bool:
    if not host[-1:].isdigit() and ":" not in host:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _SIX_TO_FOUR:
        return ip.sixtofour
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


@dataclass(frozen=True)
class Gate:
    """The rule for one crawl. With a `loopback` address every host is asked there, and nothing else is open."""

    loopback: tuple[str, int] | None = None
    ports: frozenset[int] = frozenset({80, 443})

    def admits(self, address: str, port: int) -> bool:
        """Whether a connection to this address and port may be opened."""
        if self.loopback is not None:
            return (address, port) == self.loopback
        return port in self.ports and is_public(address)

    def check(self, address: str, port: int) -> None:
        """Raise NotAdmitted unless `admits`."""
        if not self.admits(address, port):
            raise NotAdmitted(f"not admitted: {address} port {port}")

    def objection(self, url: str) -> str | None:
        """Why a URL may not be asked, judged by its text alone; None where nothing speaks against it."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return "the address is not a valid URL"
        return _objection(parts.scheme, parts.netloc, self.ports)

    def route(self, url: str) -> str:
        """Where a URL is really asked: with a loopback address there, over http, else the URL itself."""
        if self.loopback is None:
            return url
        host, port = self.loopback
        netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return urlsplit(url)._replace(scheme="http", netloc=netloc).geturl()


# What follows is asked for each request and depends on the host alone, while a host has several documents.


@lru_cache(maxsize=8192)
def _objection(scheme: str, netloc: str, ports: frozenset[int]) -> str | None:
    parts = SplitResult(scheme, netloc, "", "", "")
    try:
        port = parts.port or (443 if scheme == "https" else 80)
    except ValueError:
        return "the address is not a valid URL"
    if scheme not in ("http", "https"):
        return f"the scheme {scheme[:20]!r} is not http or https"
    if not parts.hostname:
        return "the address names no host"
    if parts.username or parts.password:
        return "the address carries a login"
    if _is_address(parts.hostname) and not is_public(parts.hostname):
        return NO_ADDRESS
    return None if port in ports else f"port {port} is not open to the crawler"


def host_header(url: str) -> str:
    """The Host header for a URL: without the scheme's own port."""
    parts = urlsplit(url)
    return _host_header(parts.scheme, parts.netloc)


@lru_cache(maxsize=8192)
def _host_header(scheme: str, netloc: str) -> str:
    parts = SplitResult(scheme, netloc, "", "", "")
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def parse_loopback(text: str) -> tuple[str, int] | None:
    """`127.0.0.1:8080` → its parts; None for the empty text. Raises ValueError for anything but a loopback address."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{host} is not a loopback address")
    return host, int(port)
