"""Lists a dataset of the Hugging Face Hub at one commit; its files are then read through fsspec (`hf://`)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from huggingface_hub import HfApi, HfFileSystem
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile

from datacards.corpora.files import MAX_FILES, Listing, SourceFile, refuse_odd_listing
from datacards.corpora.frontmatter import CARD_NAME, MAX_CARD, choose_data, refuse_escape, text_of_card
from datacards.errors import BadInput, Expected, Unavailable

TIMEOUT = 30.0
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
URL = re.compile(rf"hf://datasets/(?P<repository>{REPOSITORY.pattern})(?:@(?P<revision>[^/]+))?(?:/(?P<folder>.*))?")


@dataclass(frozen=True)
class Place:
    """A dataset on the Hub; `revision` is a branch, tag or commit (empty: main), `folder` a path inside it."""

    repository: str
    revision: str = ""
    folder: str = ""


def place_of(location: str, revision: str = "") -> Place | None:
    """Understands ``owner/name`` and ``hf://datasets/owner/name@revision/folder``; None for anything else."""
    if REPOSITORY.fullmatch(location):
        return Place(location, revision)
    found = URL.fullmatch(location)
    if found is None:
        return None
    named = (found["revision"] or "").replace("%2F", "/")
    if named and revision and named != revision:
        raise BadInput(f"{location} names the revision {named}, but {revision} was asked for: give one of them.")
    return Place(found["repository"], named or revision, (found["folder"] or "").strip("/"))


def list_dataset(place: Place, *, config: str = "", anonymous: bool = False) -> Listing:
    """The data files of a dataset, its card and the commit that they are of.

    `anonymous`: without the credentials of this machine, as for a person who is not its user. Raises `BadInput`
    (unknown, gated, no such revision) or `Unavailable` (offline).
    """
    refuse_escape(place.folder, place.repository)
    token = False if anonymous else None
    with told(place):
        commit, found = _tree(place, token)
        card = _card(place, commit, token) if CARD_NAME in found else ""
    names, ignored = choose_data(found, card, config)
    files = (_file(found[name], place, commit, anonymous) for name in names if _within(name, place.folder))
    listing = Listing(place.repository, tuple(files), ignored, card, commit)
    return refuse_odd_listing(listing)


def _tree(place: Place, token: bool | None) -> tuple[str, dict[str, RepoFile]]:
    """The commit that the revision is now, and its files."""
    api = HfApi(token=token)
    info = api.dataset_info(place.repository, revision=place.revision or None, timeout=TIMEOUT)
    if info.gated:
        api.auth_check(place.repository, repo_type="dataset")
    found: dict[str, RepoFile] = {}
    for entry in api.list_repo_tree(place.repository, recursive=True, revision=info.sha, repo_type="dataset"):
        if isinstance(entry, RepoFile):
            found[entry.path] = entry
        if len(found) > MAX_FILES:
            raise BadInput(f"{place.repository} holds more than {MAX_FILES:,} files: choose a folder with fewer.")
    return str(info.sha), found


def _card(place: Place, commit: str, token: bool | None) -> str:
    with HfFileSystem(token=token).open(_url(place, commit, CARD_NAME), "rb") as file:
        return text_of_card(file.read(MAX_CARD + 1))


def _file(entry: RepoFile, place: Place, commit: str, anonymous: bool) -> SourceFile:
    digest = entry.lfs.sha256 if entry.lfs else ""
    url = _url(place, commit, entry.path)
    return SourceFile.of(entry.path, url, entry.size, stamp=commit, digest=digest, anonymous=anonymous)


def _url(place: Place, commit: str, name: str) -> str:
    return f"hf://datasets/{place.repository}@{commit}/{name}"


def _within(name: str, folder: str) -> bool:
    return not folder or name == folder or name.startswith(folder + "/")


@contextmanager
def told(place: Place) -> Iterator[None]:
    """One sentence for whatever the Hub's client raises."""
    try:
        yield
    except Expected:
        raise
    except Exception as error:
        raise _sentence(place, error) from None


def _sentence(place: Place, error: Exception) -> Expected:
    """The most special kinds first: they are subclasses of each other."""
    name = f"The dataset {place.repository}"
    if isinstance(error, GatedRepoError):
        return BadInput(f"{name} is gated: accept its terms on the Hub and give the server a token (HF_TOKEN).")
    if isinstance(error, RevisionNotFoundError):
        return BadInput(f"{name} has no revision {place.revision}: give a branch, tag or commit that it has.")
    if isinstance(error, DisabledRepoError):
        return BadInput(f"{name} was disabled on the Hub: choose another.")
    if isinstance(error, RepositoryNotFoundError | HFValidationError):
        return BadInput(f"{name} is unknown to the Hub or private: check the spelling, or set HF_TOKEN.")
    if isinstance(error, OfflineModeIsEnabled):
        return Unavailable(f"{name} is on the Hub, but this machine is set to be offline: unset HF_HUB_OFFLINE.")
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code if error.response is not None else "no status"
        return Unavailable(f"{name} could not be read, the Hub answered {status}: try again later.")
    return Unavailable(f"{name} is no path here, and the Hub cannot be reached: check the spelling and the network.")
