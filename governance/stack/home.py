"""The one folder that holds everything an embedded Consentry keeps."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from governance.stack.errors import StackError

LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432")
SHORT_PATHS = Path("/tmp")  # noqa: S108 -- the folder made there is 0700, and checked to be ours


def default_home() -> Path:
    """`CONSENTRY_HOME`, or `.consentry` in the current folder."""
    return Path(os.environ.get("CONSENTRY_HOME") or ".consentry")


@dataclass(frozen=True)
class Home:
    """Where the parts of one embedded Consentry live; `root` is absolute and free of links."""

    root: Path

    @classmethod
    def at(cls, path: Path | str | None = None) -> "Home":
        """The home at `path` (default: see `default_home`)."""
        return cls(Path(path or default_home()).expanduser().resolve())

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret_key"

    @property
    def run(self) -> Path:
        """The folder of the sockets and locks: in the home, or a short one where the home's path is too long."""
        inside = self.root / "run"
        if len(os.fsencode(inside)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return SHORT_PATHS / f"consentry-{name}"

    @property
    def control_socket(self) -> Path:
        return self.run / "stack.sock"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The address of the embedded database, whether it runs or not."""
        return f"postgresql://consentry@/consentry?host={quote(str(self.run), safe='')}"

    @property
    def broker_url(self) -> str:
        """The address of the embedded broker, whether it runs or not."""
        return f"redis+socket://{quote(str(self.valkey_socket))}?virtual_host=0"

    def prepare(self) -> None:
        """Make the folders, for the owner alone; `StackError` where that is impossible."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Each of them, because a root that somebody made before may be open to all: findings lie in the store.
            for folder in (self.log, self.run, self.store, self.reports):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StackError(
                f"The data folder {self.root} cannot be made ({error.strerror}): "
                "set CONSENTRY_HOME to a folder that you may write."
            ) from None
        self._refuse_foreign_folders()

    def _refuse_foreign_folders(self) -> None:
        if not os.access(self.root, os.W_OK | os.X_OK, effective_ids=True):
            raise StackError(
                f"The data folder {self.root} is not writable for you: "
                "set CONSENTRY_HOME to a folder that you may write."
            )
        found = os.lstat(self.run)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in self._owners():
            raise StackError(
                f"The folder {self.run} belongs to another user: run as that user, or set CONSENTRY_HOME to a "
                "folder of your own."
            )
        if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != 0o700:
            self.run.chmod(0o700)

    def _owners(self) -> set[int]:
        """Who may own the folder of sockets: this user; for root, who visits others' homes, also the home's owners.

        Whoever owns it reaches the database without a password, and anybody could have made one under /tmp.
        """
        if os.geteuid() != 0:
            return {os.geteuid()}
        return {os.geteuid()} | {path.stat().st_uid for path in (self.root, self.postgres) if path.exists()}
