"""The embedded PostgreSQL: made once, started on a socket, explained when it does not start."""

import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from governance.stack.binaries import postgres_folder, postgres_version
from governance.stack.errors import StackError
from governance.stack.home import Home
from governance.stack.keeper import bare_environment
from governance.stack.orphans import end_orphans

NEEDED_SPACE = 200 << 20  # bytes: the empty cluster, its first WAL segments and some room
USER = DATABASE = "consentry"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    # Statements and the values in them may be personal: the log says what failed, never on which values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
HEADING = "# Written at every start. Your own settings belong into ../postgres.conf.\n"
OWN_HEADING = "# Your own settings for the embedded PostgreSQL; they win over postgres/consentry.conf.\n"
SMALL_SHARED_MEMORY = 512 << 20  # bytes of /dev/shm under which parallel queries fail (64 MB in a container)


class Postgres:
    """One cluster under `home.postgres`, named after its major version."""

    name = "postgres"
    stop_signals: Sequence[tuple[signal.Signals, float]] = (
        (signal.SIGINT, 20.0),
        (signal.SIGQUIT, 5.0),
    )  # fast, then immediate shutdown
    death_signal = signal.SIGINT

    def __init__(self, home: Home) -> None:
        self.home = home
        self.programs = postgres_folder()
        self.data = home.postgres / str(postgres_version(self.programs))

    def prepare(self) -> None:
        """Make the cluster and its database, all or nothing."""
        self.home.postgres.mkdir(mode=0o700, exist_ok=True)
        if self.data.exists():
            return
        self._refuse_other_versions()
        self._refuse_full_disk()
        new = self.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        self._make_cluster(new)
        self._make_database(new)
        new.rename(self.data)

    def _refuse_other_versions(self) -> None:
        others = [path.name for path in self.home.postgres.iterdir() if (path / "PG_VERSION").exists()]
        numbers = [name for name in others if name.isdigit()]
        if numbers:
            raise StackError(
                f"The data folder {self.home.postgres} was made by PostgreSQL {numbers[0]}, but {self.data.name} is "
                f"installed: point CONSENTRY_POSTGRES_BIN at PostgreSQL {numbers[0]}, or carry the data over with "
                "pg_dump (docs/deploy)."
            )

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self.home.root).free
        if free < NEEDED_SPACE:
            raise StackError(
                f"The disk that holds {self.home.root} has {free >> 20} MB left; Consentry needs "
                f"{NEEDED_SPACE >> 20} MB to start: free some space, or set CONSENTRY_HOME to another disk."
            )

    def _make_cluster(self, folder: Path) -> None:
        choices = ["--auth=trust", "--encoding=UTF8", "--data-checksums", *self._locale()]
        self._run("initdb", f"--pgdata={folder}", f"--username={USER}", *choices)
        with (folder / "postgresql.conf").open("a") as file:
            file.write("include_if_exists '../consentry.conf'\ninclude_if_exists '../../postgres.conf'\n")

    def _locale(self) -> list[str]:
        """Sorting that does not depend on the machine: PostgreSQL's own C.UTF-8 from 17 on, C before."""
        if int(self.data.name) < 17:
            return ["--no-locale"]
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]

    def _make_database(self, folder: Path) -> None:
        """In single-user mode, so that a cluster without its database never exists."""
        self._run("postgres", "--single", "-D", str(folder), "postgres", text=f"CREATE DATABASE {DATABASE};\n")

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, env=bare_environment())
        if done.returncode != 0:
            raise StackError(self.explain((done.stdout + done.stderr).splitlines()))

    def before_start(self) -> None:
        """Remove what a killed server left: a stale pid file may name a foreign process by now."""
        end_orphans(self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.home.run.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)
        lines = [f"{name} = '{value}'\n" for name, value in {**SETTINGS, **self._for_this_machine()}.items()]
        (self.home.postgres / "consentry.conf").write_text(HEADING + "".join(lines))
        if not (own := self.home.root / "postgres.conf").exists():
            with suppress(PermissionError):
                own.write_text(OWN_HEADING)

    def command(self) -> list[str]:
        sockets = f"unix_socket_directories={self.home.run}"
        return [str(self.programs / "postgres"), "-D", str(self.data), "-c", "port=5432", "-c", sockets]

    def environment(self) -> dict[str, str]:
        return bare_environment()

    def _for_this_machine(self) -> dict[str, str]:
        shared = Path("/dev/shm")  # noqa: S108 -- only its size is asked for
        if shared.exists() and shutil.disk_usage(shared).total >= SMALL_SHARED_MEMORY:
            return {}
        return {"dynamic_shared_memory_type": "mmap"}

    def ready(self) -> bool:
        """True once the server says so in the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def explain(self, lines: list[str]) -> str:
        """One sentence on why PostgreSQL does not start, from its last lines: a cause comes before its consequences."""
        text = "\n".join(lines)
        for words, sentence in EXPLANATIONS.items():
            if words in text:
                return sentence.format(home=self.home.root)
        causes = [line for line in lines if any(word in line for word in GRAVE)]
        cause = (causes or lines[-1:] or ["it said nothing"])[0]
        said = re.sub(r"^.*?(LOG|FATAL|PANIC|error):\s*", "", cause)[:300]
        return f"PostgreSQL does not start: {said} (its log: {self.home.log / 'postgres.log'})"


GRAVE = ("unrecognized configuration parameter", "invalid value for parameter", "FATAL:", "PANIC:", "error:")
EXPLANATIONS = {
    "No space left on device": "The disk that holds {home} is full: free some space and start again.",
    "Disk quota exceeded": "Your disk quota for {home} is used up: free some space and start again.",
    "Read-only file system": "The data folder {home} is on a read-only disk: set CONSENTRY_HOME to a writable folder.",
    "Cannot allocate memory": "PostgreSQL does not get the memory it needs (about 200 MB): free some and start again.",
    "wrong ownership": "The data folder {home} belongs to another user: run as that user, or set CONSENTRY_HOME.",
    "Permission denied": "PostgreSQL may not enter or write {home}: run as its owner, or set CONSENTRY_HOME.",
}
