"""The 4,231 real robots.txt files of 2019 that the source distribution of protego 0.3.1 carries in tests/test_data."""

import subprocess
import sys
import tarfile
from pathlib import Path

REQUIREMENT = "protego==0.3.1"
CACHE = Path.home() / ".cache" / "consentry-benchmarks"


def robots_files(given: Path | None = None) -> dict[str, bytes]:
    """Host → body. `given` is the folder of files or the distribution; without it pip downloads that, once."""
    place = given or _downloaded()
    if place.is_dir():
        return {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.is_file()}
    with tarfile.open(place) as archive:
        members = [m for m in archive.getmembers() if m.isfile() and "/tests/test_data/" in m.name]
        return {Path(m.name).name: file.read() for m in members if (file := archive.extractfile(m))}


def _downloaded() -> Path:
    found = sorted(CACHE.glob("*rotego-0.3.1.tar.gz"))
    if not found:
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", REQUIREMENT]
        subprocess.run([*command, "--dest", str(CACHE)], check=True)
        found = sorted(CACHE.glob("*rotego-0.3.1.tar.gz"))
    return found[0]
