"""The embedded Valkey: the broker, on a socket, with every message on disk."""

import signal
import socket
from collections.abc import Sequence

from governance.stack.binaries import valkey_server
from governance.stack.home import Home
from governance.stack.keeper import bare_environment
from governance.stack.orphans import end_orphans

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "logfile": "",
    "loglevel": "notice",
    "always-show-logo": "no",
    "set-proc-title": "no",
    "enable-debug-command": "no",
}


class Valkey:
    """One server that keeps its append-only file under `home.valkey`."""

    name = "valkey"
    stop_signals: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 5.0),)
    death_signal = signal.SIGTERM

    def __init__(self, home: Home) -> None:
        self.home = home
        self.program = valkey_server()

    def prepare(self) -> None:
        self.home.valkey.mkdir(mode=0o700, exist_ok=True)

    def before_start(self) -> None:
        """Remove what a killed server left."""
        end_orphans(self.home.valkey)
        self.home.valkey_socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = {**SETTINGS, "dir": str(self.home.valkey), "unixsocket": str(self.home.valkey_socket)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(self.program), *options]

    def environment(self) -> dict[str, str]:
        return bare_environment()

    def ready(self) -> bool:
        """True once the server answers; while it reads its file it answers `-LOADING`."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self.home.valkey_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def explain(self, lines: list[str]) -> str:
        """One sentence on why Valkey does not start, from its last lines."""
        if any("No space left on device" in line for line in lines):
            return f"The disk that holds {self.home.root} is full: free some space and start again."
        last = (lines or ["it said nothing"])[-1].strip()[:300]
        return f"Valkey does not start: {last} (its log: {self.home.log / 'valkey.log'})"
