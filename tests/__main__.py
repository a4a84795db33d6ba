"""The one test command: `python -m tests`. Every promise is checked; the first one broken ends it.

Arguments go to pytest: `python -m tests -k robots`. The tests run in two processes; `python -m tests -n0` runs them in
one, as a debugger needs it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SPREAD = "-n 2 --dist loadfile --no-loadscope-reorder"  # file by file, in the order of conftest.py: the longest first
CHECKS: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "layers": [str(BIN / "lint-imports")],
    "types": [str(BIN / "mypy"), "."],
    "migrations": [sys.executable, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
    "tests": [sys.executable, "-m", "pytest", *SPREAD.split(), *sys.argv[1:]],
}


def main() -> int:
    """Run every check in turn; returns the exit status of the first that fails, or 0."""
    for name, command in CHECKS.items():
        started = time.monotonic()
        print(f"── {name}: {' '.join(Path(part).name if part == command[0] else part for part in command)}", flush=True)
        status = ended(command)
        if status:
            print(f"── {name} failed after {time.monotonic() - started:.0f} s", flush=True)
            return status
    return 0


def ended(command: list[str]) -> int:
    """Run one check to its end; Ctrl-C, which the terminal tells it too, leaves it the time to stop what it started."""
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}) as check:
        try:
            return check.wait()
        except KeyboardInterrupt:
            return check.wait(60) or 130


if __name__ == "__main__":
    sys.exit(main())
