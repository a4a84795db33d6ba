"""Verdicts per second on 4,231 real robots.txt files, ours beside protego and urllib.robotparser in the same run.

    python -m benchmarks.robots [--files FOLDER_OR_SDIST] [--url PATH] [--google-sample N]

Each parser parses every file and answers for every agent of the shipped registry and one URL. Where Google's matcher
is installed (`jwm-robotstxt`), it is timed on a sample, and the answers on the sample are compared with it.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.robotparser import RobotFileParser

from protego import Protego
from rich.console import Console
from rich.table import Table

from benchmarks.robots_files import robots_files
from crawler.agents import Roll, shipped
from crawler.robots import parse

Ask = Callable[[bytes, list[str], str], list[bool]]


@dataclass(frozen=True)
class Measured:
    """What one parser answered, and in how many seconds of CPU time."""

    name: str
    seconds: float
    answers: dict[str, list[bool]]

    @property
    def files(self) -> int:
        """How many files were parsed."""
        return len(self.answers)

    @property
    def verdicts(self) -> int:
        """How many questions were answered."""
        return sum(map(len, self.answers.values()))


def ours(body: bytes, agents: list[str], url: str) -> list[bool]:
    """crawler.robots"""
    file = parse(body)
    return [file.check(agent, url).allowed for agent in agents]


def levels(body: bytes, agents: list[str], url: str) -> list[bool]:
    """crawler.robots, levels instead of verdicts"""
    return [level != "all" for level in parse(body).levels(agents).values()]


def protego(body: bytes, agents: list[str], url: str) -> list[bool]:
    """protego"""
    file = Protego.parse(body.decode("utf-8", "replace"))
    return [file.can_fetch(url, agent) for agent in agents]


def urllib(body: bytes, agents: list[str], url: str) -> list[bool]:
    """urllib.robotparser"""
    file = RobotFileParser()
    file.parse(body.decode("utf-8", "replace").splitlines())
    return [file.can_fetch(agent, url) for agent in agents]


def google() -> Ask | None:
    """Google's matcher, where it is installed."""
    try:
        from jwm.robotstxt.googlebot import RobotsMatcher  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    matcher = RobotsMatcher()
    return lambda body, agents, url: [matcher.OneAgentAllowedByRobots(body, agent, url) for agent in agents]


def measure(name: str, ask: Ask, files: dict[str, bytes], agents: list[str], url: str) -> Measured:
    """Ask a parser everything."""
    began = time.process_time()
    answers = {host: ask(body, agents, url) for host, body in files.items()}
    return Measured(name, time.process_time() - began, answers)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--files", type=Path, help="folder of files, or the source distribution (default: pip download)"
    )
    parser.add_argument("--url", default="https://www.example.org/news/2026/article.html?page=2")
    parser.add_argument("--google-sample", type=int, default=200, help="files on which Google's matcher is timed")
    options = parser.parse_args()
    files = robots_files(options.files)
    agents = [token for _, tokens in Roll.of(shipped()).entries for token in tokens[:1]]
    peers: list[tuple[str, Ask]] = [("crawler.robots", ours), ("crawler.robots, levels", levels)]
    peers += [("protego", protego), ("urllib.robotparser", urllib)]
    measured = [measure(name, ask, files, agents, options.url) for name, ask in peers]
    if (matcher := google()) is not None:
        step = max(1, len(files) // options.google_sample)
        sample = {host: files[host] for host in list(files)[::step]}
        measured.append(measure("Google's matcher (sample)", matcher, sample, agents, options.url))
    _show(measured, files, agents)


def _show(measured: list[Measured], files: dict[str, bytes], agents: list[str]) -> None:
    size = sum(map(len, files.values())) / 1e6
    table = Table(title=f"{len(files)} files, {size:.1f} MB, {len(agents)} agents, one URL")
    for column in ("parser", "files", "verdicts", "CPU seconds", "verdicts/s", "differs from ours"):
        table.add_column(column, justify="left" if column == "parser" else "right")
    for each in measured:
        rate = each.verdicts / each.seconds
        differing = "" if "levels" in each.name else f"{_differing(measured[0], each):,}"
        table.add_row(
            each.name, f"{each.files:,}", f"{each.verdicts:,}", f"{each.seconds:.2f}", f"{rate:,.0f}", differing
        )
    Console().print(table)


def _differing(ours: Measured, other: Measured) -> int:
    pairs = [(ours.answers[host], theirs) for host, theirs in other.answers.items()]
    return sum(a != b for mine, theirs in pairs for a, b in zip(mine, theirs, strict=True))


if __name__ == "__main__":
    main()
