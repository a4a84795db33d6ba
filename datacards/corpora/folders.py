"""Lists a corpus on this machine: one file, or a folder and all below it. Links never lead out of it."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from datacards.corpora.files import Ignored, Listing, SourceFile, refuse_odd_listing, refuse_odd_name
from datacards.corpora.frontmatter import CARD_NAME, MAX_CARD, choose_data, text_of_card
from datacards.errors import BadInput

DEEPEST = 64


def list_path(path: str | Path, *, roots: Sequence[Path] | None = None, config: str = "") -> Listing:
    """What is at a path of this machine.

    `roots`: the folders that may be read (None: all, for a person at a terminal). `config`: which of the
    configurations named in a folder's README.md. Raises `BadInput`.
    """
    given = str(path)
    refuse_odd_name(given)
    place = allowed(expanded(given, roots), given, roots)
    try:
        if place.is_dir():
            return refuse_odd_listing(_folder(place, given, config))
        if not place.is_file():
            raise BadInput(f"{given} is neither a file nor a folder: give one of these.")
        return refuse_odd_listing(Listing(given, (_file(place, place.name),)))
    except PermissionError as error:
        where = error.filename or given
        raise BadInput(f"{where} may not be read by this user: change its permissions, or choose another.") from None


def expanded(given: str, roots: Sequence[Path] | None) -> Path:
    """The path with `~` as the home of whoever sits at the terminal; others would learn who has a home here."""
    try:
        return Path(given).expanduser() if roots is None else Path(given)
    except RuntimeError:
        raise BadInput(f"{given} begins with ~ and the name of nobody here: give the whole path.") from None


def allowed(path: Path, given: str, roots: Sequence[Path] | None) -> Path:
    """The real path; `BadInput` if it is outside the roots, or (said only of what is inside) does not exist."""
    try:
        place = path.resolve()
        if roots is not None and not any(place.is_relative_to(Path(root).resolve()) for root in roots):
            raise BadInput(f"{given} is outside the folders that may be read here: put the data below one of them.")
        return path.resolve(strict=True)
    except FileNotFoundError:
        raise BadInput(f"{given} does not exist: check the spelling, or give a Hub id such as owner/name.") from None
    except PermissionError:
        raise BadInput(f"{given} may not be read by this user: change its permissions.") from None
    except (RuntimeError, OSError):
        raise BadInput(f"{given} cannot be followed: it is a loop of links or no possible path.") from None


def _folder(folder: Path, given: str, config: str) -> Listing:
    found = dict(_walk(folder, _boundary(folder)))
    card = _card(folder)
    paths = {name: path for name, path in found.items() if path}
    taken, ignored = choose_data(paths, card, config)
    odd = tuple(Ignored(name, "hidden or no plain file") for name, path in found.items() if not path)
    return Listing(given, tuple(_file(paths[name], name) for name in taken), ignored + odd, card)


def _walk(folder: Path, boundary: Path, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Path | None]]:
    """Names and real paths of what is below a folder (no path for what is no plain file, or hidden)."""
    if depth > DEEPEST:
        raise BadInput(f"{prefix} lies more than {DEEPEST} folders deep: flatten the folder.")
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            name = prefix + entry.name
            if entry.name.startswith("."):
                yield name, None
            elif entry.is_symlink():
                yield name, _linked(Path(entry.path), name, boundary)
            elif entry.is_dir():
                yield from _walk(Path(entry.path), boundary, f"{name}/", depth + 1)
            else:
                yield name, Path(entry.path) if entry.is_file() else None


def _linked(link: Path, name: str, boundary: Path) -> Path:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        raise BadInput(f"The link {name} leads nowhere or round in a loop: remove it, or put the file there.") from None
    if not target.is_relative_to(boundary):
        raise BadInput(f"The link {name} leads out of the folder: put the file itself there.")
    if not target.is_file():
        raise BadInput(f"The link {name} leads to a folder, which would be counted twice: remove the link.")
    return target


def _boundary(folder: Path) -> Path:
    """Where links may lead: into the folder, or for a snapshot in the Hub's cache into that repository's blobs."""
    cached = folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("datasets--")
    return folder.parent.parent if cached else folder


def _card(folder: Path) -> str:
    path = folder / CARD_NAME
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return text_of_card(file.read(MAX_CARD + 1))


def _file(path: Path, name: str) -> SourceFile:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(f"{name} is no plain file: give one.")
    return SourceFile.of(name, str(path), status.st_size, stamp=stamp_of(status))


def stamp_of(status: os.stat_result) -> str:
    """What changes when the file does."""
    return f"{status.st_size}-{status.st_mtime_ns}"
