"""Lists a corpus at an fsspec URL. Only stores of objects are read: no URL may make a server call another."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import fsspec

from datacards.corpora.files import Listing, SourceFile, refuse_odd_listing, refuse_odd_name
from datacards.corpora.frontmatter import CARD_NAME, MAX_CARD, choose_data, text_of_card
from datacards.errors import BadInput, Unavailable

# Protocol → the package that reads it. `hf` is read through huggingface_hub (datacards.hub).
PROTOCOLS = {"s3": "s3fs", "gs": "gcsfs"}
ALLOWED = ("file", *PROTOCOLS, "hf")


def is_url(location: str) -> bool:
    """Whether a location is a URL rather than a path or an id."""
    return "://" in location or "::" in location


def checked_protocol(url: str) -> str:
    """The protocol of a URL that may be read; raises `BadInput` for any other, and for secrets in a URL."""
    protocol, _, rest = url.partition("://")
    if "::" in url or protocol not in ALLOWED:
        what = "Chained URLs (::) are" if "::" in url else f"The protocol {protocol[:20]} is"
        raise BadInput(f"{what} not read: give a path, a Hub id or a URL of {', '.join(ALLOWED)}.")
    if "@" in rest.partition("/")[0] or (protocol != "hf" and "?" in rest):
        raise BadInput("The URL holds credentials or a query: leave them out, the server's environment has them.")
    if ".." in rest.split("/"):
        raise BadInput("The URL leads out of its folder (..): give the place itself.")
    return protocol


def list_url(url: str, *, roots: Sequence[str] | None = None, config: str = "") -> Listing:
    """What is at an s3:// or gs:// URL: one object, or all below a prefix.

    `roots`: prefixes that may be read with this server's credentials (None: all). Raises `BadInput`, `Unavailable`.
    """
    refuse_odd_name(url)
    protocol = checked_protocol(url)
    refuse_outside(url, roots)
    system = filesystem(protocol)
    path = system._strip_protocol(url)
    try:
        found: dict[str, dict[str, Any]] = system.find(path, detail=True)
        return refuse_odd_listing(_listed(system, url, path, found, config))
    except (BadInput, Unavailable):
        raise
    except Exception as error:
        raise unreachable(url, error) from None


def refuse_outside(url: str, roots: Sequence[str] | None) -> None:
    """Raise `BadInput` for a URL below none of the roots."""
    if roots is not None and not any(_below(url, root) for root in roots):
        raise BadInput(f"{url} is outside the places that may be read here: ask an admin to allow it.")


@lru_cache(maxsize=16)
def filesystem(protocol: str, anonymous: bool = False) -> Any:
    """The fsspec filesystem of a protocol, with the credentials of this process's environment or (Hub) with none."""
    options = {"token": False} if protocol == "hf" and anonymous else {}
    try:
        return fsspec.filesystem(protocol, use_listings_cache=False, **options)
    except ImportError:
        needed = PROTOCOLS.get(protocol, protocol)
        raise BadInput(f"{protocol}:// URLs need the package {needed}: install it where Consentry runs.") from None


def unreachable(url: str, error: Exception) -> Exception:
    """The sentence for whatever a store's client raised; the client's own words may hold request details."""
    kind = type(error).__name__
    if isinstance(error, FileNotFoundError):
        return BadInput(f"{url} does not exist: check the spelling.")
    if isinstance(error, PermissionError) or "Credentials" in kind:
        return BadInput(f"{url} may not be read with this server's credentials: grant them access, or choose another.")
    return Unavailable(f"{url} could not be read ({kind}): check the store and the network, then try again.")


def _below(url: str, root: str) -> bool:
    return is_url(root) and (url == root.rstrip("/") or url.startswith(root.rstrip("/") + "/"))


def _listed(system: Any, url: str, path: str, found: dict[str, dict[str, Any]], config: str) -> Listing:
    """The objects below a prefix as files with names relative to it."""
    if not found:
        raise BadInput(f"{url} does not exist or is empty: check the spelling.")
    protocol = urlsplit(url).scheme
    if set(found) == {path}:
        name = path.rpartition("/")[2]
        return Listing(url, (_file(name, f"{protocol}://{path}", found[path]),))
    objects = {full.removeprefix(path).lstrip("/"): full for full, info in found.items() if info.get("type") == "file"}
    card = ""
    if CARD_NAME in objects:
        with system.open(objects[CARD_NAME], "rb") as file:
            card = text_of_card(file.read(MAX_CARD + 1))
    taken, ignored = choose_data(objects, card, config)
    files = tuple(_file(name, f"{protocol}://{objects[name]}", found[objects[name]]) for name in taken)
    return Listing(url, files, ignored, card)


def _file(name: str, location: str, info: dict[str, Any]) -> SourceFile:
    stamp = info.get("ETag") or info.get("etag") or info.get("mtime") or ""
    return SourceFile.of(name, location, int(info.get("size") or 0), stamp=str(stamp).strip('"'))
