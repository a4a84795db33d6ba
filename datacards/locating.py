"""Tells what a location is (a path, an address, a dataset of the Hub) and lists the corpus there. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from datacards.corpora import Listing, is_url, list_path, list_url
from datacards.corpora.files import refuse_odd_name
from datacards.corpora.folders import allowed, expanded
from datacards.corpora.remote import checked_protocol, refuse_outside
from datacards.errors import BadInput
from datacards.hub import list_dataset, place_of

MAX_LOCATION = 2000


@dataclass(frozen=True)
class Location:
    """Where a corpus is.

    `revision` is for the Hub: a branch, tag or commit. `config` is one of the configurations that a README.md names.
    `roots` are the folders and addresses that may be read with this server's own rights; None: all, for a person at
    a terminal, whose rights these are.
    """

    place: str
    revision: str = ""
    config: str = ""
    roots: tuple[str, ...] | None = None

    @property
    def folders(self) -> Sequence[Path] | None:
        """The roots on this machine."""
        return None if self.roots is None else [Path(root) for root in self.roots if not is_url(root)]


def find(location: Location) -> Listing:
    """The files at a location. Raises `BadInput` or `Unavailable`."""
    refuse_at_once(location)
    path = _path(location)
    if path is not None:
        return list_path(path, roots=location.folders, config=location.config)
    dataset = place_of(location.place, location.revision)
    if dataset is not None:
        return list_dataset(dataset, config=location.config, anonymous=location.roots is not None)
    return list_url(location.place, roots=location.roots, config=location.config)


def refuse_at_once(location: Location) -> None:
    """Raise `BadInput` for what can be seen without asking anybody else: no network, no walk through folders."""
    if not location.place or len(location.place) > MAX_LOCATION:
        raise BadInput(f"The location has {len(location.place):,} characters: give 1 to {MAX_LOCATION:,} of them.")
    refuse_odd_name(location.place)
    path = _path(location)
    if path is not None:
        allowed(path, location.place, location.folders)
    elif place_of(location.place, location.revision) is None:
        if checked_protocol(location.place) == "hf":
            raise BadInput(f"{location.place} is no dataset: write hf://datasets/owner/name, or owner/name.")
        refuse_outside(location.place, location.roots)
    if location.revision and place_of(location.place, location.revision) is None:
        raise BadInput("Only datasets of the Hub have revisions to choose from: leave it out.")


def _path_of_url(url: str) -> Path:
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        raise BadInput(f"{url} is no address of a file: write file:///folder/name.") from None
    refuse_odd_name(path)
    return Path(path)


def _path(location: Location) -> Path | None:
    """The path meant, if it is one: at a terminal whatever exists here comes before the Hub's names."""
    if is_url(location.place):
        if checked_protocol(location.place) != "file":
            return None
        return _path_of_url(location.place)
    path = expanded(location.place, location.folders)
    if place_of(location.place) and (location.roots is not None or not path.exists()):
        return None
    return path
