"""The processes that `manage.py up` runs beside the embedded stack."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Part:
    """A Python program of the product (a `governance.stack.keeper.Service`), ready when it has written `sign`."""

    name: str
    arguments: Sequence[str]
    sign: str
    stop_signals: Sequence[tuple[signal.Signals, float]]
    variables: dict[str, str] = field(default_factory=dict)
    death_signal: signal.Signals = signal.SIGKILL
    seen: bool = False

    def before_start(self) -> None:
        self.seen = False

    def command(self) -> list[str]:
        return [sys.executable, *self.arguments]

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
        common = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": path, "CONSENTRY_LOG_WITHOUT_TIME": "1"}
        return {**os.environ, **common, **self.variables}

    def ready(self) -> bool:
        return self.seen

    def explain(self, lines: list[str]) -> str:
        return f"The {self.name} does not start: {' / '.join(lines[-3:]) or 'it said nothing'}"


def web(descriptor: int) -> Part:
    """The web server on a listening socket that is open already, so that a restart refuses no visitor."""
    return Part(
        "web",
        ["-m", "gunicorn", "-c", "python:governance.gunicorn_conf"],
        "answers requests",
        ((signal.SIGTERM, 3.0),),
        {"CONSENTRY_BIND": f"fd://{descriptor}"},
    )


def worker(processes: int) -> Part:
    """A Celery worker with that many processes; work under way is given up after three seconds, and its lease ends."""
    options = f"--concurrency={processes} --without-gossip --without-mingle --without-heartbeat"
    return Part(
        "worker",
        ["-m", "celery", "-q", "-A", "governance", "worker", *options.split()],
        " ready.",
        ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 2.0)),
    )


def beat(schedule: Path) -> Part:
    """Celery's clock; the file at `schedule` holds when each task was sent last."""
    return Part(
        "beat",
        ["-m", "celery", "-q", "-A", "governance", "beat", "--pidfile=", f"--schedule={schedule}"],
        "beat is ready",
        ((signal.SIGTERM, 2.0),),
    )
